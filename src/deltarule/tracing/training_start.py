"""Where training starts: sizes for a network, and numbers for what it is given."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from sympy import Basic, Symbol

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.sampler import Floats
from deltarule.arithmetic.small_sizes import free_sizes, with_definitions
from deltarule.expressions.symbols import Attribute
from deltarule.networks.network import Network
from deltarule.networks.recurrences import sequence_lengths
from deltarule.networks.tensors import TARGET, Tensor
from deltarule.networks.weights import added_up, scales


def flow_sizes(network: Network, steps: int, width: int) -> dict[Symbol, int]:
    """So many times, one example in a batch, and every other size `width`.

    Examples that are normalised together are `width`: of a single one nothing would be left.
    """
    times = sequence_lengths(network.equations)
    together = _together(network)
    chosen = {}
    for symbol in free_sizes(network):
        if isinstance(symbol, Attribute):
            chosen[symbol] = network.attributes[symbol]
        elif symbol in times:
            chosen[symbol] = steps
        else:
            chosen[symbol] = 1 if symbol.name == "N" and symbol not in together else width
    return with_definitions(network, chosen)


def _together(network: Network) -> set[Basic]:
    """The extents along which equations before the loss add up what belongs to other entries."""
    return {
        extent
        for equation in network.equations
        if network.tensors[equation.name].role not in ("loss", "output")
        for _, extent in equation.inner_ranges
    }


def drawn_at_the_start(
    network: Network, values: Values, seed: int, gain: float = 1.0
) -> dict[str, np.ndarray]:
    """What a network is given, drawn at random as where training starts; ∞ beyond float64."""
    start = _AtTheStart(network, values.extent, np.random.default_rng(seed), gain)
    with np.errstate(over="ignore"):
        return {t.name: start.draw(t) for t in network.tensors.values() if t.given}


class _AtTheStart(Floats):
    """What training starts from; weights with standard deviation gain/√(units added up)."""

    def __init__(self, network: Network, extent: Callable, random, gain: float):
        super().__init__(network, extent, random)
        self.gain, self._network = gain, network

    def numbers(self, tensor: Tensor, shape: tuple[int, ...], within) -> np.ndarray:
        if tensor.role == "input":
            return self.random.random(shape)
        if tensor.called == TARGET:
            return self.random.normal(size=shape)
        if tensor.start == "identity":
            rows, columns = shape
            return self.gain * np.eye(rows, columns)
        if tensor.start is not None:
            return np.full(shape, float(tensor.start))
        if not shape:
            return np.array(self.gain)
        summed = added_up(self._network, tensor.name)
        if len(shape) == 1 and not summed:
            return np.full(shape, self.gain if scales(self._network, tensor.name) else 0.0)
        units = math.prod(shape[k] for k in summed)
        return self.gain * self.random.normal(size=shape) / math.sqrt(units)

    def parts_of_one(self, shape: tuple[int, ...], axis: int, within) -> np.ndarray:
        drawn = np.exp(self.random.normal(size=shape))
        return drawn / drawn.sum(axis, keepdims=True)

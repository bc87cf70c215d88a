"""Gradient flow: how large the gradient is at every time or layer, and how fast it changes.

A network is run from random weights, its error comes in at the last time or layer alone, and the
size of ∂E/∂h is taken at each of them. Where the sizes fall by a factor over and over, the gradient
vanishes; where they grow, it explodes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from deltarule.arithmetic.base import Arithmetic
from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.magnitude import Magnitude, norm
from deltarule.arithmetic.run import run, run_block
from deltarule.calculus import Derivation, derive
from deltarule.counting.copy_costs import copy_sentence, copy_to_calculate, derivation_of
from deltarule.errors import DeltaruleError
from deltarule.expressions.gradient_names import GradientName
from deltarule.expressions.nodes import Carried, reads, tensor_name, walk
from deltarule.networks.network import Network
from deltarule.networks.recurrences import Recurrence, blocks
from deltarule.spelling.names import pretty
from deltarule.tracing.depth import along_depth
from deltarule.tracing.flow_found import Flow, found_flow
from deltarule.tracing.known_sizes import Found, States, known_sizes
from deltarule.tracing.training_start import drawn_at_the_start, flow_sizes


def flow(
    network: Network,
    steps: int = 100,
    width: int = 8,
    seed: int = 0,
    gain: float = 1.0,
    givens: Mapping[str, object] | None = None,
) -> Flow:
    """How the gradient flows through a network, from its end to its beginning.

    A recurrent network runs over `steps` times; every other size is `width`, one example is in a
    batch. Inputs are drawn between 0 and 1, weights with standard deviation gain/√(units that are
    added up), single weights are `gain`; biases and initial states are 0. `givens` overrides any
    of them, a number stands for all entries. Of a large network a scaled-down copy is run.
    Raises DeltaruleError for a network with neither times nor numbered layers.
    """
    copy = copy_to_calculate(network)
    network = copy.network if copy else network
    derivation = derivation_of(copy) if copy else derive(network)
    sizes = flow_sizes(network, steps, width)
    values = Values({}, sizes, dict(network.scalars), network.tensors)
    values.arrays.update(drawn_at_the_start(network, values, seed, gain))
    for name in _initial(network):
        values.arrays[name] = np.zeros_like(values.arrays[name])
    for name, numbers in (givens or {}).items():
        shape = tuple(values.extent(a) for a in network.tensor(name).axes)
        values.arrays[name] = np.array(np.broadcast_to(np.asarray(numbers, dtype=float), shape))
    _refuse_beyond(values, gain)
    found = known_sizes(network, values, lambda start, kind: _run(derivation, start, kind))
    sizes_found, states = found.sizes, found.states
    if not sizes_found:
        raise DeltaruleError(
            f"{network.name} has neither times nor layers that a gradient could flow through",
            network.name,
            "take a recurrent network, or one with several layers",
        )
    said = copy_sentence(copy) if copy else ""
    return replace(found_flow(network, sizes_found), states=states, copy=said, ends=found.said)


def _run(
    derivation: Derivation, values: Values, arithmetic: Arithmetic
) -> tuple[list[Found], States]:
    """Both passes; gradient, label and size of every place, and the sizes of all states."""
    run(derivation.network.equations, values, arithmetic)
    _run_backward(derivation, values, arithmetic)
    over_time = _over_time(derivation, values)
    found = over_time or _over_layers(derivation, values)
    return found, _states(derivation, values, len(found)) if over_time else {}


def _refuse_beyond(values: Values, gain: float) -> None:
    """Weights that are beyond float64 from the start are nothing to run with."""
    if not all(np.isfinite(array).all() for array in values.arrays.values()):
        raise DeltaruleError(
            f"with a gain of {Magnitude(gain).text()} weights are beyond the numbers of float64",
            "gain",
            "give one below 1e300",
        )


def _initial(network: Network) -> set[str]:
    """The givens that are values of states before the first time or behind the last."""
    return {
        tensor_name(access)
        for equation in network.equations
        for node in walk(equation.rhs)
        if isinstance(node, Carried)
        for access in reads(node.args[2])
        if network.tensors[tensor_name(access)].given
    }


def _run_backward(derivation: Derivation, values: Values, arithmetic: Arithmetic) -> None:
    """The backward pass, with errors at the end of the first recurrence that it meets alone."""
    network = derivation.network
    for name in derivation.upstream:
        shape = tuple(values.extent(a) for a in network.tensor(name).axes)
        values.arrays[derivation.gradient_name(name)] = arithmetic.array(np.ones(shape))
    met = False
    for block in blocks(derivation.equations()):
        if isinstance(block, Recurrence) and not met:
            met = True
            _keep_the_end(block, derivation, values, arithmetic)
        run_block(block, values, arithmetic, {})


def _keep_the_end(
    block: Recurrence, derivation: Derivation, values: Values, arithmetic: Arithmetic
) -> None:
    end = 0 if block.direction > 0 else -1
    for name, array in values.arrays.items():
        found = GradientName.parse(name)
        tensor = derivation.network.tensors.get(found.wrt) if found is not None else None
        if tensor is None or block.extent not in tensor.axes:
            continue
        axis = tensor.axes.index(block.extent)
        over = np.moveaxis(array, axis, 0)
        kept = over[end].copy()
        over[...] = arithmetic.zeros(())
        over[end] = kept


def _over_time(derivation: Derivation, values: Values) -> list[Found]:
    """Gradient, label and size of the topmost state at each time, the last time first."""
    tensors = derivation.network.tensors
    recurrent = _recurrences(derivation.network)
    if not recurrent:
        return []
    block = recurrent[-1]
    state = min(n for n in block.names if tensors[n].role == "state" or len(block.names) == 1)
    name = derivation.gradient_name(state)
    return [(name, f"t = {t}", size) for t, size in _sizes_over(block, state, derivation, values)]


def _recurrences(network: Network) -> list[Recurrence]:
    return [b for b in blocks(network.equations) if isinstance(b, Recurrence)]


def _sizes_over(
    block: Recurrence, state: str, derivation: Derivation, values: Values
) -> list[tuple[int, Magnitude]]:
    """The sizes of a state's gradient at each time, the last time first."""
    axes = derivation.network.tensors[state].axes
    over = np.moveaxis(values.arrays[derivation.gradient_name(state)], axes.index(block.extent), 0)
    order = range(len(over)) if block.direction < 0 else range(len(over) - 1, -1, -1)
    return [(t, norm(over[t])) for t in order]


def _states(derivation: Derivation, values: Values, times: int) -> dict[str, tuple[Magnitude, ...]]:
    """The sizes of the gradients of all states over the same times, the topmost state first."""
    tensors = derivation.network.tensors
    found = {}
    for block in reversed(_recurrences(derivation.network)):
        states = [n for n in block.names if tensors[n].role == "state"] or [*block.names]
        for state in sorted(states):
            known = derivation.gradient_name(state) in values.arrays
            if known and block.extent in tensors[state].axes:
                sizes = [size for _, size in _sizes_over(block, state, derivation, values)]
                found |= {state: tuple(sizes)} if len(sizes) == times else {}
    return found


def _over_layers(derivation: Derivation, values: Values) -> list[Found]:
    """Gradient, label and size of each numbered tensor of the longest series, such as h1, h2 …

    Where the network is deeper than it has numbers, at what each of its layers reads.
    """
    series: dict[str, list[tuple[int, str]]] = {}
    for name in derivation.gradients:
        tensor = derivation.network.tensors[name]
        numbered = re.fullmatch(r"([A-Za-z_]+?)(\d+)", name)
        if numbered and tensor.role in ("intermediate", "output"):
            series.setdefault(numbered[1], []).append((int(numbered[2]), name))
    longest = max(series.values(), key=len, default=[])
    numbered = series["s"] if len(series.get("s", ())) == len(longest) > 0 else longest
    labels = {name: f"layer {number}" for number, name in sorted(numbered)}
    end = derivation.upstream[-1] if derivation.upstream else derivation.of
    depth = along_depth(derivation.network, end)
    # The input and the end have no number.
    if len(depth) > len(labels) + 2:
        labels = {name: pretty(name) for name in depth}
    found = []
    for name, label in reversed(labels.items()):
        called = derivation.gradient_name(name)
        found.append((called, label, norm(values.arrays[called])))
    return found

"""Probes: a network at small random sizes and values, to try equalities on.

Sizes are small, different from each other where that is possible and mostly coprime; strides
differ from kernels; values are generic. The forward equations are run once, so that whatever
reads an intermediate tensor finds a consistent value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from random import Random
from typing import Any

import numpy as np
from sympy import Expr

from deltarule.arithmetic.base import Arithmetic, DivisionByZero
from deltarule.arithmetic.domain import draw_inside, undefined
from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.run import run
from deltarule.arithmetic.sampler import Generic
from deltarule.arithmetic.small_sizes import choose_sizes
from deltarule.arithmetic.tensor_entries import refuse_many
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor

#: A network with a larger tensor is not tried out.
MOST_ENTRIES = 300_000


class Probe:
    """A network at sizes and values drawn from a seed, in one arithmetic.

    `values.arrays` holds every tensor of the network, computed from the givens.
    """

    def __init__(self, network: Network, arithmetic: Arithmetic, seed: int = 0, **fixed: int):
        self.network, self.arithmetic = network, arithmetic
        self.random = Random(seed)
        self.sizes = choose_sizes(network, self.random, fixed, varied=seed > 0)
        self.values = Values({}, self.sizes, dict(network.scalars), dict(network.tensors))
        self.sampler = self._sampler()
        refuse_many(network, self.sizes, MOST_ENTRIES, "tried out")
        self._places: Mapping[str, Any] = {}
        try:
            self.fill({})
            inside = not self.undefined
        except DivisionByZero:
            inside = False
        if not inside:
            draw_inside(self.network.tensors.values(), self.fill)

    def _sampler(self) -> Generic:
        """What draws the givens; probes of other values have their own."""
        return Generic(self.network, self.values.extent, self.arithmetic, self.random)

    def fill(self, places: Mapping[str, Any]) -> Mapping[str, np.ndarray]:
        """Draw what is given, and run the network: all arrays; `places` says from where some come.

        Raises DivisionByZero for a division by 0 among the fractions.
        """
        self._places = places
        self.values.arrays.clear()
        for tensor in self.network.tensors.values():
            if tensor.given:
                self.values.arrays[tensor.name] = self.draw(tensor)
        run(self.network.equations, self.values, self.arithmetic)
        return self.values.arrays

    def shape(self, axes: Iterable[Expr]) -> tuple[int, ...]:
        """The extents of some axes, as numbers."""
        return self.sampler.shape(axes)

    def draw(self, tensor: Tensor) -> np.ndarray:
        """Random entries that have the properties that the tensor is declared to have."""
        drawn = self.sampler.draw(tensor, self._places.get(tensor.name))
        return drawn if tensor.integral else self.arithmetic.array(drawn)

    def noise(self, axes: Iterable[Expr]) -> np.ndarray:
        """Generic entries for an upstream gradient or a direction."""
        return self.arithmetic.array(self.sampler.between(self.shape(axes), None))

    @property
    def undefined(self) -> list[str]:
        """The tensors that hold NaN (0/0, or a logarithm of 0)."""
        return [name for name, array in self.values.arrays.items() if undefined(array)]

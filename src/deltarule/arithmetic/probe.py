"""Probes: a network at small random sizes and values, to try equalities on.

Sizes are small, different from each other where that is possible and mostly coprime; strides
differ from kernels; values are generic. The forward equations are run once, so that whatever
reads an intermediate tensor finds a consistent value.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
from sympy import Expr

from deltarule.arithmetic.base import Arithmetic, DivisionByZero
from deltarule.arithmetic.domain import draw_inside, undefined
from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.exact import Rational
from deltarule.arithmetic.modular import PRIME, Modular
from deltarule.arithmetic.run import run
from deltarule.arithmetic.small_sizes import choose_sizes
from deltarule.errors import DeltaruleError
from deltarule.expressions.matrices import in_determinants
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor

#: A network with a larger tensor is not tried out.
MOST_ENTRIES = 300_000

#: What fractions are drawn from: few values, so that maxima tie.
_WITH_TIES = tuple(Fraction(sign * k, 2) for k in (1, 2, 3, 4, 5) for sign in (1, -1))


class Probe:
    """A network at sizes and values drawn from a seed, in one arithmetic.

    `values.arrays` holds every tensor of the network, computed from the givens.
    """

    def __init__(self, network: Network, arithmetic: Arithmetic, seed: int = 0, **fixed: int):
        self.network, self.arithmetic = network, arithmetic
        self.random = Random(seed)
        self.sizes = choose_sizes(network, self.random, fixed, varied=seed > 0)
        self.values = Values({}, self.sizes, dict(network.scalars), dict(network.tensors))
        self._refuse_what_is_too_large()
        self._places: Mapping[str, Any] = {}
        try:
            self.fill({})
            inside = not self.undefined
        except DivisionByZero:
            inside = False
        if not inside:
            draw_inside(self.network.tensors.values(), self.fill)

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

    def _refuse_what_is_too_large(self) -> None:
        for tensor in self.network.tensors.values():
            entries = math.prod(self.shape(tensor.axes))
            if entries > MOST_ENTRIES:
                raise DeltaruleError(
                    f"{self.network.name} is too large to be tried out: {tensor.name} has "
                    f"{entries} entries",
                    self.network.path,
                    f"work with its layers, or count them: derive {self.network.name} --count",
                )

    def shape(self, axes: Iterable[Expr]) -> tuple[int, ...]:
        """The extents of some axes, as numbers."""
        return tuple(self.values.extent(a) for a in axes)

    def draw(self, tensor: Tensor) -> np.ndarray:
        """Random entries that have the properties that the tensor is declared to have."""
        shape = self.shape(tensor.axes)
        place = self._places.get(tensor.name)
        if tensor.whole:
            below = self.values.extent(tensor.whole_below)
            least = min(place or 0, below - 1)
            count = int(np.prod(shape))
            drawn = [self.random.randrange(least, below) for _ in range(count)]
            return np.array(drawn, dtype=np.int64).reshape(shape)
        # What an update keeps may be a mean of squares, which is not negative.
        within = tensor.drawn_within or place or ((0, 1) if tensor.role == "memory" else None)
        numbers = self._fractions(shape, within)
        if tensor.definite:
            numbers = np.matmul(numbers, numbers.swapaxes(-1, -2)) + np.eye(shape[-1], dtype=int)
        if tensor.name in in_determinants(e.rhs for e in self.network.equations):
            # A large diagonal: the determinant is above 0.
            numbers = numbers + 2 * shape[-1] * np.eye(*shape[-2:], dtype=int)
        if tensor.sums_to_one is not None:
            axis = tensor.sums_to_one
            rest = np.take(numbers, range(shape[axis] - 1), axis=axis) / shape[axis]
            last = 1 - rest.sum(axis=axis, keepdims=True)
            numbers = np.concatenate([rest, last], axis=axis)
        return self.arithmetic.array(numbers)

    def noise(self, axes: Iterable[Expr]) -> np.ndarray:
        """Generic entries for an upstream gradient or a direction."""
        return self.arithmetic.array(self._fractions(self.shape(axes), None))

    def _fractions(self, shape: tuple[int, ...], within) -> np.ndarray:
        count = int(np.prod(shape, dtype=np.int64))
        result = np.empty(count, dtype=object)
        low, high = within or (-1, 1)
        if isinstance(self.arithmetic, Modular) and within is None:
            result[:] = [Fraction(self.random.randrange(1, PRIME)) for _ in range(count)]
        elif isinstance(self.arithmetic, Rational) and within is None:
            result[:] = [self.random.choice(_WITH_TIES) for _ in range(count)]
        else:
            steps = 10**6
            result[:] = [
                low + (high - low) * Fraction(self.random.randrange(1, steps), steps)
                for _ in range(count)
            ]
        return result.reshape(shape)

    @property
    def undefined(self) -> list[str]:
        """The tensors that hold something that is no number (0/0, or a logarithm of 0)."""
        return [name for name, array in self.values.arrays.items() if undefined(array)]

"""Dual numbers along many directions at once: a + Σ_b a′_b ε_b, over any other arithmetic.

Tangents have an axis of directions before those of the value; it is 1 long where a value changes
along none of them.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from deltarule.arithmetic.base import Arithmetic
from deltarule.arithmetic.dual import Dual, DualArray


class DualsArray(DualArray):
    """An array of dual numbers: `value`, and `tangent` with an axis more in front."""

    def __getitem__(self, key) -> DualsArray:
        return DualsArray(np.asarray(self.value)[key], self.tangent[_behind(key)])

    def __setitem__(self, key, other: DualArray) -> None:
        self.value[key], self.tangent[_behind(key)] = other.value, other.tangent

    def reshape(self, shape) -> DualsArray:
        shape = (shape,) if isinstance(shape, int) else tuple(shape)
        return DualsArray(
            np.reshape(self.value, shape), self.tangent.reshape(len(self.tangent), *shape)
        )

    def transpose(self, axes) -> DualsArray:
        turned = self.tangent.transpose((0, *(k + 1 for k in axes)))
        return DualsArray(np.transpose(self.value, axes), turned)

    def broadcast(self, shape) -> DualsArray:
        tangent = self.over(len(shape))
        return DualsArray(
            np.broadcast_to(self.value, shape), np.broadcast_to(tangent, (len(tangent), *shape))
        )

    def over(self, axes: int) -> np.ndarray:
        """The tangent with axes of length 1 put in, for a value of so many axes."""
        missing = (1,) * (axes - np.ndim(self.value))
        return self.tangent.reshape(len(self.tangent), *missing, *np.shape(self.value))


def _behind(key) -> tuple:
    return (slice(None), *(key if isinstance(key, tuple) else (key,)))


class Duals(Dual):
    """Dual numbers over `base` along `count` directions."""

    name = "duals"

    def __init__(self, base: Arithmetic, count: int):
        super().__init__(base)
        self.count = count

    def constant(self, array) -> DualsArray:
        """An array that changes along no direction."""
        return DualsArray(array, self.base.zeros((1, *np.shape(array))))

    def number(self, value: Fraction) -> DualsArray:
        return self.constant(self.base.number(value))

    def array(self, values) -> DualsArray:
        return self.constant(self.base.array(values))

    def from_integers(self, values) -> DualsArray:
        return self.constant(self.base.from_integers(values))

    def zeros(self, shape) -> DualsArray:
        # Room for what may change.
        return DualsArray(self.base.zeros(shape), self.base.zeros((self.count, *shape)))

    def add(self, a: DualsArray, b: DualsArray) -> DualsArray:
        one, two = aligned(a, b)
        return DualsArray(self.base.add(a.value, b.value), self.base.add(one, two))

    def multiply(self, a: DualsArray, b: DualsArray) -> DualsArray:
        add, times = self.base.add, self.base.multiply
        one, two = aligned(a, b)
        return DualsArray(times(a.value, b.value), add(times(one, b.value), times(a.value, two)))

    def _with_slope(self, value, slope, a: DualsArray) -> DualsArray:
        return DualsArray(value, np.asarray(self.base.weighted(a.tangent, slope)))

    def _tangents(self, a: DualsArray, b: DualsArray) -> tuple:
        return aligned(a, b)

    def pi(self) -> DualsArray:
        return self.constant(self.base.pi())

    def where(self, mask, a: DualsArray, b: DualsArray) -> DualsArray:
        one, two = aligned(a, b, np.ndim(mask))
        where = self.base.where
        return DualsArray(where(mask, a.value, b.value), where(mask, one, two))

    def total(self, a: DualsArray, axes) -> DualsArray:
        behind = tuple(k + 1 for k in axes)
        return DualsArray(self.base.total(a.value, axes), self.base.total(a.tangent, behind))

    def maximum(self, a: DualsArray, axes, ties: str = "first") -> DualsArray:
        chosen = self.base.selected(a.value, axes, ties)
        tangent = self.base.multiply(chosen, a.tangent)
        return DualsArray(
            self.base.maximum(a.value, axes), self.base.total(tangent, tuple(k + 1 for k in axes))
        )

    def least(self) -> DualsArray:
        return self.constant(self.base.least())

    def selected(self, a: DualsArray, axes, ties: str) -> DualsArray:
        return self.constant(self.base.selected(a.value, axes, ties))

    def frozen(self, a: DualsArray) -> DualsArray:
        return self.constant(a.value)


def aligned(a: DualsArray, b: DualsArray, least: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """The tangents of both, for values of as many axes as the larger has, or as `least`."""
    axes = max(np.ndim(a.value), np.ndim(b.value), least)
    return a.over(axes), b.over(axes)

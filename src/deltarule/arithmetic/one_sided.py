"""Dual numbers to one side: a derivative along a direction, exact at kinks and ties.

Where a value is 0, its tangent says on which side of a kink the function goes on. The kinks that a
function meets are taken together so, and none of them by a convention.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from deltarule.arithmetic.duals import Duals, DualsArray, aligned
from deltarule.arithmetic.near_zero import NEAR


class SidedMask(np.ndarray):
    """Where values are above 0; `tangents` says the same for each direction, just beside them."""

    tangents: np.ndarray | None = None


class OneSided(Duals):
    """Derivatives to the right along `count` directions; `edges` counts the kinks that were met,
    `ties` those of them at which largest entries tie.

    To the left along d is the negative of what is to the right along −d.
    """

    name = "one-sided duals"

    def __init__(self, base, count: int):
        super().__init__(base, count)
        self.edges = self.ties = 0

    def positive(self, a: DualsArray) -> np.ndarray:
        """1 where a value is above 0. On 0 itself, tangents decide for what changes."""
        minus = self.base.number(Fraction(-1))
        above = self.base.positive(a.value)
        nought = ~above & ~self.base.positive(self.base.multiply(minus, a.value))
        mask = np.asarray(above).view(SidedMask)
        if nought.any():
            self.edges += int(nought.sum())
            rising = self.base.positive(np.where(nought, a.tangent, self.base.number(Fraction(0))))
            mask.tangents = np.where(nought, rising, above)
        return mask

    def where(self, mask: np.ndarray, a: DualsArray, b: DualsArray) -> DualsArray:
        tangents = getattr(mask, "tangents", None)
        if tangents is None:
            return super().where(np.asarray(mask), a, b)
        axes = max(np.ndim(mask), np.ndim(a.value), np.ndim(b.value))
        one, two = aligned(a, b, axes)
        missing = (1,) * (axes - np.ndim(mask))
        tangents = tangents.reshape(len(tangents), *missing, *np.shape(mask))
        # Where the value jumps there is no slope beside it: the one on the kink itself is taken.
        jumps = apart(a.value, b.value)
        tangents = np.where(jumps, np.asarray(mask), tangents)
        value = self.base.where(np.asarray(mask), a.value, b.value)
        return DualsArray(value, self.base.where(tangents, one, two))

    def maximum(self, a: DualsArray, axes, ties: str = "first") -> DualsArray:
        """The largest entry, with the largest tangent among those that tie."""
        top = self.base.maximum(a.value, axes)
        wide = np.broadcast_to(np.expand_dims(top, tuple(sorted(axes))), np.shape(a.value))
        tied = self.base.same(a.value, wide)
        least = self.base.least()
        empty = self.base.same(top, np.full(np.shape(top), least, dtype=self.base.dtype))
        met = int(((tied.sum(axis=tuple(axes)) > 1) & ~empty).sum())
        self.edges, self.ties = self.edges + met, self.ties + met
        behind = tuple(k + 1 for k in axes)
        best = self.base.maximum(self.base.where(tied, a.tangent, least), behind)
        return DualsArray(top, self.base.where(empty, self.base.zeros(()), best))


def apart(a, b) -> np.ndarray:
    """Whether values differ for certain; what has no value does not."""
    return np.asarray(_APART(a, b), dtype=bool)


_APART = np.frompyfunc(lambda u, v: bool(abs(float(u - v)) > NEAR), 2, 1)

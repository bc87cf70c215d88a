"""Dual numbers that mix, at each kink and tie, the slopes to all sides by weights drawn at random.

How a derivative turns on the weights tells how many kinks it meets, however they cancel: with one
kink, it is moved along one line by all of them.
"""

from __future__ import annotations

from fractions import Fraction
from random import Random

import numpy as np

from deltarule.arithmetic.base import Arithmetic
from deltarule.arithmetic.duals import Duals, DualsArray, aligned
from deltarule.arithmetic.one_sided import apart

#: So many draws; weights are of so many parts.
DRAWS, PARTS = 3, 1_000_003


class MixedMask(np.ndarray):
    """Where values are above 0; `undecided` tells where they are 0."""

    undecided: np.ndarray | None = None


class MixedSlopes(Duals):
    """Derivatives along `count` directions in each of DRAWS draws, which are the first axis of
    tangents: first all directions of the first draw."""

    name = "mixed slopes"

    def __init__(self, base: Arithmetic, count: int):
        super().__init__(base, count * DRAWS)
        self._random = Random(0)

    def positive(self, a: DualsArray) -> np.ndarray:
        minus = self.base.number(Fraction(-1))
        above = self.base.positive(a.value)
        nought = ~above & ~self.base.positive(self.base.multiply(minus, a.value))
        mask = np.asarray(above).view(MixedMask)
        if nought.any():
            mask.undecided = nought
        return mask

    def where(self, mask: np.ndarray, a: DualsArray, b: DualsArray) -> DualsArray:
        chosen = super().where(np.asarray(mask), a, b)
        undecided = getattr(mask, "undecided", None)
        if undecided is None:
            return chosen
        axes = np.ndim(chosen.value)
        one, two = aligned(a, b, axes)
        mixed = undecided & ~apart(a.value, b.value)
        weights = self._weights(np.broadcast_to(mixed, np.shape(chosen.value)))
        rest = self.base.add(self.base.number(Fraction(1)), self._negative(weights))
        between = self.base.add(self.base.multiply(weights, one), self.base.multiply(rest, two))
        return DualsArray(chosen.value, np.where(mixed, between, chosen.tangent))

    def maximum(self, a: DualsArray, axes, ties: str = "first") -> DualsArray:
        top = self.base.maximum(a.value, axes)
        tied = self.base.same(a.value, np.expand_dims(top, tuple(sorted(axes))))
        weights = np.where(tied, self._weights(tied), self.base.number(Fraction(0)))
        behind = tuple(k + 1 for k in axes)
        total = self.base.total(weights, behind)
        total = np.where(tied.any(axis=tuple(axes)), total, self.base.number(Fraction(1)))
        mixed = self.base.total(self.base.multiply(weights, a.tangent), behind)
        return DualsArray(top, self.base.multiply(mixed, self.base.power(total, Fraction(-1))))

    def _negative(self, numbers: np.ndarray) -> np.ndarray:
        return self.base.multiply(self.base.number(Fraction(-1)), numbers)

    def _weights(self, where: np.ndarray) -> np.ndarray:
        """Weights between 0 and 1 where some are wanted, the same for all directions of a draw."""
        drawn = np.full((DRAWS, *where.shape), self.base.number(Fraction(1)), dtype=object)
        for place in np.argwhere(where):
            for draw in range(DRAWS):
                part = Fraction(self._random.randrange(1, PARTS), PARTS)
                drawn[(draw, *place)] = self.base.number(part)
        return np.repeat(drawn, self.count // DRAWS, axis=0)

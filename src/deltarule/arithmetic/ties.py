"""Balls that tie: what two formulas make of the same value is equal, not undecided.

A ball around 0 with a radius of nearly nothing is 0 for comparisons: r·A against clip(r)·A, or
the largest entry against itself. Values drawn at random come that close by such a tie alone.
"""

from __future__ import annotations

import flint
import numpy as np

from deltarule.arithmetic.base import Undecided, entrywise
from deltarule.arithmetic.exact import Ball, by_pairs


class TiedBall(Ball):
    """Enclosures, of which those that lie within 2^−(bits/2) of each other are equal."""

    def _sign(self, value: flint.arb) -> int:
        """1, −1, or 0 for a tie. Raises Undecided for a ball too wide to tell."""
        if value > 0:
            return 1
        if value < 0:
            return -1
        if value.abs_upper() < flint.arb(2) ** (-self.bits // 2):
            return 0
        raise Undecided(f"whether {value} is above 0 cannot be told", None, "use more bits")

    def _order(self, u: flint.arb, v: flint.arb) -> int:
        return 0 if u is v or u == v else self._sign(u - v)

    def positive(self, a) -> np.ndarray:
        return np.asarray(entrywise(lambda v: self._sign(v) > 0, a), dtype=bool)

    def same(self, a, b) -> np.ndarray:
        equal = np.frompyfunc(lambda u, v: self._order(u, v) == 0, 2, 1)
        return np.asarray(equal(a, b), dtype=bool)

    def maximum(self, a, axes, ties="first"):
        return by_pairs(a, axes, lambda u, v: v if self._order(u, v) < 0 else u, self.least())

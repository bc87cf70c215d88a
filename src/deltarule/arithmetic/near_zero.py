"""Balls at a kink: what lies within 10⁻²⁵ of 0 is 0, and what lies so near to another ties."""

from __future__ import annotations

import flint
import numpy as np

from deltarule.arithmetic.exact import Ball

#: Far above what rounding leaves of a 0 in 128 bits, far below what numbers drawn at random give.
NEAR = 1e-25


class NearZero(Ball):
    """Balls that decide what plain ones cannot, for values that were made to be equal."""

    def positive(self, a) -> np.ndarray:
        return super().positive(_snapped(np.asarray(a, dtype=object)))

    def same(self, a, b) -> np.ndarray:
        near = np.frompyfunc(lambda u, v: u is v or u == v or (u - v).abs_upper() < NEAR, 2, 1)
        return np.asarray(near(a, b), dtype=bool)

    def maximum(self, a, axes, ties="first"):
        for axis in sorted(axes, reverse=True):
            rows = np.moveaxis(np.asarray(a, dtype=object), axis, 0)
            best = np.full(rows.shape[1:], self.least(), dtype=object)
            for row in rows:
                best = np.asarray(_LARGER(best, row), dtype=object)
            a = best
        return a


def _snapped(values: np.ndarray) -> np.ndarray:
    snap = np.frompyfunc(lambda v: flint.arb(0) if v.abs_upper() < NEAR else v, 1, 1)
    return np.asarray(snap(values), dtype=object)


_LARGER = np.frompyfunc(lambda u, v: v if v > u and (v - u).abs_lower() > NEAR else u, 2, 1)

"""Dual numbers whose derivatives are sets: at a kink or a tie, all that lies between the sides.

A derivative along a direction is then a ball that holds what every choice of subgradients gives.
A derived gradient must lie in it, whatever convention at kinks and ties it follows.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from deltarule.arithmetic.base import Arithmetic
from deltarule.arithmetic.duals import Duals, DualsArray, aligned
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.sampler import Generic, Interval, filled

#: Few values, of which many are equal and some are 0.
_EDGY = (-2, -1, -1, 0, 0, 1, 1, 2)


class _Edgy(Generic):
    def between(self, shape: tuple[int, ...], within: Interval) -> np.ndarray:
        low, high = within or (-1, 1)
        middle, quarter = Fraction(low + high, 2), Fraction(high - low, 8)
        return filled(shape, lambda: middle + quarter * self.random.choice(_EDGY))


class EdgyProbe(Probe):
    """A network at values that meet kinks and ties; directions and upstream gradients do not."""

    def _sampler(self) -> Generic:
        return _Edgy(self.network, self.values.extent, self.arithmetic, self.random)

    def noise(self, axes) -> np.ndarray:
        usual = super()._sampler()
        return self.arithmetic.array(usual.between(self.shape(axes), None))


class Subgradients(Duals):
    """Dual numbers over balls; `edges` counts the kinks and ties that were met."""

    name = "subgradients"

    def __init__(self, base: Arithmetic):
        super().__init__(base, 1)
        self.edges = 0

    def positive(self, a: DualsArray) -> np.ndarray:
        """1 where a value is above 0, 0 where it is below, 2 where neither is certain."""
        codes = np.frompyfunc(lambda v: 1 if v > 0 else 0 if v < 0 else 2, 1, 1)(a.value)
        codes = np.asarray(codes, dtype=np.int8)
        self.edges += int((codes == 2).sum())
        return codes

    def where(self, mask: np.ndarray, a: DualsArray, b: DualsArray) -> DualsArray:
        if mask.dtype == bool:
            return super().where(mask, a, b)
        chosen = super().where(mask == 1, a, b)
        if not (mask == 2).any():
            return chosen
        both = DualsArray(_hull(a.value, b.value), _hull(*aligned(a, b, np.ndim(mask))))
        return super().where(mask == 2, both, chosen)

    def maximum(self, a: DualsArray, axes, ties: str = "first") -> DualsArray:
        top = self._top(a.value, axes)
        below = np.frompyfunc(lambda v, t: bool(v < t), 2, 1)(
            a.value, np.expand_dims(top, tuple(sorted(axes)))
        )
        tied = ~np.asarray(below, dtype=bool)
        several = (tied.sum(axis=tuple(axes)) > 1) & (top != self.base.least())
        self.edges += int(several.sum())
        tangent = np.where(tied, a.tangent, np.array(None))
        for axis in sorted(axes, reverse=True):
            rows = np.moveaxis(tangent, axis + 1, 0)
            best = np.full(rows.shape[1:], None, dtype=object)
            for row in rows:
                best = np.asarray(_HULL_OF_SOME(best, row), dtype=object)
            tangent = best
        empty = np.asarray(np.frompyfunc(lambda t: t is None, 1, 1)(tangent), dtype=bool)
        zeros = self.base.zeros(np.shape(tangent))
        return DualsArray(top, np.where(empty, zeros, tangent))

    def _top(self, values: np.ndarray, axes) -> np.ndarray:
        for axis in sorted(axes, reverse=True):
            rows = np.moveaxis(np.asarray(values, dtype=object), axis, 0)
            best = np.full(rows.shape[1:], self.base.least(), dtype=object)
            for row in rows:
                best = np.asarray(_LARGER(best, row), dtype=object)
            values = best
        return values


def _larger(u, v):
    return v if u < v else u if u >= v else u.max(v)


def _hull_of_some(u, v):
    return v if u is None else u if v is None else u.union(v)


_LARGER = np.frompyfunc(_larger, 2, 1)
_HULL_OF_SOME = np.frompyfunc(_hull_of_some, 2, 1)


def _hull(a, b) -> np.ndarray:
    return np.asarray(np.frompyfunc(lambda u, v: u.union(v), 2, 1)(a, b), dtype=object)

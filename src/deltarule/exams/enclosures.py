"""How far right working may stray: every line enclosed, however it was rounded on the way.

Interval arithmetic: each line is a ball that is widened by what rounding it may do, half a unit of
the last digit kept, or a whole one where digits are cut off. So the ball of a quantity holds what
comes of all exact values, of printed digits carried on, of some lines rounded and others not. A
comparison that not every number of its balls decides alike, as at a tie or a kink that rounding
might reach, raises Undecided.
"""

from __future__ import annotations

from fractions import Fraction

import flint
import numpy as np

from deltarule.arithmetic.base import Undecided, entrywise
from deltarule.arithmetic.ties import TiedBall
from deltarule.errors import DeltaruleError
from deltarule.exams.rounding_habits import decimals_of
from deltarule.marking.sheet_files.sheets import Rounding
from deltarule.tracing.computation import Computation

#: A ball as narrow as this, in units of the last digit, around an integer of them is that number.
_NARROW = flint.arb(2) ** -64


class Enclosing(TiedBall):
    """Balls that hold every number that a line may be rounded to before it is used."""

    name = "enclosing"

    def __init__(self, rounding: Rounding, ties: bool = False):
        super().__init__(160)
        self.rounding, self.ties = rounding, ties
        share = Fraction(1) if rounding.rule == "truncate" else Fraction(1, 2)
        self._share = flint.arb(flint.fmpq(share.numerator, share.denominator))

    def maximum(self, a, axes, ties="first"):
        """The largest. Raises Undecided for a tie, unless these are wanted."""
        found = super().maximum(a, axes, ties)
        if not self.ties and np.size(a):
            top = np.broadcast_to(np.expand_dims(found, tuple(sorted(axes))), np.shape(a))
            equal = np.frompyfunc(lambda v, t: bool(v.is_finite()) and not self._order(v, t), 2, 1)
            if (np.asarray(equal(a, top), dtype=int).sum(axis=tuple(axes)) > 1).any():
                raise Undecided("several entries are the largest", None, "change the numbers")
        return found

    def positive(self, a) -> np.ndarray:
        """Where a > 0. Raises Undecided for a kink, unless these are wanted."""
        if not self.ties and any(self._sign(v) == 0 for v in np.ravel(a)):
            raise Undecided("a value at a kink", None, "change the numbers")
        return super().positive(a)

    def settle(self, a):
        """Each entry with all that it may be rounded to; what has so few digits stays as it is."""
        if self.rounding.exact:
            return a
        with self.context():
            return entrywise(self._widened, a)

    def _widened(self, value):
        if not isinstance(value, flint.arb) or not value.is_finite():
            return value
        units = value / self._unit(value)
        whole = units.unique_fmpz()
        if whole is not None and units.rad() < _NARROW:
            return value
        return value + flint.arb(0, self._share * self._unit(value))

    def _unit(self, value: flint.arb) -> flint.arb:
        """One unit of the last digit that is kept of a number."""
        return flint.arb(10) ** -decimals_of(float(value.abs_upper()), self.rounding)


def enclosed(
    computation: Computation, rounding: Rounding, ties: bool = False
) -> dict[str, np.ndarray] | None:
    """The ball of every entry of every line; None where something has no value, and at a tie or a
    kink that rounding may reach. With `ties`, exact ones are allowed."""
    try:
        arrays = computation.compute(Enclosing(rounding, ties)).arrays
    except (Undecided, DeltaruleError, ZeroDivisionError, OverflowError):
        return None
    lines = {line.quantity for line in computation.lines}
    balls = {n: a for n, a in arrays.items() if n in lines and np.asarray(a).dtype == object}
    sound = all(_finite(v) for a in balls.values() for v in np.ravel(a))
    return balls if sound else None


def _finite(value) -> bool:
    return bool(value.is_finite()) if isinstance(value, flint.arb) else True

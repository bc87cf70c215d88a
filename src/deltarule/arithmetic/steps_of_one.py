"""Functions that are constant between their jumps: the integer below, and the nearest one."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import flint

from deltarule.arithmetic.base import Undecided

#: Of two nearest integers `round` takes the even one, as Python and NumPy do.
STEPPED: dict[str, Callable[[Fraction], int]] = {"floor": math.floor, "round": round}


def stepped(function: str, value):
    """A fraction's integer by one of the functions; NaN and −∞ stay so."""
    return Fraction(STEPPED[function](value)) if isinstance(value, Fraction) else value


def stepped_ball(function: str, value: flint.arb) -> flint.arb:
    """The integer that all numbers of a ball have. Raises Undecided where they differ."""
    if not value.is_finite():
        return value
    low, high = (STEPPED[function](_end(end)) for end in (value.lower(), value.upper()))
    if low != high:
        raise Undecided(f"{function} of {value} cannot be told", None, "use more bits")
    return flint.arb(low)


def _end(exact: flint.arb) -> Fraction:
    mantissa, exponent = map(int, exact.mid().man_exp())
    return Fraction(mantissa) * Fraction(2) ** exponent

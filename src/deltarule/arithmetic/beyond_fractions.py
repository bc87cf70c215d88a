"""Values as fractions, and what is beyond them: exp(10000) is no fraction that is written out."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import flint

from deltarule.arithmetic.steps_of_one import stepped
from deltarule.arithmetic.undefined import UNDEFINED, MinusInfinity, Undefined

#: Beyond 2^±8192, as exp(10000) is, no fraction is written out: an exact ball stands for one.
MOST_BITS = 8192


def fraction(value: Any) -> Exact:
    """An exact rational as a Fraction; of a ball, its midpoint. NaN stays so.

    Beyond 2^±MOST_BITS it is NaN or 0: ask `beyond_fractions` first where that matters.
    """
    if isinstance(value, Fraction):
        return value
    if isinstance(value, flint.arb):
        if not value.is_finite():
            return UNDEFINED
        mantissa, exponent = map(int, value.mid().man_exp())
        size = exponent + mantissa.bit_length()
        if abs(size) > MOST_BITS:
            return UNDEFINED if size > 0 else Fraction(0)
        return Fraction(mantissa << exponent if exponent > 0 else mantissa, 1 << max(-exponent, 0))
    if isinstance(value, flint.fmpq):
        return Fraction(int(value.p), int(value.q))
    return value if isinstance(value, Undefined | MinusInfinity) else Fraction(value)


def beyond_fractions(value: Any) -> bool:
    """Whether a value is finite, not 0, and too large or too small for a fraction."""
    if not isinstance(value, flint.arb) or not value.is_finite():
        return False
    mantissa, exponent = map(int, value.mid().man_exp())
    return mantissa != 0 and abs(exponent + mantissa.bit_length()) > MOST_BITS


#: More than anybody prints.
TOO_LARGE = Fraction(10) ** 20_000


def right_number(value: Any) -> Exact:
    """A value as a fraction to compare printed numbers with, however long: what is larger than
    TOO_LARGE is that, and what is smaller than its inverse 0.
    """
    if not isinstance(value, flint.arb) or not value.is_finite():
        return fraction(value)
    mantissa, exponent = map(int, value.mid().man_exp())
    size = exponent + mantissa.bit_length()
    if abs(size) > TOO_LARGE.numerator.bit_length():
        return Fraction(0) if size < 0 else TOO_LARGE if mantissa > 0 else -TOO_LARGE
    return mantissa * Fraction(2) ** exponent


#: What an entry of an exact array is, where it is written as Python's number.
Exact = Fraction | Undefined | MinusInfinity


def finite_fraction(value: Any) -> Fraction:
    """A number that is finite as a Fraction. Raises ValueError for another."""
    found = fraction(value)
    if not isinstance(found, Fraction):
        raise ValueError(f"{value} is not finite")
    return found


def as_ball(value: Any) -> flint.arb:
    """A ball of a fraction, rounded to the precision that is set; balls are as they are."""
    if isinstance(value, flint.arb):
        return value
    value = fraction(value)
    if isinstance(value, Fraction):
        return flint.arb(flint.fmpq(value.numerator, value.denominator))
    return flint.arb("-inf" if isinstance(value, MinusInfinity) else "nan")


def middle(value: Any) -> Any:
    """A ball as the number in its middle; other values as they are."""
    return value.mid() if isinstance(value, flint.arb) else value


def stepped_beyond(function: str, value: Any) -> Any:
    """An integer by a function with steps; what is beyond fractions is one, or next to 0."""
    exact = fraction(value)
    if beyond_fractions(value):
        if not isinstance(exact, Fraction):
            return value
        exact = Fraction(1 if value > 0 else -1, 1 << MOST_BITS)
    found = stepped(function, exact)
    return flint.fmpq(found.numerator) if isinstance(found, Fraction) else found


#: How many bits of ±1 a function's value agrees with, by the size of its argument.
BITS_TO_ONE = {"tanh": lambda x: 2 * x / math.log(2), "erf": lambda x: x * x / math.log(2)}


def near_one(function: str, value: Any, bits: int) -> flint.arb:
    """tanh or erf with so many bits of what it lacks to ±1; ±1 where that is beyond TOO_LARGE."""
    ball = as_ball(value)
    if not ball.is_finite():
        return ball
    agreed = BITS_TO_ONE[function](abs(float(ball.mid())))
    if agreed > TOO_LARGE.numerator.bit_length():
        return flint.arb(1 if ball > 0 else -1)
    before, flint.ctx.prec = flint.ctx.prec, bits + int(agreed)
    try:
        return getattr(as_ball(value), function)()
    finally:
        flint.ctx.prec = before

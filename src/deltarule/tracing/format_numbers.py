"""Numbers as they are shown: short, with a real minus sign, exact where that is short."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

from deltarule.arithmetic.beyond_fractions import beyond_fractions, fraction, middle
from deltarule.arithmetic.magnitude import Magnitude
from deltarule.arithmetic.rounding import round_significant
from deltarule.arithmetic.undefined import MinusInfinity

MINUS = "−"
#: Below it float64 has fewer digits, and at last 0.
LEAST_NORMAL = 2.0**-1022


def shown(number: object, digits: int = 6) -> str:
    """A number of any arithmetic with at most `digits` significant digits."""
    if not finite(number):
        return infinite(number)
    if zero_within(number) is not None:
        return "0"
    if beyond_fractions(number):
        return signed(scientific(number, digits))
    exact = Fraction(number) if isinstance(number, (int, float)) else fraction(number)
    if not isinstance(exact, Fraction):
        return infinite(exact)
    return signed(plain(round_significant(exact, digits)))


def scientific(number: Any, digits: int) -> str:
    """A number beyond fractions with so many digits: 8.81e4342 for exp(10000)."""
    mantissa, _, power = middle(number).str(digits, radius=False).partition("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(power)}"


def zero_within(number: Any) -> Magnitude | None:
    """How far a ball that holds 0, as what cancels does, is from it at most; None for others."""
    if not hasattr(number, "is_exact") or number.is_exact() or not number.contains(0):
        return None
    return Magnitude(abs(number).upper()) if number.is_finite() else None


def finite(number: object) -> bool:
    """Whether a number of any arithmetic is neither infinite nor undefined."""
    if isinstance(number, Fraction):
        return True
    if isinstance(number, float):
        return math.isfinite(number)
    ball = getattr(number, "is_finite", None)
    return bool(ball()) if callable(ball) else not isinstance(number, MinusInfinity)


def known_not_zero(number: object) -> bool:
    """Whether a number of any arithmetic is finite and known not to be 0."""
    return finite(number) and zero_within(number) is None and number != 0


def infinite(number: Any) -> str:
    """What is no finite number: `∞`, `−∞` or `NaN`."""
    if "nan" in str(number).lower():
        return "NaN"
    return MINUS + "∞" if number < 0 else "∞"


def with_decimals(number: object, decimals: int) -> str:
    """A number that was rounded to some decimals, with its trailing zeros."""
    if not finite(number):
        return infinite(number)
    if beyond_fractions(number) and abs(middle(number)) > 1:
        return signed(scientific(number, decimals + 5))
    exact = fraction(number)
    if not isinstance(exact, Fraction):
        return infinite(exact)
    size = abs(exact.numerator) * 10 ** max(decimals, 0) // exact.denominator
    digits = str(size).rjust(decimals + 1, "0")
    text = digits[:-decimals] + "." + digits[-decimals:] if decimals > 0 else digits
    return (MINUS if exact < 0 else "") + text


def plain(value: Fraction) -> str:
    """A decimal fraction written out; powers of ten for the very large and small."""
    if value == 0:
        return "0"
    size = abs(value)
    if size >= 10**300 or size < Fraction(1, 10**300):
        mantissa, _, power = f"{Decimal(value.numerator) / value.denominator:e}".partition("e")
        mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
        return f"{mantissa}e{int(power)}"
    if size >= 10**7 or size < Fraction(1, 10**5):
        return f"{float(value):.10g}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")
    return f"{float(value):.12f}".rstrip("0").rstrip(".")


def signed(text: str) -> str:
    """The text with Unicode minus signs."""
    return text.replace("-", MINUS)

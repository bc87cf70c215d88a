"""Numbers as a derivation file writes them: 0.5 is exactly ½, 1e-3 is 1/1000; NaN is refused."""

from __future__ import annotations

import math
from fractions import Fraction

from sympy import Expr, Float, Rational, nan, zoo

from deltarule.errors import DeltaruleError
from deltarule.expressions.given_numbers import rational
from deltarule.expressions.rewrites import replaced
from deltarule.expressions.sympy_functions import FOREIGN, holds, own

#: A decimal that a double holds in so many digits is what was written; more are binary noise.
_DIGITS, _SHORT = 15, 12
#: A float that is the quotient of integers up to here was written as one: 1/3, 2/7.
_SIMPLE = 1000


def decimal(value: float) -> Rational:
    """The fraction that a float was written as: 0.1 is 1/10, 0.1·3 is 3/10, and 1/3 is 1/3.

    Raises ValueError for what is not a number, NaN and ±∞ too.
    """
    if not math.isfinite(value):
        raise ValueError(f"{value} is not finite")
    written = repr(float(value))
    rounded = f"{value:.{_DIGITS}g}"
    simple = Fraction(value).limit_denominator(_SIMPLE)
    if _digits(written) >= _DIGITS and _digits(rounded) > _SHORT and float(simple) == value:
        return rational(simple)
    return rational(rounded if _digits(rounded) <= _SHORT < _digits(written) else written)


def constant(name: str, value: object, place: str) -> Rational:
    """The usual value of a constant, a number or one as text: 0.5, "1e-8", "1/3".

    Raises DeltaruleError for anything else, NaN and ±∞ too.
    """
    try:
        return decimal(value) if isinstance(value, float) else rational(str(value))
    except (TypeError, ValueError, ZeroDivisionError):
        raise DeltaruleError(
            f"{name} = {value} is no number", place, f"give {name} a finite number"
        ) from None


def _digits(written: str) -> int:
    mantissa = written.lower().partition("e")[0]
    return len(mantissa.replace(".", "").lstrip("-").lstrip("0").rstrip("0"))


def exact(expression: Expr, place: str, real: frozenset[str] = frozenset()) -> Expr:
    """The expression with exact numbers for its floats, and our functions for SymPy's.

    `real` names the tensors of real numbers, of which a // b is a function.

    Raises DeltaruleError where it holds NaN, or a division by 0.
    """
    if expression.has(nan, zoo):
        raise DeltaruleError(
            "NaN stands in the formula: it is no number, and 0/0 and 1/0 are none either",
            place,
            "write a finite number",
        )
    floats = expression.atoms(Float)
    if floats:
        table = {}
        for number in floats:
            try:
                table[number] = decimal(float(number))
            except ValueError:
                raise infinite(place) from None
        expression = replaced(expression, table)
    return own(expression, real)


_UNUSUAL = (Float, type(nan), type(zoo), *FOREIGN)


def unusual(expression: Expr) -> bool:
    """Whether there is anything in an expression that `exact` replaces or refuses."""
    return holds(expression, _UNUSUAL)


def infinite(place: str) -> DeltaruleError:
    """What is said of ∞ in a formula."""
    return DeltaruleError(
        "∞ stands in the formula: it is no number to calculate with",
        place,
        "for padding declare outside=-oo; for a mask leave terms out: where(…, exp(e[…]), 0), or "
        "Sum[j](…, where=…)",
    )

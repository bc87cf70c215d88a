"""Rounding as people do it by hand, exactly: to decimals or to significant figures.

    half-up     a tie goes away from zero: 0.125 -> 0.13, −0.125 -> −0.13
    half-even   a tie goes to the even digit: 0.125 -> 0.12
    truncate    digits are cut off, toward zero: 0.129 -> 0.12

Numbers come as Fraction, int or Decimal and go out in the same kind (an int as a Fraction); a
Decimal keeps the trailing zeros that would be printed. No float, so no hidden second rounding.
"""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import overload

from deltarule.errors import DeltaruleError, did_you_mean

RULES = ("half-up", "half-even", "truncate")


@overload
def round_decimal(value: Decimal, places: int, rule: str = "half-up") -> Decimal: ...
@overload
def round_decimal(value: Fraction | int, places: int, rule: str = "half-up") -> Fraction: ...
def round_decimal(
    value: Fraction | Decimal | int, places: int, rule: str = "half-up"
) -> Fraction | Decimal:
    """`value` with `places` decimals (negative: to tens, hundreds …)."""
    return _like(value, _units(_fraction(value), places, rule), places)


@overload
def round_significant(value: Decimal, figures: int, rule: str = "half-up") -> Decimal: ...
@overload
def round_significant(value: Fraction | int, figures: int, rule: str = "half-up") -> Fraction: ...
def round_significant(
    value: Fraction | Decimal | int, figures: int, rule: str = "half-up"
) -> Fraction | Decimal:
    """`value` with `figures` significant figures; zero stays zero."""
    if figures < 1:
        raise DeltaruleError(
            f"cannot round to {figures} significant figures", remedy="ask for 1 or more"
        )
    exact = _fraction(value)
    places = figures - 1 - magnitude(exact) if exact else 0
    units = _units(exact, places, rule)
    if abs(units) >= 10**figures:  # 9.996 -> 10.0, not 10.00
        places -= 1
        units = _units(exact, places, rule)
    return _like(value, units, places)


def magnitude(value: Fraction) -> int:
    """The power of ten of the first digit: 3 for 1234, −2 for 0.05. `value` is not zero."""
    value = abs(value)
    # From the bits, which are known at once; Python writes no more than 4300 digits out.
    bits = int(value.numerator).bit_length() - int(value.denominator).bit_length()
    power = math.floor((bits - 1) * math.log10(2))
    while value >= Fraction(10) ** (power + 1):
        power += 1
    return power


def check_rule(rule: str) -> str:
    """`rule` itself when it is one of RULES."""
    if rule in RULES:
        return rule
    hint = did_you_mean(rule, RULES)
    known = f"the rules are {', '.join(RULES)}"
    raise DeltaruleError(
        f"there is no rounding rule {rule!r}", remedy=f"{hint} {known}" if hint else known
    )


def _units(value: Fraction, places: int, rule: str) -> int:
    """`value` counted in units of 10^−places, rounded to an integer of them."""
    check_rule(rule)
    scaled = value * Fraction(10) ** places
    whole, rest = divmod(abs(scaled.numerator), scaled.denominator)
    if rule == "half-up":
        whole += 2 * rest >= scaled.denominator
    elif rule == "half-even":
        whole += 2 * rest + whole % 2 > scaled.denominator
    return -whole if scaled < 0 else whole


def _fraction(value: Fraction | Decimal | int) -> Fraction:
    if isinstance(value, Decimal) and not value.is_finite():
        raise DeltaruleError(f"{value} cannot be rounded", remedy="give a finite number")
    return Fraction(value)


def _like(value: Fraction | Decimal | int, units: int, places: int) -> Fraction | Decimal:
    """units·10^−places, as a Decimal when `value` was one."""
    if not isinstance(value, Decimal):
        return units / Fraction(10) ** places
    digits = tuple(int(digit) for digit in str(abs(units)))
    return Decimal((int(units < 0), digits, -places))

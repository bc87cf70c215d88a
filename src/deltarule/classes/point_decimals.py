"""Points as decimals, for systems that know no fractions.

Points are exact fractions until they are written. Then they are rounded once, half away from zero,
to four places, and zeros at the end are left out; a total is the rounded sum of exact points, never
the sum of rounded ones.
"""

from __future__ import annotations

from fractions import Fraction

PLACES = 4


def point_decimal(points: Fraction, places: int = PLACES) -> str:
    """`1.5`, `0.3333`, `2`: the digits of a number, with a full stop and no thousands."""
    scaled = abs(points) * 10**places + Fraction(1, 2)
    digits = f"{scaled // 1:0{places + 1}d}"
    whole, rest = digits[:-places], digits[-places:].rstrip("0")
    sign = "-" if points < 0 and digits.strip("0") else ""
    return f"{sign}{whole}.{rest}" if rest else f"{sign}{whole}"


def point_number(points: Fraction) -> int | float:
    """The same as a number of JSON: its shortest digits are those of the decimal."""
    text = point_decimal(points)
    return float(text) if "." in text else int(text)


def share(points: Fraction, of: Fraction) -> Fraction:
    """What part of the points is earned, between 0 and 1; of no points, none."""
    return min(max(points / of, Fraction(0)), Fraction(1)) if of > 0 else Fraction(0)

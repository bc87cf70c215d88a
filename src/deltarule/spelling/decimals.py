"""Numbers as decimals, where these are shorter than the fraction: 0.044715, but ½ and 3/20."""

from __future__ import annotations

from sympy import Rational


def as_decimal(value: Rational) -> str | None:
    """The digits of |value| as a decimal; None where that is no shorter than p/q, or never ends."""
    places, ten = 0, value.q
    for prime in (2, 5):
        count = 0
        while ten % prime == 0:
            ten, count = ten // prime, count + 1
        places = max(places, count)
    if ten != 1 or not places:
        return None
    digits = str(abs(value.p) * 10**places // value.q).zfill(places + 1)
    decimal = f"{digits[:-places]}.{digits[-places:]}"
    return decimal if len(decimal) < len(str(abs(value))) else None

"""Products as powers of their factors, and one product divided by another."""

from __future__ import annotations

import math
from collections.abc import Iterable

from sympy import Expr, Integer, Mul


def powers(product: Expr) -> dict[Expr, Expr]:
    """The factors of a product with their exponents."""
    result: dict[Expr, Expr] = {}
    for factor in Mul.make_args(product):
        base, exponent = factor.as_base_exp()
        result[base] = result.get(base, 0) + exponent
    return result


def divided(have: dict, wanted: dict) -> Expr | None:
    """The product `have` without the factors `wanted`; None if they are not all there.

    None, too, where nothing but numbers is wanted: they are factors of everything.
    """
    if all(base.is_number for base in wanted):
        return None
    rest = dict(have)
    for base, exponent in wanted.items():
        if base.is_number:
            rest[base] = rest.get(base, 0) - exponent
            continue
        there = rest.get(base, 0)
        if there == 0 or not (there == exponent or _covers(there, exponent)):
            return None
        rest[base] = there - exponent
    return Mul(*(base**exponent for base, exponent in rest.items()))


def _covers(there: Expr, wanted: Expr) -> bool:
    if not (there.is_number and wanted.is_number):
        return bool((there - wanted).is_number)
    return bool(there * wanted > 0) and bool(abs(there) >= abs(wanted))


def multiply(factors: Iterable[Expr]) -> Expr:
    """The product of some factors; 1 for none."""
    return math.prod(factors, start=Integer(1))

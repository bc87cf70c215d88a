"""Signs of fractions: numbers below the bar are positive, and no minus stands that need not."""

from __future__ import annotations

from typing import TypeGuard

from sympy import Add, Expr, Mul, Pow

from deltarule.expressions.symbols import Size


def plain_signs(product: Expr) -> Expr:
    """A product with its signs where they read best."""
    return _positive(_signed(product))


def _positive(product: Expr) -> Expr:
    """−(1 − a − b)·c as (a + b − 1)·c, and −(a − b)·c as (b − a)·c."""
    factors = list(Mul.make_args(product))
    if product.as_coeff_Mul()[0] != -1:
        return product
    for k, factor in enumerate(factors):
        if isinstance(factor, Add):
            negative = sum(bool(t.as_coeff_Mul()[0].is_negative) for t in factor.args)
            plain = factor.as_coeff_Add()[0] == 0
            if 2 * negative > len(factor.args) or plain and 2 * negative == len(factor.args):
                return Mul(-1, *factors[:k], -factor, *factors[k + 1 :])
    return product


def _signed(fraction: Expr) -> Expr:
    """(y − p)/(p·(p − 1)) as (p − y)/(p·(1 − p)): below the bar, numbers are positive."""
    factors = list(Mul.make_args(fraction))
    negative = [(k, f.base) for k, f in enumerate(factors) if _below(f) and _from_above(f.base)]
    if len(negative) % 2 == 0:
        return fraction
    place, total = negative[0]
    factors[place] = Pow(-total, -1)
    above = next((k for k, f in enumerate(factors) if f.is_Add and len(f.args) == 2), None)
    if above is None:
        return Mul(-1, *factors)
    factors[above] = -factors[above]
    return Mul(*factors)


def _below(factor: Expr) -> TypeGuard[Pow]:
    return isinstance(factor, Pow) and factor.exp == -1 and factor.base.is_Add


def _from_above(total: Expr) -> bool:
    """p − 1, which is negative for a probability, or 1 − N, for a size N."""
    number, rest = total.as_coeff_Add()
    if isinstance(-rest, Size):
        return bool(number.is_positive)
    return bool(number.is_negative) and not isinstance(rest, Size) and len(total.args) == 2

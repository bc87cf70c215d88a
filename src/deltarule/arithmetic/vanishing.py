"""Products with functions that vanish far out, where something else beside them does, too.

erfc(a)^k·exp(b)         (exp(a²)·erfc(a))^k·exp(b − k·a²), which neither vanishes nor overflows
σ(a)/softplus(a)         1 far below 0, where both are exp(a)
"""

from __future__ import annotations

from collections.abc import Container
from typing import cast

from sympy import Add, Expr, Integer, Mul, Pow

from deltarule.expressions.functions import (
    absolute,
    erfc,
    exp,
    over_softplus,
    scaled_erfc,
    sigmoid,
    softplus,
)
from deltarule.expressions.written_out import power_of_exp


def with_scaled_tails(node: Expr) -> Expr:
    """A product with exp(a²)·erfc(a) for erfc(a) that divides, or is beside exponentials."""
    factors = Mul.make_args(node)
    tails = [f for f in factors if is_tail(f.as_base_exp()[0])]
    if not tails or not any(_whole(f) for f in tails):
        return node
    below = any(f.as_base_exp()[1].is_negative for f in tails)
    if not below and not any(power_of_exp(f) is not None for f in factors):
        return node
    others = [f for f in factors if f not in tails]
    powers = {cast(Expr, b.args[0]): t for b, t in (f.as_base_exp() for f in tails)}
    for value, times in powers.items():
        if powers.get(-value) == times:  # erfc(a)·erfc(−a): only one of them vanishes
            if not value.could_extract_minus_sign():
                size = absolute(value)
                others += [Pow(scaled_erfc(size) * erfc(-size), times), exp(-times * value**2)]
            continue
        others += [Pow(scaled_erfc(value), times), exp(-times * value**2)]
    return Mul(*others)


def beside_softplus(node: Expr) -> Expr | None:
    """A product with σ(a)/softplus(a) as one function; None for any other."""
    factors = Mul.make_args(node)
    above = {
        b.args[0]: f
        for f in factors
        for b, t in [f.as_base_exp()]
        if isinstance(b, sigmoid) and t.is_positive and t.is_Rational
    }
    for factor in factors if above else ():
        base, times = factor.as_base_exp()
        rest = [f for f in factors if f is not factor]
        if isinstance(factor, Add) and any(_below_softplus(t, above) for t in factor.args):
            return Add(*(Mul(*rest, t) for t in factor.args))
        if isinstance(base, softplus) and _divides(times) and base.args[0] in above:
            value = base.args[0]
            least = min(-times, above[value].as_base_exp()[1])
            by = sigmoid(value) ** -least * softplus(value) ** least
            return Mul(*rest, factor, by, over_softplus(value) ** least)
    return None


def _below_softplus(term: Expr, above: Container[Expr]) -> bool:
    """Whether a term is divided by softplus of one of some values."""
    powers = (f.as_base_exp() for f in Mul.make_args(term))
    return any(isinstance(b, softplus) and _divides(t) and b.args[0] in above for b, t in powers)


def _divides(times: Expr) -> bool:
    return bool(times.is_Rational and times.is_negative)


def is_tail(base: Expr) -> bool:
    """Whether it is erfc of what may be above 0."""
    return isinstance(base, erfc) and not isinstance(-base.args[0], absolute)


def _whole(factor: Expr) -> bool:
    return isinstance(factor.as_base_exp()[1], Integer)

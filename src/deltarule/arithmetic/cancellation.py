"""Sums of a few terms in which nothing cancels that a function is known for."""

from __future__ import annotations

from typing import cast

from sympy import Add, Expr, Pow

from deltarule.arithmetic.exponentials import larger
from deltarule.expressions.functions import absolute, erf, erfc, exp, expm1, sigmoid, sign, tanh
from deltarule.expressions.nodes import Read
from deltarule.expressions.rebuild import rebuild


def added(node: Expr) -> Expr:
    """A sum in which nothing cancels that a function is known for."""
    terms = Add.make_args(node)
    for k, term in enumerate(terms):
        number, factors = term.as_coeff_mul()
        for j, other in enumerate(terms):
            found = None if j == k or len(factors) != 1 else _pair(number, factors[0], other)
            if found is not None:
                rest = [t for i, t in enumerate(terms) if i not in (j, k)]
                return added(Add(found, *rest)) if rest else found
    return node


def added_within(node: Expr) -> Expr:
    """An expression in whose sums, at any depth, no function that ends at ±1 cancels."""
    if isinstance(node, Read) or not node.has(sigmoid, erf, erfc, tanh):
        return node
    node = rebuild(node, added_within)
    return added(node) if isinstance(node, Add) else node


def _pair(number: Expr, function: Expr, other: Expr) -> Expr | None:
    """number·function + other, where that is a function of its own."""
    if isinstance(function, exp):
        factor, factors = other.as_coeff_mul()
        if other == -number:
            return number * expm1(function.args[0])
        if (
            factor == -number
            and number.is_positive
            and len(factors) == 1
            and isinstance(factors[0], exp)
        ):
            return number * _apart(function.args[0], factors[0].args[0])
    if isinstance(function, sigmoid | tanh) and number.is_positive:
        factor, factors = other.as_coeff_mul()
        if factor == -number and len(factors) == 1 and isinstance(factors[0], type(function)):
            return number * _risen(function, factors[0])
    if isinstance(function, sigmoid) and other == -number:
        return other * sigmoid(-function.args[0])
    if isinstance(function, tanh) and other in (number, -number):
        return 2 * other * sigmoid(2 * function.args[0] * (1 if other == number else -1))
    if isinstance(function, erf) and other in (number, -number):
        return other * erfc(function.args[0] * (-1 if other == number else 1))
    if isinstance(function, Pow) and function.exp == 2 and isinstance(function.base, erf):
        value = function.base.args[0]
        return other * erfc(value) * erfc(-value) if other == -number else None
    if isinstance(function, erfc) and other == -2 * number:
        return -number * erfc(-function.args[0])
    if (
        isinstance(function, Pow)
        and function.exp == 2
        and isinstance(function.base, tanh)
        and (other == -number)
    ):
        double = 2 * function.base.args[0]
        return 4 * other * sigmoid(double) * sigmoid(-double)
    return None


def _risen(one: Expr, other: Expr) -> Expr:
    """σ(a) − σ(b) = tanh((a − b)/2)·(σ(a)·σ(−b) + σ(−a)·σ(b)); tanh(a) is 2·σ(2·a) − 1."""
    times = 2 if isinstance(one, tanh) else 1
    a, b = (times * cast(Expr, f.args[0]) for f in (one, other))
    both = sigmoid(a) * sigmoid(-b) + sigmoid(-a) * sigmoid(b)
    return times * tanh((a - b) / 2) * both


def apart(number: Expr, one: Expr, other: Expr) -> Expr:
    """number·(exp(a) − exp(b))/exp(max(a, b)) = ±number·(1 − exp(−|a − b|))."""
    gap = one - other
    return -number * sign(gap) * expm1(-absolute(gap))


#: Below minus this, exp(exp(c)) is 1 + exp(c) to the last digit of any type.
FAR = 40


def far_below(number: Expr, one: Expr, other: Expr) -> Expr | None:
    """p·exp(c) for p·(exp(±exp(c)) − 1), which it is where exp(c) is next to 0; else None."""
    gap = one - other
    sign, power = gap.as_coeff_Mul()
    if 0 not in (one, other) or abs(sign) != 1 or not isinstance(power, exp):
        return None
    return number * gap


def _apart(one: Expr, other: Expr) -> Expr:
    """exp(a) − exp(b) = ±exp(max(a, b))·(1 − exp(−|a − b|))."""
    gap = one - other
    return -sign(gap) * exp(larger(one, other)) * expm1(-absolute(gap))

"""Logarithms of functions that overflow, vanish or cancel where their logarithm is an ordinary
number.

    log(1 − exp(b))          log(−expm1(b)), or log1p(−exp(b)) far below 0
    log(exp(a) − exp(b))     a + log(1 − exp(b − a))
    log cosh(a)              |a| + log((1 + exp(−2|a|))/2); log(1 + 2·sinh²(a/2)) near 0
    log softplus(a)          a far below 0, where softplus(a) is exp(a)
    log erfc(a)              −a² and the logarithm of exp(a²)·erfc(a) far above 0

For log(1 − exp(b)): Mächler, Accurately Computing log(1 − exp(−|a|)), 2012.
"""

from __future__ import annotations

from sympy import Expr, Rational

from deltarule.expressions.functions import (
    Elementwise,
    absolute,
    cosh,
    erfc,
    exp,
    expm1,
    log,
    log1p,
    log_erfc,
    sigmoid,
    sinh,
    softplus,
)
from deltarule.expressions.nodes import Choose, Positive

#: About log 2: where 1 − exp(b) is ½.
_NEAR = Rational(7, 10)
#: Below minus this, 1 + exp(a) and exp(exp(a)) are 1 + exp(a) to the last digit of any type.
_FAR = 40


def one_less(power: Expr) -> Expr:
    """log(1 − exp(b)), by what loses less."""
    near, far = log(-expm1(power)), log1p(-exp(power))
    least = Choose(Positive(power + _NEAR), near, far)
    if isinstance(inner := -power, exp):  # 1 − exp(−exp(a)) is exp(a), and may vanish
        return Choose(Positive(-inner.args[0] - _FAR), inner.args[0], least)
    return least


def logarithm_of(function: Expr) -> Expr | None:
    """The logarithm of a function of a value that is positive everywhere; None of any other."""
    if not isinstance(function, Elementwise):
        return None
    value = function.args[0]
    if isinstance(function, sigmoid):
        return -softplus(-value)
    if isinstance(function, erfc):
        return log_erfc(value)
    if isinstance(function, softplus):
        return Choose(Positive(-value - _FAR), value, log(function))
    if isinstance(function, cosh):
        size = absolute(value)
        near = log1p(2 * sinh(value / 2) ** 2)
        return Choose(Positive(1 - size), near, size + log1p(expm1(-2 * size) / 2))
    return None


def positive_everywhere(function: Expr) -> bool:
    """Whether it is a function of which `logarithm_of` knows the logarithm."""
    return isinstance(function, sigmoid | softplus | cosh | erfc)

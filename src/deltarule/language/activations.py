"""Activations: functions of one value, and whether the value of one is enough for its slope."""

from __future__ import annotations

from functools import cache

from sympy import Dummy

from deltarule.expressions.elementwise import Elementwise, derivative
from deltarule.expressions.nodes import reads

#: Functions that stand in formulas for themselves.
_PLAIN = frozenset({"exp", "log", "absolute", "sign", "maximum", "minimum"})


def is_activation(node: Elementwise) -> bool:
    """Whether it is a function of one value that depends on tensors, and none of those that
    formulas are made of."""
    moving = sum(bool(reads(a)) for a in node.args)
    return moving == 1 and node.func.row.name not in _PLAIN


@cache
def slope_reads_argument(function: type[Elementwise]) -> bool:
    """Whether f′(z) is written with z and not with f(z) alone, as tanh′ = 1 − tanh² is."""
    if function.row.arity > 1:
        return True
    z, value = Dummy("z", real=True), Dummy("f", real=True)
    return derivative(function)(z).xreplace({function(z): value}).has(z)

"""Where a value with a number beside it changes its sign: x/5 + 1/2 > 0 is x > −5/2."""

from __future__ import annotations

from typing import NamedTuple

from sympy import Expr, Rational

from deltarule.expressions.nodes import Choose, Positive, reads


class Threshold(NamedTuple):
    """`quantity` lies above a number, or what has no index either, or below it."""

    quantity: Expr
    number: Expr
    above: bool


def threshold(value: Expr) -> Threshold | None:
    """What value > 0 says of the quantity in it; None where no number stands beside one."""
    number, rest = value.as_coeff_Add()
    slope, quantity = rest.as_coeff_Mul()
    if quantity.is_Add or not reads(quantity):
        return None
    at = -number / slope
    return Threshold(quantity, at, bool(slope > 0)) if isinstance(at, Rational) else None


def bracketed(node: Expr) -> list[Expr] | None:
    """The values that a bracket [u > 0, v > 0] asks to be above 0; None for anything else."""
    values: list[Expr] = []
    while isinstance(node, Choose) and isinstance(node.args[0], Positive) and node.args[2] == 0:
        values.append(node.args[0].args[0])
        node = node.args[1]
    return values if values and node == 1 else None

"""Formulas as they are computed in floating point: of lines, and of functions over letters."""

from __future__ import annotations

from functools import lru_cache

from sympy import Dummy, Expr

from deltarule.arithmetic.stable import stable as stable_form
from deltarule.arithmetic.zero_weights import with_zero_weights
from deltarule.expressions.functions import Elementwise
from deltarule.expressions.gradient_names import is_gradient
from deltarule.networks.equations import Equation


@lru_cache(maxsize=256)
def written_out(
    function: type[Elementwise], arity: int, stable: bool
) -> tuple[Expr, tuple[Dummy, ...]]:
    """A function's formula over Dummies, in numerically stable form where that is asked for."""
    dummies = tuple(Dummy(f"z{k}", real=True) for k in range(arity))
    row = function.row
    if stable and row.stable is not None:
        return row.stable(*dummies), dummies
    formula = row.formula(*dummies)
    return stable_form(formula) if stable else formula, dummies


def line_of(equation: Equation) -> Expr:
    """The right side of a line, in stable form and with weights of 0 that outweigh 1/0."""
    return with_zero_weights(stable_form(equation.rhs), is_gradient(equation.name))

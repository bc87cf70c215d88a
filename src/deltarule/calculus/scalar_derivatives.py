"""Derivatives of scalar formulas, as SymPy takes them: sums, products, powers, functions.

SymPy's `diff` makes a `Derivative` of every part of a formula before it evaluates it, and most of
its time goes there.
"""

from __future__ import annotations

from sympy import Add, Dummy, Expr, Integer, Mul, Pow

from deltarule.expressions.functions import Elementwise, log


def derivative(formula: Expr, by: Dummy) -> Expr:
    """The derivative of a formula by a symbol, the same that `formula.diff(by)` gives."""
    if formula == by:
        return Integer(1)
    if by not in formula.free_symbols:
        return Integer(0)
    if isinstance(formula, Add):
        return Add(*(derivative(term, by) for term in formula.args))
    if isinstance(formula, Mul):
        factors = formula.args
        changes = ((k, derivative(factor, by)) for k, factor in enumerate(factors))
        return Add(*(Mul(*factors[:k], d, *factors[k + 1 :]) for k, d in changes if d != 0))
    if isinstance(formula, Pow) and by not in formula.exp.free_symbols:
        return formula * (derivative(formula.base, by) * formula.exp / formula.base)
    if isinstance(formula, Pow):
        base, exponent = derivative(formula.base, by), derivative(formula.exp, by)
        return formula * (exponent * log(formula.base) + base * formula.exp / formula.base)
    if isinstance(formula, Elementwise):
        changes = ((k, derivative(a, by)) for k, a in enumerate(formula.args, start=1))
        return Add(*(formula.fdiff(k) * d for k, d in changes if d != 0))
    return formula.diff(by)

"""Derivatives of scalar formulas are those of SymPy, in the same form."""

from __future__ import annotations

import pytest
from sympy import Dummy, Rational

from deltarule.calculus.scalar_derivatives import derivative
from deltarule.expressions.elementwise import with_own_leaves
from deltarule.expressions.functions import exp, log, tanh
from deltarule.expressions.symbols import Scalar

X, Y, A = Dummy("x", real=True), Dummy("y", real=True), Scalar("a")


FORMULAS = [
    X * Y, X**2 * Y + A * X, A * (X - Y), (X - Y) ** 2 / 2, X / Y, 1 / (X * Y + A),
    X ** Rational(1, 2) * Y, A**X, X**X, tanh(X * Y) * X, exp(-(X**2)) / (1 + exp(X)),
    log(X) * Y + 3, X, Y, A, X * tanh(tanh(A * X)), 2 * (X + Y) * (X - Y) * A,
]  # fmt: skip


@pytest.mark.parametrize("formula", FORMULAS)
def test_as_sympy_has_it(formula):
    for by in (X, Y):
        # The logarithms that SymPy puts in are its own.
        wanted = with_own_leaves(formula.diff(by))
        assert derivative(formula, by) == wanted
        assert str(derivative(formula, by)) == str(wanted)

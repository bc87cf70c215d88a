"""Every elementwise function and its derivative far from 0, in the arithmetics of sheets.

Against balls of more bits, in which no formula is rearranged.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from sympy import Expr, Rational

from deltarule.arithmetic.base import Arithmetic
from deltarule.arithmetic.evaluate import Values, evaluate
from deltarule.arithmetic.exact import Ball, Carried, Rounded
from deltarule.expressions.elementwise import FUNCTIONS, derivative
from deltarule.expressions.nodes import read
from deltarule.expressions.symbols import Index, Size
from deltarule.reports.number_text import number_text
from deltarule.tracing.format_numbers import finite, shown

FAR = [Fraction(sign * 10**k) for k in (0, 1, 2, 3, 4, 5, 8, 12) for sign in (1, -1)]
N, n = Size("N"), Index("n")
FINE = Ball(9000)
#: By arithmetic how far a value may be from the true one, absolutely and relatively.
ARITHMETICS = {
    "decimals": (Rounded(2), Fraction("0.00501"), Fraction(1, 10**15)),
    "significant": (Rounded(None, 3), Fraction(0), Fraction("0.00501")),
    "carried": (Carried(), Fraction(0), Fraction(1, 10**60)),
}


def formulas(name: str) -> tuple[Expr, ...]:
    """A function and its derivative, of x and of numbers where it takes more."""
    function = FUNCTIONS[name]
    arguments = (read("x", n), Rational(1, 10), Rational(5))[: function.row.arity]
    if name == "trigamma":  # the second derivative of log Γ has none here
        return (function(*arguments),)
    return function(*arguments), derivative(function, 1)(*arguments)


def value(formula: Expr, arithmetic: Arithmetic) -> np.ndarray:
    known = Values({"x": arithmetic.array(FAR)}, {N: len(FAR)}, {}, {})
    return arithmetic.settle(evaluate(formula, ((n, N),), known, arithmetic))


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_values_far_from_zero(name):
    for formula in formulas(name):
        true = value(formula, FINE)
        for arithmetic, absolute, relative in ARITHMETICS.values():
            text = number_text(arithmetic)
            for x, found, right in zip(FAR, value(formula, arithmetic), true, strict=True):
                place = f"{formula} at {x}, {arithmetic.name}: {text(found)}"
                assert finite(found) == finite(right), place
                assert ("NaN" in text(found)) == ("NaN" in shown(found)) == (not finite(right))
                if finite(right):
                    room = FINE.number(absolute) + FINE.number(relative) * abs(right)
                    with FINE.context():
                        assert not abs(found - right) > room, place

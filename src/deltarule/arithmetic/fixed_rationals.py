"""Numbers that are the same everywhere: what scalars and sizes come to."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from sympy import Expr, Rational, Symbol

from deltarule.expressions.rewrites import replaced
from deltarule.expressions.symbols import Scalar


def as_fraction(value: Fraction | Rational) -> Fraction:
    """Python's number for a rational of either kind."""
    return Fraction(int(value.p), int(value.q)) if isinstance(value, Rational) else value


def constant(
    expression: Expr, scalars: Mapping[Scalar, Fraction | Rational], sizes: Mapping[Symbol, int]
) -> Rational | None:
    """The rational that an expression of scalars and sizes is; None for anything else."""
    if not isinstance(expression, Rational):
        table = {s: Rational(str(v)) for s, v in {**scalars, **sizes}.items()}
        expression = replaced(expression, table)
    return expression if isinstance(expression, Rational) else None

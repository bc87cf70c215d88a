"""Functions of several numbers that programs name, each by its formula: hypot(a, b), celu(z, α).

celu         Barron 2017, "Continuously differentiable exponential linear units", eq. 2
softshrink, hardshrink, threshold    as PyTorch has them, with λ = ½ where none is given
"""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr, Integer, Rational

from deltarule.expressions.functions import exp, softplus
from deltarule.expressions.nodes import Choose, Positive

_HALF = Rational(1, 2)


def celu(z: Expr, alpha: Expr) -> Expr:
    """z where z > 0, else α·(exp(z/α) − 1), whose slope at 0 is 1."""
    return Choose(Positive(z), z, alpha * (exp(z / alpha) - 1))


def softshrink(z: Expr, width: Expr) -> Expr:
    """z moved towards 0 by λ, and 0 between −λ and λ."""
    below = Choose(Positive(-z - width), z + width, Integer(0))
    return Choose(Positive(z - width), z - width, below)


def hardshrink(z: Expr, width: Expr) -> Expr:
    """z, and 0 between −λ and λ."""
    return Choose(Positive(z - width), z, Choose(Positive(-z - width), z, Integer(0)))


def threshold(z: Expr, above: Expr, otherwise: Expr) -> Expr:
    """z where it is above a number, else another one."""
    return Choose(Positive(z - above), z, otherwise)


def logaddexp(one: Expr, two: Expr) -> Expr:
    """log(exp a + exp b), by the difference, which does not overflow."""
    return one + softplus(two - one)


def hypot(one: Expr, two: Expr) -> Expr:
    """√(a² + b²)."""
    return (one**2 + two**2) ** _HALF


#: Of a value and of constants, with how many there are and those that are left out.
WITH_CONSTANTS: dict[str, tuple[Callable[..., Expr], int, tuple[Expr, ...]]] = {
    "celu": (celu, 2, (Integer(1),)),
    "CELU": (celu, 2, (Integer(1),)),
    "softshrink": (softshrink, 2, (_HALF,)),
    "hardshrink": (hardshrink, 2, (_HALF,)),
    "threshold": (threshold, 3, ()),
}
#: Of two values, entry by entry.
OF_TWO: dict[str, Callable[[Expr, Expr], Expr]] = {"logaddexp": logaddexp, "hypot": hypot}

"""What depends on the case: a delta, one value or another, a state at another time, a constant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sympy import Basic, Expr, Integer
from sympy.core.sympify import _sympify as strictly

from deltarule.expressions.conditions import AtLeastZero, Condition, decided


class Delta(Expr):
    """The Kronecker delta δ(a, b): 1 where a = b, else 0."""

    __slots__ = ()
    is_integer = True
    is_commutative = True

    if TYPE_CHECKING:

        @property
        def args(self) -> tuple[Expr, Expr]: ...


class Choose(Expr):
    """`Choose(condition, a, b)`: a where the condition holds, b elsewhere."""

    __slots__ = ()
    is_real = True
    is_commutative = True

    if TYPE_CHECKING:

        @property
        def args(self) -> tuple[Condition, Expr, Expr]: ...

    def __new__(cls, condition: Basic, then: Expr | int, otherwise: Expr | int) -> Expr:
        then, otherwise = strictly(then), strictly(otherwise)
        if then == otherwise:
            return then
        if isinstance(condition, AtLeastZero) and condition.args[0].is_Integer:
            return then if condition.args[0] >= 0 else otherwise
        holds = decided(condition)
        if holds is not None:
            return then if holds else otherwise
        return Expr.__new__(cls, condition, then, otherwise)

    def _eval_derivative(self, s: Expr) -> Expr:
        condition, then, otherwise = self.args
        return Choose(condition, then.diff(s), otherwise.diff(s))


class Carried(Choose):
    """A state read at another time, `Carried(t − 1 ≥ 0, h[t − 1], h0)`: h0 is what h[−1] is.

    It is written as its first case; where that lies before the first step (or behind the last)
    the second one holds.
    """

    __slots__ = ()


class Declared(Choose):
    """A value under a condition that data are declared to meet, `Declared(p[t] < t, h[p[t]], 0)`.

    It is written as its first case. The condition tells the order in which entries are computed.
    """

    __slots__ = ()


class Frozen(Expr):
    """A value through which no gradient flows: `Frozen(a)` is a, and its derivative is 0."""

    __slots__ = ()
    is_real = True
    is_commutative = True

    if TYPE_CHECKING:

        @property
        def args(self) -> tuple[Expr]: ...

    def _eval_derivative(self, s: Expr) -> Expr:
        return Integer(0)

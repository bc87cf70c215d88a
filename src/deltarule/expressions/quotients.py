"""Whole quotients and remainders: ⌊a/b⌋, ⌈a/b⌉ and a mod b, for a whole b > 0; min(a, b)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sympy import Add, Expr, Integer
from sympy.core.sympify import _sympify as strictly

from deltarule.errors import DeltaruleError


class _OfIntegers(Expr):
    """An integer made of two others, as ⌊a/b⌋ is."""

    __slots__ = ()
    is_integer = True
    is_commutative = True

    if TYPE_CHECKING:

        @property
        def args(self) -> tuple[Expr, Expr]: ...


class FloorQuotient(_OfIntegers):
    """⌊a/b⌋ for integers, b > 0. Under a condition that b divides a it is printed as a/b."""

    __slots__ = ()

    def __new__(cls, numerator: Expr | int, denominator: Expr | int) -> Expr:
        a, b = strictly(numerator), strictly(denominator)
        if b == 1:
            return a
        if b == 0:
            raise DeltaruleError("a whole quotient is taken by 0", remedy="divide by 1 or more")
        if a.is_Integer and b.is_Integer:
            return Integer(int(a) // int(b))
        return Expr.__new__(cls, a, b)


class CeilingQuotient(FloorQuotient):
    """⌈a/b⌉ for integers, b > 0."""

    __slots__ = ()

    def __new__(cls, numerator: Expr, denominator: Expr) -> Expr:
        if denominator == 1:
            return numerator
        if numerator.is_Integer and denominator.is_Integer:
            return Integer(-(-int(numerator) // int(denominator)))
        return Expr.__new__(cls, numerator, denominator)


class Remainder(_OfIntegers):
    """a mod b = a − b·⌊a/b⌋ for integers, b > 0: a number from 0 to b − 1."""

    __slots__ = ()

    def __new__(cls, numerator: Expr | int, denominator: Expr | int) -> Expr:
        a, b = strictly(numerator), strictly(denominator)
        if b == 1:
            return Integer(0)
        if a.is_Integer and b.is_Integer:
            return Integer(int(a) % int(b))
        a = Add(*(_within(term, b) for term in Add.make_args(a)))  # ((i − 1) mod N + 1) mod N
        return Expr.__new__(cls, a, b)


def _within(term: Expr, circle: Expr) -> Expr:
    """A term, without its own remainder by the same circle."""
    count, part = term.as_coeff_Mul()
    whole = count.is_Integer and isinstance(part, Remainder) and part.args[1] == circle
    return count * part.args[0] if whole else term


class Least(_OfIntegers):
    """min(a, b) of integers: how many windows fit where two things bound them."""

    __slots__ = ()

    def __new__(cls, one: Expr | int, other: Expr | int) -> Expr:
        a, b = strictly(one), strictly(other)
        difference = (a - b).expand()
        if difference.is_nonpositive:
            return a
        return b if difference.is_nonnegative else Expr.__new__(cls, a, b)


class IfSmall(_OfIntegers):
    """An extent, or 0 where an array has many entries: `IfSmall(extent, entries)`."""

    __slots__ = ()

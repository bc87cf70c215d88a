"""Arithmetic with names that stand for one number: `s = theta * h` for scalars theta and h."""

from __future__ import annotations

from sympy import Expr
from sympy.core.relational import Relational


class Operand:
    """Something that becomes an expression as soon as it is computed with."""

    def _sympy_(self) -> Expr:
        raise NotImplementedError

    def __add__(self, other: Expr | Operand | complex) -> Expr:
        return self._sympy_() + other

    def __radd__(self, other: Expr | Operand | complex) -> Expr:
        return other + self._sympy_()

    def __sub__(self, other: Expr | Operand | complex) -> Expr:
        return self._sympy_() - other

    def __rsub__(self, other: Expr | Operand | complex) -> Expr:
        return other - self._sympy_()

    def __mul__(self, other: Expr | Operand | complex) -> Expr:
        return self._sympy_() * other

    def __rmul__(self, other: Expr | Operand | complex) -> Expr:
        return other * self._sympy_()

    def __truediv__(self, other: Expr | Operand | complex) -> Expr:
        return self._sympy_() / other

    def __rtruediv__(self, other: Expr | Operand | complex) -> Expr:
        return other / self._sympy_()

    def __pow__(self, other: Expr | Operand | complex) -> Expr:
        return self._sympy_() ** other

    def __rpow__(self, other: Expr | Operand | complex) -> Expr:
        return other ** self._sympy_()

    def __mod__(self, other: Expr | Operand | complex) -> Expr:
        return self._sympy_() % other

    def __floordiv__(self, other: Expr | Operand | complex) -> Expr:
        return self._sympy_() // other

    def __neg__(self) -> Expr:
        return -self._sympy_()

    def __abs__(self) -> Expr:
        return abs(self._sympy_())

    def __gt__(self, other: Expr | Operand | complex) -> Relational:
        return self._sympy_() > other

    def __ge__(self, other: Expr | Operand | complex) -> Relational:
        return self._sympy_() >= other

    def __lt__(self, other: Expr | Operand | complex) -> Relational:
        return self._sympy_() < other

    def __le__(self, other: Expr | Operand | complex) -> Relational:
        return self._sympy_() <= other

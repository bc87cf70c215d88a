"""Formulas at random points, to 50 digits: what is read or summed over is a number of its own.

Tensors that are computed have their computed values; so a formula can be looked at on a surface,
where something that it depends on is 0.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random

import mpmath
import sympy
from sympy import Add, Expr, Mul, Pow

from deltarule.calculus.kinks import Surfaces
from deltarule.expressions.functions import Elementwise
from deltarule.expressions.nodes import Choose, Frozen, Positive, Read, Reduction, Sum
from deltarule.expressions.substitution import plainly_named
from deltarule.expressions.symbols import Size

DIGITS = 50


def _positive(z):
    """The number, where log Γ has a value."""
    if mpmath.im(z) or z <= 0:
        raise ValueError(z)
    return z


#: What is nearer than this (in proportion, beyond 1) is the same, and nearer to 0 is 0.
_ALIKE, _NOUGHT = 1e-30, 1e-40
_LEAVES: dict[str, Callable] = {
    "exp": mpmath.exp,
    "log": mpmath.log,
    "tanh": mpmath.tanh,
    "erf": mpmath.erf,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tan": mpmath.tan,
    "atan": mpmath.atan,
    "asin": mpmath.asin,
    "acos": mpmath.acos,
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "asinh": mpmath.asinh,
    "acosh": mpmath.acosh,
    "atanh": mpmath.atanh,
    "lgamma": lambda z: mpmath.loggamma(_positive(z)),
    "digamma": lambda z: mpmath.psi(0, _positive(z)),
    "trigamma": lambda z: mpmath.psi(1, _positive(z)),
    "floor": mpmath.floor,
    "round": mpmath.nint,
}


class Unknown(Exception):
    """A formula has no value at a point, or none that is understood here."""


class Point:
    """Numbers for all that formulas over one network read, drawn from a seed as they are met."""

    def __init__(self, surfaces: Surfaces, seed: int):
        self._surfaces, self._random = surfaces, Random(seed)
        #: Most numbers are above 0, as logarithms and roots want them.
        self._signs = (1,) if seed % 3 == 1 else (1, -1, 2, -2)
        self._numbers: dict[object, object] = {}
        self._surface: Expr | None = None
        self._sign = 0

    def value(self, expression: Expr, surface: Expr | None = None, sign: int = 0):
        """The formula's number, what it reads taken as on one side of a surface (0: on it).

        Raises Unknown where it has none.
        """
        self._surface, self._sign = surface, sign
        with mpmath.workdps(DIGITS):
            try:
                found = self._value(expression)
            except (ZeroDivisionError, ValueError, OverflowError, RecursionError):
                raise Unknown(expression) from None
            if not mpmath.isfinite(found):
                raise Unknown(expression)
            return found

    def letters(self, expression: Expr) -> list:
        """The reads and sums that a formula's number depends on."""
        before = Point(self._surfaces, 0)
        before.value(expression)
        return [key for key in before._numbers if isinstance(key, Read | Reduction)]

    def solve(self, expression: Expr, letter) -> bool:
        """Choose the number of a letter so that the formula is 0; False where that fails."""
        with mpmath.workdps(DIGITS):
            self.value(expression)
            here = self._numbers[letter]
            one, two = here, here + mpmath.mpf(3) / 7
            at_one = self._at(letter, one, expression)
            for _ in range(60):
                at_two = self._at(letter, two, expression)
                if abs(at_two) < _NOUGHT:
                    return True
                if at_two == at_one:
                    return False
                one, two, at_one = two, two - at_two * (two - one) / (at_two - at_one), at_two
            return False

    def _at(self, letter, number, expression: Expr):
        self._numbers[letter] = number
        return self.value(expression)

    def _value(self, node):
        if node.is_Rational:
            return mpmath.mpf(int(node.p)) / int(node.q)
        for kind, method in self._methods.items():
            if isinstance(node, kind):
                return method(self, node)
        raise Unknown(node)

    def _symbol(self, node):
        if isinstance(node, Size):
            return self._letter(node, lambda: mpmath.mpf(self._random.randrange(2, 9)))
        return self._letter(node)

    def _letter(self, key, draw: Callable | None = None):
        if key not in self._numbers:
            exact = Fraction(self._random.randrange(300_000, 1_700_000), 1_000_003)
            exact *= self._random.choice(self._signs)
            self._numbers[key] = draw() if draw else mpmath.mpf(exact.numerator) / exact.denominator
        return self._numbers[key]

    def _read(self, node):
        formula = self._surfaces.formula_of(node)
        if formula is None or isinstance(formula, Reduction) and not formula.ranges:
            return self._letter(node)
        try:
            return self._value(formula)
        except Unknown:
            return self._letter(node)

    def _function(self, node):
        if node.row.leaf:
            return _LEAVES[node.row.name](self._value(node.args[0]))
        return self._value(node.formula())

    def _choose(self, node):
        condition, then, otherwise = node.args
        if not isinstance(condition, Positive):
            return self._letter(plainly_named(node))
        known = self._surfaces.of(condition.args[0])
        if known.surface == self._surface:
            return self._value(then if known.sign * self._sign > 0 else otherwise)
        here = self._value(condition.args[0])
        if abs(here) < _NOUGHT:
            one, other = self._value(then), self._value(otherwise)
            if not alike(one, other):
                raise Unknown(node)  # another kink at the same place
            return one
        return self._value(then if mpmath.re(here) > 0 else otherwise)

    def _reduction(self, node):
        if isinstance(node, Sum) and not node.ranges:
            return self._letter(node.conditions, lambda: mpmath.mpf(1)) * self._value(node.body)
        return self._letter(plainly_named(node))

    _methods = {
        type(sympy.pi): lambda self, node: +mpmath.pi,
        sympy.Symbol: _symbol,
        Read: _read,
        Add: lambda self, node: mpmath.fsum(self._value(a) for a in node.args),
        Mul: lambda self, node: mpmath.fprod(self._value(a) for a in node.args),
        Pow: lambda self, node: mpmath.power(*(self._value(a) for a in node.args)),
        Elementwise: _function,
        Choose: _choose,
        Frozen: lambda self, node: self._value(node.args[0]),
        Reduction: _reduction,
    }


def alike(one, other) -> bool:
    """Whether two numbers are the same to 30 digits."""
    return abs(one - other) <= _ALIKE * max(1, abs(one), abs(other))

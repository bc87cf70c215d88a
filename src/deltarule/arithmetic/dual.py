"""Dual numbers a + a′ε with ε² = 0, over any other arithmetic: a derivative of its own.

It shares nothing with the symbolic derivation, so that one can check the other.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from deltarule.arithmetic.base import Arithmetic
from deltarule.arithmetic.steps_of_one import STEPPED
from deltarule.expressions.gamma import no_third_derivative


class DualArray:
    """An array of dual numbers: `value` and `tangent`, of one shape."""

    def __init__(self, value, tangent):
        self.value, self.tangent = value, tangent

    @property
    def shape(self) -> tuple[int, ...]:
        return np.shape(self.value)

    @property
    def ndim(self) -> int:
        return np.ndim(self.value)

    @property
    def size(self) -> int:
        return np.size(self.value)

    def __getitem__(self, key) -> DualArray:
        return DualArray(np.asarray(self.value)[key], np.asarray(self.tangent)[key])

    def __setitem__(self, key, other: DualArray) -> None:
        self.value[key], self.tangent[key] = other.value, other.tangent

    def reshape(self, shape) -> DualArray:
        return DualArray(np.reshape(self.value, shape), np.reshape(self.tangent, shape))

    def transpose(self, axes) -> DualArray:
        return DualArray(np.transpose(self.value, axes), np.transpose(self.tangent, axes))

    def broadcast(self, shape) -> DualArray:
        return DualArray(np.broadcast_to(self.value, shape), np.broadcast_to(self.tangent, shape))


_ROOT = Fraction(-1, 2)
#: Slopes of inverse functions: factor, constant, sign of the square, exponent.
_INVERSE = {
    "asin": (1, 1, -1, _ROOT),
    "acos": (-1, 1, -1, _ROOT),
    "asinh": (1, 1, 1, _ROOT),
    "acosh": (1, -1, 1, _ROOT),
    "atanh": (1, 1, -1, Fraction(-1)),
}


class Dual(Arithmetic):
    """Dual numbers over `base`."""

    name = "dual"

    def __init__(self, base: Arithmetic):
        self.base = base
        self.stable, self.ordered = base.stable, base.ordered

    def number(self, value: Fraction) -> DualArray:
        return DualArray(self.base.number(value), self.base.number(Fraction(0)))

    def array(self, values) -> DualArray:
        inner = self.base.array(values)
        return DualArray(inner, self.base.zeros(inner.shape))

    def from_integers(self, values) -> DualArray:
        inner = self.base.from_integers(values)
        return DualArray(inner, self.base.zeros(np.shape(inner)))

    def zeros(self, shape) -> DualArray:
        return DualArray(self.base.zeros(shape), self.base.zeros(shape))

    def add(self, a: DualArray, b: DualArray) -> DualArray:
        add = self.base.add
        return DualArray(add(a.value, b.value), add(a.tangent, b.tangent))

    def multiply(self, a: DualArray, b: DualArray) -> DualArray:
        add, times = self.base.add, self.base.multiply
        return DualArray(
            times(a.value, b.value), add(times(a.tangent, b.value), times(a.value, b.tangent))
        )

    def lacks(self, a: DualArray) -> bool:
        return self.base.lacks(a.value) or self.base.lacks(a.tangent)

    def multiply_slopes(self, a: DualArray, b: DualArray) -> DualArray:
        base, (one, two) = self.base, self._tangents(a, b)
        tangent = base.add(base.weighted(b.value, one), base.weighted(a.value, two))
        return type(a)(base.multiply(a.value, b.value), tangent)

    def weighted(self, weight: DualArray, a: DualArray) -> DualArray:
        base, (one, two) = self.base, self._tangents(weight, a)
        tangent = base.add(base.weighted(one, a.value), base.weighted(weight.value, two))
        return type(weight)(base.weighted(weight.value, a.value), tangent)

    def _tangents(self, a: DualArray, b: DualArray) -> tuple:
        return a.tangent, b.tangent

    def raised(self, a: DualArray, b: DualArray) -> DualArray:
        """a^b with the slopes b·a^(b − 1) and a^b·log a, 0 where a^b is."""
        base = self.base
        value = base.raised(a.value, b.value)
        less = base.add(b.value, base.number(Fraction(-1)))
        by_a = base.weighted(b.value, base.raised(a.value, less))
        by_b = base.weighted(value, base.apply("log", a.value))
        one, two = self._tangents(a, b)
        tangent = base.add(base.weighted(one, by_a), base.weighted(two, by_b))
        return type(a)(value, tangent)

    def power(self, a: DualArray, exponent: Fraction) -> DualArray:
        slope = self.base.multiply(
            self.base.number(exponent), self.base.power(a.value, exponent - 1)
        )
        return self._with_slope(self.base.power(a.value, exponent), slope, a)

    def apply(self, leaf: str, a: DualArray) -> DualArray:
        value = self.base.apply(leaf, a.value)
        return self._with_slope(value, self._slope(leaf, a.value, value), a)

    def _slope(self, leaf: str, a, value):
        base = self.base
        minus_one = base.number(Fraction(-1))
        if leaf == "exp":
            return value
        if leaf == "finite":
            return base.number(Fraction(1))
        if leaf == "expm1":
            return base.add(value, base.number(Fraction(1)))
        if leaf in ("log", "log1p"):
            shift = base.number(Fraction(int(leaf == "log1p")))
            return base.power(base.add(a, shift), Fraction(-1))
        if leaf == "tanh":
            negative = base.multiply(minus_one, base.multiply(value, value))
            return base.add(base.number(Fraction(1)), negative)
        if leaf in STEPPED:
            return base.number(Fraction(0))
        if leaf == "sin":
            return base.apply("cos", a)
        if leaf == "cos":
            return base.multiply(minus_one, base.apply("sin", a))
        if leaf in ("tan", "atan"):
            squared = base.multiply(value, value) if leaf == "tan" else base.multiply(a, a)
            one_more = base.add(base.number(Fraction(1)), squared)
            return one_more if leaf == "tan" else base.power(one_more, Fraction(-1))
        if leaf in ("sinh", "cosh"):
            return base.apply("cosh" if leaf == "sinh" else "sinh", a)
        if leaf in ("lgamma", "digamma"):
            return base.apply("digamma" if leaf == "lgamma" else "trigamma", a)
        if leaf == "trigamma":
            raise no_third_derivative()
        if leaf in _INVERSE:
            return self._inverse(leaf, a)
        bell = base.apply("exp", base.multiply(minus_one, base.multiply(a, a)))
        over_root_pi = base.power(np.asarray(base.pi()), Fraction(-1, 2))
        two = base.number(Fraction(-2 if leaf == "erfc" else 2))
        return base.multiply(base.multiply(two, over_root_pi), bell)

    def _inverse(self, leaf: str, a):
        """factor·(constant + sign·a²)^exponent, which the slopes of all inverse functions are."""
        base, (factor, constant, sign, exponent) = self.base, _INVERSE[leaf]
        squared = base.multiply(base.number(Fraction(sign)), base.multiply(a, a))
        below = base.add(base.number(Fraction(constant)), squared)
        return base.multiply(base.number(Fraction(factor)), base.power(below, exponent))

    def _with_slope(self, value, slope, a: DualArray) -> DualArray:
        return DualArray(value, self.base.weighted(a.tangent, slope))

    def pi(self) -> DualArray:
        return DualArray(self.base.pi(), self.base.number(Fraction(0)))

    def positive(self, a: DualArray) -> np.ndarray:
        return self.base.positive(a.value)

    def where(self, mask, a: DualArray, b: DualArray) -> DualArray:
        where = self.base.where
        return DualArray(where(mask, a.value, b.value), where(mask, a.tangent, b.tangent))

    def total(self, a: DualArray, axes) -> DualArray:
        return DualArray(self.base.total(a.value, axes), self.base.total(a.tangent, axes))

    def product(self, a: DualArray, axes) -> DualArray:
        for axis in sorted(axes, reverse=True):
            rest = a.shape[:axis] + a.shape[axis + 1 :]
            result = self.from_integers(np.ones(rest, dtype=np.int64))
            for part in range(a.shape[axis]):
                result = self.multiply(result, a[(slice(None),) * axis + (part,)])
            a = result
        return a

    def maximum(self, a: DualArray, axes, ties: str = "first") -> DualArray:
        """The largest entry along the axes, with the tangent of those that `ties` chooses."""
        chosen = self.base.selected(a.value, axes, ties)
        return DualArray(
            self.base.maximum(a.value, axes),
            self.base.total(self.base.multiply(chosen, a.tangent), axes),
        )

    def outweighs(self, a: DualArray, b: DualArray) -> np.ndarray:
        return self.base.outweighs(a.value, b.value)

    def least(self) -> DualArray:
        return DualArray(self.base.least(), self.base.number(Fraction(0)))

    def selected(self, a: DualArray, axes, ties: str) -> DualArray:
        chosen = self.base.selected(a.value, axes, ties)
        return DualArray(chosen, self.base.zeros(np.shape(chosen)))

    def frozen(self, a: DualArray) -> DualArray:
        return DualArray(a.value, self.base.zeros(np.shape(a.value)))

    def settle(self, a: DualArray) -> DualArray:
        return a

    def context(self):
        return self.base.context()

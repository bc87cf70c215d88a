"""The grammar of formulas over matrices: products by their shapes."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from operator import add, mul

from sympy import Expr

from deltarule.expressions import nodes
from deltarule.formulas.masks_grammar import Masks
from deltarule.formulas.matrix_readings import (
    Matrix,
    Readings,
    best,
    by_entries,
    length,
    matrix_product,
    one_reading,
    outer,
    product,
    shape_shown,
)
from deltarule.formulas.spelled import power


class MatrixParser(Masks):
    """The same grammar over matrices."""

    def _constant(self, value: Expr):
        return value if self.counts else one_reading(value)

    def _negated(self, value):
        return self._each(value, lambda e: -e) if isinstance(value, Readings) else -value

    def _added(self, one, two):
        if not isinstance(one, Readings):
            return one + two
        return self._both(one, two, partial(by_entries, add), "added")

    def _multiplied(self, factors: list):
        if not all(isinstance(f, Readings) for f in factors):
            return nodes.multiply(factors)
        if self.program and factors:
            return self._in_order(factors)
        if not self.strict:
            return self._chain(factors)
        groups: list[list[Readings]] = [[]]
        for factor in factors:
            if self._sign(factor) == "⊙" and groups[-1]:
                groups.append([])
            groups[-1].append(factor)
        found = self._chain(groups[0])
        for group in groups[1:]:
            found = self._times(found, self._chain(group))
        return found

    def _sign(self, factor: Readings) -> str:
        """The sign that stands in front of a factor."""
        return next((sign for f, sign in self.signs if f is factor), "")

    def _in_order(self, factors: list[Readings]) -> Readings:
        """A product as a program has it: from left to right, * entry by entry."""
        found = factors[0]
        for factor in factors[1:]:
            if self._sign(factor):
                found = self._times(found, factor)
            else:
                found = self._both(found, factor, product, "multiplied")
        return found

    def _times(self, one: Readings, two: Readings) -> Readings:
        return self._both(one, two, partial(by_entries, mul), "multiplied")

    def _matmul(self, one: Readings, two: Readings) -> Readings:
        return self._both(one, two, matrix_product, "multiplied")

    def _divided(self, top, bottom):
        if not isinstance(top, Readings):
            return super()._divided(top, bottom)
        return self._both(
            top, self._each(bottom, lambda e: 1 / e), partial(by_entries, mul), "divided"
        )

    def _raised(self, base, exponent):
        return (
            self._each(base, lambda e: power(e, exponent))
            if isinstance(base, Readings)
            else (power(base, exponent))
        )

    def _exponent(self):
        found = self._atom()
        exponent = found.of[0].entry if isinstance(found, Readings) else found
        if not exponent.is_Rational:
            raise self.error("an exponent must be a number", "write s^2 or s^(1/2)")
        return exponent

    def _applied(self, function, arguments: list):
        """A function by entries; its constants are numbers, or one of them an array beside it."""
        value, *constants = arguments
        arrays = [c for c in constants if any(n != 1 for n in c.of[0].shape)]
        if arrays and len(constants) == 1:
            return self._both(value, arrays[0], partial(by_entries, function), "compared")
        if arrays:
            raise self.error("a constant is an array", "write all of it with indices: x[n], a[n]")
        return self._each(value, lambda e: function(e, *(c.of[0].entry for c in constants)))

    def _absolute(self, value):
        """|v| is by entries, or else the length of v."""
        return best(
            [
                *super()._absolute(value).of,
                *(replace(length(m), cost=m.cost + 1) for m in value.of if m.axes),
            ]
        )

    def _norm(self, value, begin):
        return Readings(tuple(map(length, value.of)))

    def _chosen(self, which, one, two):
        return self._both(one, two, partial(by_entries, which), "compared")

    def _outer(self, one, two):
        if not (isinstance(one, Readings) and isinstance(two, Readings)):
            return super()._outer(one, two)
        return self._both(one, two, outer, "multiplied")

    def _turned(self, value):
        """The axes in reverse order; of a stack of matrices, else each of them turned."""
        turned = [Matrix(m.written, m.axes[::-1], m.cost) for m in value.of]
        stacks = [m for m in value.of if len(m.axes) > 2]
        each = [(m, (*m.axes[:-2], m.axes[-1], m.axes[-2])) for m in stacks]
        return Readings((*turned, *(Matrix(m.written, axes, m.cost + 1) for m, axes in each)))

    def _chain(self, factors: list[Readings]) -> Readings:
        """A product of several: every way of putting brackets whose shapes fit.

        Numbers stand before it: brackets around them change nothing.
        """
        numbers = [f for f in factors if [m.axes for m in f.of] == [()]]
        factors = [f for f in factors if f not in numbers]
        number = nodes.multiply(f.of[0].entry for f in numbers)
        if not factors:
            return one_reading(number)
        table = {(k, k): r for k, r in enumerate(factors)}
        for span in range(1, len(factors)):
            for start in range(len(factors) - span):
                end = start + span
                self._count(
                    sum(
                        len(table[start, cut].of) * len(table[cut + 1, end].of)
                        for cut in range(start, end)
                    )
                )
                found = [
                    m
                    for cut in range(start, end)
                    for a in table[start, cut].of
                    for b in table[cut + 1, end].of
                    for m in product(a, b)
                ]
                table[start, end] = best(found)
        whole = table[0, len(factors) - 1]
        if not whole.of:
            shapes = ", ".join(shape_shown(r.of[0].shape) for r in factors)
            raise self.error(f"shapes {shapes} cannot be multiplied", "write the indices")
        return self._each(whole, lambda e: number * e)

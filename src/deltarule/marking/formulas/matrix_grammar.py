"""The grammar of formulas over matrices: tensors are read whole, products by their shapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import count
from operator import add, mul

from sympy import Expr

from deltarule.expressions import nodes
from deltarule.expressions.nodes import free_indices
from deltarule.expressions.symbols import Index
from deltarule.marking.formulas import along_axes
from deltarule.marking.formulas.matrix_readings import (
    Axes,
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
    summed,
)
from deltarule.marking.formulas.named_states import Place, time_extent
from deltarule.marking.formulas.parser import Parser
from deltarule.marking.formulas.spelled import power
from deltarule.marking.formulas.tokens import Token
from deltarule.marking.formulas.vocabulary import Vocabulary

#: How many pairs of readings are tried in all.
MOST_TRIED = 1000


class MatrixParser(Parser):
    """The same grammar over matrices: tensors are read whole."""

    def __init__(
        self, formula: str, vocabulary: Vocabulary, place: str, own: Sequence[Index] = ()
    ):
        super().__init__(formula, vocabulary, place)
        self._numbers = count()
        self._tried, self.strict, self.program = 0, False, False
        #: The target's indices: a subscript that is one of them stands for its whole axis.
        self.own = own

    def _entries(self, value):
        return [m.entry for m in value.of] if isinstance(value, Readings) else [value]

    def _count(self, pairs: int) -> None:
        """Raises DeltaruleError once more ways of reading were tried than any formula needs."""
        self._tried += pairs
        if self._tried > MOST_TRIED:
            raise self.error(
                "a formula of matrices that can be read in too many ways", "write the indices"
            )

    def _fresh(self, extents: Sequence[Expr]) -> Axes:
        return tuple((Index(f"i{next(self._numbers)}"), n) for n in extents)

    # ---- tensors --------------------------------------------------------------------------
    def _read(self, name: str):
        if self.rest and (self.next() == "[" or self.rest[0].kind in ("below", "shape")):
            found = super()._read(name)
            return found if isinstance(found, Readings) else one_reading(found)
        return self._read_at(Place(name))

    def _is_known(self, letter: str) -> bool:
        return Index(letter) in self.own or super()._is_known(letter)

    def _read_at(self, place: Place):
        """A tensor whole, but for the axes of the sums around."""
        extents = self.vocabulary.tensors[place.name].axes
        at: list[Expr | None] = [None] * len(extents)
        for written in place.at:
            of = [i for i in free_indices(written) if isinstance(i, Index)]
            extent = self._runs_to(of[0]) if len(of) == 1 else None
            free = [k for k, n in enumerate(extents) if at[k] is None and n == extent]
            if not free or of[0] not in (*self.own, *self.bound):
                raise self._of_no_axis(place, written)
            at[free[0]] = written
        running = {n: i for i, n in self.runs}
        axes, times = [], time_extent(self.vocabulary)
        for k, n in enumerate(extents):
            whole = self._fresh([n])[0]
            index = running.get(n) if at[k] is None else None
            if index is None and (at[k] is None or free_indices(at[k]) & set(self.own)):
                axes.append(whole)
                index = whole[0]
            at[k] = _instead(at[k], index) + (place.shift if n == times else 0)
        read_there = self.vocabulary.reading(place.name, at, guarded=_later(at, place))
        return one_reading(read_there, tuple(axes))

    def reduction(self, token: Token):
        """Σ_t, over one axis of every tensor that has it."""
        if token.text == token.text.rstrip("_") and self._without_range():
            return self.rangeless(token.text, self.rest[0].start)
        spans = self._spans()
        ranges = [(i, self.vocabulary.extent(i)) for i, _, _ in spans]
        if token.text[:3] in ("Π", "∏", "pro", "max") or any(
            limits or most is not None or i in self.own or n is None
            for (i, limits, most), (_, n) in zip(spans, ranges, strict=True)
        ):
            raise self.error(f"{token.text} is about indices", "write all indices, or none")
        within, known = self.bound, self.runs
        self.bound, self.runs = [*within, *(i for i, _ in ranges)], [*known, *ranges]
        body = self._product()
        self.bound, self.runs = within, known
        number = nodes.multiply(n for _, n in ranges) if token.text.startswith("mean") else 1
        return self._each(body, lambda e: nodes.Sum(e, ranges) / number)

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
        if self.program:
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
        return self._each(
            arguments[0], lambda e: function(e, *(a.of[0].entry for a in arguments[1:]))
        )

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

    # ---- along axes -----------------------------------------------------------------------
    def _summed(self, value, word, begin):
        whole = [m for m in value.of if m.axes]
        if not whole:
            raise self.error(f"{word}( ) is of a whole vector, not of a number", "write Σ_m s[m]")
        return Readings(tuple(Matrix(lambda m=m: summed(m, word), (), m.cost) for m in whole))

    def _along(self, value, word, axis, begin):
        if axis is None and not self._keeps and word in ("sum", "mean"):
            return self._summed(value, word, begin)
        keep = self._keeps
        return self._some(
            value, lambda m: along_axes.along(m, word, axis, keep, self._fresh), word, axis
        )

    def _softmaxed(self, value, word, axis):
        last = axis if isinstance(axis, int) else -1
        return self._some(
            value, lambda m: along_axes.softmax(m, word, last, self._fresh), word, axis
        )

    def _permuted(self, value, axes, name):
        swapped = name == "swapaxes" or (name == "transpose" and len(axes) == 2)
        return self._some(value, lambda m: along_axes.permuted(m, axes, swapped), name, axes)

    def _diagonal(self, value):
        return self._some(value, lambda m: along_axes.diagonal(m, self._fresh), "diag", None)

    def _some(self, value: Readings, change, word: str, axis) -> Readings:
        """The readings that can be changed so. Raises DeltaruleError if there is none."""
        found = [m for m in map(change, value.of) if m is not None]
        if not found:
            shapes = shape_shown(value.of[0].shape)
            along = "" if axis is None else f" along axis {axis}"
            raise self.error(f"{word}( ) of {shapes}{along}", "axes are counted from 0")
        return Readings(tuple(found))

    def _chosen(self, which, one, two):
        return self._both(one, two, partial(by_entries, which), "compared")

    def _outer(self, one, two):
        if not (isinstance(one, Readings) and isinstance(two, Readings)):
            return super()._outer(one, two)
        return self._both(one, two, outer, "multiplied")

    def _turned(self, value):
        return Readings(tuple(Matrix(m.written, m.axes[::-1], m.cost) for m in value.of))

    def _each(self, value: Readings, change) -> Readings:
        changed = [(change(m.entry), m) for m in value.of]
        return Readings(tuple(Matrix(lambda e=e: e, m.axes, m.cost) for e, m in changed))

    def _both(self, one: Readings, two: Readings, join, word: str) -> Readings:
        self._count(len(one.of) * len(two.of))
        found = [m for a in one.of for b in two.of for m in join(a, b)]
        if not found:
            shapes = " and ".join(shape_shown(r.of[0].shape) for r in (one, two))
            raise self.error(f"shapes {shapes} cannot be {word}", "write the indices")
        return best(found)

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


def _instead(at: Expr | None, index: Expr) -> Expr:
    """A subscript with the index of a whole axis in place of its own: t − 1 as i0 − 1."""
    if at is None or index is None:
        return index if at is None else at
    return at.as_coeff_Add()[0] + index


def _later(at: Sequence[Expr], place: Place) -> bool:
    return place.shift > 0 or any(a.as_coeff_Add()[0] > 0 for a in at if place.at)

"""Formulas in matrices, without indices: (1 − tanh(s₁)²) ⊙ (p − t) Θ₂ᵀ, read by their shapes.

Which of its products is a matrix product, an outer product or one entry by entry, a formula of
matrices does not say; the shapes do, mostly. Every reading whose shape fits is given, the usual
ones first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import count
from operator import add, mul

from sympy import Expr

from deltarule.expressions import nodes
from deltarule.expressions.nodes import read
from deltarule.expressions.symbols import Index
from deltarule.marking.formulas.matrix_readings import (
    Axes,
    Matrix,
    Readings,
    best,
    by_entries,
    length,
    one_reading,
    outer,
    product,
    shape_shown,
    summed,
)
from deltarule.marking.formulas.parser import Parser
from deltarule.marking.formulas.spelled import power
from deltarule.marking.formulas.tokens import tokens
from deltarule.marking.formulas.transposed import Unfitting
from deltarule.marking.formulas.vocabulary import Vocabulary
from deltarule.marking.printed import shortened
from deltarule.spelling.names import pretty

#: What has a meaning among indices alone.
_OF_INDICES = ("⌊", "⌈", "mod", "if", "first", "frozen", "inverse", "det")
#: How many pairs of readings are tried in all.
MOST_TRIED = 1000


def matrix_readings(
    formula: str,
    vocabulary: Vocabulary,
    place: str,
    target: Sequence[tuple[Index, Expr]],
    strict: bool = False,
) -> list[Expr]:
    """The entries at the target's indices, for every reading of the target's shape.

    ⊙ is any product unless `strict`, when it is one entry by entry alone. Raises DeltaruleError
    for what cannot be read.
    """
    parser = _MatrixParser(formula, vocabulary, place)
    parser.strict = strict
    for token in parser.rest:
        if token.kind == "reduction" or token.text in _OF_INDICES:
            raise parser.error(f"{token.text} is about indices", "write all indices, or none")
    found = parser.parse()
    shape = tuple(n for _, n in target)
    usual = sorted(found.of, key=lambda m: m.cost)
    fitting = [m.at([i for i, _ in target]) for m in usual if m.shape == shape]
    if not fitting:
        raise _unfitting(formula, place, usual, target)
    return fitting


def _unfitting(
    formula: str, place: str, usual: Sequence[Matrix], target: Sequence[tuple[Index, Expr]]
) -> Unfitting:
    shape = tuple(n for _, n in target)
    error = Unfitting(
        f"the formula is {_in_words(usual[0].shape)}, but {pretty(place.partition('[')[0])} is "
        f"{_in_words(shape)}",
        f"{place}: {shortened(formula)!r}",
        "transpose with ᵀ, sum with Σ_m, or write all indices",
    )
    indices = [i for i, _ in target[::-1]]
    error.turned = tuple(m.at(indices) for m in usual if m.shape == shape[::-1] != ())
    return error


def _in_words(shape: Sequence[Expr]) -> str:
    return f"a vector of {shape[0]}" if len(shape) == 1 else shape_shown(shape)


def names_indices(formula: str, place: str) -> bool:
    """Whether a formula is about indices somewhere."""
    return any(
        t.kind == "reduction" or t.text in ("[", *_OF_INDICES) for t in tokens(formula, place)
    )


class _MatrixParser(Parser):
    """The same grammar over matrices: tensors are read whole."""

    def __init__(self, formula: str, vocabulary: Vocabulary, place: str):
        super().__init__(formula, vocabulary, place)
        self._numbers = count()
        self._tried, self.strict = 0, False

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

    def _read(self, name: str):
        if self.next() == "[":
            return one_reading(super()._read(name))
        axes = self._fresh(self.vocabulary.tensors[name].axes)
        return one_reading(read(name, *(i for i, _ in axes)), axes)

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
        if not self.strict:
            return self._chain(factors)
        groups: list[list[Readings]] = [[]]
        for factor in factors:
            if any(factor is f for f in self.by_entries) and groups[-1]:
                groups.append([])
            groups[-1].append(factor)
        found = self._chain(groups[0])
        for group in groups[1:]:
            found = self._both(found, self._chain(group), partial(by_entries, mul), "multiplied")
        return found

    def _divided(self, top, bottom):
        if not isinstance(top, Readings):
            return super()._divided(top, bottom)
        over = self._each(bottom, lambda e: 1 / e)
        return self._both(top, over, partial(by_entries, mul), "divided")

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

    def _summed(self, value, word, begin):
        whole = [m for m in value.of if m.axes]
        if not whole:
            raise self.error(f"{word}( ) is of a whole vector, not of a number", "write Σ_m s[m]")
        return Readings(tuple(Matrix(lambda m=m: summed(m, word), (), m.cost) for m in whole))

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

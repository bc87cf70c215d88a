"""Formulas in matrices, without indices: (1 − tanh(s₁)²) ⊙ (p − t) Θ₂ᵀ, read by their shapes.

Which of its products is a matrix product, an outer product or one entry by entry, a formula of
matrices does not say; the shapes do, mostly. Every reading whose shape fits is given, the usual
ones first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count

from sympy import Expr

from deltarule.marking.formulas.parser import Parser
from deltarule.marking.formulas.vocabulary import Vocabulary
from deltarule.notation import nodes
from deltarule.notation.nodes import read
from deltarule.notation.substitution import substitute
from deltarule.notation.symbols import Index

Axes = tuple[tuple[Index, Expr], ...]

#: What has a meaning among indices alone.
_OF_INDICES = ("⌊", "⌈", "mod", "if", "first", "frozen", "inverse", "det")
#: How many readings of a part are kept, and how many pairs of readings are tried in all.
MOST, MOST_TRIED = 8, 1000


@dataclass(frozen=True)
class Matrix:
    """One reading of a part: its entry at some indices, and how unusual the reading is.

    `written` gives the entry; of the many ways to read a product, few are ever written out.
    """

    written: Callable[[], Expr]
    axes: Axes = ()
    cost: int = 0

    @cached_property
    def entry(self) -> Expr:
        """The entry at the indices of the axes."""
        return self.written()

    def at(self, indices: Sequence[Index]) -> Expr:
        """The entry at other indices."""
        return substitute(self.entry, dict(zip((i for i, _ in self.axes), indices, strict=True)))

    @cached_property
    def shape(self) -> tuple[Expr, ...]:
        """The extents of the axes."""
        return tuple(n for _, n in self.axes)


@dataclass(frozen=True)
class Readings:
    """All readings of a part of a formula, the usual ones first."""

    of: tuple[Matrix, ...] = field(default=())


def matrix_readings(
    formula: str, vocabulary: Vocabulary, place: str, target: Sequence[tuple[Index, Expr]]
) -> list[Expr]:
    """The entries at the target's indices, for every reading of the target's shape.

    Raises DeltaruleError for what cannot be read.
    """
    parser = _MatrixParser(formula, vocabulary, place)
    for token in parser.rest:
        if token.kind == "reduction" or token.text in _OF_INDICES:
            raise parser.error(f"{token.text} is about indices", "write all indices, or none")
    found = parser.parse()
    shape = tuple(n for _, n in target)
    fitting = [m for m in found.of if m.shape == shape]
    return [m.at([i for i, _ in target]) for m in sorted(fitting, key=lambda m: m.cost)]


class _MatrixParser(Parser):
    """The same grammar over matrices: tensors are read whole."""

    def __init__(self, formula: str, vocabulary: Vocabulary, place: str):
        super().__init__(formula, vocabulary, place)
        self._numbers = count()
        self._tried = 0

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
            return _one(super()._read(name))
        axes = self._fresh(self.vocabulary.tensors[name].axes)
        return _one(read(name, *(i for i, _ in axes)), axes)

    def _constant(self, value: Expr):
        return value if self.counts else _one(value)

    def _negated(self, value):
        return self._each(value, lambda e: -e) if isinstance(value, Readings) else -value

    def _added(self, one, two):
        if not isinstance(one, Readings):
            return one + two
        return self._both(one, two, _sum, "added")

    def _multiplied(self, factors: list):
        if not all(isinstance(f, Readings) for f in factors):
            return nodes.multiply(factors)
        return self._chain(factors)

    def _divided(self, top, bottom):
        if not isinstance(top, Readings):
            return super()._divided(top, bottom)
        return self._both(top, self._each(bottom, lambda e: 1 / e), _by_entries, "divided")

    def _raised(self, base, exponent):
        return self._each(base, lambda e: e**exponent) if isinstance(base, Readings) else (
            base**exponent
        )

    def _exponent(self):
        found = self._atom()
        exponent = found.of[0].entry if isinstance(found, Readings) else found
        if not exponent.is_Rational:
            raise self.error("an exponent must be a number", "write s^2 or s^(1/2)")
        return exponent

    def _applied(self, function, arguments: list):
        return self._each(arguments[0], lambda e: function(
            e, *(a.of[0].entry for a in arguments[1:])
        ))

    def _turned(self, value):
        return Readings(tuple(
            Matrix(m.written, m.axes[::-1], m.cost) for m in value.of
        ))

    def _each(self, value: Readings, change) -> Readings:
        changed = [(change(m.entry), m) for m in value.of]
        return Readings(tuple(Matrix(lambda e=e: e, m.axes, m.cost) for e, m in changed))

    def _both(self, one: Readings, two: Readings, join, word: str) -> Readings:
        self._count(len(one.of) * len(two.of))
        found = [m for a in one.of for b in two.of for m in join(a, b)]
        if not found:
            shapes = " and ".join(_told(r.of[0].shape) for r in (one, two))
            raise self.error(f"shapes {shapes} cannot be {word}", "write the indices")
        return _best(found)

    def _chain(self, factors: list[Readings]) -> Readings:
        """A product of several: every way of putting brackets whose shapes fit.

        Numbers stand before it: brackets around them change nothing.
        """
        numbers = [f for f in factors if [m.axes for m in f.of] == [()]]
        factors = [f for f in factors if f not in numbers]
        number = nodes.multiply(f.of[0].entry for f in numbers)
        if not factors:
            return _one(number)
        table = {(k, k): r for k, r in enumerate(factors)}
        for length in range(1, len(factors)):
            for start in range(len(factors) - length):
                end = start + length
                self._count(sum(
                    len(table[start, cut].of) * len(table[cut + 1, end].of)
                    for cut in range(start, end)
                ))
                found = [
                    m for cut in range(start, end)
                    for a in table[start, cut].of for b in table[cut + 1, end].of
                    for m in _product(a, b)
                ]
                table[start, end] = _best(found)
        whole = table[0, len(factors) - 1]
        if not whole.of:
            shapes = ", ".join(_told(r.of[0].shape) for r in factors)
            raise self.error(f"shapes {shapes} cannot be multiplied", "write the indices")
        return self._each(whole, lambda e: number * e)


def _one(entry: Expr, axes: Axes = ()) -> Readings:
    return Readings((Matrix(lambda: entry, axes),))


def _best(found: list[Matrix]) -> Readings:
    """The usual readings of each shape."""
    kept: list[Matrix] = []
    for matrix in sorted(found, key=lambda m: m.cost):
        if len(kept) == MOST:
            break
        if not any(m.shape == matrix.shape and m.cost <= matrix.cost - 2 for m in kept):
            kept.append(matrix)
    return Readings(tuple(kept))


def _sum(a: Matrix, b: Matrix) -> list[Matrix]:
    return [
        Matrix(
            lambda axes=axes: a.at(_names(axes, a)) + b.at(_names(axes, b)), axes, a.cost + b.cost
        )
        for axes in _spread(a, b)
    ]


def _by_entries(a: Matrix, b: Matrix) -> list[Matrix]:
    return [
        Matrix(
            lambda axes=axes: a.at(_names(axes, a)) * b.at(_names(axes, b)), axes, a.cost + b.cost
        )
        for axes in _spread(a, b)
    ]


def _spread(a: Matrix, b: Matrix) -> list[Axes]:
    """The axes of two parts entry by entry: the shorter is the same for every row."""
    long, short = (a, b) if len(a.axes) >= len(b.axes) else (b, a)
    tail = long.shape[len(long.shape) - len(short.shape):]
    return [long.axes] if tail == short.shape else []


def _names(axes: Axes, matrix: Matrix) -> list[Index]:
    return [i for i, _ in axes[len(axes) - len(matrix.axes):]]


def _product(a: Matrix, b: Matrix) -> list[Matrix]:
    """The products of two parts: by entries, of matrices, outer."""
    found = _by_entries(a, b)
    if not a.axes or not b.axes:
        return found
    cost = a.cost + b.cost
    (last, inner), (_, other) = a.axes[-1], b.axes[0]
    if inner == other:
        usual = 0 if len(a.axes) + len(b.axes) > 2 else 1
        found.append(Matrix(
            lambda: nodes.Sum(
                a.entry * b.at([last, *(i for i, _ in b.axes[1:])]), [(last, inner)]
            ),
            (*a.axes[:-1], *b.axes[1:]), cost + usual,
        ))  # fmt: skip
    if len(a.axes) == len(b.axes) == 1:
        found.append(Matrix(lambda: a.entry * b.entry, (*a.axes, *b.axes), cost + 1))
        if inner == other:
            found = [m if m.axes != a.axes else Matrix(m.written, m.axes, cost) for m in found]
    return found


def _told(shape: Sequence[Expr]) -> str:
    return " × ".join(map(str, shape)) if shape else "a number"

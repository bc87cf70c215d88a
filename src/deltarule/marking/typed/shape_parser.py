"""The grammar of formulas over matrices, where the shapes are not known but inferred.

Vectors are columns (W x), or rows (x W), so that every product has one reading: a matrix product.
Where two extents meet that have to be equal, `Unequal` says so, and the formula is read again.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from operator import mul

from sympy import Expr, Integer

from deltarule.expressions import nodes
from deltarule.expressions.symbols import Index
from deltarule.marking.formulas.matrix_grammar import MatrixParser
from deltarule.marking.formulas.matrix_readings import (
    Axes,
    Matrix,
    Readings,
    by_entries,
    length,
    one_reading,
    shape_shown,
    summed,
)
from deltarule.marking.formulas.vocabulary import Vocabulary
from deltarule.marking.typed.unified_sizes import Unequal

_ONE = Integer(1)


class ShapeParser(MatrixParser):
    """Products by their order alone; `columns` tells whether vectors are columns or rows."""

    def __init__(self, formula: str, vocabulary: Vocabulary, place: str, columns: bool):
        super().__init__(formula, vocabulary, place)
        self.columns, self.strict = columns, True

    def _fresh(self, extents: Sequence[Expr]) -> Axes:
        """New indices, each with a name of its own; see lettered.py."""
        return tuple((Index(f"axis{next(self._numbers)}"), n) for n in extents)

    def _both(self, one: Readings, two: Readings, join, word: str) -> Readings:
        a, b = one.of[0], two.of[0]
        if a.axes and b.axes:
            self._meet(a, b, word)
        found = join(a, b)
        if not found:
            shapes = " and ".join(map(_said, (a, b)))
            raise self.error(f"shapes {shapes} cannot be {word}", "write the indices")
        return Readings((found[0],))

    def _meet(self, a: Matrix, b: Matrix, word: str) -> None:
        """Axes that meet are equal; one that is 1 is the same along the other's.

        A number beside a vector makes that one a number, too.
        """
        for one, two in ((a, b), (b, a)):
            sizes = [n for n in two.shape if n != 1]
            if all(n == 1 for n in one.shape) and len(sizes) == 1 and word != "multiplied":
                raise Unequal(sizes[0], _ONE)
        for one, two in zip(a.shape[::-1], b.shape[::-1], strict=False):
            if _ONE not in (one, two) and one != two:
                raise Unequal(one, two)

    def _in_order(self, factors: list[Readings]) -> Readings:
        found = factors[0]
        for factor in factors[1:]:
            by_entry = bool(self._sign(factor))
            found = self._times(found, factor) if by_entry else self._matmul(found, factor)
        return found

    def _chain(self, factors: list[Readings]) -> Readings:
        numbers = [f for f in factors if not f.of[0].axes]
        number = nodes.multiply(f.of[0].entry for f in numbers)
        rest = [f for f in factors if f not in numbers]
        if not rest:
            return one_reading(number)
        found = rest[0]
        for factor in rest[1:]:
            found = self._matmul(found, factor)
        return self._each(found, lambda e: number * e)

    def _matmul(self, one: Readings, two: Readings) -> Readings:
        a, b = one.of[0], two.of[0]
        if _is_number(a) or _is_number(b):
            return Readings((by_entries(mul, a, b)[0],))
        (index, inner), (_, first) = a.axes[-1], b.axes[0]
        if inner != first:
            if _ONE in (inner, first):
                raise self.error(
                    f"{_said(a)} times {_said(b)} can be read in several ways",
                    "write xᵀ y for the sum of the products, x yᵀ for all of them, or x ⊙ y",
                )
            raise Unequal(inner, first)
        axes = (*a.axes[:-1], *b.axes[1:])
        own, other = [i for i, _ in a.axes], [i for i, _ in b.axes]
        if inner == 1:
            zero = Integer(0)
            return Readings(
                (Matrix(lambda: a.at([*own[:-1], zero]) * b.at([zero, *other[1:]]), axes),)
            )
        return Readings(
            (
                Matrix(
                    lambda: nodes.Sum(a.entry * b.at([index, *other[1:]]), [(index, inner)]), axes
                ),
            )
        )

    def _times(self, one: Readings, two: Readings) -> Readings:
        return self._both(one, two, partial(by_entries, mul), "multiplied")

    def _outer(self, one: Readings, two: Readings) -> Readings:
        return (
            self._matmul(one, self._turned(two))
            if self.columns
            else self._matmul(self._turned(one), two)
        )

    def _absolute(self, value: Readings) -> Readings:
        return Readings(super()._absolute(value).of[:1])

    def _norm(self, value: Readings, begin: int) -> Readings:
        return Readings((length(_squeezed(value.of[0])),))

    def _summed(self, value: Readings, word: str, begin: int) -> Readings:
        whole = _squeezed(value.of[0])
        if not whole.axes:
            raise self.error(f"{word}( ) is of a whole vector, not of a number", "leave it out")
        return one_reading(summed(whole, word))

    def _softmaxed(self, value: Readings, word: str, axis) -> Readings:
        """Along the entries of a vector; of a matrix, of each column or row."""
        along = axis if isinstance(axis, int) else 0 if self.columns else -1
        return super()._softmaxed(value, word, along)


def _is_number(matrix: Matrix) -> bool:
    return all(n == 1 for n in matrix.shape)


def _squeezed(matrix: Matrix) -> Matrix:
    """A part without its axes of length 1."""
    axes = tuple(axis for axis in matrix.axes if axis[1] != 1)
    zero: Expr = Integer(0)
    return Matrix(lambda: matrix.at([zero if n == 1 else i for i, n in matrix.axes]), axes)


def _said(matrix: Matrix) -> str:
    """What a part is called: a number, a column or row vector, a matrix."""
    shape = matrix.shape
    if len(shape) != 2 or all(n == 1 for n in shape):
        return "a number" if all(n == 1 for n in shape) else shape_shown(shape)
    return "a column" if shape[1] == 1 else "a row" if shape[0] == 1 else "a matrix"

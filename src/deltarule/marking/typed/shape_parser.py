"""The grammar of formulas over matrices, where the shapes are not known but inferred.

Vectors are columns (W x), or rows (x W), so that every product has one reading: a matrix product.
Of two vectors w·x is the sum of the products; in the terms of a sum, Σ t log p, products are entry
by entry. Where extents have to be equal, `Unequal` says so, and the formula is read again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from operator import mul

from sympy import Expr, Integer

from deltarule.expressions import nodes
from deltarule.expressions.matrices import Inverse, LogDet
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
from deltarule.marking.formulas.sum_signs import SIGNS, WORDS
from deltarule.marking.formulas.tokens import Token
from deltarule.marking.formulas.vocabulary import Vocabulary
from deltarule.marking.typed.unified_sizes import Unequal

_ONE = Integer(1)
#: The signs of w·x; × and * say nothing about vectors.
_DOTS = "·⋅∙•"
_TRACES = ("tr", "Tr", "trace")


class ShapeParser(MatrixParser):
    """Products by their order alone; `columns` tells whether vectors are columns or rows."""

    in_layer = True

    def __init__(
        self,
        formula: str,
        vocabulary: Vocabulary,
        place: str,
        columns: bool,
        examples_below: bool = False,
    ):
        """`examples_below`: matrices hold an example in each column, as in W X."""
        super().__init__(formula, vocabulary, place)
        self.columns, self.strict, self.examples_below = columns, True, examples_below
        #: Whether the terms of a sum are read, of which products are entry by entry.
        self.in_sum = False

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
            number = all(n == 1 for n in one.shape) and not self._is_written(one)
            if number and len(sizes) == 1 and word != "multiplied":
                raise Unequal(sizes[0], _ONE)
        for one, two in zip(a.shape[::-1], b.shape[::-1], strict=False):
            if _ONE not in (one, two) and one != two:
                raise Unequal(one, two)

    def _is_written(self, part: Matrix) -> bool:
        """Whether a number comes from lines before, as the mean μ of x − μ does."""
        names = {nodes.tensor_name(r) for r in nodes.reads(part.entry) if r.indices}
        roles = {self.vocabulary.tensors[n].role for n in names}
        return roles == {"intermediate"}

    def _in_order(self, factors: list[Readings]) -> Readings:
        found = factors[0]
        for factor in factors[1:]:
            by_entry = bool(self._sign(factor))
            found = self._times(found, factor) if by_entry else self._matmul(found, factor)
        return found

    def _sign_of(self, token: Token) -> str:
        return "·" if self.formula[token.start] in _DOTS else token.text

    def _chain(self, factors: list[Readings]) -> Readings:
        numbers = [f for f in factors if not f.of[0].axes]
        number = nodes.multiply(f.of[0].entry for f in numbers)
        rest = [f for f in factors if f not in numbers]
        if not rest:
            return one_reading(number)
        found: list[Readings] = []
        for factor in rest:
            pair = bool(found) and _both_vectors(found[-1].of[0], factor.of[0])
            if pair and self.in_sum:
                found[-1] = self._times(found[-1], factor)
            elif pair and self._sign(factor) == "·":
                found[-1] = self._dot(found[-1], factor)
            else:
                found.append(factor)
        whole = found[0]
        for factor in found[1:]:
            beside = self.in_sum and _both_vectors(whole.of[0], factor.of[0])
            whole = (self._times if beside else self._matmul)(whole, factor)
        return self._each(whole, lambda e: number * e)

    def _dot(self, one: Readings, two: Readings) -> Readings:
        """The sum of the products of two vectors."""
        column = one.of[0].shape[-1] == 1
        return (
            self._matmul(self._turned(one), two) if column else self._matmul(one, self._turned(two))
        )

    def _of_two(self, word: str, one: Readings, two: Readings) -> Readings:
        dots = word == "dot" and _both_vectors(one.of[0], two.of[0])
        return self._dot(one, two) if dots else super()._of_two(word, one, two)

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
        """Along the entries of a vector; of a matrix, of each row, which is an example.

        Of each column in W X, where an example is a column.
        """
        shape = value.of[0].shape
        column = shape[-1:] == (1,) or (self.examples_below and shape[:1] != (1,))
        along = axis if isinstance(axis, int) else 0 if column else -1
        return super()._softmaxed(value, word, along)

    # ---- sums, and what is inside other parts of them ---------------------------------------
    def rangeless(self, word: str, begin: int) -> Readings:
        with self._terms(not (self.next() == "(" and self._raised_behind())):
            return super().rangeless(word, begin)

    def arguments(self, name: str, counts: Sequence[int] = (1,)):
        of_sum = name in (*SIGNS, *WORDS) and not self._raised_behind()
        with self._terms(of_sum):
            return super().arguments(name, counts)

    def _in_parentheses(self) -> Readings:
        with self._terms(self.in_sum and not self._raised_behind(inside=True)):
            return super()._in_parentheses()

    def _in_bars(self, bar: str) -> Readings:
        with self._terms(False):
            return super()._in_bars(bar)

    @contextmanager
    def _terms(self, in_sum: bool) -> Iterator[None]:
        before, self.in_sum = self.in_sum, in_sum
        try:
            yield
        finally:
            self.in_sum = before

    def _raised_behind(self, inside: bool = False) -> bool:
        """Whether a power stands behind the parentheses that open next, or are open."""
        depth = int(inside)
        for k, token in enumerate(self.rest):
            depth += (token.text in "([{") - (token.text in ")]}")
            if depth == 0:
                behind = self.rest[k + 1 : k + 2]
                return any(t.text == "^" or t.kind == "superscript" for t in behind)
        return False

    # ---- functions of matrices --------------------------------------------------------------
    def library_call(self, token: Token) -> Readings | None:
        if token.text in _TRACES:
            whole = self._square(self.arguments(token.text)[0], token.text)
            (index, extent), _ = whole.axes
            return one_reading(nodes.Sum(whole.at([index, index]), [(index, extent)]))
        return super().library_call(token)

    def _square(self, value: Readings, word: str) -> Matrix:
        matrix = value.of[0]
        if len(matrix.axes) != 2:
            raise self.error(f"{word} is of a matrix", f"write {word}(A)")
        if matrix.shape[0] != matrix.shape[1]:
            raise Unequal(*matrix.shape)
        return matrix

    def _log_det(self) -> Readings:
        value = self.arguments("log det")[0] if self.next() == "(" else self._atom()
        whole = self._square(value, "log det")
        if not isinstance(whole.entry, nodes.Read):
            raise self.error("log det is of a matrix with a name", "write S = …; log det(S)")
        return one_reading(LogDet(whole.entry, whole.axes))

    def _inverse(self) -> Readings:
        whole = self._square(self.arguments("inverse")[0], "inverse")
        (row, extent), (column, _) = whole.axes
        return Readings((Matrix(lambda: Inverse(whole.entry, row, column, extent), whole.axes),))

    def _to_power(self, base: Readings, exponent: Expr) -> Readings:
        """A power entry by entry; a matrix to a power below 0 is none."""
        whole = base.of[0]
        matrix = len(whole.axes) == 2 and 1 not in whole.shape
        if matrix and exponent.is_negative and not self.program:
            raise self.error(
                "a power below 0 of a matrix can be read in two ways",
                "write S = …; S⁻¹ for the inverse, or 1/S entry by entry",
            )
        return super()._to_power(base, exponent)


def _both_vectors(a: Matrix, b: Matrix) -> bool:
    """Whether two parts are columns, or are rows."""
    shapes = (a.shape, b.shape)
    if any(len(s) != 2 or all(n == 1 for n in s) for s in shapes):
        return False
    return all(s[1] == 1 for s in shapes) or all(s[0] == 1 for s in shapes)


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

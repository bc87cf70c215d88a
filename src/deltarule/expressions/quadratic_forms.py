"""Quadratic forms Σ_a v[a]·Σ_b M[a, b]·v[b] in formulas: of which matrix, and of what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sympy import Expr, Mul

from deltarule.expressions.nodes import Read, Sum, free_indices, walk
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index


@dataclass(frozen=True)
class QuadraticForm:
    """`whole` is the sum, over `ranges` with those of the sums inside; `vector` stands left of the
    matrix, at the index `row`, and right of it at `column`; `rest` multiplies all that."""

    whole: Sum
    ranges: tuple[tuple[Index, Expr], ...]
    matrix: Read
    row: Index
    column: Index
    vector: Expr
    rest: Expr

    @property
    def product(self) -> Expr:
        """The matrix times the vector, at `row`."""
        inside = substitute(self.vector, {self.row: self.column})
        over = [(i, n) for i, n in self.ranges if i == self.column]
        return Sum(self.matrix * inside, over)

    def by(self, product: Expr) -> Expr:
        """The whole, with something that is that product at `row`."""
        rest = [(i, n) for i, n in self.ranges if i != self.column]
        return Sum(self.rest * self.vector * product, rest)


def quadratic_forms(formula: Expr) -> Iterator[QuadraticForm]:
    """The quadratic forms in a formula."""
    for node in walk(formula):
        if isinstance(node, Sum) and not node.conditions:
            ranges, factors = _opened(node)
            yield from _in(node, ranges, factors)


def _in(
    whole: Sum, ranges: tuple[tuple[Index, Expr], ...], factors: list[Expr]
) -> Iterator[QuadraticForm]:
    """The form that a sum with its inner sums opened is."""
    own = [i for i, _ in ranges]
    for matrix in factors:
        if not isinstance(matrix, Read) or len(matrix.indices) < 2:
            continue
        *before, row, column = matrix.indices
        if not isinstance(row, Index) or not isinstance(column, Index) or row == column:
            continue
        if not {row, column} <= {*own}:
            continue
        if {row, column} & free_indices(Mul(*before)):
            continue
        others = [f for f in factors if f is not matrix]
        left, right = (Mul(*(f for f in others if i in free_indices(f))) for i in (row, column))
        if left == 1 or column in free_indices(left) or substitute(left, {row: column}) != right:
            continue
        rest = Mul(*(f for f in others if not {row, column} & free_indices(f)))
        yield QuadraticForm(whole, ranges, matrix, row, column, left, rest)


def _opened(total: Sum) -> tuple[tuple[tuple[Index, Expr], ...], list[Expr]]:
    """The ranges of a sum and of the sums that are factors of it, and all factors."""
    ranges, factors = total.ranges, []
    for factor in Mul.make_args(total.body):
        if isinstance(factor, Sum) and not factor.conditions:
            inner, inside = _opened(factor)
            ranges, factors = (*ranges, *inner), [*factors, *inside]
        else:
            factors.append(factor)
    return ranges, factors

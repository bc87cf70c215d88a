"""Readings of parts of a formula of matrices: entries at some axes, and how they are joined."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import mul

from sympy import Expr, Integer, Rational

from deltarule.expressions import nodes
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index

Axes = tuple[tuple[Index, Expr], ...]

#: How many readings of a part are kept.
MOST = 8


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

    def at(self, indices: Sequence[Expr]) -> Expr:
        """The entry at other indices."""
        return substitute(self.entry, dict(zip((i for i, _ in self.axes), indices, strict=True)))

    @cached_property
    def shape(self) -> tuple[Expr, ...]:
        """The extents of the axes."""
        return tuple(n for _, n in self.axes)


@dataclass(frozen=True)
class Linked(Matrix):
    """∂A/∂B in a chain: its axes are those of B, `of` are those of A."""

    of: Axes = ()

    def behind(self, other: Matrix) -> list[Matrix]:
        """A gradient by A, times this: summed over the axes of A that B does not have."""
        count, own = len(self.of), {i for i, _ in self.axes}
        if isinstance(other, Linked) or other.shape[-count:] != tuple(n for _, n in self.of):
            return []
        leading = other.axes[: len(other.axes) - count]
        over = [axis for axis in self.of if axis[0] not in own]

        def written() -> Expr:
            at = [i for i, _ in (*leading, *self.of)]
            found = other.at(at) * self.entry
            return nodes.Sum(found, over) if over else found

        return [Matrix(written, (*leading, *self.axes), other.cost + self.cost)]


@dataclass(frozen=True)
class Readings:
    """All readings of a part of a formula, the usual ones first."""

    of: tuple[Matrix, ...] = field(default=())


def one_reading(entry: Expr, axes: Axes = ()) -> Readings:
    return Readings((Matrix(lambda: entry, axes),))


def best(found: list[Matrix]) -> Readings:
    """The usual readings of each shape."""
    kept: list[Matrix] = []
    for matrix in sorted(found, key=lambda m: m.cost):
        if len(kept) == MOST:
            break
        if not any(m.shape == matrix.shape and m.cost <= matrix.cost - 2 for m in kept):
            kept.append(matrix)
    return Readings(tuple(kept))


def by_entries(join: Callable[[Expr, Expr], Expr], a: Matrix, b: Matrix) -> list[Matrix]:
    return [
        Matrix(
            lambda axes=axes: join(a.at(_names(axes, a)), b.at(_names(axes, b))),
            axes,
            a.cost + b.cost,
        )
        for axes in _spread(a, b)
    ]


def outer(a: Matrix, b: Matrix) -> list[Matrix]:
    """Each entry of the one times each of the other."""
    return [Matrix(lambda: a.entry * b.entry, (*a.axes, *b.axes), a.cost + b.cost)]


def summed(matrix: Matrix, word: str) -> Expr:
    """The sum of all entries, or their mean."""
    whole = nodes.Sum(matrix.entry, matrix.axes) if matrix.axes else matrix.entry
    return whole / nodes.multiply(matrix.shape) if word == "mean" else whole


def _spread(a: Matrix, b: Matrix) -> list[Axes]:
    """The axes of two parts entry by entry: the shorter is the same for every row.

    An axis of length 1 is the same along the other's.
    """
    long, short = (a, b) if len(a.axes) >= len(b.axes) else (b, a)
    apart = len(long.axes) - len(short.axes)
    axes = list(long.axes)
    for k, axis in enumerate(short.axes, apart):
        if axes[k][1] == 1:
            axes[k] = axis
        elif axis[1] not in (1, axes[k][1]):
            return []
    return [tuple(axes)]


def _names(axes: Axes, matrix: Matrix) -> list[Expr]:
    own = axes[len(axes) - len(matrix.axes) :]
    return [
        Integer(0) if n == 1 != wide else i
        for (i, wide), (_, n) in zip(own, matrix.axes, strict=True)
    ]


def matrix_product(a: Matrix, b: Matrix) -> list[Matrix]:
    """a @ b of two parts; of two vectors their outer product too, one as a column."""
    if not a.axes or not b.axes:
        return by_entries(mul, a, b)
    (last, inner), place = a.axes[-1], max(len(b.axes) - 2, 0)
    found = []
    leading = len(a.axes) - 2 if min(len(a.axes), len(b.axes)) > 2 else 0
    if inner == b.axes[place][1] and a.shape[:leading] == b.shape[:leading]:
        at = [i for i, _ in b.axes]
        at[place] = last
        at[:leading] = [i for i, _ in a.axes[:leading]]
        rest = [axis for k, axis in enumerate(b.axes) if k != place and k >= leading]
        found.append(
            Matrix(
                lambda: nodes.Sum(a.entry * b.at(at), [(last, inner)]),
                (*a.axes[:-1], *rest),
                a.cost + b.cost,
            )
        )
    if len(a.axes) == len(b.axes) == 1:
        found += [replace(m, cost=m.cost + 1) for m in outer(a, b)]
    return found


def product(a: Matrix, b: Matrix) -> list[Matrix]:
    """The products of two parts: by entries, of matrices, outer; of a chain's links."""
    if isinstance(a, Linked) or isinstance(b, Linked):
        return b.behind(a) if isinstance(b, Linked) else a.behind(b)
    found = by_entries(mul, a, b)
    if not a.axes or not b.axes:
        return found
    cost = a.cost + b.cost
    (last, inner), (_, other) = a.axes[-1], b.axes[0]
    if inner == other:
        usual = 0 if len(a.axes) + len(b.axes) > 2 else 1
        found.append(
            Matrix(
                lambda: nodes.Sum(
                    a.entry * b.at([last, *(i for i, _ in b.axes[1:])]), [(last, inner)]
                ),
                (*a.axes[:-1], *b.axes[1:]),
                cost + usual,
            )
        )
    if len(a.axes) == len(b.axes) > 2:  # one by one, of two stacks of matrices
        found += [replace(m, cost=cost + 1) for m in matrix_product(a, b)]
    if len(a.axes) == len(b.axes) == 1:
        found += [replace(m, cost=cost + 1) for m in outer(a, b)]
        if inner == other:
            found = [m if m.axes != a.axes else Matrix(m.written, m.axes, cost) for m in found]
    return found


def shape_shown(shape: Sequence[Expr]) -> str:
    """A shape in words."""
    return " × ".join(map(str, shape)) if shape else "a number"


def length(matrix: Matrix) -> Matrix:
    """‖v‖ of all entries."""
    squares = replace(matrix, written=lambda: matrix.entry**2)
    return Matrix(lambda: summed(squares, "") ** Rational(1, 2), (), matrix.cost)

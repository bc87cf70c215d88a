"""What is taken of whole arrays along their axes: sums, means, maxima, softmax, diagonals."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sympy import Expr, Integer, Rational

from deltarule.expressions import nodes
from deltarule.expressions.functions import exp, log
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.formulas.matrix_readings import Axes, Matrix
from deltarule.formulas.spelled import power

#: New indices for some extents.
Fresh = Callable[[Sequence[Expr]], Axes]


def _mean(entry: Expr, over: Axes) -> Expr:
    return nodes.Sum(entry, over) / nodes.multiply(n for _, n in over)


def _variance(entry: Expr, over: Axes, fresh: Fresh, fewer: int) -> Expr:
    inner = fresh([n for _, n in over])
    table = {i: j for (i, _), (j, _) in zip(over, inner, strict=True)}
    apart = nodes.Sum((entry - _mean(substitute(entry, table), inner)) ** 2, over)
    return apart / (nodes.multiply(n for _, n in over) - fewer)


def taken(entry: Expr, word: str, over: Axes, fresh: Fresh, fewer: int = 0) -> Expr:
    """The sum, the mean … of an entry over some of its axes; a variance's divisor is their number
    less `fewer`."""
    if word in ("var", "std"):
        found = _variance(entry, over, fresh, fewer)
        return power(found, Rational(1, 2)) if word == "std" else found
    return {
        "sum": lambda: nodes.Sum(entry, over),
        "mean": lambda: _mean(entry, over),
        "max": lambda: nodes.Max(entry, over),
        "min": lambda: -nodes.Max(-entry, over),
        "prod": lambda: nodes.Product(entry, over),
        "norm": lambda: power(nodes.Sum(entry**2, over), Rational(1, 2)),
        "logsumexp": lambda: log(nodes.Sum(exp(entry), over)),
    }[word]()


def along(
    matrix: Matrix,
    word: str,
    axis: int | tuple[int, ...] | None,
    keep: bool,
    fresh: Fresh,
    fewer: int = 0,
) -> Matrix | None:
    """A reading with some axes taken together, `keep` as axes of length 1; None if it has none."""
    which = _positions(matrix, axis)
    if not which:
        return None
    over = tuple(matrix.axes[k] for k in which)
    left = tuple(
        fresh([Integer(1)])[0] if k in which else a
        for k, a in enumerate(matrix.axes)
        if keep or k not in which
    )
    return Matrix(lambda: taken(matrix.entry, word, over, fresh, fewer), left, matrix.cost)


def _positions(matrix: Matrix, axis: int | tuple[int, ...] | None) -> list[int]:
    count = len(matrix.axes)
    named = range(count) if axis is None else (axis,) if isinstance(axis, int) else axis
    if any(not -count <= k < count for k in named):
        return []
    return sorted({k % count for k in named})


def softmax(matrix: Matrix, word: str, axis: int, fresh: Fresh) -> Matrix | None:
    """exp(z)/Σ exp(z) along an axis, or its logarithm."""
    which = _positions(matrix, axis)
    if not which:
        return None
    index, extent = matrix.axes[which[0]]
    other = fresh([extent])

    def written() -> Expr:
        entry = matrix.entry
        whole = nodes.Sum(exp(substitute(entry, {index: other[0][0]})), other)
        return exp(entry) / whole if word == "softmax" else entry - log(whole)

    return Matrix(written, matrix.axes, matrix.cost)


def diagonal(matrix: Matrix, fresh: Fresh) -> Matrix | None:
    """The matrix with a vector on its diagonal, or the diagonal of a matrix."""
    if len(matrix.axes) == 1:
        ((index, extent),) = matrix.axes
        other = fresh([extent])[0]
        return Matrix(
            lambda: nodes.Delta(index, other[0]) * matrix.entry, (*matrix.axes, other), matrix.cost
        )
    if len(matrix.axes) != 2 or matrix.axes[0][1] != matrix.axes[1][1]:
        return None
    first: Index = matrix.axes[0][0]
    return Matrix(lambda: matrix.at([first, first]), matrix.axes[:1], matrix.cost)


def permuted(matrix: Matrix, axes: Sequence[int], swapped: bool) -> Matrix | None:
    """The axes in another order."""
    count = len(matrix.axes)
    if any(not -count <= k < count for k in axes):
        return None
    places = [k % count for k in axes]
    if swapped:
        if len(places) != 2:
            return None
        order = list(range(count))
        order[places[0]], order[places[1]] = order[places[1]], order[places[0]]
        places = order
    if sorted(places) != list(range(count)):
        return None
    return Matrix(matrix.written, tuple(matrix.axes[k] for k in places), matrix.cost)

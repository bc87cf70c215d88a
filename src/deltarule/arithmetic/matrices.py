"""Inverses and log-determinants by elimination, in any arithmetic: no pivots are exchanged.

For positive definite matrices, as covariances are, none has to be.
"""

from __future__ import annotations

from fractions import Fraction

from deltarule.arithmetic.base import Arithmetic
from deltarule.arithmetic.integers import Grid
from deltarule.arithmetic.reduce import filled
from deltarule.notation.matrices import Inverse, LogDet, matrix_indices


def inverse_over(node: Inverse, grid: Grid, walk):
    """The value of an inverse over a grid; `walk` evaluates its entries."""
    axes = [grid.axis(i) for i in matrix_indices(node)]
    order = [k for k in range(len(grid.indices)) if k not in axes] + axes
    body = filled(walk.value(node.args[0], grid), grid.extents, walk.arithmetic)
    found = inverse(body.transpose(order), walk.arithmetic)
    return found.transpose([order.index(k) for k in range(len(order))])


def log_determinant_over(node: LogDet, grid: Grid, walk):
    """The value of a log-determinant over a grid; `walk` evaluates its entries."""
    inner = grid.extended(node.indices, [walk.values.extent(n) for _, n in node.ranges])
    body = filled(walk.value(node.body, inner), inner.extents, walk.arithmetic)
    return log_determinant(body, walk.arithmetic)


def inverse(a, arithmetic: Arithmetic):
    """The inverses of the matrices along the last two axes."""
    size = a.shape[-1]
    rows = [[a[..., r, c] for c in range(size)] for r in range(size)]
    shape = a.shape[:-2]
    plain = arithmetic.zeros(shape)
    units = {k: arithmetic.add(plain, arithmetic.number(Fraction(k))) for k in (0, 1)}
    right = [[units[int(r == c)] for c in range(size)] for r in range(size)]
    for p in range(size):
        over = arithmetic.power(rows[p][p], Fraction(-1))
        rows[p] = [arithmetic.multiply(over, v) for v in rows[p]]
        right[p] = [arithmetic.multiply(over, v) for v in right[p]]
        for r in range(size):
            if r != p:
                factor = _negative(rows[r][p], arithmetic)
                rows[r] = _added(rows[r], rows[p], factor, arithmetic)
                right[r] = _added(right[r], right[p], factor, arithmetic)
    found = arithmetic.zeros(a.shape)
    for r in range(size):
        for c in range(size):
            found[..., r, c] = right[r][c]
    return found


def log_determinant(a, arithmetic: Arithmetic):
    """log det of the matrices along the last two axes: the logarithms of the pivots, added up."""
    size = a.shape[-1]
    rows = [[a[..., r, c] for c in range(size)] for r in range(size)]
    total = arithmetic.zeros(a.shape[:-2])
    for p in range(size):
        total = arithmetic.add(total, arithmetic.apply("log", rows[p][p]))
        over = arithmetic.power(rows[p][p], Fraction(-1))
        for r in range(p + 1, size):
            factor = _negative(arithmetic.multiply(rows[r][p], over), arithmetic)
            rows[r] = _added(rows[r], rows[p], factor, arithmetic)
    return total


def _negative(a, arithmetic: Arithmetic):
    return arithmetic.multiply(arithmetic.number(Fraction(-1)), a)


def _added(row: list, other: list, factor, arithmetic: Arithmetic) -> list:
    """row + factor·other."""
    return [
        arithmetic.add(v, arithmetic.multiply(factor, w))
        for v, w in zip(row, other, strict=True)
    ]

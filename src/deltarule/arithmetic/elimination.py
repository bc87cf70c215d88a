"""Inverses and log-determinants by elimination, in any arithmetic.

Rows are exchanged for the largest pivot; modulo a prime for one that is not 0.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from deltarule.arithmetic.base import Arithmetic, Undecided
from deltarule.arithmetic.integers import Grid
from deltarule.arithmetic.reduce import filled
from deltarule.errors import not_positive
from deltarule.expressions.matrices import Inverse, LogDet, matrix_indices


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
    for r, row in enumerate(rows):
        row += [units[int(r == c)] for c in range(size)]
    for p in range(size):
        _exchange(rows, p, arithmetic)
        over = arithmetic.power(rows[p][p], Fraction(-1))
        rows[p] = [arithmetic.multiply(over, v) for v in rows[p]]
        for r in range(size):
            if r != p:
                factor = _negative(rows[r][p], arithmetic)
                rows[r] = _added(rows[r], rows[p], factor, arithmetic)
    found = arithmetic.zeros(a.shape)
    for r in range(size):
        for c in range(size):
            found[..., r, c] = rows[r][size + c]
    return found


def log_determinant(a, arithmetic: Arithmetic):
    """log det of the matrices along the last two axes: the logarithms of the pivots, added up.

    −∞ where a determinant is 0. Raises DeltaruleError where one is below 0.
    """
    size = a.shape[-1]
    rows = [[a[..., r, c] for c in range(size)] for r in range(size)]
    total = arithmetic.zeros(a.shape[:-2])
    negative = np.zeros(a.shape[:-2], bool)
    for p in range(size):
        negative ^= _exchange(rows, p, arithmetic)
        pivot = rows[p][p]
        if arithmetic.ordered:
            below = arithmetic.positive(_negative(pivot, arithmetic))
            pivot, negative = (
                arithmetic.where(below, _negative(pivot, arithmetic), pivot),
                (negative ^ below),
            )
        total = arithmetic.add(total, arithmetic.apply("log", pivot))
        over = arithmetic.power(rows[p][p], Fraction(-1))
        for r in range(p + 1, size):
            factor = _negative(arithmetic.multiply(rows[r][p], over), arithmetic)
            rows[r] = _added(rows[r], rows[p], factor, arithmetic)
    if arithmetic.ordered and negative.any():
        error = not_positive("log det", None)
        raise Undecided(error.fact, None, error.remedy)
    return total


def _exchange(rows: list, p: int, arithmetic: Arithmetic) -> np.ndarray:
    """Bring the largest entry of column p to row p; where rows were exchanged an odd number."""
    odd = np.zeros(np.shape(rows[p][p]), bool)
    for r in range(p + 1, len(rows)):
        swap = arithmetic.outweighs(rows[r][p], rows[p][p])
        if swap.any():
            pairs = list(zip(rows[p], rows[r], strict=True))
            rows[p] = [arithmetic.where(swap, v, u) for u, v in pairs]
            rows[r] = [arithmetic.where(swap, u, v) for u, v in pairs]
        odd ^= swap
    return odd


def _negative(a, arithmetic: Arithmetic):
    return arithmetic.multiply(arithmetic.number(Fraction(-1)), a)


def _added(row: list, other: list, factor, arithmetic: Arithmetic) -> list:
    """row + factor·other."""
    return [
        arithmetic.add(v, arithmetic.multiply(factor, w)) for v, w in zip(row, other, strict=True)
    ]

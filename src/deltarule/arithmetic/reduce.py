"""Reductions over the last axes of a body: its sum, product, largest entry and who that is."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from deltarule.arithmetic.base import Arithmetic
from deltarule.arithmetic.integers import Grid
from deltarule.expressions import nodes


def filled(found, shape: tuple[int, ...], arithmetic: Arithmetic):
    """A result as an array of its full shape, owned by the caller."""
    if hasattr(found, "broadcast"):
        wide = found.broadcast(shape)
        return type(wide)(np.array(wide.value), np.array(wide.tangent))
    array = np.asarray(found, dtype=arithmetic.dtype)
    return np.array(array if array.shape == shape else np.broadcast_to(array, shape))


def reduced(node, body, inner: Grid, count: int, arithmetic: Arithmetic):
    """The reduction of a body's last `count` axes, where the grid counts."""
    shape = inner.extents
    axes = tuple(range(len(shape) - count, len(shape)))
    body = filled(body, shape, arithmetic)
    if isinstance(node, nodes.LogSumExp):
        return _log_sum_exp(body, np.broadcast_to(inner.counted, shape), axes, arithmetic)
    if inner.counted.ndim or not inner.counted:
        body = arithmetic.where(
            np.broadcast_to(inner.counted, shape), body, _neutral(node, arithmetic)
        )
    if not axes:
        return body
    if isinstance(node, nodes.Sum):
        return arithmetic.total(body, axes)
    if isinstance(node, nodes.Max):
        return arithmetic.maximum(body, axes, node.ties)
    return arithmetic.product(body, axes)


def _log_sum_exp(body, counted: np.ndarray, axes: tuple[int, ...], arithmetic: Arithmetic):
    """log Σ exp over some axes; with rounded numbers, the largest body is taken out first."""
    minus_one = arithmetic.number(Fraction(-1))
    shift = None
    if arithmetic.stable and np.prod([np.shape(counted)[a] for a in axes]):
        finite = arithmetic.where(counted, body, arithmetic.least())
        largest = arithmetic.maximum(finite, axes, "first")
        shift = arithmetic.frozen(arithmetic.apply("finite", largest))
        wide = tuple(1 if k in axes else n for k, n in enumerate(np.shape(counted)))
        back = arithmetic.multiply(minus_one, shift.reshape(wide))
        body = arithmetic.add(body, back)
    terms = arithmetic.where(counted, arithmetic.apply("exp", body), arithmetic.zeros(()))
    found = arithmetic.apply("log", arithmetic.total(terms, axes))
    return found if shift is None else arithmetic.add(found, shift)


def _neutral(node, arithmetic: Arithmetic):
    if isinstance(node, nodes.Sum):
        return arithmetic.zeros(())
    if isinstance(node, nodes.Max):
        return arithmetic.least()
    return arithmetic.from_integers(np.ones((), dtype=np.int64))


def selected(maximum: nodes.Max, body, grid: Grid, arithmetic: Arithmetic):
    """1 (or its part) where the body is the largest over the maximum's own axes, else 0."""
    shape = grid.extents
    body = filled(body, shape, arithmetic)
    counted = np.broadcast_to(grid.counted, shape)
    body = arithmetic.where(counted, body, arithmetic.least())
    axes = tuple(grid.axis(i) for i in maximum.indices)
    chosen = arithmetic.selected(body, axes, maximum.ties)
    return arithmetic.where(counted, chosen, arithmetic.zeros(()))

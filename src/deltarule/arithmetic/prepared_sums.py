"""Sums, maxima and selections of prepared formulas, over the last axes of what they are given."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from deltarule.arithmetic.floats import Float64

#: A prepared formula, from arrays by name to an array over the grid, or a number for all of it;
#: and where its values count (None for everywhere).
Prepared = Callable[[dict], np.ndarray | float]
Counted = Callable[[dict], np.ndarray | None]

_FLOAT = Float64()


def summed(body: Prepared, counted: Counted, full: tuple, count: int) -> Prepared:
    """Σ over the last `count` axes of a grid."""
    axes = tuple(range(-count, 0))

    def total(arrays: dict) -> np.ndarray:
        found = _where(body(arrays), counted(arrays), 0.0, full)
        return np.add.reduce(found, axis=axes)

    return total


def highest(body: Prepared, counted: Counted, full: tuple, count: int) -> Prepared:
    """The largest over the last axes; over nothing it is −∞."""
    axes = tuple(range(-count, 0))

    def maximum(arrays: dict) -> np.ndarray:
        found = _where(body(arrays), counted(arrays), -np.inf, full)
        return np.maximum.reduce(found, axis=axes, initial=-np.inf)

    return maximum


def log_sum(body: Prepared, counted: Counted, full: tuple, count: int) -> Prepared:
    """log Σ exp over the last axes, the largest taken out first."""
    axes = tuple(range(-count, 0))

    def value(arrays: dict) -> np.ndarray:
        found = _where(body(arrays), counted(arrays), -np.inf, full)
        top = np.maximum.reduce(found, axis=axes, initial=-np.inf, keepdims=True)
        shift = np.where(np.isfinite(top), top, 0.0)
        terms = np.add.reduce(np.exp(found - shift), axis=axes)
        return np.log(terms) + shift.reshape(terms.shape)

    return value


def selection(body: Prepared, counted: np.ndarray, axes: tuple[int, ...], ties: str) -> Prepared:
    """1 (or its part) where the body is the largest over some axes of the grid, else 0."""

    def chosen(arrays: dict) -> np.ndarray:
        found = _where(body(arrays), counted, -np.inf, counted.shape)
        ahead = found.ndim - counted.ndim
        best = _FLOAT.selected(found, tuple(ahead + a for a in axes), ties)
        return np.where(counted, best, 0.0)

    return chosen


def _where(found, counted: np.ndarray | None, otherwise: float, full: tuple) -> np.ndarray:
    """The values over the whole grid, others where they do not count."""
    found = np.asarray(found)
    if counted is not None:
        found = np.where(counted, found, otherwise)
    if found.shape[found.ndim - len(full) :] == full:
        return found
    ahead = found.shape[: max(found.ndim - len(full), 0)]
    return np.broadcast_to(found, ahead + full)

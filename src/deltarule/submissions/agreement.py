"""Whether an array that a student's function gave is a right one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import prod
from typing import Any

import numpy as np

from deltarule.spelling.counted import counted

#: Relative to the largest right entry: what float64 leaves, and what float32 does.
DOUBLE, SINGLE = 1e-7, 2e-4
#: What float32 leaves of usual numbers, which are neither large nor nearly equal.
USUAL = 1e-5
#: What rounding in float64 alone seldom leaves.
ROUNDED = 1e-10
#: Where all right entries are smaller, as behind saturated units, rounding alone is that large.
LEAST = 1e-3


class Fit(Enum):
    """How a value agrees with the right one."""

    RIGHT = "right"
    SINGLE = "right to single precision"
    NUMBERS = "wrong numbers"
    SHAPE = "wrong shape"
    NOT_FINITE = "NaN or ∞"
    NO_ARRAY = "no array of numbers"
    MISSING = "nothing"

    @property
    def right(self) -> bool:
        """Whether it counts as right."""
        return self in (Fit.RIGHT, Fit.SINGLE)


@dataclass(frozen=True)
class Agreement:
    """How a value agrees: the worst entry, what stands there, and what is right.

    `off` is what is right in so far as it counts, and yet further off than double precision.
    """

    fit: Fit
    at: tuple[int, ...] = ()
    given: float = 0.0
    right: float = 0.0
    words: str = ""
    off: bool = False


def compare(
    given: Any,
    low: np.ndarray,
    high: np.ndarray,
    total: tuple[float, float] | None = None,
    column: bool = False,
    single: float = SINGLE,
) -> Agreement:
    """Hold a value against the least and largest right ones.

    Axes of length 1 may be left out or put in where NumPy makes the same of it: a row (1, D) for
    (D,), but not a row for a column, nor (D,) for (D, 1); a `column` of one entry is one, too.
    `single` is what single precision may leave there, of numbers that are double when they come.
    """
    if given is None:
        return Agreement(Fit.MISSING)
    array = as_numbers(given)
    if array is None:
        return Agreement(Fit.NO_ARRAY, words=type(given).__name__)
    low, high = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    if array.shape != low.shape:
        lost = column and array.ndim < low.ndim
        if lost or not _same_but_for_ones(array.shape, low.shape):
            return Agreement(Fit.SHAPE, words=f"{_shape(array)}, not {_shape(low)}")
        array = array.reshape(low.shape)
    if not np.isfinite(array).all():
        at = _first(~np.isfinite(array))
        return Agreement(Fit.NOT_FINITE, at, float(array[at]), float(low[at]))
    doubles = getattr(given, "dtype", None) != np.float32
    return _numbers(array, low, high, total, single if doubles else SINGLE)


def as_numbers(given: Any) -> np.ndarray | None:
    """A value as float64; None for what is no array of numbers."""
    try:
        array = np.asarray(given)
    except ValueError:
        return None
    return array.astype(float) if array.dtype.kind in "fiub" else None


def _numbers(array, low, high, total, single: float) -> Agreement:
    if not array.size:
        return Agreement(Fit.RIGHT)
    scale = max(float(np.abs(low).max()), float(np.abs(high).max()), LEAST)
    gaps = np.maximum(np.maximum(low - array, array - high), 0.0)
    at = _first(gaps == gaps.max())
    worst, right = float(gaps[at]), float(low[at] if array[at] < low[at] else high[at])
    if total is not None and worst <= SINGLE * scale:
        whole, room = float(array.sum()), SINGLE * scale * array.size
        if not total[0] - room <= whole <= total[1] + room:
            near = total[0] if whole < total[0] else total[1]
            words = "all entries together pass on more or less than there is"
            return Agreement(Fit.NUMBERS, (), whole, near, words)
    if worst <= DOUBLE * scale:
        return Agreement(Fit.RIGHT, off=worst > ROUNDED * scale)
    decimals = _decimals(array) if worst <= single * scale else None
    fit = Fit.SINGLE if worst <= single * scale and decimals is None else Fit.NUMBERS
    words = f"rounded to {counted(decimals, 'decimal')}" if decimals is not None else ""
    return Agreement(fit, at, float(array[at]), right, words)


def _decimals(array: np.ndarray) -> int | None:
    """To how many decimals all numbers are rounded, if they are."""
    if np.count_nonzero(array) < 3:
        return None
    return next((k for k in range(1, 7) if np.array_equal(np.round(array, k), array)), None)


def _same_but_for_ones(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether shapes differ by axes of length 1 alone, and add up to no more entries."""
    if tuple(n for n in one if n != 1) != tuple(n for n in other if n != 1):
        return False
    return prod(np.broadcast_shapes(one, other)) == prod(other)


def _shape(array: np.ndarray) -> str:
    return " × ".join(map(str, array.shape)) or "a single number"


def _first(mask: np.ndarray) -> tuple[int, ...]:
    if not mask.shape:
        return ()
    return tuple(int(k) for k in np.argwhere(mask)[0])

"""A student's arrays taken apart: what they say of each tensor, in the derivation's own layout."""

from __future__ import annotations

from typing import Any

import numpy as np

from deltarule.submissions.agreement import as_numbers
from deltarule.submissions.course_conventions import Value
from deltarule.submissions.right_values import RightValues

#: How near two arrays are that are the same, relative to their largest entry.
SAME = 1e-7

#: Of numbers that cancel, as large ones and nearly equal ones do, less is left.
ROUGHLY = 1e-4

#: Numbers that are small beside this are what rounding leaves of 0.
LEAST = 1e-6


def tensors_of(value: Value, given: Any, right: RightValues) -> dict[str, np.ndarray] | None:
    """The arrays of a value's tensors by name; None for another shape, or for no numbers."""
    array = as_numbers(given)
    laid = np.asarray(right.value(value))
    if array is None or _long(array.shape) != _long(laid.shape):
        return None
    array = array.reshape(laid.shape)
    sizes = right.setting.sizes
    array = np.asarray(array / value.factor(sizes))  # of a single number NumPy makes a scalar
    owns = [np.asarray(right.arrays[right.names(p)]) for p in value.parts]
    pieces = [array]
    if value.axis is not None:
        laid_parts = [
            own if p.layout is None else p.layout.to_course(own, sizes)
            for own, p in zip(owns, value.parts, strict=True)
        ]
        ends = np.cumsum([a.shape[value.axis] for a in laid_parts])[:-1]
        pieces = np.split(array, ends, axis=value.axis)
    return {
        right.names(p): piece if p.layout is None else p.layout.to_tensor(piece, own.shape)
        for p, piece, own in zip(value.parts, pieces, owns, strict=True)
    }


def same(one: np.ndarray, other: np.ndarray, near: float = SAME) -> bool:
    """Whether two arrays are the same, but for rounding; NaN is the same as NaN."""
    if one.shape != other.shape:
        return False
    if not one.size:
        return True
    finite = np.isfinite(one)
    if not np.array_equal(finite, np.isfinite(other)):
        return False
    if not finite.any():
        return True
    one, other = one[finite], other[finite]
    scale = max(float(np.abs(one).max()), float(np.abs(other).max()), LEAST)
    return bool(np.abs(one - other).max() <= near * scale)


def rows_like(rows: np.ndarray, one: np.ndarray, near: float = SAME) -> np.ndarray:
    """Which of many arrays, the rows of one, are the same as another."""
    if rows.shape[1:] != one.shape:
        return np.zeros(len(rows), bool)
    flat, own = rows.reshape(len(rows), -1), one.ravel()
    if not own.size:
        return np.ones(len(rows), bool)
    with np.errstate(all="ignore"):
        scale = max(float(np.nanmax(np.abs(own), initial=0.0)), LEAST)
        gaps = np.abs(flat - own).max(axis=1)
    return gaps <= near * scale


def _long(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(n for n in shape if n != 1)

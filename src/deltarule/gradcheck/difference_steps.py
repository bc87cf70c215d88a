"""How outputs change when some entries of one array are moved, in one of three ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from deltarule.kernels.bound_kernel import Bound

#: What each way is called, and how far off it may be, relative to the largest entry.
METHODS = {
    "affine": ("exact steps", 1e-13),
    "analytic": ("complex step", 1e-13),
    "other": ("central differences", 1e-9),
}
#: Steps of 10⁻²⁰⁰ lose nothing, because nothing is subtracted.
COMPLEX_STEP = 1e-200
WIDTH = 1e-4
_EPS = float(np.finfo(float).eps)


@dataclass(frozen=True)
class Moved:
    """A bound kernel, the array of its that is moved, and the outputs that are watched."""

    bound: Bound
    array: np.ndarray
    outputs: Sequence[np.ndarray]

    def after(self, part: tuple, step) -> list[np.ndarray]:
        """The outputs (not copied) with a part of the array moved."""
        kept = self.array[part].copy()
        self.array[part] += step
        self.bound.forward()
        self.array[part] = kept
        return list(self.outputs)


@dataclass(frozen=True)
class Slopes:
    """For each output a row of slopes for every pass; how far they may be off; kinks met."""

    values: list[np.ndarray]
    doubts: list[np.ndarray] | None
    passes: int
    edges: int = 0


def slopes(method: str, moved: Moved, colours: np.ndarray, reach: tuple[int, ...]) -> Slopes:
    """The slopes of all outputs, for each colour of entries that are moved together."""
    parts = [tuple(slice(int(c), None, r) for c, r in zip(colour, reach)) for colour in colours]
    rows = [np.empty((len(parts), np.size(y))) for y in moved.outputs]
    if method == "affine":
        moved.bound.forward()
        base = [np.array(y) for y in moved.outputs]
        for k, part in enumerate(parts):
            for row, y, before in zip(rows, moved.after(part, 1.0), base):
                row[k] = _change(y, before).ravel()
        return Slopes(rows, None, len(parts) + 1)
    if method == "analytic":
        for k, part in enumerate(parts):
            for row, y in zip(rows, moved.after(part, 1j * COMPLEX_STEP)):
                np.divide(np.imag(y), COMPLEX_STEP, out=row[k].reshape(np.shape(y)))
        return Slopes(rows, None, len(parts))
    return _both_sides(moved, parts, rows)


def _both_sides(moved: Moved, parts: list[tuple], rows: list[np.ndarray]) -> Slopes:
    """(y(x + h) − y(x − h))/2h at two widths, put together so that h² cancels."""
    moved.bound.forward()
    base = [np.array(y) for y in moved.outputs]
    doubts, edges = [np.empty(row.shape) for row in rows], 0
    for k, part in enumerate(parts):
        sides = {}
        for width in (WIDTH, WIDTH / 2):
            for sign in (1, -1):
                after = moved.after(part, sign * width)
                sides[width, sign] = [
                    sign * _change(y, before).ravel() / width for y, before in zip(after, base)
                ]
        for row, doubt, before, *four in zip(
            rows, doubts, base, *(sides[w, s] for w in (WIDTH, WIDTH / 2) for s in (1, -1))
        ):
            row[k], doubt[k], kinks = richardson(four, WIDTH, _size(before).ravel())
            edges += int(kinks.sum())
    return Slopes(rows, doubts, 4 * len(parts) + 1, edges)


def _change(after: np.ndarray, before: np.ndarray) -> np.ndarray:
    """after − before, and 0 where an infinity stays what it is."""
    with np.errstate(invalid="ignore"):
        return np.where(after == before, 0.0, after - before)


def _size(values: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(values), np.abs(values), 0.0)


def richardson(
    four: Sequence[np.ndarray], width: float, size: np.ndarray | float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The slope at a point from four one-sided ones, how far it may be off, and where a kink is.

    Between the sides of a kink, the slopes do not draw closer as the step is halved; any value
    between them is then as good as another.
    """
    right, left, nearer_right, nearer_left = four
    wide, near = (right + left) / 2, (nearer_right + nearer_left) / 2
    jump, nearer_jump = np.abs(right - left), np.abs(nearer_right - nearer_left)
    rounding = 8 * _EPS * (1 + size) / width
    kink = (nearer_jump > 0.7 * jump) & (nearer_jump > 1e3 * rounding + 1e-6)
    doubt = 4 * np.abs(near - wide) + rounding + np.where(kink, jump, 0.0)
    return (4 * near - wide) / 3, doubt, kink

"""Values at which gradients go wrong, whatever the function is: zeros, ties, ones, extremes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

Arrays = dict[str, np.ndarray]
#: Few values, many of them equal and some 0: so several kinks and ties are met at once.
_FEW = np.array((-1.0, -0.5, -0.5, 0.0, 0.0, 0.5, 0.5, 1.0))


@dataclass(frozen=True)
class Point:
    """Values of all arrays, in words, and the entries of each that are special.

    `smooth` says that complex steps are to be trusted there: nothing is 0 or tied. `scale` is how
    large the values are, where they are small. `special_kind` is false for plain values.
    """

    words: str
    arrays: Arrays
    special: Mapping[str, list[tuple[int, ...]]]
    smooth: bool = False
    scale: float = 1.0
    special_kind: bool = True


def points(arrays: Arrays, real: list[str], free: list[str], seed: int) -> Iterator[Point]:
    """Special values of the arrays, all others as they are.

    `real` are the arrays that gradients are taken by; `free` are those of them that may be 0 or
    negative.
    """
    random = np.random.default_rng(seed)
    for name in free:
        for words, change in _ZEROS.items():
            yield from _one(arrays, name, f"{name} with {words}", change)
    for name in real:
        positive = name not in free
        for words, change in _TIES.items():
            yield from _one(arrays, name, f"{name} with {words}", change, positive)
    for one, other in _pairs(arrays, real):
        yield Point(
            f"{one} = {other}", {**arrays, one: arrays[other].copy()}, {one: _some(arrays[one])}
        )
    if free:
        yield Point(
            "zeros everywhere",
            {**arrays, **{n: np.zeros(arrays[n].shape) for n in free}},
            {n: _some(arrays[n]) for n in free},
        )
        few = {n: random.choice(_FEW, arrays[n].shape) for n in free}
        yield Point(
            "few different values", {**arrays, **few}, {n: _special(a) for n, a in few.items()}
        )
    for words, scale in _EXTREMES.items():
        moved = {n: _scaled(arrays[n], scale, n in free) for n in real}
        special = {n: _some(a) for n, a in moved.items()}
        yield Point(words, {**arrays, **moved}, special, True, min(scale, 1.0))
    for name in free:
        yield from _spread(arrays, name, random)


def _spread(arrays: Arrays, name: str, random: np.random.Generator) -> Iterator[Point]:
    """One array at values of every quarter from −4.5 to 4.5, whatever its size: a gradient may
    be wrong where values lie between 1 and 1.5 alone."""
    shape, count = arrays[name].shape, arrays[name].size
    quarters = random.permutation(np.arange(-18, 18))
    for first in range(0, len(quarters), count) if count else ():
        # Where there are more entries than quarters, quarters are gone round again.
        some = np.resize(np.roll(quarters, -first), count)
        values = ((some + random.uniform(size=count)) / 4).reshape(shape)
        yield Point(
            f"values of {name} from −4.5 to 4.5",
            {**arrays, name: values},
            {name: _some(values)},
            True,
            special_kind=False,
        )


def _one(arrays: Arrays, name: str, words: str, change: Callable, *more) -> Iterator[Point]:
    changed = change(arrays[name].copy(), *more) if arrays[name].size else None
    if changed is not None:
        at = np.argwhere(changed != arrays[name])
        entries = [tuple(int(k) for k in row) for row in at[:6]]
        yield Point(words, {**arrays, name: changed}, {name: entries})


def _a_zero(a: np.ndarray) -> np.ndarray:
    a.flat[a.size // 2] = 0.0
    return a


def _two_zeros(a: np.ndarray) -> np.ndarray | None:
    if a.size < 2:
        return None
    a.flat[0] = a.flat[1] = 0.0
    return a


def _a_row(a: np.ndarray) -> np.ndarray | None:
    if a.ndim < 2:
        return np.zeros(a.shape) if a.ndim else None
    a[0] = 0.0
    return a


def _a_column(a: np.ndarray) -> np.ndarray | None:
    if a.ndim < 2:
        return None
    a[..., 0] = 0.0
    return a


def _a_tie(a: np.ndarray, positive: bool) -> np.ndarray | None:
    """The first two of the last axis are the largest, and equal."""
    if not a.ndim or a.shape[-1] < 2:
        return None
    a[..., :2] = np.max(np.abs(a)) + 0.25
    return a


def _a_tie_across(a: np.ndarray, positive: bool) -> np.ndarray | None:
    if a.ndim < 2 or a.shape[0] < 2:
        return None
    a[:2] = np.max(np.abs(a)) + 0.25 + np.arange(a[0].size).reshape(a[0].shape) / 8
    return a


def _equal(a: np.ndarray, positive: bool) -> np.ndarray:
    return np.full(a.shape, 0.75)


def _ones(a: np.ndarray, positive: bool) -> np.ndarray:
    return np.ones(a.shape) if positive else np.where(a > 0, 1.0, -1.0)


_ZEROS = {
    "one zero": _a_zero,
    "two zeros": _two_zeros,
    "a row of zeros": _a_row,
    "a column of zeros": _a_column,
}
_TIES = {
    "two equal maxima": _a_tie,
    "two equal rows": _a_tie_across,
    "all values equal": _equal,
    "entries of ±1": _ones,
}
_EXTREMES = {
    "values of 1e−8": 1e-8,
    "values of 1e−30": 1e-30,  # not so small that squares vanish
    "values of 40": 40.0,
    "values of 1000": 1e3,
}


def _scaled(a: np.ndarray, scale: float, negative: bool) -> np.ndarray:
    """Entries of a size; large ones of both signs, none of them smaller."""
    if scale < 1:
        return scale * a
    sign = np.where(np.arange(a.size) % 2, -1.0, 1.0).reshape(a.shape) if negative else 1.0
    return sign * scale * (1 + np.abs(a) / 8)


def _pairs(arrays: Arrays, real: list[str]) -> Iterator[tuple[str, str]]:
    """Each array with the next of the same shape."""
    for k, one in enumerate(real):
        for other in real[k + 1 :]:
            if arrays[one].shape == arrays[other].shape and arrays[one].size:
                yield one, other
                break


def _some(a: np.ndarray) -> list[tuple[int, ...]]:
    return [tuple(int(k) for k in np.unravel_index(i, a.shape)) for i in range(min(a.size, 6))]


def _special(a: np.ndarray) -> list[tuple[int, ...]]:
    return [tuple(int(k) for k in row) for row in np.argwhere(np.abs(a) < 0.25)[:6]]

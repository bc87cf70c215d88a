"""What a wrong gradient looks like: another sign, a factor, a transpose, a sum left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import numpy as np

#: How near two arrays must be to be taken for equal, relative to the larger.
NEAR = 1e-6


def hints(
    given: np.ndarray, right: np.ndarray, slopes: np.ndarray, upstream: np.ndarray,
    sizes: Mapping[str, int],
) -> list[str]:  # fmt: skip
    """In words all that the given gradient may be instead of the right one, the likeliest first.

    `slopes` are those of the function's values (first axis), `upstream` their gradient.
    """
    return list(_hints(given, right, slopes, upstream, sizes))


def common(found: Sequence[list[str]]) -> str:
    """The first hint that holds in every round; empty if there is none."""
    first, *others = found or [[]]
    return next((words for words in first if all(words in other for other in others)), "")


def _hints(given, right, slopes, upstream, sizes) -> Iterator[str]:
    if not np.isfinite(given).all():
        yield "it holds what is no number"
        return
    if given.shape != right.shape:
        yield from _of_another_shape(given, right)
        return
    if not given.any():
        yield "it is 0 everywhere"
        return
    factor = _factor(given, right)
    if factor is not None:
        yield from _named(factor, sizes)
    if given.ndim == 2 and given.shape[0] == given.shape[1] and _near(given.T, right):
        yield "it is transposed"
    if _near(given, np.tensordot(np.ones(len(slopes)), slopes, 1)):
        yield "the gradient from outside is left out"
    for row, told in ((0, "first"), (-1, "last")):
        alone = np.zeros(upstream.shape)
        if upstream.ndim > 1:
            alone[row] = upstream[row]
            if _near(given, np.tensordot(alone.ravel(), slopes, 1)):
                yield f"of all rows of the batch, the {told} alone counts"


def _of_another_shape(given: np.ndarray, right: np.ndarray) -> Iterator[str]:
    if given.shape == right.shape[::-1] and _near(given.T, right):
        yield "it is transposed"
    for axis in range(given.ndim):
        if _near(np.sum(given, axis=axis), right):
            yield f"the sum over axis {axis} is missing"
    if given.ndim > right.ndim and given.size == right.size and _near(given.ravel(), right.ravel()):
        yield "its axes are not those of the argument; the numbers are right"
    if given.ndim < right.ndim:
        yield "axes have been summed up that the argument has"


def _factor(given: np.ndarray, right: np.ndarray) -> float | None:
    """What the given array is of the right one throughout."""
    factor = float(np.vdot(right, given) / max(np.vdot(right, right), 1e-300))
    return factor if abs(factor - 1) > NEAR and _near(given, factor * right) else None


def _named(factor: float, sizes: Mapping[str, int]) -> Iterator[str]:
    if abs(factor + 1) < NEAR:
        yield "its sign is wrong"
        return
    near = Fraction(factor).limit_denominator(12)
    exact = abs(float(near) - factor) < NEAR
    yield f"it is {near if exact else f'{factor:.6g}'} times what it should be"
    for name, size in sizes.items():
        if abs(factor * size - 1) < NEAR:
            yield f"it is divided by {name}: a mean where there is a sum"
        if abs(factor / size - 1) < NEAR:
            yield f"it is multiplied by {name}: a sum where there is a mean"


def _near(one: np.ndarray, two: np.ndarray) -> bool:
    scale = max(float(np.max(np.abs(two), initial=0.0)), 1e-12)
    return bool(one.shape == two.shape and np.max(np.abs(one - two), initial=0.0) <= NEAR * scale)

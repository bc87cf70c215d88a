"""What a wrong gradient may be: each slip changes the measured Jacobian, and says how in words.

Nothing here knows a layer. A slip is said only where what it predicts is what was given, in every
round.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

import numpy as np

#: How near two arrays must be to be taken for equal, relative to the larger.
NEAR = 1e-6
Slip = tuple[str, np.ndarray | bool]


@dataclass(frozen=True)
class Seen:
    """A given gradient, the right one, and how each value changes with each entry.

    `jacobian` has an axis of all values before the argument's axes, `outputs` are the shapes of
    the values, `others` the right gradients by the other arguments.
    """

    given: np.ndarray
    jacobian: np.ndarray
    upstream: np.ndarray
    outputs: list[tuple[int, ...]]
    sizes: Mapping[str, int]
    others: Mapping[str, np.ndarray]

    @property
    def right(self) -> np.ndarray:
        """The right gradient."""
        return np.tensordot(self.upstream, self.jacobian, 1)

    def at(self, upstream: np.ndarray) -> np.ndarray:
        """The gradient at another upstream gradient."""
        return np.tensordot(upstream, self.jacobian, 1)


def matching(
    slips: Iterator[Slip], given: np.ndarray, right: np.ndarray | None, near: float = NEAR
) -> list[str]:
    """The words of all slips that predict what was given, in their order.

    Where `right` is what should be given, a slip must come much nearer than that.
    """
    if right is not None and right.shape == given.shape and np.isfinite(given).all():
        gap = float(np.max(np.abs(given - right), initial=0.0))
        near = min(near, 0.1 * gap / max(float(np.max(np.abs(right), initial=0.0)), 1e-12))
    return list(
        dict.fromkeys(
            words
            for words, found in slips
            if (found if isinstance(found, bool) else is_near(given, found, near))
        )
    )


def slips(seen: Seen) -> Iterator[Slip]:
    """All slips that can be said from the Jacobian alone, the likeliest first."""
    given, right = seen.given, seen.right
    yield "it holds what is no number", not bool(np.isfinite(given).all())
    yield from _of_another_shape(given, right)
    if given.shape != right.shape:
        return
    yield "it is 0 everywhere", np.zeros(right.shape)
    yield "its sign is wrong", -right
    yield from _sizes(seen)
    yield from _orders(right)
    yield "the gradient from outside is left out", seen.at(np.ones(seen.upstream.shape))
    yield from _diagonal(seen)
    yield from _of_one_result(seen)
    yield from _one_of_many(seen)
    yield from _not_added(seen)
    for name, other in seen.others.items():
        yield f"it is the gradient by {name}", other
    if right.size == seen.upstream.size:
        straight = seen.upstream.reshape(right.shape)
        yield (
            "what the argument adds to the value directly is left out, as the + x of a residual "
            "connection",
            right - straight,
        )
    yield from _factor(given, right)


def _of_another_shape(given: np.ndarray, right: np.ndarray) -> Iterator[Slip]:
    if given.shape == right.shape:
        return
    if given.shape == right.shape[::-1]:
        yield "it is transposed", is_near(given.T, right)
    for axis in range(given.ndim):
        yield f"the sum over axis {axis} is missing", is_near(given.sum(axis=axis), right)
    for one, other in combinations(range(given.ndim), 2):
        yield (
            f"the sum over axes {one} and {other} is missing",
            is_near(given.sum(axis=(one, other)), right),
        )
    same = given.size == right.size and is_near(given.ravel(), right.ravel())
    yield "its axes are not those of the argument; the numbers are right", same
    yield "axes have been summed up that the argument has", given.ndim < right.ndim


def _sizes(seen: Seen) -> Iterator[Slip]:
    names = [n for n, k in seen.sizes.items() if isinstance(k, int) and k > 0]
    for name in names:
        size = seen.sizes[name]
        yield f"it is divided by {name}: a mean where there is a sum", seen.right / size
        yield f"it is multiplied by {name}: a sum where there is a mean", seen.right * size
    for name in names:
        root = float(np.sqrt(seen.sizes[name]))
        yield f"it is √{name} times what it should be", seen.right * root
        yield f"it is divided by √{name}", seen.right / root
    for one, other in combinations(names, 2):
        size = seen.sizes[one] * seen.sizes[other]
        yield f"it is divided by {one}·{other}: a mean where there is a sum", seen.right / size
        yield f"it is multiplied by {one}·{other}: a sum where there is a mean", seen.right * size


def _orders(right: np.ndarray) -> Iterator[Slip]:
    if right.ndim == 2 and right.shape[0] == right.shape[1]:
        yield "it is transposed", right.T
    for count in range(1, min(right.ndim, 3) + 1):
        axes = tuple(range(right.ndim - count, right.ndim))
        words = "last axis" if count == 1 else f"last {count} axes"
        yield (
            f"it stands in reverse order along its {words}: a kernel that is flipped, or not",
            np.flip(right, axes),
        )


def _diagonal(seen: Seen) -> Iterator[Slip]:
    shape, at = seen.right.shape, 0
    for output in seen.outputs:
        count = int(np.prod(output, dtype=np.int64))
        if output == shape and count > 1:
            block = seen.jacobian[at : at + count].reshape(count, count)
            own = np.diagonal(block) * seen.upstream[at : at + count]
            yield (
                "only the diagonal ∂y[i]/∂x[i] is there: what an entry does to the others is "
                "left out, as y(1 − y) leaves it out of softmax",
                own.reshape(shape),
            )
        at += count


def _of_one_result(seen: Seen) -> Iterator[Slip]:
    parts = list(_parts(seen))
    for k, one in enumerate(parts if len(parts) > 1 else []):
        without = seen.upstream.copy()
        without[one] = 0.0
        yield f"the gradient from outside of result {k + 1} is left out", seen.at(without)
        if len(set(seen.outputs)) == 1:
            alone = np.zeros(seen.upstream.shape)
            alone[one] = sum(seen.upstream[p] for p in parts)
            yield f"all gradients from outside are sent back through result {k + 1}", seen.at(alone)
    if len(parts) == 2 and len(set(seen.outputs)) == 1:
        swapped = np.concatenate([seen.upstream[p] for p in reversed(parts)])
        yield "the two gradients from outside are exchanged", seen.at(swapped)


def _parts(seen: Seen) -> Iterator[slice]:
    at = 0
    for output in seen.outputs:
        count = int(np.prod(output, dtype=np.int64))
        yield slice(at, at + count)
        at += count


def _one_of_many(seen: Seen) -> Iterator[Slip]:
    """Along one axis of the value, the first or the last entry alone."""
    for part, output in zip(_parts(seen), seen.outputs):
        for axis, extent in enumerate(output):
            for where, words in ((0, "first"), (-1, "last")):
                alone, kept = np.zeros(seen.upstream.shape), np.zeros(output)
                index = (slice(None),) * axis + (where,)
                kept[index] = seen.upstream[part].reshape(output)[index]
                alone[part] = kept.ravel()
                for name, size in seen.sizes.items():
                    if size == extent:
                        yield (
                            f"along {name}, the {words} alone counts where all are added up",
                            seen.at(alone),
                        )


def _not_added(seen: Seen) -> Iterator[Slip]:
    """Of several contributions to an entry, one alone: what is set should be added."""
    if len(seen.outputs) != 1 or not seen.outputs[0]:
        return
    output, shape = seen.outputs[0], seen.right.shape
    parts = seen.upstream.reshape(-1, *[1] * len(shape)) * seen.jacobian
    parts = parts.reshape(*output, *shape)
    for first in range(len(output)):
        for last in range(first + 1, len(output) + 1):
            rest = tuple(a for a in range(len(output)) if not first <= a < last)
            groups = parts.sum(axis=rest).reshape(-1, *shape)
            for rows, words in ((groups[::-1], "last"), (groups, "first")):
                yield (
                    f"where an entry is read several times, the {words} time alone counts: it "
                    "is set where it should be added to (+=, np.add.at)",
                    _first(rows),
                )


def _first(rows: np.ndarray) -> np.ndarray:
    """For each entry the first of its rows that is not 0."""
    at = np.argmax(rows != 0, axis=0)
    return np.take_along_axis(rows, at[None], axis=0)[0]


def _factor(given: np.ndarray, right: np.ndarray) -> Iterator[Slip]:
    """What the given array is of the right one throughout."""
    if not np.isfinite(given).all():
        return
    factor = float(np.vdot(right, given) / max(float(np.vdot(right, right)), 1e-300))
    near = Fraction(factor).limit_denominator(12) if np.isfinite(factor) else Fraction(0)
    exact = abs(float(near) - factor) < NEAR
    if factor and abs(factor - 1) > NEAR and given.size > 1:
        yield (
            f"it is {near if exact else f'{factor:.6g}'} times what it should be",
            factor * right,
        )


def is_near(one: np.ndarray, two: np.ndarray, near: float = NEAR) -> bool:
    """Whether two arrays have one shape, and entries that are equal but for rounding."""
    if one.shape != two.shape or not np.isfinite(one).all():
        return False
    scale = max(float(np.max(np.abs(two), initial=0.0)), 1e-12)
    return bool(np.max(np.abs(one - two), initial=0.0) <= near * scale)

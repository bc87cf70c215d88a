"""Slips that show in the shape, at zeros, or at large numbers alone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import permutations

import numpy as np
from sympy import Basic

from deltarule.expressions.functions import Elementwise
from deltarule.expressions.nodes import LogSumExp, Sum, walk
from deltarule.networks.network import Network
from deltarule.submissions.course_conventions import Task, Value
from deltarule.submissions.explanations import Seen
from deltarule.submissions.slip import Slip, array_of, nothing
from deltarule.submissions.student_arrays import same

#: The kind of what is right but where exponentials overflow.
OVERFLOW = "overflow"


def at_zeros(task: Task, value: Value, first: Seen) -> Iterator[Slip]:
    """Wrong in no entry but those at which something given is exactly 0."""
    shape = np.shape(first.right.value(value))
    for other in task.values.values():
        name = first.right.names(other.parts[0])
        given = name in first.right.computation.givens and not other.gradient
        if given and np.shape(first.right.value(other)) == shape:
            words = f"{value.name} is wrong only where {other.name} is exactly 0"
            fits = partial(_zeros, value, other)
            yield Slip("wrong at zeros", 4.5, words, nothing, fits)


def _zeros(value: Value, other: Value, seen: Seen) -> bool:
    array = array_of(seen)
    low, high = seen.right.interval(value)
    if not seen.wrong or array is None or array.shape != np.shape(low):
        return not seen.wrong
    room = 1e-6 * max(float(np.abs(high).max()), float(np.abs(low).max()), 1e-6)
    bad = (array < low - room) | (array > high + room)
    return bool(bad.any()) and not bool((bad & (seen.right.value(other) != 0)).any())


def border(value: Value) -> Iterator[Slip]:
    """The padding not cut off; or an empty slice, as [p:-p] is where p is 0."""
    kept = f"the padded border is not cut off from {value.name}"
    yield Slip("padding kept", 3.5, kept, nothing, lambda s: not s.wrong or _inside(value, s))
    empty = f"{value.name} is empty where the padding is 0: a slice [p:-p] selects nothing there"
    yield Slip("empty slice", 3.5, empty, nothing, lambda s: s.wrong == _is_empty(value, s))


def _inside(value: Value, seen: Seen) -> bool:
    """Whether what was returned has a border around what is right."""
    array, right = array_of(seen), np.asarray(seen.right.value(value))
    if array is None or array.ndim != right.ndim or array.shape == right.shape:
        return False
    more = [a - b for a, b in zip(array.shape, right.shape, strict=True)]
    if any(m < 0 or m % 2 for m in more):
        return False
    middle = tuple(slice(m // 2, m // 2 + n) for m, n in zip(more, right.shape, strict=True))
    return same(array[middle], right, seen.near)


def _is_empty(value: Value, seen: Seen) -> bool:
    array, right = array_of(seen), np.asarray(seen.right.value(value))
    return array is not None and array.size == 0 < right.size


def one_length(value: Value, right: np.ndarray) -> Iterator[Slip]:
    """One length computed for two axes."""
    for axis, other in permutations(range(right.ndim), 2):
        words = f"{value.name} is as long along axis {axis} as along axis {other}: each axis has "
        words += "a length of its own"
        fits = partial(_as_long, value, axis, other)
        yield Slip("one length for two axes", 3.6, words, nothing, fits, least=2)


def _as_long(value: Value, axis: int, other: int, seen: Seen) -> bool:
    array, shape = array_of(seen), [*np.shape(seen.right.value(value))]
    if array is None or not seen.wrong or shape[axis] == shape[other]:
        return not seen.wrong
    shape[axis] = shape[other]
    return [*array.shape] == shape


def not_reshaped(value: Value) -> Slip:
    words = f"{value.name} has the right numbers in another shape: it is not reshaped"
    return Slip("not reshaped", 3.8, words, nothing, lambda s: not s.wrong or _flat(value, s))


def _flat(value: Value, seen: Seen) -> bool:
    array, right = array_of(seen), np.asarray(seen.right.value(value))
    return (
        array is not None
        and array.size == right.size
        and same(array.ravel(), right.astype(float).ravel(), seen.near)
    )


def overflow(value: Value, network: Network) -> Slip:
    """Exponentials of large numbers: right elsewhere."""
    words = "an exponential overflows at large numbers"
    if any(_sums_exponentials(n) for e in network.equations for n in walk(e.rhs)):
        words += ", or all those of a row are 0: its own largest is not subtracted first"
    return Slip(OVERFLOW, 3.2, words, nothing, lambda s: s.wrong == overflows(s))


def _sums_exponentials(node: Basic) -> bool:
    if isinstance(node, Sum):
        return any(isinstance(n, Elementwise) and n.row.name == "exp" for n in walk(node.body))
    return isinstance(node, LogSumExp)


def overflows(seen: Seen) -> bool:
    """Whether it is NaN or ∞ at large numbers."""
    array = array_of(seen)
    large = seen.setting.numbers == "large"
    return large and array is not None and not np.isfinite(array).all()

"""Another array returned in the place of a value: another output, a part of one, one on the way."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import chain, combinations

import numpy as np

from deltarule.spelling.names import pretty
from deltarule.submissions.course_conventions import Task, Value
from deltarule.submissions.explanations import Seen
from deltarule.submissions.right_values import RightValues
from deltarule.submissions.slip import Slip, squeezed


def other_values(task: Task, value: Value, array: np.ndarray, first: Seen) -> Iterator[Slip]:
    """The other values of a task, and their first and last parts."""
    yield from _other_value(task, value, first)
    yield from _slice_of_another(task, value, array, first)


def _other_value(task: Task, value: Value, first: Seen) -> Iterator[Slip]:
    for other in task.values.values():
        known = first.right.arrays
        places = [(p.tensor, p.gradient) for p in other.parts]
        if places == [(p.tensor, p.gradient) for p in value.parts]:
            continue
        if any(first.right.names(p) not in known for p in other.parts):
            continue
        for words, turn in (("", np.asarray), (", transposed,", np.transpose)):
            yield Slip(
                "another output",
                4.4 if other.gradient == value.gradient else 4.9,
                f"{other.name}{words} is returned in the place of {value.name}",
                lambda r, o=other, t=turn: t(r.value(o)),
                other="" if words else other.name,
            )


def _slice_of_another(task: Task, value: Value, array: np.ndarray, first: Seen) -> Iterator[Slip]:
    """The first or the last part of another value, as da[:, :, 0]."""
    for other in task.values.values():
        if other is value or any(
            first.right.names(p) not in first.right.arrays for p in other.parts
        ):
            continue
        whole = np.asarray(first.right.value(other))
        for axis in range(whole.ndim) if whole.ndim < 5 else ():
            if whole.shape[axis] < 2 or squeezed(whole.take(0, axis)) != squeezed(array):
                continue
            for at in (0, -1):
                places = ", ".join(str(at) if k == axis else ":" for k in range(whole.ndim))
                words = f"{other.name}[{places}] is returned in the place of {value.name}"
                make = partial(_taken, other, at, axis)
                yield Slip("another output", 4.8, words, make)


def _taken(other: Value, at: int, axis: int, right: RightValues) -> np.ndarray:
    return np.asarray(right.value(other)).take(at, axis)


def other_arrays(value: Value, array: np.ndarray, first: Seen) -> Iterator[Slip]:
    """Any other array of the derivation, or its sum over some axes."""
    own = {first.right.names(p) for p in value.parts}
    for name, other in first.right.arrays.items():
        if name in own or other.dtype.kind != "f" or other.ndim > 4:
            continue
        for several in chain.from_iterable(
            combinations(range(other.ndim), n) for n in range(other.ndim + 1)
        ):
            kept = tuple(n for k, n in enumerate(other.shape) if k not in several and n != 1)
            if kept != squeezed(array):
                continue
            summed = (
                "" if not several else " summed over its axis " + " and ".join(map(str, several))
            )
            yield Slip(
                "another value",
                5.0 + 0.5 * bool(several),
                f"{pretty(name)}{summed} is returned in the place of {value.name}",
                lambda r, n=name, a=several: np.asarray(r.arrays[n]).sum(axis=a),
            )
        for axis in range(other.ndim):
            if other.shape[axis] > 1 and squeezed(other.take(0, axis)) == squeezed(array):
                yield from _slices(value, name, axis)


def _slices(value: Value, name: str, axis: int) -> Iterator[Slip]:
    """The first and the last part of an array of the derivation."""
    for called, at in (("first", 0), ("last", -1)):
        words = f"the {called} part of {pretty(name)} along its axis {axis} is returned in the "
        words += f"place of {value.name}"
        yield Slip(
            "another value", 5.2, words, lambda r, k=at: np.asarray(r.arrays[name]).take(k, axis)
        )

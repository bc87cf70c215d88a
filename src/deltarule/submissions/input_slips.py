"""What comes of it where a whole input is read wrongly: turned, reshaped, one example for all.

The derivation is right, and evaluated for other givens: one slip explains all outputs behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import permutations

import numpy as np

from deltarule.marking.workings.no_value import NO_VALUE
from deltarule.submissions.course_conventions import Task, Value
from deltarule.submissions.explanations import Seen
from deltarule.submissions.right_values import RightValues
from deltarule.submissions.slip import Slip

#: What is made of an input: in words, how simple, and the array.
Reading = tuple[str, float, Callable[[np.ndarray], np.ndarray]]


#: What a derivation comes to for an input read otherwise: by its words, and by what is right.
Known = dict[tuple[str, int], RightValues | None]


def input_slips(task: Task, name: str, first: Seen, known: Known) -> Iterator[Slip]:
    """The slips with one input each that may give a value of a task.

    `known` is what other values of the same call were evaluated for, and is added to.
    """
    value, right = task.values[name], first.right
    for given in task.values.values():
        if given is value or not _is_given(given, right):
            continue
        for words, cost, change in _readings(given.name, right.value(given)):
            make = _maker(value, given, change, words, known)
            yield Slip("input read otherwise", cost, words, make, other=words)


def _is_given(value: Value, right: RightValues) -> bool:
    """Whether it is an array of numbers that a function is given as it is."""
    if len(value.parts) != 1 or value.one_hot or value.boolean or value.times or value.over:
        return False
    name = right.names(value.parts[0])
    array = right.arrays.get(name)
    if array is None or name not in right.computation.givens:
        return False
    return array.dtype.kind == "f" and array.ndim > 0


def _maker(
    value: Value, given: Value, change: Callable[[np.ndarray], np.ndarray], words: str, known: Known
) -> Callable[[RightValues], np.ndarray | None]:
    def make(right: RightValues) -> np.ndarray | None:
        if (words, id(right)) not in known:
            known[words, id(right)] = _read_otherwise(right, given, change)
        other = known[words, id(right)]
        try:
            return None if other is None else other.value(value)
        except NO_VALUE:
            return None

    return make


def _read_otherwise(
    right: RightValues, given: Value, change: Callable[[np.ndarray], np.ndarray]
) -> RightValues | None:
    changed = right.taken_in(given, np.asarray(change(right.value(given))))
    own = right.names(given.parts[0])
    return right.with_givens({own: changed}) if changed.shape == right.arrays[own].shape else None


def _readings(name: str, array: np.ndarray) -> Iterator[Reading]:
    usual = tuple(range(array.ndim))
    for order in permutations(usual) if array.ndim < 5 else ():
        if order != usual:
            words = f"{name} is read as by reshape in the order {order} of its axes, transposed"
            words += " afterwards: reshape does not exchange axes, the numbers change places"
            yield words, 4.8, lambda a, o=order: _reshaped_first(a, o)
            words = f"{name} is transposed to the order {order} of its axes, and brought back by"
            words += " reshape, which does not transpose"
            yield words, 4.9, lambda a, o=order: a.transpose(o).reshape(a.shape)
    if array.ndim > 2:
        words = (
            f"{name} is reshaped to (D, N) and transposed, where reshape to (N, D) belongs: the "
        )
        words += "numbers of an example do not stay together"
        yield words, 4.6, _flat_reshaped
    negative = f"what is negative in {name} is taken for 0"
    yield negative, 4.7, lambda a: np.maximum(a, 0)
    yield f"the absolute value of {name} stands where {name} belongs", 4.8, np.abs
    for axis in usual:
        if array.shape[axis] > 1:
            yield from _along(name, axis)


def _along(name: str, axis: int) -> Iterator[Reading]:
    reverse = f"{name} is gone through in the wrong order along its axis {axis}: the last for the"
    yield f"{reverse} first", 4.7, lambda a: np.flip(a, axis)
    for called, at in (("first", 0), ("last", -1)):
        words = f"the {called} entry along axis {axis} of {name} is read for all of them"
        yield words, 4.8, lambda a, k=at: np.repeat(np.take(a, [k], axis), a.shape[axis], axis)
        words = f"the {called} entry along axis {axis} of {name} is left out, or taken for 0"
        yield words, 4.9, lambda a, k=at: _without(a, axis, k)
    for called, step in (("before", 1), ("behind", -1)):
        words = f"along axis {axis} of {name} the entry {called} each is read, round the ends"
        yield words, 4.9, lambda a, s=step: np.roll(a, s, axis)


def _reshaped_first(array: np.ndarray, order: Sequence[int]) -> np.ndarray:
    """Reshaped to the lengths of the axes in another order, and transposed back."""
    return array.reshape([array.shape[k] for k in order]).transpose(np.argsort(order))


def _flat_reshaped(array: np.ndarray) -> np.ndarray:
    """x.reshape(D, N).T of an x of N examples with D numbers each."""
    return array.reshape(-1, len(array)).T.reshape(array.shape)


def _without(array: np.ndarray, axis: int, at: int) -> np.ndarray:
    found = np.array(array)
    place = [slice(None)] * found.ndim
    place[axis] = slice(at, None if at == -1 else at + 1)
    found[tuple(place)] = 0
    return found

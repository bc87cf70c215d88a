"""What is done wrongly to a whole array: turned, scaled, summed otherwise, or another one returned.

A slip is a way to make a wrong array of what is right at a setting, in the course's own layout.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain, combinations, permutations

import numpy as np

from deltarule.spelling.names import pretty
from deltarule.submissions.course_conventions import Task, Value
from deltarule.submissions.explanations import Seen
from deltarule.submissions.input_slips import Known, input_slips
from deltarule.submissions.other_arrays import other_arrays, other_values
from deltarule.submissions.padding_slips import padding_slips
from deltarule.submissions.right_values import RightValues
from deltarule.submissions.scale_factors import factors, sizes_vary
from deltarule.submissions.shape_slips import at_zeros, border, not_reshaped, one_length, overflow
from deltarule.submissions.size_slips import size_slips
from deltarule.submissions.slip import Slip, array_of, squeezed
from deltarule.submissions.student_arrays import same
from deltarule.submissions.summands import summands


def slips(task: Task, name: str, seen: Sequence[Seen]) -> list[Slip]:
    """The slips that give what was seen of a value at every setting, simplest first."""
    value = task.values[name]
    wrong = [s for s in seen if s.wrong and array_of(s) is not None]
    first = next((s for s in wrong if s.setting.numbers != "edges"), None)
    if first is None:
        zeros = [] if not wrong else list(at_zeros(task, value, wrong[0]))
        return [slip for slip in zeros if all(_gives(slip, s) for s in seen)]
    found = []
    for slip in _all(task, value, first, sizes_vary(task, seen)):
        if len(wrong) >= slip.least and all(_gives(slip, s) for s in (first, *seen)):
            found.append(slip)
    return sorted(found, key=lambda s: s.cost)


def with_inputs(task: Task, name: str, seen: Sequence[Seen], known: Known) -> list[Slip]:
    """The slips with one input that give what was seen of a value, simplest first."""
    wrong = [s for s in seen if s.wrong and array_of(s) is not None]
    first = next((s for s in wrong if s.setting.numbers == "usual"), None)
    if first is None:
        return []
    tried = chain(input_slips(task, name, first, known), padding_slips(task, name, first))
    fitting = (s for s in tried if _gives(s, first))
    return sorted((s for s in fitting if all(map(partial(_gives, s), seen))), key=lambda s: s.cost)


def _gives(slip: Slip, seen: Seen) -> bool:
    if slip.fits is not None:
        return slip.fits(seen)
    if seen.setting.numbers == "edges":
        return True
    array = array_of(seen)
    if array is None:
        return False
    with np.errstate(all="ignore"):
        made = slip.make(seen.right)
    if made is None or squeezed(made) != squeezed(array):
        return False
    return same(np.reshape(made, array.shape), array, seen.near)


def _all(task: Task, value: Value, first: Seen, varied: bool) -> Iterator[Slip]:
    array = array_of(first)
    if array is None:
        return
    right = np.asarray(first.right.value(value))
    yield from (
        _never_filled(value),
        overflow(value, first.right.network),
        *border(value),
        *one_length(value, right),
        *size_slips(value, first.right),
        *_turned(value, right),
    )
    yield not_reshaped(value)
    yield from _rounded(value)
    yield from _joined_otherwise(value)
    yield from _scaled(task, value, array, right, first, varied)
    yield from other_values(task, value, array, first)
    yield from _divided_by_count(task, value)
    yield from _of_summands(value, first)
    yield from _summed_further(value, right)
    yield from _one_part(value, right)
    yield from other_arrays(value, array, first)


def _never_filled(value: Value) -> Slip:
    return Slip(
        "never filled",
        3.0,
        f"{value.name} is 0 everywhere: it is never filled",
        lambda right: np.zeros_like(right.value(value), dtype=float),
    )


def _rounded(value: Value) -> Iterator[Slip]:
    for digits in range(6):
        words = f"{value.name} is rounded to {digits} decimals"
        yield Slip("rounded", 4.5, words, lambda r, d=digits: np.round(r.value(value), d))


def _joined_otherwise(value: Value) -> Iterator[Slip]:
    """The parts of what is joined of several, in another order or each transposed."""
    if value.axis is None or not 1 < len(value.parts) < 5:
        return
    count, axis = len(value.parts), value.axis

    def made(right: RightValues, order: Sequence[int], turned: bool) -> np.ndarray | None:
        parts = right.parts(value)
        if turned and len({p.shape for p in parts} | {p.T.shape for p in parts}) > 1:
            return None
        return np.concatenate([parts[k].T if turned else parts[k] for k in order], axis)

    usual = tuple(range(count))
    for order in permutations(usual):
        if order != usual:
            names = ", ".join(pretty(value.parts[k].tensor) for k in order)
            words = f"the parts of {value.name} are joined in another order: {names}"
            yield Slip("parts exchanged", 4.3, words, lambda r, o=order: made(r, o, False))
    words = f"each part of {value.name} stands transposed"
    yield Slip("transposed", 4.3, words, lambda r: made(r, usual, True))


def _turned(value: Value, right: np.ndarray) -> Iterator[Slip]:
    rank = right.ndim
    for order in permutations(range(rank)) if 2 <= rank <= 4 else ():
        if order != tuple(range(rank)):
            words = f"{value.name} stands transposed"
            if rank > 2:
                words += f", as by np.transpose(…, {order})"
            yield Slip("transposed", 4.2, words, lambda r, o=order: r.value(value).transpose(o))
            words += ", and is brought to its shape by reshape, which does not transpose"
            yield Slip("transposed", 4.6, words, lambda r, o=order: _reshaped(r.value(value), o))
    axes = [k for k in range(rank) if right.shape[k] > 1]
    for several in chain.from_iterable(combinations(axes, n) for n in range(1, len(axes) + 1)):
        named = " and ".join(map(str, several))
        words = f"{value.name} stands in reverse order along axis {named}"
        yield Slip("reversed", 4.8, words, lambda r, a=several: np.flip(r.value(value), a))


def _reshaped(right: np.ndarray, order: tuple[int, ...]) -> np.ndarray:
    return np.ascontiguousarray(right.transpose(order)).reshape(right.shape)


def _scaled(
    task: Task, value: Value, array: np.ndarray, right: np.ndarray, first: Seen, varied: bool
) -> Iterator[Slip]:
    if squeezed(array) != squeezed(right) or not np.any(right):
        return
    array = array.reshape(right.shape)
    at = np.unravel_index(np.argmax(np.abs(right)), right.shape)
    ratio = float(array[at] / right[at])
    for factor in factors(task, value, first.right, ratio):
        if factor.plain and not varied:
            continue
        yield Slip(
            factor.kind,
            factor.cost,
            f"{value.name} is {factor.words}",
            lambda r, f=factor: r.value(value) * f.number(r),
        )


def _divided_by_count(task: Task, value: Value) -> Iterator[Slip]:
    """A mean over what a mask lets pass, in the place of one over all."""
    masks = [v for v in task.values.values() if v.boolean]
    for mask, size in ((m, s) for m in masks for s in value.over if isinstance(s, str)):
        own = task.shown_names.get(size, size)
        words = f"{value.name} is divided by the sum of {mask.name}, not by {own}"

        def make(right: RightValues, mask: Value = mask, size: str = size) -> np.ndarray:
            return right.value(value) * (right.number(size) or 1) / np.sum(right.value(mask))

        yield Slip("another divisor", 4.1, words, make)


def _of_summands(value: Value, first: Seen) -> Iterator[Slip]:
    """The terms of its sum, summed over other axes, or the mean of them."""
    for words, cost, make in summands(value, first.right):
        yield Slip("sum over other axes", cost, f"{value.name} is {words}", make)


def _summed_further(value: Value, right: np.ndarray) -> Iterator[Slip]:
    axes = range(right.ndim)
    yield Slip(
        "sum over other axes",
        4.6,
        f"{value.name} is summed over everything",
        lambda r: np.full(np.shape(r.value(value)), np.sum(r.value(value))),
    )
    for several in chain.from_iterable(combinations(axes, n) for n in range(1, right.ndim + 1)):
        named = " and ".join(map(str, several))
        words = "over everything" if len(several) == right.ndim > 1 else f"over axis {named}"
        for verb, reduce in (("summed", np.sum), ("averaged", np.mean)):
            yield Slip(
                "sum over other axes",
                4.6,
                f"{value.name} is {verb} {words} as well",
                lambda r, a=several, f=reduce: f(r.value(value), axis=a),
            )


def _one_part(value: Value, right: np.ndarray) -> Iterator[Slip]:
    """One index of an axis filled alone, as by a loop that begins anew; or one left out."""
    for axis in range(right.ndim):
        if right.shape[axis] < 2:
            continue
        for called, at in (("first", 0), ("last", -1)):
            alone = f"only the {called} entry along axis {axis} of {value.name} is filled"
            rest = f"the {called} entry along axis {axis} of {value.name} is left 0"
            yield Slip("one part only", 4.7, alone, _kept(value, axis, at, True))
            yield Slip("one part left out", 4.7, rest, _kept(value, axis, at, False))


def _kept(value: Value, axis: int, at: int, alone: bool) -> Callable[[RightValues], np.ndarray]:
    def make(right: RightValues) -> np.ndarray:
        array = np.array(right.value(value), dtype=float)
        place = [slice(None)] * array.ndim
        place[axis] = slice(at, None if at == -1 else at + 1)
        part = np.zeros_like(array)
        part[tuple(place)] = array[tuple(place)]
        return part if alone else array - part

    return make

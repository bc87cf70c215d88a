"""A mask that a function draws at random, judged as drawn: how often an entry is kept, whether
entries depend on each other or on the input, and whether every call draws anew.

Counts are held against exact binomial bounds, so wide that a right function leaves them once in
millions of checks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp, lgamma, log
from typing import Any

import numpy as np

from deltarule.sandbox.submission import Submission
from deltarule.submissions.agreement import as_numbers
from deltarule.submissions.course_conventions import Call, Task
from deltarule.submissions.exposing_settings import Setting
from deltarule.submissions.right_task import RightTask
from deltarule.submissions.right_values import RightValues
from deltarule.submissions.task_calls import TaskCalls

#: The extents of the axes of a mask, and how often it is drawn with each probability.
EXTENTS, CALLS = (60, 61, 7, 5), 2
#: The probabilities of an entry to be kept.
KEPT = (0.5, 0.3)
#: How seldom a count of right draws lies outside its bounds; so many pairs of rows may be equal, of
#: rows with so many entries at least.
CHANCE, FEW, LONG = 1e-10, 2, 50


@dataclass(frozen=True)
class MaskMistake:
    """What is wrong with a mask, in words, and a line of a test that fails by it: of `kept`, and of
    `again`, which a second call keeps; `numbers` make what the mask is drawn for."""

    words: str
    remedy: str
    check: str
    output: str
    values: RightValues
    numbers: str = "np.ones({})"


def mask_mistake(
    right: RightTask, open_: Callable[[], Submission], chosen: Mapping[int, str], number: int
) -> MaskMistake | None:
    """What is wrong with the masks that call `number` of a task draws; None where nothing is."""
    task = right.task
    drawn = [(t, n) for t, n in task.recovered.items() if t in task.rates]
    for tensor, output in drawn:
        if output not in task.names_in(task.calls[number].returns):
            continue
        for kept in KEPT:
            values = _many(right, tensor, kept)
            calls = TaskCalls(task, open_(), chosen)
            masks = [_mask(calls, values, number, output) for _ in range(CALLS)]
            known = [m for m in masks if m is not None]
            if len(known) == CALLS:
                found = _Judged(task, number, tensor, output, kept, values, known).mistake()
                if found is not None:
                    return found
    return None


@lru_cache(maxsize=64)
def _many(right: RightTask, tensor: str, kept: float) -> RightValues:
    """A setting at which a mask has some thousand entries."""
    axes = right.network.tensor(tensor).axes
    sizes = {str(a): n for a, n in zip(axes, EXTENTS)}
    usual = right.settings[0]
    scalars = {**usual.scalars, right.task.rates[tensor]: kept}
    words = "many entries"
    setting = Setting(words, {**usual.sizes, **sizes}, seed=80, scalars=scalars)
    return right.right(setting)


def _mask(calls: TaskCalls, values: RightValues, number: int, output: str) -> np.ndarray | None:
    """Which entries of an output are not 0; None where it is none of the right shape."""
    made = calls.at(values, upto=number)
    array = as_numbers(made[-1].values.get(output)) if made else None
    own = calls.task.values[output]
    if array is None or array.shape != values.value(own).shape:
        return None
    return values.taken_in(own, array) != 0


@dataclass
class _Judged:
    """Masks that were drawn with one probability, one after the other."""

    task: Task
    number: int
    tensor: str
    output: str
    kept: float
    values: RightValues
    masks: Sequence[np.ndarray]

    def mistake(self) -> MaskMistake | None:
        for mask in self.masks:
            found = self._shared(mask) or self._rate(mask)
            if found is not None:
                return found
        return self._with_input() or self._again() or self._uneven()

    def _shared(self, mask: np.ndarray) -> MaskMistake | None:
        """One row, or a few, that stand in the place of many; of a mask of one value none tells."""
        if mask.all() or not mask.any():
            return None
        found = []
        for axis in range(mask.ndim):
            rows = np.moveaxis(mask, axis, 0).reshape(mask.shape[axis], -1)
            _, counts = np.unique(rows, axis=0, return_counts=True)
            equal = sum(int(c) * (int(c) - 1) // 2 for c in counts)
            if rows.shape[1] >= LONG and equal > FEW:
                found.append((len(counts) > 1, axis, len(rows)))
        if not found:
            return None
        several, axis, extent = min(found)
        whose = "examples of the batch" if axis == 0 else f"entries along axis {axis}"
        return self._said(
            f"one mask is drawn for {'several' if several else 'all'} {whose}",
            "draw the mask with the shape of the whole array",
            f"assert np.unique(kept, axis={axis}).shape[{axis}] == {extent}",
        )

    def _rate(self, mask: np.ndarray) -> MaskMistake | None:
        low, high = binomial_bounds(mask.size, self.kept)
        if low <= mask.sum() <= high:
            return None
        rate = mask.mean()
        return self._said(
            f"{rate:.0%} of the entries are kept, not {self.kept:.0%}{self._at()}",
            "keep an entry where a number drawn evenly between 0 and 1 is below the probability",
            f"assert {low} <= kept.sum() <= {high}  # of {mask.size}",
        )

    def _again(self) -> MaskMistake | None:
        one, two = self.masks[:2]
        same = self.kept**2 + (1 - self.kept) ** 2
        low, high = binomial_bounds(one.size, same)
        agree = int((one == two).sum())
        if low <= agree <= high:
            return None
        what = "the same mask" if agree == one.size else "a mask that depends on the one before"
        return self._said(
            f"a second call draws {what}",
            "draw new random numbers at each call; set a seed only where it is given",
            f"assert {low} <= (kept == again).sum() <= {high}  # of {one.size}",
        )

    def _uneven(self) -> MaskMistake | None:
        """Rows and columns of which some keep too many."""
        for axis in range(self.masks[0].ndim):
            mask = np.moveaxis(self.masks[0], axis, 0)
            rows = mask.reshape(len(mask), -1).sum(1)
            low, high = binomial_bounds(mask[0].size, self.kept)
            if not (low <= rows.min() and rows.max() <= high):
                others = tuple(k for k in range(mask.ndim) if k != axis)
                return self._said(
                    f"entries are not kept alike along axis {axis}",
                    "draw each entry by itself, with the same probability",
                    f"assert all({low} <= n <= {high} for n in kept.sum(axis={others}))",
                )
        return None

    def _with_input(self) -> MaskMistake | None:
        """Entries that are kept by what is in the input."""
        for name, array in self.values.arrays.items():
            own = array.shape == self.masks[0].shape and array.dtype.kind == "f"
            if not own or self.values.network.tensors.get(name) is None:
                continue
            given = self.values.network.tensor(name).given
            above = array > np.median(array)
            low, high = binomial_bounds(int(above.sum()), self.kept)
            count = int(self.masks[0][above].sum())
            if given and not low <= count <= high:
                own = next(n for n, v in self.task.values.items() if v.tensor == name)
                return self._said(
                    "which entries are kept depends on the input",
                    "compare random numbers with the probability, not the input",
                    f"assert {low} <= kept[{own} > np.median({own})].sum() <= {high}",
                    "np.random.uniform(-1, 1, {})",
                )
        return None

    def _at(self) -> str:
        shown = _parameter(self.task.calls[self.number], self.task.rates[self.tensor])
        return f", where {shown[0]} = {shown[1](self.kept):g}" if shown else ""

    def _said(self, words: str, remedy: str, check: str, numbers="np.ones({})") -> MaskMistake:
        return MaskMistake(words, remedy, check, self.output, self.values, numbers)


def _parameter(call: Call, scalar: str) -> tuple[str, Callable[[float], float]] | None:
    """The key by which a function is given a scalar, or 1 − it, and what stands there."""
    for key, text in _entries([*call.arguments, call.named]):
        if text == scalar:
            return key, lambda p: p
        if text == f"1 - {scalar}":
            return key, lambda p: 1 - p
    return None


def _entries(tree: Any) -> Iterator[tuple[str, Any]]:
    for part in tree.values() if isinstance(tree, Mapping) else tree:
        if isinstance(part, (Mapping, list)):
            yield from _entries(part)
    if isinstance(tree, Mapping):
        yield from ((k, v) for k, v in tree.items() if isinstance(v, str))


@lru_cache(maxsize=256)
def binomial_bounds(number: int, rate: float) -> tuple[int, int]:
    """Between which counts all but `CHANCE` of the binomial distribution lies, on either side."""
    terms = [
        exp(
            lgamma(number + 1)
            - lgamma(k + 1)
            - lgamma(number - k + 1)
            + k * log(rate)
            + (number - k) * log(1 - rate)
        )
        for k in range(number + 1)
    ]
    low, below = 0, terms[0]
    while below <= CHANCE:
        low += 1
        below += terms[low]
    high, above = number, terms[-1]
    while above <= CHANCE:
        high -= 1
        above += terms[high]
    return low, high

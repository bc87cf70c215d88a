"""A smallest example at which a student's function is wrong: small sizes, integers, many zeros."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import process_time

import numpy as np

from deltarule.sandbox import Verdict
from deltarule.sandbox.submission import Submission
from deltarule.submissions.agreement import Fit, as_numbers, compare
from deltarule.submissions.exposing_settings import Setting
from deltarule.submissions.right_task import RightTask
from deltarule.submissions.right_values import RightValues
from deltarule.submissions.small_examples import FRACTIONS, SmallExamples, small_examples
from deltarule.submissions.task_calls import TaskCalls
from deltarule.submissions.task_check import changed_arguments, recovered

#: So many calls are made for one function, and so long the search takes (processor seconds).
MOST_TRIED, SECONDS = 160, 0.3
#: So many times sizes are gone through.
PASSES = 2
#: How much is left for rounding in the test that is printed.
RTOL, ATOL = 1e-6, 1e-7

Zeroed = frozenset[tuple[str, int]]


@dataclass(frozen=True)
class Example:
    """An example at which some outputs of a function are wrong, or at which it raises an error.

    `raises` is the error's type, `detail` the error in words, `line` where it is raised. `shapes`
    are outputs of a wrong shape, `alone` the numbers of calls that return the first of several
    values alone, `more` those that return more than they are asked for. `changed` are arguments
    that it changes; `twice`: wrong when it is called again. `missing`: something is returned that
    is no array, or nothing.
    """

    setting: Setting
    values: RightValues
    wrong: tuple[str, ...]
    raises: str = ""
    detail: str = ""
    line: int | None = None
    shapes: frozenset[str] = frozenset()
    alone: frozenset[int] = frozenset()
    changed: tuple[str, ...] = ()
    twice: bool = False
    missing: bool = False
    more: frozenset[int] = frozenset()


class Shrinking:
    """Looks for a smallest example at which call `number` of a task is wrong, or `raises`; at which
    it `changes` its arguments, or is wrong when it is called `twice`."""

    def __init__(
        self,
        right: RightTask,
        open_: Callable[[], Submission],
        chosen: Mapping[int, str],
        number: int,
        outputs: Sequence[str],
        raises: str = "",
        changes: bool = False,
        twice: bool = False,
    ):
        self.right, self.open, self.chosen = right, open_, dict(chosen)
        self.number, self.outputs, self.raises = number, outputs, raises
        self.examples: SmallExamples = small_examples(right)
        self.changes, self.twice, self.tried = changes, twice, 0

    def smallest(self, settings: Sequence[Setting]) -> Example | None:
        """The smallest example that is found, from one of the settings on."""
        self._until = process_time() + SECONDS
        for setting in settings:
            for seed in range(FRACTIONS + 1):
                found = self._wrong(setting, seed)
                if found is not None:
                    for _ in range(PASSES):  # a window fits a smaller image once it is smaller
                        found, seed = self._smaller(found, seed)
                    return self._sparser(found, seed)
        return None

    def _wrong(self, setting: Setting, seed: int, zeroed: Zeroed = frozenset()) -> Example | None:
        """The example, if the function is wrong there."""
        if self.tried >= MOST_TRIED or process_time() > self._until:
            return None
        values = self.examples.at(setting, seed, zeroed)
        if values is None:
            return None
        self.tried += 1
        calls = TaskCalls(self.right.task, self.open(), self.chosen)
        made = calls.at(values, upto=self.number, twice=self.twice)
        if not made or made[-1].call is not self.right.task.calls[self.number]:
            return None
        last = made[-1]
        if last.outcome is None:
            return None
        if last.outcome.verdict not in (Verdict.RETURNED, Verdict.OTHER):
            if last.outcome.verdict is not Verdict.RAISED:
                return None
            error = last.outcome.detail.partition(":")[0]
            if self.raises not in ("", error):
                return None
            detail, line = last.outcome.detail, last.outcome.line
            return Example(setting, values, tuple(self.outputs), error, detail, line)
        if self.raises:
            return None
        changed = tuple(sorted(changed_arguments(last.outcome, last.call)))
        if self.changes:
            return Example(setting, values, (), changed=changed) if changed else None
        values = recovered(self.right.task, made, values)
        given = (last.again or {}) if self.twice else last.values
        fits = {n: self._fit(n, given.get(n), values) for n in self.outputs}
        wrong = tuple(n for n, fit in fits.items() if fit is not Fit.RIGHT)
        wrong = wrong or tuple(self.outputs if last.unlike else ())
        if not wrong:
            return None
        shapes = frozenset(n for n in wrong if fits[n] is Fit.SHAPE)
        own = [k for k in range(self.number + 1) if k in self.chosen]
        alone = frozenset(k for k, g in zip(own, made, strict=True) if g.unlike and g is not last)
        more = frozenset(k for k, g in zip(own, made, strict=True) if g.more)
        missing = bool(last.unlike) or any(fits[n] is Fit.MISSING for n in wrong)
        seen = {"shapes": shapes, "alone": alone, "twice": self.twice, "more": more}
        return Example(setting, values, wrong, missing=missing, **seen)

    def _fit(self, name: str, given: object, values: RightValues) -> Fit:
        """Whether the test that is printed would fail, and whether for a wrong shape."""
        value = self.right.task.values[name]
        array = None if given is None else as_numbers(given)
        low, high = values.interval(value)
        if array is None:
            return Fit.MISSING
        if array.shape != np.shape(low):
            layout = value.parts[0].layout
            column = layout is not None and layout.column
            if compare(array, low, high, column=column).fit is Fit.SHAPE:
                return Fit.SHAPE
            array = array.reshape(np.shape(low))
        room = ATOL + RTOL * np.abs(low)
        if not bool(np.all((array >= low - room) & (array <= high + room))):
            return Fit.NUMBERS
        total = values.total(value)
        if total is None:
            return Fit.RIGHT
        slack = ATOL + RTOL * abs(total[0])
        inside = total[0] - slack <= array.sum() <= total[1] + slack
        return Fit.RIGHT if inside else Fit.NUMBERS

    def _smaller(self, found: Example, seed: int) -> tuple[Example, int]:
        """With each size as small as it may be, one after the other."""
        for name in self.examples.reducible(found.setting):
            now = found.setting.sizes.get(name, 1)
            for number in range(self.examples.least(name), now):
                setting = self.examples.with_size(found.setting, name, number)
                if setting is None:
                    continue
                tried = ((self._wrong(setting, k), k) for k in (seed, seed + 1))
                smaller = next(((e, k) for e, k in tried if e is not None), None)
                if smaller is not None:
                    found, seed = smaller
                    break
        return found, seed

    def _sparser(self, found: Example, seed: int) -> Example:
        """With as many zeros as may be."""
        if found.setting.numbers != "usual" or self.right.task.recovered:
            return found  # of what is drawn at random few entries may show nothing
        zeroed: Zeroed = frozenset()
        for name, array in found.values.computation.givens.items():
            if not self._free(name):
                continue
            left = int(np.count_nonzero(array))
            for place in np.flatnonzero(np.ravel(array)):
                more = zeroed | {(name, int(place))}
                sparser = self._wrong(found.setting, seed, more) if left > 1 else None
                if sparser is not None:
                    found, zeroed, left = sparser, more, left - 1
        return found

    def _free(self, name: str) -> bool:
        """Whether entries of a given tensor may be 0."""
        if name in self.right.fixed:
            return False
        tensor = self.right.network.tensors.get(name)
        if tensor is None:
            return True
        declared = tensor.integral or tensor.definite or tensor.within is not None
        return not declared and tensor.sums_to_one is None

"""One task of a course checked: its functions called at all settings, their values judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from deltarule.sandbox import Outcome, Verdict
from deltarule.sandbox.submission import Submission
from deltarule.submissions.agreement import LEAST, SINGLE, USUAL, Agreement, as_numbers, compare
from deltarule.submissions.course_conventions import Call, Task
from deltarule.submissions.exposing_settings import Setting
from deltarule.submissions.findings import OutputFinding
from deltarule.submissions.right_task import RightTask
from deltarule.submissions.right_values import RightValues
from deltarule.submissions.task_calls import Given, TaskCalls

#: Verdicts of the sandbox on a call that returned.
ANSWERED = (Verdict.RETURNED, Verdict.OTHER)


@dataclass
class Observed:
    """What one function did at all settings; `further` are conditions that were tried, too.

    `added` are gradients that it adds to those of an earlier call, where the course does not.
    """

    name: str
    call: Call
    number: int
    at: list[tuple[Setting, Given]] = field(default_factory=list)
    outputs: dict[str, OutputFinding] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    unsteady: bool = False
    rights: dict[Setting, RightValues] = field(default_factory=dict)
    further: list[tuple[str, Callable[[Setting], bool]]] = field(default_factory=list)
    added: set[str] = field(default_factory=set)

    @property
    def answered(self) -> list[Setting]:
        """Where it returned."""
        return [s for s, g in self.at if g.outcome is not None and g.outcome.verdict in ANSWERED]

    @property
    def first_right(self) -> bool:
        """Whether nothing is wrong at the first setting."""
        first = self.at[0][0]
        return not any(s is first for o in self.outputs.values() for s, _ in o.wrong)


class TaskCheck:
    """Checks the functions of one task in a submission that `open_` gives, loaded.

    `chosen` says for each call which of its names the file has.
    """

    def __init__(
        self, right: RightTask, open_: Callable[[], Submission], chosen: Mapping[int, str]
    ):
        self.right, self.task, self.open, self.chosen = right, right.task, open_, dict(chosen)

    def observe(self) -> list[Observed]:
        """Every function called at every setting."""
        found = {k: Observed(name, self.task.calls[k], k) for k, name in self.chosen.items()}
        for number, setting in enumerate(self.right.settings):
            values = self.right.right(setting)
            if not values.defined:
                continue
            submission, left = self.open(), {k: found[k] for k in self.chosen}
            calls = TaskCalls(self.task, submission, self.chosen)
            made = calls.at(values, twice=number == 0 and not self.task.recovered)
            values = recovered(self.task, made, values)
            for given, (place, seen) in zip(made, left.items(), strict=True):
                seen.at.append((setting, given))
                seen.rights[setting] = values
                self._judge(given, seen, setting, values)
                if _ended(given):
                    # It would end, or use up, every process that it is called in.
                    del self.chosen[place]
                    submission.close()
        self._once_more({k: found[k] for k in self.chosen})
        if self._used_again:
            self._another_batch({k: found[k] for k in self.chosen})
        return list(found.values())

    def observe_further(self, seen: Observed, setting: Setting) -> None:
        """One function at another setting."""
        values = self.right.right(setting)
        layouts = values.defined and values.has_layouts(self.task.values.values())
        if not layouts or seen.number not in self.chosen:
            return
        calls = TaskCalls(self.task, self.open(), self.chosen)
        made = calls.at(values, upto=seen.number)
        values = recovered(self.task, made, values)
        if made and made[-1].call is seen.call:
            seen.at.append((setting, made[-1]))
            seen.rights[setting] = values
            self._judge(made[-1], seen, setting, values)

    def _once_more(self, left: Mapping[int, Observed]) -> None:
        """The first setting again, at the end: whether the answers are still the same."""
        seen = next((s for s in left.values() if s.at), None)
        if seen is None or self.task.recovered:
            return
        setting, _ = seen.at[0]
        calls = TaskCalls(self.task, self.open(), self.chosen)
        for given, one in zip(calls.at(seen.rights[setting]), left.values(), strict=True):
            first = one.at[0][1].values if one.at and one.at[0][0] is setting else {}
            both = first.keys() & given.values.keys()
            one.unsteady |= any(_differ(first[name], given.values[name]) for name in both)

    @property
    def _used_again(self) -> bool:
        """Whether something may be kept between calls that should not: no state is handed on."""
        reads = [name for call in self.task.calls for name in call.reads.values()]
        handed = all(self.task.values[name].gradient for name in reads)
        return handed and not self.task.recovered and len(self.chosen) > 1

    def _another_batch(self, left: Mapping[int, Observed]) -> None:
        """The first setting with an object that was used before, or functions that are called for
        another batch between: what is right shall be so there.

        Gradients of parameters may be added up instead.
        """
        if not any(s.at for s in left.values()):
            return
        setting = replace(self.right.settings[0], words="a second batch", again=True)
        values = self.right.right(setting)
        before, calls = values.before(), TaskCalls(self.task, self.open(), self.chosen)
        between = "where nothing is computed for another batch between"
        alone = "for an object's first batch" if self.task.of_objects else between
        for given in calls.at(values):
            seen = next(s for s in left.values() if s.call is given.call)
            if any(o.wrong for o in seen.outputs.values()) or len(seen.answered) < len(seen.at):
                continue
            seen.at.append((setting, given))
            seen.rights[setting] = values
            seen.further.append((alone, lambda s: not s.again))
            self._judge(given, seen, setting, values)
            for name in given.call.reads.values():
                found = seen.outputs.get(name)
                if found is not None and any(s is setting for s, _ in found.wrong):
                    value = self.task.values[name]
                    now, earlier = values.interval(value), before.interval(value)
                    low, high = now[0] + earlier[0], now[1] + earlier[1]
                    if compare(given.values.get(name), low, high).fit.right:
                        found.wrong = [w for w in found.wrong if w[0] is not setting]
                        if not self.task.accumulates:
                            seen.added.add(name)

    def _judge(self, given: Given, seen: Observed, setting: Setting, right: RightValues) -> None:
        outcome = given.outcome
        if outcome is None or outcome.verdict not in ANSWERED:
            return
        seen.changed |= changed_arguments(outcome, given.call)
        for name in dict.fromkeys((*self.outputs(given.call), *given.values)):
            value = given.values.get(name)
            if given.again is not None and name in given.again:
                seen.unsteady |= _differ(value, given.again[name])
            found = seen.outputs.setdefault(name, OutputFinding(name))
            agreement = self.agreement(name, value, right)
            if not agreement.fit.right:
                found.wrong.append((setting, agreement))
            elif self._telling(name, right):
                found.right.append(setting)
                if agreement.off and getattr(value, "dtype", None) != np.float32:
                    found.off.add(setting)

    def outputs(self, call: Call) -> list[str]:
        """The names of values that a call returns or leaves in attributes."""
        left = [name for names in call.leaves.values() for name in names.values()]
        names = [*self.task.names_in(call.returns), *call.reads.values(), *left]
        return [n for n in names if n in self.task.values]

    def agreement(self, name: str, given: Any, right: RightValues) -> Agreement:
        """How a returned value agrees with the right one of its name."""
        value = self.task.values[name]
        low, high = right.interval(value)
        layout = value.parts[0].layout
        column = layout is not None and layout.column
        single = USUAL if right.setting.numbers == "usual" else SINGLE
        return compare(given, low, high, right.total(value), column, single)

    def _telling(self, name: str, right: RightValues) -> bool:
        """Whether more is right than zeros, as the gradients behind saturated units are."""
        return any(
            np.abs(side).max(initial=0.0) > LEAST for side in right.interval(self.task.values[name])
        )


def changed_arguments(outcome: Outcome, call: Call) -> set[str]:
    """The arrays among a call's arguments that were changed in place, and may not be."""
    found = set()
    for place in outcome.changed:
        tree = call.named.get(place) if isinstance(place, str) else call.arguments[place]
        if isinstance(tree, str) and tree not in call.may_change:
            found.add(tree)
    return found


def recovered(task: Task, made: Sequence[Given], right: RightValues) -> RightValues:
    """The right values for what a function has drawn at random, as its outputs show it."""
    found = {}
    given = {name: value for one in made for name, value in one.values.items()}
    for tensor, name in task.recovered.items():
        array = as_numbers(given.get(name))
        if array is not None and array.shape == right.value(task.values[name]).shape:
            shown = right.taken_in(task.values[name], array)
            found[tensor] = (shown != 0).astype(np.int64)
    return right.with_givens(found) if found else right


def _differ(one: Any, two: Any) -> bool:
    """Whether a second call gave something else."""
    first, second = as_numbers(one), as_numbers(two)
    if first is None or second is None or first.shape != second.shape:
        return (first is None) != (second is None) or first is not None
    return not np.allclose(first, second, rtol=1e-9, atol=1e-12, equal_nan=True)


def _ended(given: Given) -> bool:
    """Whether it is this call that met a limit, or was not answered."""
    answers = (Verdict.RETURNED, Verdict.OTHER, Verdict.RAISED, Verdict.MISSING)
    return given.outcome is not None and given.outcome.verdict not in answers

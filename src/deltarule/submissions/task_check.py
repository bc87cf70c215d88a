"""One task of a course checked: its functions called at all settings, their values judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from deltarule.sandbox import Outcome, Verdict
from deltarule.sandbox.submission import Submission
from deltarule.submissions.agreement import Agreement, compare
from deltarule.submissions.course_conventions import Call
from deltarule.submissions.exposing_settings import Setting
from deltarule.submissions.findings import OutputFinding
from deltarule.submissions.right_task import RightTask
from deltarule.submissions.right_values import RightValues
from deltarule.submissions.task_calls import Given, TaskCalls

#: Verdicts of the sandbox that say that a function is not at fault alone, or is cut off.
_CRASHES = (Verdict.RAISED, Verdict.CRASHED, Verdict.OTHER)


@dataclass
class Observed:
    """What one function did at all settings."""

    name: str
    call: Call
    number: int
    at: list[tuple[Setting, Given]] = field(default_factory=list)
    outputs: dict[str, OutputFinding] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    unsteady: bool = False


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
        for setting in self.right.settings:
            values = self.right.right(setting)
            if not values.defined:
                continue
            submission = self.open()
            made = TaskCalls(self.task, submission, self.chosen).at(values)
            for given, seen in zip(made, found.values(), strict=True):
                seen.at.append((setting, given))
                self._judge(given, seen, setting, values)
        return list(found.values())

    def _judge(self, given: Given, seen: Observed, setting: Setting, right: RightValues) -> None:
        outcome = given.outcome
        if outcome is None or outcome.verdict not in (Verdict.RETURNED, Verdict.OTHER):
            return
        seen.changed |= self._changed(outcome, given.call)
        for name in dict.fromkeys((*self.outputs(given.call), *given.values)):
            found = seen.outputs.setdefault(name, OutputFinding(name))
            agreement = self.agreement(name, given.values.get(name), right)
            if agreement.fit.right:
                found.right.append(setting)
            else:
                found.wrong.append((setting, agreement))

    def outputs(self, call: Call) -> list[str]:
        """The names of values that a call returns or leaves in attributes."""
        names = [*self.task.names_in(call.returns), *call.reads.values()]
        return [n for n in names if n in self.task.values]

    def agreement(self, name: str, given: Any, right: RightValues) -> Agreement:
        """How a returned value agrees with the right one of its name."""
        value = self.task.values[name]
        low, high = right.interval(value)
        return compare(given, low, high, right.total(value))

    def _changed(self, outcome: Outcome, call: Call) -> set[str]:
        """The arrays among a call's arguments that were changed in place."""
        found = set()
        for place in outcome.changed:
            tree = call.named.get(place) if isinstance(place, str) else call.arguments[place]
            if isinstance(tree, str):
                found.add(tree)
        return found

"""The calls of a task, made of a submission at one setting, and what came back under which name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from deltarule.sandbox import Kept, Outcome, Verdict
from deltarule.sandbox.submission import Submission
from deltarule.submissions.course_conventions import Call, Task
from deltarule.submissions.right_values import RightValues


@dataclass
class Given:
    """What one call gave: the function's name, its outcome, and its values by the course's names.

    `unlike` says how what it returned is built otherwise than the course says; `needs` names what
    could not be given to it.
    """

    name: str
    call: Call
    outcome: Outcome | None = None
    values: dict[str, Any] = field(default_factory=dict)
    unlike: str = ""
    needs: str = ""


@dataclass
class _State:
    """What later calls may be given: kept values by name, and the object of a class."""

    kept: dict[str, Kept] = field(default_factory=dict)
    instance: Kept | None = None


class TaskCalls:
    """Makes the calls of a task. `chosen` says which of several names each call takes."""

    def __init__(self, task: Task, submission: Submission, chosen: Mapping[int, str]):
        self.task, self.submission, self.chosen = task, submission, chosen

    def at(
        self,
        right: RightValues,
        given: Mapping[str, np.ndarray] | None = None,
        upto: int | None = None,
    ) -> list[Given]:
        """All calls at a setting; `given` replaces arrays by name, `upto` is the last call."""
        state, found = _State(), []
        last = len(self.task.calls) if upto is None else upto + 1
        for number, call in enumerate(self.task.calls[:last]):
            name = self.chosen.get(number)
            if name is None:
                continue
            found.append(self._made(name, call, right, state, given or {}))
        return found

    def _made(self, name: str, call: Call, right: RightValues, state: _State, given) -> Given:
        made = Given(name, call)
        try:
            args = [self._argument(a, right, state, given) for a in call.arguments]
            named = {k: self._argument(a, right, state, given) for k, a in call.named.items()}
            sets = {k: self._argument(a, right, state, given) for k, a in call.sets.items()}
        except LookupError as error:
            made.needs = str(error.args[0])
            return made
        of = state.instance if call.kind == "method" else None
        if call.kind == "method" and of is None:
            made.needs = "the object of its class"
            return made
        for attribute, value in sets.items() if call.kind == "method" else ():
            self.submission.call("__setattr__", attribute, value, of=of)
        made.outcome = self.submission.call(name, *args, of=of, **named)
        if call.kind == "class":
            if made.outcome.verdict in (Verdict.RETURNED, Verdict.OTHER):
                state.instance = Kept(made.outcome.number)
                for attribute, value in sets.items():
                    self.submission.call("__setattr__", attribute, value, of=state.instance)
            return made
        if made.outcome.verdict in (Verdict.RETURNED, Verdict.OTHER):
            self._returned(call.returns, made.outcome.value, made, state, ())
        for attribute, value in call.reads.items():
            read = self.submission.get(attribute, of=of)
            made.values[value] = read.value if read.returned else None
        return made

    def _argument(self, tree: Any, right: RightValues, state: _State, given) -> Any:
        if isinstance(tree, Mapping):
            return {k: self._argument(v, right, state, given) for k, v in tree.items()}
        if isinstance(tree, list):
            return [self._argument(v, right, state, given) for v in tree]
        if not isinstance(tree, str):
            return tree
        if tree.startswith("'"):
            return tree.strip("'")
        if tree in given:
            return given[tree]
        if tree in self.task.values:
            array = np.array(right.value(self.task.values[tree]))
            return array if array.shape else array[()]
        if tree in state.kept:
            return state.kept[tree]
        number = right.number(tree)
        if number is None:
            raise LookupError(tree)
        return number

    def _returned(self, tree, value, made: Given, state: _State, path: tuple[int, ...]) -> None:
        """Take what was returned apart as the course says."""
        if isinstance(tree, str):
            if tree in self.task.values:
                made.values[tree] = value
            elif tree != "-" and made.outcome is not None:
                state.kept[tree] = Kept(made.outcome.number, path)
        elif isinstance(tree, Mapping):
            self._table(tree, value, made)
        elif tree:
            if type(value) not in (tuple, list) or len(value) < len(tree):
                made.unlike = f"returns {_described(value)}, not {len(tree)} values"
                if value is not None:
                    self._first_alone(tree, value, made, state)
                return
            for place, part in enumerate(tree):
                self._returned(part, value[place], made, state, (*path, place))

    def _first_alone(self, tree, value, made: Given, state: _State) -> None:
        if isinstance(tree[0], str) and type(value) is np.ndarray:
            made.values[tree[0]] = value

    def _table(self, tree: Mapping[str, Any], value: Any, made: Given) -> None:
        if type(value) is not dict:
            made.unlike = f"returns {_described(value)}, not a dictionary with {', '.join(tree)}"
            return
        for key, name in tree.items():
            if name in self.task.values:
                made.values[name] = value.get(key)


def _described(value: Any) -> str:
    if value is None:
        return "None"
    if type(value) is np.ndarray:
        return "one array"
    if type(value) in (tuple, list):
        return f"{len(value)} values"
    return f"a value of type {type(value).__name__}"

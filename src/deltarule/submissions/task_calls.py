"""The calls of a task, made of a submission at one setting, and what came back under which name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from deltarule.sandbox import Kept, Outcome, Verdict
from deltarule.sandbox.inside.messages import ARGUMENTS
from deltarule.sandbox.submission import Submission
from deltarule.submissions.call_text import returned_text
from deltarule.submissions.course_conventions import ONES, Call, Task
from deltarule.submissions.reading.submitted_file import GIVEN
from deltarule.submissions.right_values import RightValues
from deltarule.submissions.said_arguments import said_arguments


@dataclass
class Given:
    """What one call gave: the function's name, its outcome, and its values by the course's names.

    `unlike` says how what it returned is built otherwise than the course says; `needs` names
    what could not be given to it. `again` is what it returned when it was called once more.
    `wanted` is what belongs there; `more`: more values than these were returned. `arguments`
    says what it was called with. `lacks` are attributes that its object has not, and that were
    to be set.
    """

    name: str
    call: Call
    outcome: Outcome | None = None
    values: dict[str, Any] = field(default_factory=dict)
    unlike: str = ""
    wanted: str = ""
    more: bool = False
    absent: tuple[str, ...] = ()
    needs: str = ""
    again: dict[str, Any] | None = None
    arguments: str = ""
    lacks: tuple[str, ...] = ()


@dataclass
class _State:
    """What later calls may be given: kept values by name, and the object of a class.

    `lacks` are attributes that the object has not, and that were to be set.
    """

    kept: dict[str, Kept] = field(default_factory=dict)
    instance: Kept | None = None
    lacks: tuple[str, ...] = ()


class TaskCalls:
    """Makes the calls of a task. `chosen` says which of several names each call takes."""

    def __init__(self, task: Task, submission: Submission, chosen: Mapping[int, str]):
        self.task, self.submission, self.chosen = task, submission, chosen

    def at(
        self,
        right: RightValues,
        given: Mapping[str, np.ndarray] | None = None,
        upto: int | None = None,
        twice: bool = False,
    ) -> list[Given]:
        """All calls at a setting; `given` replaces arrays by name, `upto` is the last call.

        Where `twice`, what returns values is called once more, with the same. Used `again`, an
        object is given another batch before, and each function but the last one behind its call.
        """
        state, other, found = _State(), _State(), {}
        last = len(self.task.calls) if upto is None else upto + 1
        own = [(k, c) for k, c in enumerate(self.task.calls[:last]) if k in self.chosen]
        before = right.before() if right.setting.again else None
        if before is not None and self.task.of_objects:
            for number, call in own:
                values = right if call.kind == "class" else before
                made = Given(self.chosen[number], call)
                found[number] = self._made(made, values, state, {}, False)
        for number, call in own:
            name = self.chosen[number]
            if call.kind != "class" or number not in found:
                made = Given(name, call)
                found[number] = self._made(made, right, state, given or {}, twice)
            if before is not None and not self.task.of_objects and number + 1 < last:
                self._made(Given(name, call), before, other, {}, False)
        return list(found.values())

    def _made(self, made: Given, right: RightValues, state: _State, given, twice: bool) -> Given:
        call = made.call
        of = state.instance if call.kind == "method" else None
        if call.kind == "method" and of is None:
            made.needs = "the object of its class"
            return made
        try:
            trees = (list(call.arguments), call.named, call.sets)
            args, named, sets = (self._argument(t, right, state, given) for t in trees)
        except LookupError as error:
            made.needs = str(error.args[0])
            return made
        made.arguments = said_arguments(call, args, named)
        if of is not None:
            self._set(of, sets, state)
        made.lacks = state.lacks
        function = made.name.rpartition(".")[2]
        made.outcome = self.submission.call(function, *args, of=of, **named)
        if made.outcome.verdict not in (Verdict.RETURNED, Verdict.OTHER):
            return made
        if call.kind == "class":
            state.instance = Kept(made.outcome.number)
            self._set(state.instance, sets, state)
            return made
        self._returned(call.returns, made.outcome.value, made, state, ())
        for attribute, value in call.reads.items():
            owner, name = self._owner(of, attribute)
            read = self.submission.get(name, of=owner)
            made.values[value] = read.value if read.returned else None
        for at, names in call.leaves.items():
            read = self.submission.get("", of=Kept(made.outcome.number, (ARGUMENTS, at)))
            left = read.value if type(read.value) is dict else {}
            made.values.update({name: left.get(key) for key, name in names.items()})
        if twice and made.values:
            again, other = self.submission.call(function, *args, of=of, **named), Given("", call)
            self._returned(call.returns, again.value, other, _State(), ())
            made.again = other.values
        return made

    def _set(self, of: Kept, attributes: Mapping[str, Any], state: _State) -> None:
        for attribute, value in attributes.items():
            owner, name = self._owner(of, attribute)
            if self.submission.call("__getattribute__", name, of=owner).verdict is Verdict.RAISED:
                state.lacks = (*state.lacks, attribute)
            self.submission.call("__setattr__", name, value, of=owner)

    def _owner(self, of: Kept | None, attribute: str) -> tuple[Kept | None, str]:
        """The object that has an attribute, and its name there: `conv.W` is W of the own `conv`."""
        *path, name = attribute.split(".")
        for part in path:
            of = Kept(self.submission.get(part, of=of).number)
        return of, name

    def _argument(self, tree: Any, right: RightValues, state: _State, given) -> Any:
        if isinstance(tree, Mapping):
            return {k: self._argument(v, right, state, given) for k, v in tree.items()}
        if isinstance(tree, list):
            return [self._argument(v, right, state, given) for v in tree]
        if not isinstance(tree, str):
            return tree
        if tree.startswith("'"):
            return tree.strip("'")
        if tree == ONES:
            function = self.submission.get(GIVEN)
            if function.verdict is Verdict.MISSING:
                raise LookupError("a function that makes weights")
            return Kept(function.number)
        if tree in given:
            return given[tree]
        if tree in self.task.values:
            array = np.array(right.value(self.task.values[tree]))
            return array if array.shape else array[()]
        if tree in self.task.drawn:
            return right.drawn(self.task.drawn[tree])
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
                made.wanted = returned_text(tree)
                many = f"{len(tree)}" if type(value) in (tuple, list) else f"{len(tree)} values"
                made.unlike = f"returns {_described(value)}, not {many}"
                if value is not None:
                    self._first_alone(tree, value, made)
                return
            made.more |= len(value) > len(tree)
            for place, part in enumerate(tree):
                self._returned(part, value[place], made, state, (*path, place))

    def _first_alone(self, tree, value, made: Given) -> None:
        if isinstance(tree[0], str) and type(value) is np.ndarray:
            made.values[tree[0]] = value

    def _table(self, tree: Mapping[str, Any], value: Any, made: Given) -> None:
        if type(value) is not dict:
            made.wanted = returned_text(tree)
            made.unlike = f"returns {_described(value)}, not a dictionary with {', '.join(tree)}"
            return
        for key, name in tree.items():
            if name in self.task.values:
                made.values[name] = value.get(key)
                if key not in value:
                    made.absent = (*made.absent, name)


def _described(value: Any) -> str:
    if value is None:
        return "None"
    if type(value) is np.ndarray:
        return "one array"
    if type(value) in (tuple, list):
        return f"{len(value)} values"
    return "a dictionary" if type(value) is dict else f"a value of type {type(value).__name__}"

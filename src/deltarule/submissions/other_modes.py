"""A function that does in one mode what belongs in another: batch statistics in test mode."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from deltarule.arithmetic.small_sizes import free_sizes
from deltarule.errors import DeltaruleError
from deltarule.marking.workings.no_value import NO_VALUE
from deltarule.submissions.agreement import as_numbers
from deltarule.submissions.course_conventions import Task
from deltarule.submissions.exposing_settings import Setting
from deltarule.submissions.findings import Cause
from deltarule.submissions.other_choices import right_task
from deltarule.submissions.right_task import RightTask
from deltarule.submissions.right_values import RightValues
from deltarule.submissions.student_arrays import same
from deltarule.submissions.task_findings import CheckedFunction

#: So many wrong values at least have to be those of the other mode.
LEAST = 2


def of_another_mode(one: CheckedFunction, tasks: Iterable[Task]) -> list[Cause]:
    """That the wrong values of a function are right ones of another mode, where they are."""
    own = one.right.task
    for other in tasks:
        same_function = other.calls[0].names == own.calls[0].names and other.about != own.about
        if same_function and not other.instead_of and _gives(one, right_task(other)):
            unused = [n for n in _inputs(own, one.right) if n not in other.values]
            wrong = tuple(n for n, o in one.seen.outputs.items() if o.wrong)
            words = f"{' and '.join(wrong)} {'are' if wrong[1:] else 'is'} computed as "
            words += (
                f"{other.about or 'in another mode'}, not as {own.about or 'it should be here'}"
            )
            if unused:
                words += f": {' and '.join(unused)} {'are' if unused[1:] else 'is'} not used"
            return [Cause(words, "another mode", outputs=wrong, line=one.finding.line)]
    return []


def _inputs(task: Task, right: RightTask) -> Iterator[str]:
    """The names of what a task's functions are given."""
    for name, value in task.values.items():
        if not value.gradient and all(right.network.tensor(p.tensor).given for p in value.parts):
            yield name


def _gives(one: CheckedFunction, other: RightTask) -> bool:
    """Whether all that is wrong of a function is what is right of another task."""
    found = [
        fits
        for name, output in one.seen.outputs.items()
        for setting, given in one.seen.at
        if any(s is setting for s, _ in output.wrong)
        for fits in [_same(one, other, name, setting, given.values.get(name))]
    ]
    return len(found) >= LEAST and all(found)


def _same(
    one: CheckedFunction, other: RightTask, name: str, setting: Setting, value: object
) -> bool:
    array = as_numbers(value)
    rights = _at(one.seen.rights[setting], one.right.task, other, setting)
    if array is None or rights is None or name not in other.task.values:
        return False
    try:
        made = np.asarray(rights.value(other.task.values[name]))
    except NO_VALUE:
        return False
    return made.shape == array.shape and same(made, array)


def _at(right: RightValues, task: Task, other: RightTask, setting: Setting) -> RightValues | None:
    """What the other task comes to for the same givens; None where it has others."""
    needed = (*other.network.definitions, *free_sizes(other.network))
    if any(str(s) not in setting.sizes for s in needed):
        return None
    try:
        found = RightValues(other.derivation, setting, other.computation(setting))
        changed = {}
        for name, value in other.task.values.items():
            place = found.names(value.parts[0])
            if name in task.values and place in found.computation.givens and len(value.parts) == 1:
                array = np.asarray(right.value(task.values[name]))
                changed[place] = found.taken_in(value, array)
    except (*NO_VALUE, DeltaruleError):
        return None
    return found.with_givens(changed)

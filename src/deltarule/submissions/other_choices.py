"""Other choices than a course's: a function that is right by one, or by two of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import combinations

from deltarule.submissions.chosen_names import chosen_names
from deltarule.submissions.course_conventions import Otherwise, Task
from deltarule.submissions.findings import FunctionFinding, FunctionVerdict, Obstacle
from deltarule.submissions.function_verdicts import overflow_said
from deltarule.submissions.loaded_file import LoadedFile
from deltarule.submissions.right_task import RightTask
from deltarule.submissions.task_findings import CheckedFunction, findings

#: So many pairs of choices are tried, after each choice alone.
MOST_PAIRS = 6
_Found = dict[tuple[object, ...], list[CheckedFunction]]


@lru_cache(maxsize=512)
def right_task(task: Task, choices: tuple[int, ...] = ()) -> RightTask:
    """The task with what is right, by other choices than the course's (their numbers)."""
    for number in choices:
        task = otherwise(task, task.otherwise[number])
    return RightTask(task)


def otherwise(task: Task, other: Otherwise) -> Task:
    """The task with another choice than the course's."""
    changes = dict(other.changes)
    for table in ("options", "values"):
        if table in changes:
            changes[table] = {**getattr(task, table), **changes[table]}
    return replace(task, **changes)


def choices(task: Task) -> Iterator[tuple[int, ...]]:
    """Each choice alone, then pairs of those that change different things."""
    numbers = range(len(task.otherwise))
    yield from ((n,) for n in numbers)
    changed = [_changed(o) for o in task.otherwise]
    apart = [pair for pair in combinations(numbers, 2) if not changed[pair[0]] & changed[pair[1]]]
    yield from apart[:MOST_PAIRS]


def _changed(other: Otherwise) -> set[tuple[str, str]]:
    """What a choice changes: entries of tables, or a field of the task."""
    found = set()
    for key, value in other.changes.items():
        inside = value if isinstance(value, Mapping) else {"": value}
        found |= {(key, name) for name in inside}
    return found


def by_another_choice(
    one: CheckedFunction, file: LoadedFile, defined: Mapping[str, int], known: _Found
) -> CheckedFunction:
    """What is found of a function by the choice of which it is right; else as it was found.

    `known` keeps what was found by each choice of the same task.
    """
    task = one.right.task
    if not _may_differ(one.finding):
        return one
    for numbers in choices(task):
        named = chosen_names(task, defined, wanted=one.name)
        key = (numbers, *named.values())
        if key not in known:
            known[key] = findings(right_task(task, numbers), file, named, defined)
        for other in known[key]:
            if other.name == one.name and but_for_overflow(other.finding):
                return _said(other, [task.otherwise[n] for n in numbers])
    return one


def _may_differ(finding: FunctionFinding) -> bool:
    """Whether another choice may make it right."""
    if finding.verdict in (FunctionVerdict.WRONG, FunctionVerdict.PARTLY):
        return not but_for_overflow(finding)
    by_arguments = finding.obstacle in (Obstacle.ARGUMENTS, Obstacle.ATTRIBUTES)
    return finding.verdict is FunctionVerdict.CRASHED or by_arguments


def _said(found: CheckedFunction, by: list[Otherwise]) -> CheckedFunction:
    """What is said of a function that is right by other choices."""
    finding = replace(found.finding)
    words = "; ".join(o.words for o in by if not o.left_open)
    finding.notes = [*finding.notes, *(o.words for o in by if o.left_open)]
    if words:
        overflow = overflow_said(finding.outputs)
        finding.verdict = FunctionVerdict.CONVENTION
        finding.finding = f"{words}; {overflow}" if overflow else words
    return replace(found, finding=finding)


def but_for_overflow(finding: FunctionFinding) -> bool:
    """Whether it is right, or would be if it did not overflow at large numbers."""
    if finding.verdict is FunctionVerdict.PARTLY:
        return bool(overflow_said(finding.outputs)) and not any(o.mistaken for o in finding.outputs)
    return finding.verdict is FunctionVerdict.RIGHT

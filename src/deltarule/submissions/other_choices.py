"""Other choices than a course's: a function that is right by one, or by two of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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


def by_their_choices(
    own: Sequence[CheckedFunction], file: LoadedFile, defined: Mapping[str, int]
) -> list[CheckedFunction]:
    """What is found of the functions of one task, each by the choice of which it is right.

    A function and those called before it have to be right by one choice. What is right by none is
    held against the choice by which more of its outputs are right.
    """
    by = _Choices(own, file, defined)
    return [by.of(one) for one in own]


class _Choices:
    """Functions of one task and the choices by which they are right: `chosen`, by their names."""

    def __init__(
        self, own: Sequence[CheckedFunction], file: LoadedFile, defined: Mapping[str, int]
    ):
        self.own, self.file, self.defined = own, file, defined
        self.chosen: dict[str, tuple[int, ...]] = {}
        self._known: _Found = {}

    def of(self, one: CheckedFunction) -> CheckedFunction:
        """What is found of a function by the choice of which it is right; else as it was found."""
        task = one.right.task
        right, before = but_for_overflow(one.finding), self._before(one)
        follows = one.finding.verdict is FunctionVerdict.FOLLOWS
        if right and not any(before.values()):
            self.chosen[one.name] = ()
            return one
        if not right and not follows and not _may_differ(one.finding):
            return one
        tried: list[tuple[tuple[int, ...], CheckedFunction]] = [((), one)] if right else []
        of_before = right or follows  # it is no choice of its own
        for numbers in (n for n in choices(task) if not of_before or n in before.values()):
            found = self._found(one, numbers)
            if found is not None and but_for_overflow(found.finding):
                tried.append((numbers, found))
        for numbers, found in tried:
            if self._fits(one, numbers):
                self.chosen[one.name] = numbers
                if right:
                    return one
                others = [task.otherwise[n] for n in numbers]
                return _follows_choice(one, others) if follows else _said(found, others)
        return one if follows else self._of_none(one, [n for n, _ in tried])

    def _before(self, one: CheckedFunction) -> dict[str, tuple[int, ...]]:
        """The choices of the functions that are called before it, and that are right."""
        return {s.name: self.chosen[s.name] for s in one.before if s.name in self.chosen}

    def _fits(self, one: CheckedFunction, numbers: tuple[int, ...]) -> bool:
        """Whether what is right of the functions before is so by this choice, too."""
        for name, chosen in self._before(one).items():
            if chosen != numbers:
                found = self._found(one, numbers, name)
                if found is not None and not but_for_overflow(found.finding):
                    return False
        return True

    def _found(
        self, one: CheckedFunction, numbers: tuple[int, ...], name: str = ""
    ) -> CheckedFunction | None:
        """What is found by a choice of a function, or of one `name` that is called before it."""
        others: Sequence[CheckedFunction] = self.own
        if numbers:
            named = chosen_names(one.right.task, self.defined, wanted=one.name)
            key = (numbers, *named.values())
            if key not in self._known:
                task = right_task(one.right.task, numbers)
                self._known[key] = findings(task, self.file, named, self.defined)
            others = self._known[key]
        return next((o for o in others if o.name == (name or one.name)), None)

    def _of_none(self, one: CheckedFunction, alone: Sequence[tuple[int, ...]]) -> CheckedFunction:
        """A function that is right by no choice, or `alone` by some that those before are not."""
        task = one.right.task
        if alone:
            name, numbers = next(iter(self._before(one).items()))
            found = self._found(one, numbers) or one
            mine = [_words(task, alone[0]), _words(task, numbers)]
            found = replace(found, finding=replace(found.finding))
            found.finding.notes = [*found.finding.notes, f"it is right where {mine[0]}"]
            found.finding.notes.append(f"{name} is right where {mine[1]}: one choice for both")
            return found
        nearest, known = one, _right_outputs(one)
        for numbers in choices(task):
            other = self._found(one, numbers)
            if other is not None and known < (more := _right_outputs(other)):
                words = _words(task, numbers)
                if not all(task.otherwise[n].left_open for n in numbers):
                    words = f"held against another choice: {words}"
                nearest, known = replace(other, finding=replace(other.finding)), more
                nearest.finding.notes = [*other.finding.notes, words]
        return nearest


def _words(task: Task, numbers: Sequence[int]) -> str:
    said = "; ".join(task.otherwise[n].words for n in numbers)
    return said or "the course's own choice is made"


def _right_outputs(found: CheckedFunction) -> set[str]:
    """The outputs that are right at all settings, but for an overflow; none where it is wrong in
    another way, as by the mask that it draws."""
    if found.finding.verdict is FunctionVerdict.WRONG and not any(
        o.wrong for o in found.finding.outputs
    ):
        return set()
    return {o.name for o in found.finding.outputs if o.right and not o.mistaken}


def _may_differ(finding: FunctionFinding) -> bool:
    """Whether another choice may make it right."""
    if finding.verdict in (FunctionVerdict.WRONG, FunctionVerdict.PARTLY):
        return not but_for_overflow(finding)
    by_arguments = finding.obstacle in (Obstacle.ARGUMENTS, Obstacle.ATTRIBUTES)
    return finding.verdict is FunctionVerdict.CRASHED or by_arguments


def _follows_choice(one: CheckedFunction, by: Sequence[Otherwise]) -> CheckedFunction:
    """What follows from a forward pass that is right by another choice: that is charged there."""
    words = "; ".join(o.words for o in by)
    finding = replace(one.finding)
    finding.finding = f"the gradient of the file's own forward pass, where {words}"
    return replace(one, finding=finding)


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
    return finding.verdict is FunctionVerdict.RIGHT or finding.overflow_alone

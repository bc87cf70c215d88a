"""All functions of a file that a course knows, each by the way of calling that fits it best."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from deltarule.submissions.called_functions import follow_what_they_call
from deltarule.submissions.chosen_names import possible_names
from deltarule.submissions.course_conventions import Convention, Task
from deltarule.submissions.findings import FunctionFinding, FunctionVerdict, Obstacle
from deltarule.submissions.loaded_file import LoadedFile
from deltarule.submissions.other_choices import by_their_choices, right_task
from deltarule.submissions.task_findings import WRONG, CheckedFunction, of_all_names, with_about

#: What says that a function is not called so, in the order in which it counts.
_UNFIT = {
    Obstacle.NONE: 0,
    Obstacle.NOTHING_GIVEN: 1,
    Obstacle.ANSWER: 1,
    Obstacle.ATTRIBUTES: 2,
    Obstacle.ARGUMENTS: 3,
    Obstacle.NO_FUNCTION: 3,
}
#: What is not asked of functions by an optional task.
_NOT_ASKED = (Obstacle.ARGUMENTS, Obstacle.ATTRIBUTES, Obstacle.NO_FUNCTION)
#: Verdicts that tell the way of calling is the right one, better ones last.
_PARTLY_RIGHT = (FunctionVerdict.PARTLY, FunctionVerdict.CHANGES, FunctionVerdict.CONVENTION)

#: Verdicts that are no mistake where a teacher says so.
_MAY_PASS = (FunctionVerdict.CONVENTION, FunctionVerdict.CHANGES)


def functions_found(
    chosen: Convention,
    defined: Mapping[str, int],
    file: LoadedFile,
    only: Callable[[str], bool] | None = None,
    progress: Callable[[str], None] | None = None,
) -> list[FunctionFinding]:
    """What is found of all wanted functions that the convention knows, with reasons."""
    found: dict[str, list[CheckedFunction]] = {}
    for task in chosen.tasks:
        names = possible_names(task, defined)
        if not any(only is None or only(n) for n in names):
            continue
        first = found.get(task.instead_of)
        if first and _passing(first) == len(first):
            continue
        if progress:
            progress(task.name)
        own = _checked(task, defined, file)
        if first is None:
            found[task.name] = own
        elif _covers(own, first) and _fitting(own) > _fitting(first):
            found[task.instead_of] = own
    every = (c for own in found.values() for c in own)
    kept = _once_each(c for c in every if only is None or only(c.name))
    for one in kept:
        one.explain(file)
        if one.finding.verdict in WRONG and not one.finding.causes:
            from deltarule.submissions.other_modes import of_another_mode  # brings mistakes

            one.finding.causes += of_another_mode(one, chosen.tasks)
        with_about(one.right.task, one.finding)
    found_all = [c.finding for c in kept]
    follow_what_they_call(found_all, file.submitted.body)
    return found_all


def _checked(task: Task, defined: Mapping[str, int], file: LoadedFile) -> list[CheckedFunction]:
    """What is found of a task's functions, by the course's choices or others."""
    own = list(of_all_names(right_task(task), file, defined))
    if task.optional:
        own = [c for c in own if c.finding.obstacle not in _NOT_ASKED]
    return by_their_choices(own, file, defined)


def _covers(own: Sequence[CheckedFunction], first: Sequence[CheckedFunction]) -> bool:
    """Whether another way of calling leaves no function out that is there to be called."""
    called = (c for c in first if c.seen.call.kind != "class")
    there = {c.name for c in called if c.finding.obstacle is not Obstacle.NO_FUNCTION}
    return there <= {c.name for c in own}


def _passing(found: Sequence[CheckedFunction]) -> int:
    return sum(c.finding.verdict.passes for c in found)


def _fitting(found: Sequence[CheckedFunction]) -> tuple[int, int, int]:
    """How well a way of calling fits: what passes, what could be called, what is nearly right."""
    verdicts = [c.finding.verdict for c in found]
    near = sum(_PARTLY_RIGHT.index(v) + 1 for v in verdicts if v in _PARTLY_RIGHT)
    return _passing(found), -sum(_UNFIT[c.finding.obstacle] for c in found), near


def _once_each(found: Iterable[CheckedFunction]) -> list[CheckedFunction]:
    """Of a function that is called in several modes, the first of the gravest findings."""
    kept: dict[str, CheckedFunction] = {}
    for one in found:
        known = kept.get(one.name)
        if known is None or _gravity(one) > _gravity(known):
            kept[one.name] = one
    return list(kept.values())


def _gravity(one: CheckedFunction) -> int:
    """What passes, then what a teacher may let pass, then the rest."""
    verdict = one.finding.verdict
    return 0 if verdict.passes else 1 if verdict in _MAY_PASS else 2

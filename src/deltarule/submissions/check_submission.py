"""A student's file checked: every function of it that a convention knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache

from deltarule.errors import DeltaruleError
from deltarule.sandbox import Sandbox
from deltarule.submissions.chosen_names import chosen_names, definitions, possible_names
from deltarule.submissions.convention_files import convention, convention_names
from deltarule.submissions.course_conventions import Convention, Task
from deltarule.submissions.explained import explain
from deltarule.submissions.findings import FunctionFinding, FunctionVerdict, SubmissionReport
from deltarule.submissions.function_verdicts import finding_of
from deltarule.submissions.loaded_file import LoadedFile
from deltarule.submissions.own_forward import OwnForward
from deltarule.submissions.right_task import RightTask
from deltarule.submissions.task_check import Observed, TaskCheck


@lru_cache(maxsize=512)
def _right_task(task: Task, choice: int = -1) -> RightTask:
    return RightTask(task if choice < 0 else otherwise(task, choice))


def otherwise(task: Task, choice: int) -> Task:
    """The task with another choice than the course's."""
    changes = dict(task.otherwise[choice].changes)
    if "options" in changes:
        changes["options"] = {**task.options, **changes["options"]}
    if "values" in changes:
        changes["values"] = {**task.values, **changes["values"]}
    return replace(task, **changes)


def check_submission(
    text: str,
    name: str,
    sandbox: Sandbox,
    course: str | Convention | None = None,
    only: Callable[[str], bool] | None = None,
    progress: Callable[[str], None] | None = None,
) -> SubmissionReport:
    """Check the functions of a Python file's `text`, called `name`.

    `course` is a convention, or the name or the path of one; without it, it is the one that knows
    most of the file's functions. `only` says which functions are wanted.
    Raises DeltaruleError for a convention that is none; what is wrong with the file is reported.
    """
    report = SubmissionReport(name, layers=str(sandbox.layers))
    try:
        defined = definitions(text)
    except SyntaxError as error:
        report.error = f"line {error.lineno}: {error.msg}"
        return report
    chosen = convention(course) if isinstance(course, str) else course or _recognised(defined)
    if chosen is None or not chosen.functions & defined.keys():
        report.error, report.known = "none of its functions is known to a convention", False
        return report
    report.convention = chosen.title
    file = LoadedFile(sandbox, text, name)
    try:
        file.open()
    except DeltaruleError as error:
        report.error = f"{error.place}: {error.fact}"
        return report
    found: dict[str, list[FunctionFinding]] = {}
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
        elif _passing(own) > _passing(first):
            found[task.instead_of] = own
    report.functions = _once_each(
        f for findings in found.values() for f in findings if only is None or only(f.name)
    )
    return report


def _passing(found: list[FunctionFinding]) -> int:
    return sum(f.verdict.passes for f in found)


def _once_each(found: Iterable[FunctionFinding]) -> list[FunctionFinding]:
    """Of a function that is called in several modes, the first finding that does not pass."""
    kept: dict[str, FunctionFinding] = {}
    for finding in found:
        known = kept.get(finding.name)
        if known is None or (known.verdict.passes and not finding.verdict.passes):
            kept[finding.name] = finding
    return list(kept.values())


def _checked(task: Task, defined: dict[str, int], file: LoadedFile) -> list[FunctionFinding]:
    found: list[FunctionFinding] = []
    done: set[str] = set()
    observed: dict[str, tuple[Observed, RightTask, dict[int, str]]] = {}
    variants = max((len(c.names) for c in task.calls), default=0)
    for variant in range(variants):
        named = chosen_names(task, defined, variant)
        new = [n for n in named.values() if n not in done]
        if not new:
            continue
        right = _right_task(task)
        for finding, seen in _findings(right, file, named, defined):
            observed[finding.name] = (seen, right, named)
            if finding.name in new and finding.name not in done:
                done.add(finding.name)
                found.append(finding)
    if any(f.verdict in (FunctionVerdict.WRONG, FunctionVerdict.PARTLY) for f in found):
        found = [_by_choice(f, task, file, defined) for f in found]
    for finding in found:
        seen, right, named = observed[finding.name]
        explain(finding, seen, right, file, named)
    return found


def _findings(
    right: RightTask, file: LoadedFile, named: dict[int, str], defined: dict[str, int]
) -> list[tuple[FunctionFinding, Observed]]:
    seen = TaskCheck(right, file.open, named).observe()
    own = OwnForward(right, file.open, named)
    found: list[tuple[FunctionFinding, Observed]] = []
    for one in seen:
        before = [f for f, _ in found if not f.verdict.passes]
        finding = finding_of(one, right.task.name, defined.get(one.name), own if before else None)
        found.append((finding, one))
    return [(f, o) for f, o in found if o.call.kind != "class" or not f.verdict.passes]


def _by_choice(
    finding: FunctionFinding, task: Task, file: LoadedFile, defined: dict[str, int]
) -> FunctionFinding:
    """The finding, or that it is right by another choice than the course's."""
    if finding.verdict not in (FunctionVerdict.WRONG, FunctionVerdict.PARTLY):
        return finding
    for choice, other in enumerate(task.otherwise):
        named = chosen_names(task, defined, wanted=finding.name)
        for same, _ in _findings(_right_task(task, choice), file, named, defined):
            if same.name == finding.name and same.verdict is FunctionVerdict.RIGHT:
                same.verdict = FunctionVerdict.CONVENTION
                same.finding = other.words
                return same
    return finding


def _recognised(defined: Iterable[str]) -> Convention | None:
    """The convention that knows most of a file's functions."""
    known = [(len(convention(n).functions & set(defined)), n) for n in convention_names()]
    most = max(known, default=(0, ""))
    return convention(most[1]) if most[0] else None

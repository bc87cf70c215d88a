"""A student's file checked: every function of it that a convention knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from deltarule.errors import DeltaruleError
from deltarule.sandbox import Sandbox
from deltarule.submissions.chosen_names import chosen_names, definitions, possible_names
from deltarule.submissions.convention_files import convention
from deltarule.submissions.copied_helpers import copied_helpers
from deltarule.submissions.course_conventions import Convention, Task
from deltarule.submissions.findings import FunctionFinding, FunctionVerdict, SubmissionReport
from deltarule.submissions.function_verdicts import finding_of, overflow_said, without_statement
from deltarule.submissions.loaded_file import LoadedFile
from deltarule.submissions.other_classes import without_other_classes
from deltarule.submissions.own_forward import OwnForward
from deltarule.submissions.reading import SubmittedFile, read_source
from deltarule.submissions.recognised import of_other_courses, recognised
from deltarule.submissions.right_task import RightTask
from deltarule.submissions.task_check import Observed, TaskCheck

#: The verdicts that call for a reason.
_WRONG = (FunctionVerdict.WRONG, FunctionVerdict.PARTLY)


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
    source: str | bytes | SubmittedFile,
    name: str,
    sandbox: Sandbox,
    course: str | Convention | None = None,
    only: Callable[[str], bool] | None = None,
    progress: Callable[[str], None] | None = None,
    compat: bool = False,
    provided: Mapping[str, str] | None = None,
) -> SubmissionReport:
    """Check the functions of a Python file or notebook, called `name`: its text, or what was read.

    `course` is a convention, or the name or the path of one; without it, it is the one that knows
    most of the file's functions. `only` says which functions are wanted. `compat` and `provided`:
    see `read_submission`; of a text, what the course hands out is provided, too.
    Raises DeltaruleError for a convention that is none; what is wrong with the file is reported.
    """
    report = SubmissionReport(name, layers=str(sandbox.layers))
    known = convention(course) if isinstance(course, str) else course
    try:
        submitted, chosen = _read(source, name, known, compat, provided or {})
        file = LoadedFile(sandbox, submitted)
        if chosen is not None:
            report.convention = chosen.title
            file.open()
    except DeltaruleError as error:
        report.error = f"{error.place}: {error.fact}" if error.place else error.fact
        return report
    defined = definitions(file.text)
    lost = {n: k for n, k in file.submitted.lost.items() if only is None or only(n)}
    report.notes += [str(r) for r in file.submitted.remarks]
    if chosen is None or not chosen.functions & {*defined, *lost}:
        report.error, report.known = "none of its functions is known to a convention", False
        report.notes.append(
            "check --conventions NAME lists a course's functions; one of any name is checked with "
            "--function NAME --like DERIVATION"
        )
        return report
    if only is None:
        only = _without_copies(chosen, defined, file, report)
    if known is None:
        report.notes += of_other_courses(chosen, {**defined, **lost})
    found, others = without_other_classes(_functions(chosen, defined, file, only, progress))
    report.notes += others
    report.functions = [_at_its_place(f, file.submitted) for f in found]
    report.functions += [
        _not_loaded(n, line, file.submitted) for n, line in lost.items() if n in chosen.functions
    ]
    return report


def _read(
    source: str | bytes | SubmittedFile,
    name: str,
    known: Convention | None,
    compat: bool,
    provided: Mapping[str, str],
) -> tuple[SubmittedFile, Convention | None]:
    """The file, with what the course hands out, and its convention."""
    if isinstance(source, SubmittedFile):
        return source, known or recognised(_parameters(source))
    data = source.encode("utf-8", "surrogateescape") if isinstance(source, str) else source
    given = {**known.provided, **provided} if known is not None else provided
    submitted = read_source(data, name, compat=compat, provided=given)
    if known is None:
        known = recognised(_parameters(submitted))
        if known is not None and known.provided:
            given = {**known.provided, **provided}
            submitted = read_source(data, name, compat=compat, provided=given)
    return submitted, known


def _without_copies(
    chosen: Convention, defined: dict[str, int], file: LoadedFile, report: SubmissionReport
) -> Callable[[str], bool] | None:
    """What leaves out the helpers that the course hands out, where a file has other functions."""
    copies = copied_helpers(file.text, chosen.provided.values()) & chosen.functions
    if not copies or not chosen.functions & defined.keys() - copies:
        return None
    names = " and ".join(sorted(copies))
    report.notes.append(
        f"{names}: as the course hands out, not checked; -k {min(copies)} checks such a function"
    )
    return lambda name: name not in copies


def _parameters(submitted: SubmittedFile) -> dict[str, tuple[str, ...]]:
    """The parameters of a file's functions, of lost ones none."""
    own = {name: one.parameters for name, one in submitted.definitions.items()}
    return {**dict.fromkeys(submitted.lost, ()), **own}


def _functions(
    chosen: Convention,
    defined: dict[str, int],
    file: LoadedFile,
    only: Callable[[str], bool] | None,
    progress: Callable[[str], None] | None,
) -> list[FunctionFinding]:
    """What is found of all functions that the convention knows and that are wanted."""
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
        elif _fitting(own) > _fitting(first):
            found[task.instead_of] = own
    findings = (f for own in found.values() for f in own)
    return _once_each(f for f in findings if only is None or only(f.name))


def _at_its_place(finding: FunctionFinding, submitted: SubmittedFile) -> FunctionFinding:
    """The finding, its lines those of the file that was handed in."""
    for part in (finding, *finding.causes):
        if part.line is not None:
            part.place = submitted.place(part.line)
            part.line = submitted.places.source(part.line)
    return finding


def _not_loaded(name: str, line: int, submitted: SubmittedFile) -> FunctionFinding:
    """What is said of a function that could not be loaded."""
    own = next((r for r in submitted.remarks if name in r.names), None)
    found = FunctionFinding(name, "", FunctionVerdict.NOT_LOADED, line=line)
    found.place = submitted.places.of_source(line)
    found.finding = own.fact if own is not None else "its lines are no Python"
    found.remedy = own.remedy if own is not None else "let the file import by itself"
    return found


def _passing(found: list[FunctionFinding]) -> int:
    return sum(f.verdict.passes for f in found)


def _fitting(found: list[FunctionFinding]) -> tuple[int, int]:
    """How well a way of calling fits: what passes, then what could be called so."""
    unfit = sum("takes other arguments than" in f.finding for f in found)
    return _passing(found), -unfit


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
    if any(f.verdict in _WRONG for f in found):
        found = [_by_choice(f, task, file, defined) for f in found]
    _explain([f for f in found if f.verdict in _WRONG], observed, file)
    for finding in found:
        if task.about and finding.verdict is not FunctionVerdict.RIGHT:
            finding.finding = f"{task.about}: {finding.finding}"
    return found


def _explain(wrong: list[FunctionFinding], observed, file: LoadedFile) -> None:
    if not wrong:
        return
    from deltarule.submissions.explained import explain  # brings the mistakes of marking

    for finding in wrong:
        seen, right, named = observed[finding.name]
        before = [o for o, r, _ in observed.values() if r is right and o.number < seen.number]
        explain(finding, seen, right, file, named, before)


def _findings(
    right: RightTask, file: LoadedFile, named: dict[int, str], defined: dict[str, int]
) -> list[tuple[FunctionFinding, Observed]]:
    seen = TaskCheck(right, file.open, named).observe()
    own = OwnForward(right, file.open, named)
    found: list[tuple[FunctionFinding, Observed]] = []
    for one in seen:
        before = [f for f, _ in found if not f.verdict.passes]
        finding = finding_of(one, right.task.name, defined.get(one.name), own if before else None)
        without_statement(finding, file.submitted.unfilled)
        found.append((finding, one))
    return [(f, o) for f, o in found if o.call.kind != "class" or not f.verdict.passes]


def _by_choice(
    finding: FunctionFinding, task: Task, file: LoadedFile, defined: dict[str, int]
) -> FunctionFinding:
    """The finding, or that it is right by another choice than the course's."""
    if finding.verdict not in _WRONG or _but_for_overflow(finding):
        return finding
    for choice, other in enumerate(task.otherwise):
        named = chosen_names(task, defined, wanted=finding.name)
        for same, _ in _findings(_right_task(task, choice), file, named, defined):
            if same.name == finding.name and _but_for_overflow(same):
                overflow = overflow_said(same.outputs)
                same.verdict = FunctionVerdict.CONVENTION
                same.finding = f"{other.words}; {overflow}" if overflow else other.words
                return same
    return finding


def _but_for_overflow(finding: FunctionFinding) -> bool:
    """Whether it is right, or would be if it did not overflow at large numbers."""
    if finding.verdict is FunctionVerdict.PARTLY:
        return bool(overflow_said(finding.outputs)) and not any(o.mistaken for o in finding.outputs)
    return finding.verdict is FunctionVerdict.RIGHT

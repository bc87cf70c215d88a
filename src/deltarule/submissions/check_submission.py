"""A student's file checked: every function of it that a convention knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from deltarule.errors import DeltaruleError
from deltarule.sandbox import Sandbox
from deltarule.submissions.call_failures import QUOTIENT
from deltarule.submissions.chosen_names import definitions
from deltarule.submissions.convention_files import convention
from deltarule.submissions.copied_helpers import copied_helpers
from deltarule.submissions.course_conventions import Convention
from deltarule.submissions.findings import FunctionFinding, FunctionVerdict, SubmissionReport
from deltarule.submissions.loaded_file import LoadedFile
from deltarule.submissions.other_classes import without_other_classes
from deltarule.submissions.reading import SubmittedFile, read_source
from deltarule.submissions.recognised import of_other_courses, recognised
from deltarule.submissions.this_process import ThisProcess
from deltarule.submissions.ways_of_calling import functions_found


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
            report.convention, report.policy = chosen.title, chosen.policy
            file.open()
    except DeltaruleError as error:
        report.error = f"{error.place}: {error.fact}" if error.place else error.fact
        return report
    defined = definitions(file.text)
    lost = {n: k for n, k in file.submitted.lost.items() if only is None or only(n)}
    if not isinstance(sandbox, ThisProcess):  # there all of it ran
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
    found, notes = _functions(chosen, defined, file, only, progress, compat)
    found, others = without_other_classes(found)
    report.notes += [*notes, *others]
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


def _functions(
    chosen: Convention,
    defined: dict[str, int],
    file: LoadedFile,
    only: Callable[[str], bool] | None,
    progress: Callable[[str], None] | None,
    compat: bool,
) -> tuple[list[FunctionFinding], list[str]]:
    """What is found of the functions; with `compat`, where that helps, by Python 2's division."""
    found = functions_found(chosen, defined, file, only, progress)
    failed = any(f.raised.endswith(QUOTIENT) for f in found)
    if not compat or file.submitted.division or not failed:
        return found, []
    other = LoadedFile(file.sandbox, replace(file.submitted, division=True))
    again = functions_found(chosen, defined, other, only, progress)
    if sum(f.verdict.passes for f in again) <= sum(f.verdict.passes for f in found):
        return found, []
    return again, ["quotients of integers are rounded down, as Python 2 did: write // there"]


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

"""`deltarule.check`: functions, classes, a module, or a file that somebody handed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from deltarule.cli.embedded_page import as_html, as_text
from deltarule.cli.submission_page import code_page
from deltarule.errors import DeltaruleError
from deltarule.expressions.given_arguments import known_mapping, known_name, wrong_kind, yes_or_no
from deltarule.reports.finding_words import failures_text
from deltarule.reports.submission_values import code_values
from deltarule.reports.things import CheckedCode, CheckedFile
from deltarule.sandbox import Limits, Sandbox
from deltarule.submissions import FunctionFinding, SubmissionReport, check_submission
from deltarule.submissions.accepted_verdicts import accepted_verdicts
from deltarule.submissions.convention_files import convention as convention_of
from deltarule.submissions.convention_files import convention_names
from deltarule.submissions.like_derivation import Like, convention_like
from deltarule.submissions.own_code import OwnCode, own_code
from deltarule.submissions.reading import read_submission
from deltarule.submissions.this_process import ThisProcess
from deltarule.submissions.wanted_functions import wanted_functions

_PLACE = "deltarule.check"
_EXAMPLES = {
    "convention": 'convention="cs231n"',
    "like": 'like="conv2d"',
    "accept": 'accept="follows"',
    "returns": 'returns="dx,dw,db"',
    "only": 'only="conv"',
}


class CodeCheck:
    """What was found: shown as the table of `check FILE.py`, in text and in notebooks."""

    def __init__(self, checked: CheckedCode):
        self.checked = checked

    @property
    def right(self) -> bool:
        """Whether everything passes."""
        return self.checked.right

    @property
    def functions(self) -> list[FunctionFinding]:
        """What was found of each function."""
        return [f for file in self.checked.files if file.report for f in file.report.functions]

    @property
    def failures(self) -> str:
        """What does not pass, in words, with why and a test that shows it; empty if all does."""
        return failures_text(self.checked)

    def values(self) -> dict[str, Any]:
        """The same as plain values, as `check FILE.py --json` gives them."""
        return code_values(self.checked)

    def __bool__(self) -> bool:
        return self.right

    def __str__(self) -> str:
        return as_text(code_page, self.checked)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return as_html(code_page, self.checked)


def check(
    *things: Any,
    convention: str | None = None,
    like: str | None = None,
    names: Mapping[str, str] | None = None,
    returns: str = "",
    only: str = "",
    accept: str | None = None,
    compat: bool = False,
    timeout: float | None = None,
    unsafe: bool = False,
    **options: Any,
) -> CodeCheck:
    """Check functions or classes, a module, or a file, function by function.

    `things`: functions, classes or a module are your own, and run in this process, without limits;
    a path (of a .py file or a notebook) is somebody else's, and runs in a sandbox.
    `convention` is a course's name or the path of a convention file, `only` says which functions as
    `-k` does, `accept` which verdicts pass besides right (`"follows"`). With `like`, the name of a
    derivation, functions may have any name: `names` says what arguments mean, `{"dout": "dy"}`,
    `returns` what the last one returns, `"dx,dw,db"`, and `options` are the derivation's own.
    `compat`, `timeout` (seconds a call) and `unsafe` are about files, as the command's options.

    Raises DeltaruleError where there is nothing to check, and for names that mean nothing.
    """
    if not things:
        raise DeltaruleError("there is nothing to check", _PLACE, "give it a function")
    if options and like is None:
        raise TypeError(f"check() takes no {next(iter(options))} without like=")
    _refuse_wrong_kinds(convention, like, returns, only, accept, compat, timeout, unsafe)
    meant = known_mapping("names", names, _PLACE, 'names={"dout": "dy"}')
    wish = Like((), like, options, meant, returns) if like else None
    accepted = None if accept is None else accepted_verdicts(accept)
    wanted = wanted_functions(only) if only else None
    if all(isinstance(thing, (str, Path)) for thing in things):
        limits = None if timeout is None else Limits(timeout, max(1, round(2 * timeout)))
        with Sandbox(limits, unsafe=unsafe) as sandbox:
            files = [
                _file(str(t), sandbox, convention, wish, wanted, accepted, compat) for t in things
            ]
        return CodeCheck(CheckedCode(files))
    known = {n for c in convention_names() for n in convention_of(c).functions}
    known |= convention_of(convention).functions if convention else set()
    own = own_code(things, known if like is None else ())
    return CodeCheck(CheckedCode([_own(own, convention, wish, wanted, accepted)]))


def _refuse_wrong_kinds(
    convention: object,
    like: object,
    returns: object,
    only: object,
    accept: object,
    compat: object,
    timeout: Any,
    unsafe: object,
) -> None:
    """Raises DeltaruleError for an argument of another kind than it has to be."""
    texts = {"convention": convention, "like": like, "accept": accept}
    for name, value in {**texts, "returns": returns, "only": only}.items():
        if value is not None or name not in texts:
            known_name(name, value, _PLACE, _EXAMPLES[name])
    yes_or_no("compat", compat, _PLACE)
    yes_or_no("unsafe", unsafe, _PLACE)
    number = isinstance(timeout, (int, float)) and not isinstance(timeout, bool)
    if timeout is not None and not (number and 0 < timeout < 1e6):
        raise wrong_kind("timeout", timeout, "a number of seconds", _PLACE, "give one: timeout=5")


def _file(path, sandbox, course, wish: Like | None, wanted, accepted, compat) -> CheckedFile:
    began = perf_counter()
    submitted = read_submission(path, compat=compat)
    note = ""
    if wish is not None:
        functions = [n for n in submitted.definitions if wanted is None or wanted(n)]
        course, note = convention_like(submitted.text, path, _with_functions(wish, functions))
    report = check_submission(
        Path(path).read_bytes() if wish is None else submitted,
        path,
        sandbox,
        course,
        wanted,
        compat=compat,
    )
    return CheckedFile(path, accepted, _noted(report, note), seconds=perf_counter() - began)


def _own(own: OwnCode, course, wish: Like | None, wanted, accepted) -> CheckedFile:
    began = perf_counter()
    note = ""
    if wish is not None:
        course, note = convention_like(own.text, own.name, _with_functions(wish, own.wanted))
    place = ThisProcess(own.names, own.files)
    report = check_submission(own.text, own.name, place, course, _both(own, wanted))
    if not own.placed:
        for finding in report.functions:
            finding.line, finding.place = None, ""
    if report.functions and any(f.name not in own.names for f in report.functions):
        report.functions = [f for f in report.functions if f.name.partition(".")[0] in own.names]
    return CheckedFile(own.name, accepted, _noted(report, note), seconds=perf_counter() - began)


def _both(own: OwnCode, wanted):
    """Of functions that are given, these alone."""
    given = set(own.wanted)
    return lambda name: name.partition(".")[0] in given and (wanted is None or wanted(name))


def _with_functions(wish: Like, functions: Sequence[str]) -> Like:
    return Like(tuple(functions), wish.derivation, wish.options, wish.names, wish.returns)


def _noted(report: SubmissionReport, note: str) -> SubmissionReport:
    report.notes[:0] = [note] if note else []
    return report

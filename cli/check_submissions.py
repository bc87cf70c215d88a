"""`check FILE.py`: students' code, run in a sandbox and checked function by function."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from deltarule.cli.check_command import Check
from deltarule.cli.code_checker import Checker
from deltarule.cli.code_files import SUFFIXES, code_files
from deltarule.cli.formats import show
from deltarule.cli.screen import busy, write
from deltarule.cli.started_sandbox import StartedSandbox
from deltarule.errors import DeltaruleError, unwritten
from deltarule.reports.things import CheckedCode, CheckedFile, MarkedFile

#: So many files are worth further processes, each of which derives what is right anew.
MANY = 40


def show_submissions(
    asked: Check, started: StartedSandbox, code: Sequence[str], marked: Sequence[MarkedFile] = ()
) -> int:
    """Check the files, show what was found, and give the exit status: 2 if none could be checked.

    `marked` are answers that were marked beside.
    """
    checker = Checker(asked, started)
    if not asked.watch:
        return show_once(checker, code, marked)
    from deltarule.cli.watching import watched

    return watched(lambda: show_once(checker, code), code, asked.format)


def show_once(checker: Checker, code: Sequence[str], marked: Sequence[MarkedFile] = ()) -> int:
    """The same, with a checker whose sandbox stays."""
    asked, paths = checker.asked, code_files(code)
    with busy("checking") as line:
        if len(paths) >= MANY and not asked.watch:
            from deltarule.cli.side_by_side import checked_side_by_side

            files = checked_side_by_side(asked, list(paths), line.tell)
        else:
            of = len(paths)
            files = [checker.checked(path, n, of, line.tell) for n, path in enumerate(paths, 1)]
    kept = [f for f in files if not _left_out(f, paths[f.path])]
    _refuse_nothing(kept, marked, code, asked.only)
    found = CheckedCode(kept, marked, len(files) - len(kept))
    if asked.junit is not None:
        _write_junit(asked.junit, found)
    if asked.junit != Path("-"):
        called = "a line for each file of code" if asked.brief else "a check of code"
        show(found, called, asked.format)
    if all(f.sign == "?" for f in kept) and all(m.marking is None for m in marked):
        return 2
    return 0 if found.right else 1


def _left_out(file: CheckedFile, loose: bool) -> bool:
    """Whether it has no function that is asked for; of a folder, none that a convention knows."""
    report = file.report
    if report is None or report.functions:
        return False
    return loose if not report.known else not report.error


def _refuse_nothing(kept, marked, code: Sequence[str], only: str | None) -> None:
    """Raises DeltaruleError where nothing is left to show."""
    if kept or marked:
        return
    raise DeltaruleError(
        f"no function is called so: {only}" if only else "no function is known to a convention",
        ", ".join(code),
        "check --conventions NAME lists a course's functions",
    )


def _write_junit(path: Path, found: CheckedCode) -> None:
    """Raises DeltaruleError where the file cannot be written, or is code or answers."""
    from deltarule.reports.junit import junit_xml

    text = junit_xml(found)
    if path == Path("-"):
        write(text)
        return
    if path.suffix in (*SUFFIXES, ".toml"):
        raise DeltaruleError(
            f"{path} would be overwritten", "--junit", "name the report: --junit results.xml"
        )
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise unwritten(path, error) from None

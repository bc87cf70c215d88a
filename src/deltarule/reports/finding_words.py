"""What is found of a student's function or file in words: the same on the screen, in JUnit's files
and in pytest's messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from deltarule.reports.things import CheckedCode, CheckedFile
from deltarule.spelling.counted import counted
from deltarule.spelling.visible import visible
from deltarule.submissions.findings import Cause, FunctionFinding


def finding_text(finding: FunctionFinding) -> str:
    """All that is found of a function, in lines; nothing of it steers a screen."""
    return visible("\n".join(finding_lines(finding)))


def finding_lines(finding: FunctionFinding) -> Iterator[str]:
    """Verdict and finding; then why, with the formulas; what to do; notes; a test that shows it."""
    line = f" ({place_of(finding)})" if finding.line else ""
    said = f": {finding.finding}" if finding.finding else ""
    yield f"{finding.name}{line}: {finding.verdict.value}{said}"
    for cause in finding.causes:
        yield f"  why: {cause_words(cause)}"
        if cause.formula:
            yield f"    {'yours is' if cause.shown else 'as if'} {cause.formula}"
        if cause.right_formula:
            yield f"    right is {cause.right_formula}"
    if finding.remedy:
        yield f"  remedy: {finding.remedy}"
    yield from (f"  note: {note}" for note in finding.notes)
    if finding.test:
        yield "  a test that shows it:"
        yield from (f"    {line}".rstrip() for line in finding.test.strip("\n").splitlines())


def place_of(finding: FunctionFinding) -> str:
    """`line 12`, or `cell 4, line 7`."""
    return finding.place or f"line {finding.line}"


def cause_words(cause: Cause) -> str:
    """A cause, and of which outputs where there are several."""
    return f"{cause.words} (in {', '.join(cause.outputs)})" if cause.outputs else cause.words


def where_checked(file: CheckedFile) -> str:
    """`convention: CS231n (Stanford); sandbox: bubblewrap + Landlock 7 + seccomp`."""
    report = file.report
    if report is None:
        return ""
    words = [f"convention: {report.convention}"] if report.convention else []
    words += [f"sandbox: {report.layers}"] if report.layers else []
    return "; ".join(words)


def totals(file: CheckedFile) -> str:
    """`10 of 12 functions right: 1 wrong, 1 not finished`."""
    found = file.report.functions if file.report else []
    right = sum(map(file.passes, found))
    words = f"{right} of {counted(len(found), 'function')} right"
    others = Counter(f.verdict.value for f in found if not file.passes(f))
    kinds = ", ".join(f"{n} {verdict}" for verdict, n in others.items())
    return f"{words}: {kinds}" if kinds else words


def file_in_a_line(file: CheckedFile) -> str:
    """What was found of one of several files, with the functions that do not pass."""
    if file.error is not None:
        return file.error.fact
    if file.report is None or file.report.error:
        return file.report.error.removeprefix(f"{file.path}, ") if file.report else ""
    found = file.report.functions
    right = sum(map(file.passes, found))
    others = ", ".join(f.name for f in found if not file.passes(f))
    return f"{right} of {len(found)} right" + (f": not {others}" if others else "")


def code_totals(checked: CheckedCode) -> str:
    """`12 files: 10 all right, 1 with something wrong, 1 not checked`."""
    return f"{counted(len(checked.files), 'file')}: {_kinds(checked.files)}"


def left_out_words(count: int) -> str:
    """How many files of a folder define nothing that is checked."""
    return f"{counted(count, 'other file')} without a function that a convention knows"


def _kinds(files: Iterable[CheckedFile]) -> str:
    words = {"✓": "all right", "✗": "with something wrong", "?": "not checked"}
    counts = Counter(file.sign for file in files)
    return ", ".join(f"{counts[sign]} {kind}" for sign, kind in words.items() if counts[sign])


def failures_text(checked: CheckedCode) -> str:
    """All that does not pass, in lines; empty where everything does."""
    parts = []
    for file in checked.files:
        report = file.report
        if file.error is not None:
            parts.append(visible(f"{file.path}: {file.error}"))
        elif report is None or report.error or not report.functions:
            words = report.error if report else ""
            parts.append(visible(f"{file.path}: {words or 'no function of it was checked'}"))
        wrong = [f for f in (report.functions if report else ()) if not file.passes(f)]
        if wrong:
            parts += [f"{file.path}: {totals(file)}", *map(finding_text, wrong)]
    return "\n".join(parts)

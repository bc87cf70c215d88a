"""Students' code on the screen: a row for each function, then why, and what shows it."""

from __future__ import annotations

from collections.abc import Sequence

from deltarule.cli.page import Page
from deltarule.reports.finding_words import (
    cause_words,
    code_totals,
    file_in_a_line,
    left_out_words,
    place_of,
    totals,
    where_checked,
)
from deltarule.reports.things import CheckedCode, CheckedFile
from deltarule.spelling.folding import cells, filled
from deltarule.submissions.findings import Cause, FunctionFinding, FunctionVerdict

_HEADS = ("", "function", "line", "verdict", "finding")
_GAP = 2
#: With less room for them, findings stand below their row.
_ROOM = 34
_STYLES = {
    FunctionVerdict.RIGHT: "green",
    FunctionVerdict.FOLLOWS: "yellow",
    FunctionVerdict.CALLS: "yellow",
    FunctionVerdict.CONVENTION: "yellow",
    FunctionVerdict.CHANGES: "yellow",
    FunctionVerdict.UNFINISHED: "magenta",
    FunctionVerdict.UNCHECKED: "magenta",
}
_OTHER = "bold red"
_SIGNS = {"✓": "green", "✗": _OTHER, "?": "magenta"}


def code_page(page: Page, checked: CheckedCode) -> None:
    """What was found of each file; of several a line for each; and what was marked beside them."""
    for file in checked.files:
        page.blank()
        _file(page, file)
    if len(checked.files) > 1:
        code_brief_page(page, checked)
    elif checked.left_out:
        page.prose(left_out_words(checked.left_out), style="dim")
    if checked.marked:
        from deltarule.cli.check_files import files_page

        page.blank()
        files_page(page, checked.marked)


def code_brief_page(page: Page, checked: CheckedCode) -> None:
    """A line for each file, and how many are right."""
    page.heading("Together")
    column = max(cells(file.path) for file in checked.files)
    for file in checked.files:
        words, style = file_in_a_line(file), _SIGNS[file.sign]
        if page.width - column - 4 < 20:
            page.formula(f"{file.path}: {words}", 0, style, hang=4, lead=f"{file.sign} ")
        else:
            lead = f"{file.sign} {file.path.ljust(column)}  "
            page.formula(words, 0, style, hang=0, lead=lead)
    page.blank()
    page.prose(code_totals(checked), style="bold")
    if checked.left_out:
        page.prose(left_out_words(checked.left_out), style="dim")


def _file(page: Page, file: CheckedFile) -> None:
    page.title(file.path)
    if where := where_checked(file):
        page.prose(where, style="dim")
    report = file.report
    for note in report.notes if report else ():
        page.prose(note, style="dim")
    page.blank()
    if file.error is not None:
        page.error(file.error, within=file.path)
    if report is None:
        return
    if report.error:
        page.labelled("error", report.error.removeprefix(f"{file.path}, "), style=_OTHER)
    if report.functions:
        _table(page, file, report.functions)
        for finding in report.functions:
            _why(page, file, finding)
        page.blank()
        page.prose(totals(file), style="bold")


def _table(page: Page, file: CheckedFile, found: Sequence[FunctionFinding]) -> None:
    rows = [_row(file, f) for f in found]
    if page.table(_HEADS, rows, {2}):
        return
    widths = [max(cells(row[k]) for row in (_HEADS, *rows)) for k in range(4)]
    room = page.width - sum(widths) - 4 * _GAP
    if room + _GAP < 0:
        _narrow(page, file, found)
        return
    beside = room >= _ROOM
    heads = _HEADS if beside else (*_HEADS[:4], "")
    page.prose_line(_aligned(heads, widths), style="dim")
    for row, finding in zip(rows, found):
        style = _style(file, finding)
        lines = filled(row[4], room) if beside else [""]
        page.prose_line(_aligned((*row[:4], lines[0]), widths), style=style)
        indent = sum(widths) + 4 * _GAP
        for line in lines[1:]:
            page.prose_line(" " * indent + line, style=style)
        if not beside and finding.finding:
            page.prose(finding.finding, indent=4)


def _narrow(page: Page, file: CheckedFile, found: Sequence[FunctionFinding]) -> None:
    """On a narrow screen, one below the other."""
    for finding in found:
        sign, name, line, verdict, words = _row(file, finding)
        page.formula(f"{name} ({line}): {verdict}", 0, _style(file, finding), 4, f"{sign} ")
        if words:
            page.prose(words, indent=4)


def _row(file: CheckedFile, found: FunctionFinding) -> tuple[str, ...]:
    sign = "✓" if file.passes(found) else "✗"
    line = found.place.removeprefix("line ").replace(", line ", ":") or str(found.line or "–")
    return sign, found.name, line, found.verdict.value, found.finding


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    sign, name, line, verdict, finding = row
    padded = [
        sign + " " * (widths[0] - cells(sign)),
        name + " " * (widths[1] - cells(name)),
        " " * (widths[2] - cells(line)) + line,
        verdict + " " * (widths[3] - cells(verdict)),
    ]
    return (" " * _GAP).join([*padded, finding]).rstrip()


def _style(file: CheckedFile, found: FunctionFinding) -> str:
    style = _STYLES.get(found.verdict, _OTHER)
    return "green" if file.passes(found) and style == _OTHER else style


def _why(page: Page, file: CheckedFile, found: FunctionFinding) -> None:
    """Why a function does not pass, what to do, and a test that shows it."""
    shown = found.causes or found.notes or found.test or found.remedy
    if not shown or (file.passes(found) and not found.notes):
        return
    page.heading(f"{found.name}, {place_of(found)}" if found.line else found.name)
    for cause in found.causes:
        _cause(page, cause)
    if found.remedy:
        page.labelled("remedy", found.remedy, 2)
    for note in found.notes:
        page.labelled("note", note, 2)
    if found.test:
        page.prose("a test that shows it:", 2, style="dim")
        page.blank()
        page.python(found.test.strip("\n"))


def _cause(page: Page, cause: Cause) -> None:
    page.labelled("why", cause_words(cause), 2)
    if cause.formula:
        page.labelled("yours" if cause.shown else "as if", cause.formula, 2, math=True)
    if cause.right_formula:
        page.labelled("right", cause.right_formula, 2, math=True)

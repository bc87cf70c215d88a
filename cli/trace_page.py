"""A trace on the screen: each quantity in symbols, with its numbers put in, and its value."""

from __future__ import annotations

from collections.abc import Container, Sequence
from math import isnan

from deltarule.cli.notes import noted
from deltarule.cli.page import Page
from deltarule.cli.verdict_page import STYLES
from deltarule.marking.sheets import Sheet
from deltarule.marking.worked_sheets import Worked
from deltarule.reports.number_text import brief, number_text, one_line, power_of_ten, rows
from deltarule.reports.trace_values import decisive, run_title, told_lines
from deltarule.spelling.counted import counted
from deltarule.spelling.text import text
from deltarule.tracing.trace import Trace, TracedLine

_HEADINGS = {"forward": "Forward", "error": "Error", "backward": "Backward", "update": "Update"}
#: Values of the indices, and the entry that is computed there.
Point = tuple[tuple[int, ...], tuple[int, ...]]
#: Of a quantity with more entries than this, only the first few are worked out in full.
MOST_ENTRIES = 12
FEW_ENTRIES = 3


def sheet_page(
    page: Page, sheet: Sheet, runs: Sequence[Worked], only: Container[str] | None
) -> None:
    """All runs of a sheet, with what is published and the verdicts on it."""
    page.title(sheet.title)
    if sheet.source:
        page.prose(sheet.source, style="dim")
    for number, worked in enumerate(runs, start=1):
        if len(runs) > 1:
            page.heading(run_title(worked, number, len(runs)))
        if worked.run.at == "after":
            page.prose(f"after {counted(worked.run.updates, 'update')}", style="dim")
        trace_page(page, worked.trace, worked, only)


def trace_page(
    page: Page, trace: Trace, worked: Worked | None, only: Container[str] | None
) -> None:
    """The givens, then every line under the heading of its phase."""
    page.prose(_how(trace), style="dim")
    if only is None:
        page.heading("Given")
        givens(page, trace, worked)
    for line, phase in told_lines(trace, worked, only):
        if phase:
            page.heading(_HEADINGS[phase])
        _line(page, line, trace)
        if worked:
            published(page, line.quantity, worked)
    page.blank()


def _how(trace: Trace) -> str:
    """In which arithmetic the numbers are carried."""
    arithmetic = trace.arithmetic
    decimals = getattr(arithmetic, "decimals", None)
    significant = getattr(arithmetic, "significant", None)
    if decimals is None and significant is None:
        return "carried exactly" if arithmetic.name != "float64" else "carried in float64"
    digits = (
        counted(significant, "significant figure")
        if decimals is None
        else counted(decimals, "decimal")
    )
    return f"every line rounded to {digits} ({arithmetic.rule}); exact values beside them"


def givens(page: Page, trace: Trace, worked: Worked | None) -> None:
    """The givens, and what their own sheet contradicts."""
    for name, array in trace.course.givens.items():
        _array(page, text.name(name), array, brief)
        for verdict in worked.by_quantity.get(name, []) if worked else []:
            page.prose(verdict.finding, indent=6, style=STYLES[verdict.verdict])


def _line(page: Page, line: TracedLine, trace: Trace) -> None:
    """One quantity: formula = numbers put in = value, and its check."""
    (shown_rhs,), notes = noted(line.line.equation.rhs)
    to_text, points = number_text(trace.arithmetic), trace.points(line)
    page.blank()
    formula = f"{text(line.line.equation.lhs)} = {shown_rhs}"
    if len(points) == 1:
        page.formula(f"{formula} {_reckoning(line, trace, points[0], to_text)}")
    else:
        page.formula(formula)
    for note in notes:
        page.formula(note, indent=6, style="dim")
    if len(points) != 1:
        _entries(page, line, trace, points, to_text)
    _check(page, line)


def _entries(page: Page, line: TracedLine, trace: Trace, points: Sequence[Point], to_text) -> None:
    """The entries one by one; of many only the first few, and then all values."""
    told = points if len(points) <= MOST_ENTRIES else points[:FEW_ENTRIES]
    for point, entry in told:
        lead = f"[{','.join(map(str, entry))}] "
        page.formula(_reckoning(line, trace, (point, entry), to_text), indent=4, lead=lead, hang=2)
    if len(told) < len(points):
        _array(page, "all", line.value, to_text, indent=4)


def _reckoning(line: TracedLine, trace: Trace, place: Point, to_text) -> str:
    """`= 0.79·(−0.2) + … = 0.51 (exactly 0.510896)`, what is the same told once."""
    point, entry = place
    numbers, value = trace.numbers(line, point), to_text(line.value[entry])
    exact = brief(line.exact[entry])
    told = f"= {value}" if numbers in ("", value) else f"= {numbers} = {value}"
    rounded = trace.arithmetic.name == "rounded" and brief(line.value[entry]) != exact
    return f"{told} (exactly {exact})" if rounded else told


def _array(page: Page, name: str, array, to_text, indent: int = 2) -> None:
    """A name and its numbers, a row a line."""
    for k, row in enumerate(rows(array, to_text)):
        lead = f"{name} = " if k == 0 else " " * (len(name) + 3)
        page.formula(row, indent, lead=lead, hang=1)


def _check(page: Page, line: TracedLine) -> None:
    if line.check is None:
        return
    if line.check.undefined:
        page.prose("? ∞ or NaN: there is no derivative here to compare with", indent=6, style="dim")
        return
    dual, differences = power_of_ten(line.check.dual), power_of_ten(line.check.differences)
    if line.check.agrees:
        near = "cannot be taken" if isnan(line.check.differences) else f"to {differences}"
        words = f"✓ dual numbers agree to {dual}, central differences {near}"
        page.prose(words, indent=6, style="dim green")
    else:
        words = f"✗ off by {dual} from dual numbers, by {differences} from central differences"
        page.prose(words, indent=6, style="bold red")


def published(page: Page, quantity: str, worked: Worked) -> None:
    """The printed value, its verdict and what was found."""
    written = worked.paper.written.get(quantity)
    if written is None:
        return
    verdicts = worked.by_quantity.get(quantity, [])
    leading = decisive(verdicts)
    printed = one_line(written.numbers, lambda p: "·" if p is None else str(p).replace("-", "−"))
    if leading is None:
        page.formula(f"printed {printed}", indent=6)
        return
    page.formula(f"printed {printed}: {leading.verdict}", indent=6, style=STYLES[leading.verdict])
    for finding in dict.fromkeys(v.finding for v in verdicts if v.finding):
        page.prose(finding, indent=8)

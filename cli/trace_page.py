"""A trace on the screen: each quantity in symbols, with its numbers put in, and its value."""

from __future__ import annotations

from collections.abc import Container, Sequence

from deltarule.cli.contributions import contributions
from deltarule.cli.page import Page
from deltarule.cli.verdict_page import STYLES
from deltarule.marking.worked_sheets import Worked
from deltarule.reports.number_text import brief, number_text, rows
from deltarule.reports.things import ShownSheet, ShownTrace
from deltarule.reports.trace_lines import (
    PHASES,
    carried,
    check_text,
    exactly,
    published,
    run_title,
    shown_lines_of,
)
from deltarule.spelling.counted import counted
from deltarule.spelling.noting import noted
from deltarule.spelling.text import text
from deltarule.tracing.trace import Trace, TracedLine

#: Values of the indices, and the entry that is computed there.
Point = tuple[tuple[int, ...], tuple[int, ...]]
#: Of a quantity with more entries than this, only the first few are evaluated in full.
MOST_ENTRIES = 12
FEW_ENTRIES = 3


def sheet_page(page: Page, shown: ShownSheet) -> None:
    """All runs of a sheet, with what is published and the verdicts on it; what each time
    contributes to the gradients at the end.
    """
    sheet, runs = shown.sheet, shown.runs
    page.title(sheet.title)
    if sheet.source:
        page.prose(sheet.source, style="dim")
    for number, worked in enumerate(runs, start=1):
        if len(runs) > 1:
            page.heading(run_title(worked, number, len(runs)))
        if worked.run.at == "after":
            page.prose(f"after {counted(worked.run.updates, 'update')}", style="dim")
        _lines(page, worked.trace, worked, shown.only)
    for worked in runs if shown.only is None else ():
        contributions(page, worked.trace)


def trace_page(page: Page, shown: ShownTrace) -> None:
    """Numbers drawn at random, worked through."""
    page.title(shown.trace.network.title)
    if shown.seed is not None:
        page.prose(f"numbers drawn at random, seed {shown.seed}", style="dim")
    _lines(page, shown.trace, None, shown.only)


def _lines(page: Page, trace: Trace, worked: Worked | None, only: Container[str] | None) -> None:
    """The givens, then every line under the heading of its phase."""
    page.prose(carried(trace), style="dim")
    if only is None:
        page.heading("Given")
        _givens(page, trace, worked)
    for line, phase in shown_lines_of(trace, worked, only):
        if phase:
            page.heading(PHASES[phase])
        _line(page, line, trace)
        if worked:
            _published(page, line.quantity, worked)
    page.blank()


def _givens(page: Page, trace: Trace, worked: Worked | None) -> None:
    """The givens, and what their own sheet contradicts."""
    for name, array in trace.computation.givens.items():
        _array(page, text.name(name), array, brief)
        for verdict in worked.by_quantity.get(name, []) if worked else []:
            page.prose(verdict.finding, indent=6, style=STYLES[verdict.verdict])
    for verdict in worked.of_no_line if worked else []:
        if verdict.quantity not in trace.computation.givens:
            page.prose(verdict.finding, indent=2, style=STYLES[verdict.verdict])


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
    shown = points if len(points) <= MOST_ENTRIES else points[:FEW_ENTRIES]
    for point, entry in shown:
        lead = f"[{','.join(map(str, entry))}] "
        page.formula(_reckoning(line, trace, (point, entry), to_text), indent=4, lead=lead, hang=2)
    if len(shown) < len(points):
        _array(page, "all", line.value, to_text, indent=4)


def _reckoning(line: TracedLine, trace: Trace, place: Point, to_text) -> str:
    """`= 0.79·(−0.2) + … = 0.51 (exactly 0.510896)`, what is the same said once."""
    point, entry = place
    numbers, value = trace.numbers(line, point), to_text(line.value[entry])
    exact = exactly(line, trace, entry)
    result = f"= {value}" if numbers in ("", value) else f"= {numbers} = {value}"
    return f"{result} (exactly {exact})" if exact else result


def _array(page: Page, name: str, array, to_text, indent: int = 2) -> None:
    """A name and its numbers, a row a line."""
    for k, row in enumerate(rows(array, to_text)):
        lead = f"{name} = " if k == 0 else " " * (len(name) + 3)
        page.formula(row, indent, lead=lead, hang=1)


def _check(page: Page, line: TracedLine) -> None:
    check = line.check
    if check is not None:
        agrees = "dim green" if check.agrees else "bold red"
        page.prose(check_text(check), indent=6, style="dim" if check.undefined else agrees)


def _published(page: Page, quantity: str, worked: Worked) -> None:
    """The printed value, its verdict and what was found."""
    said = published(quantity, worked)
    if said is None:
        return
    if not said.verdict:
        page.formula(f"printed {said.printed}", indent=6)
        return
    page.formula(f"printed {said.printed}: {said.verdict}", indent=6, style=STYLES[said.verdict])
    for finding in said.findings:
        page.prose(finding, indent=8)

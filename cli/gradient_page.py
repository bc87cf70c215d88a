"""Checks of gradients on the screen: a row for each, with its worst entry both ways."""

from __future__ import annotations

from collections.abc import Sequence

from deltarule.cli.kernel_line import kernel_line
from deltarule.cli.page import Page
from deltarule.errors import DeltaruleError
from deltarule.gradcheck.result import GradientCheck, worst_of, worst_of_each_form
from deltarule.reports.number_text import gap_text, seven_digits
from deltarule.reports.things import MeasuredGradients
from deltarule.spelling.counted import counted
from deltarule.spelling.folding import cells
from deltarule.spelling.names import pretty

_HEADS = ("", "gradient", "entries", "worst", "derived", "measured", "gap", "by")
_WORDS = (0, 1, 3, 7)  # the columns of words; numbers stand to the right
_GAP = 2


def gradient_page(page: Page, found: Sequence[MeasuredGradients]) -> None:
    """Each derivation or function under its title."""
    for outcome in found:
        page.blank()
        page.title(outcome.title)
        for line in outcome.lines:
            page.prose(line, style="dim")
        page.blank()
        if outcome.error is not None:
            _unchecked(page, outcome.error)
            continue
        _checks(page, outcome)
        if outcome.kernel:
            kernel_line(page, outcome.kernel)


def _checks(page: Page, outcome: MeasuredGradients) -> None:
    """The worst check of every gradient as rows, then kinks and ties, then how many are right."""
    checks, faults, bare = outcome.checks, outcome.faults, outcome.bare
    smooth = [c for c in checks if not c.method.startswith("subgradients")]
    edges = {c.name: c for c in checks if c.method.startswith("subgradients")}
    each = worst_of(smooth or checks)
    rows = worst_of_each_form(each)
    heads = tuple(outcome.own if h == "derived" else h for h in _HEADS)
    if rows:
        _table(page, [heads, *(_cells_of(c, bare) for c in rows)], rows)
    _edges(page, list(edges.values()))
    _settings(page, smooth)
    points = len((outcome.more or {}).get("points", ()))
    if points:
        page.prose(f"and at {counted(points, 'point')} with zeros, ties and extremes", style="dim")
    page.blank()
    for fault in faults:
        page.prose(f"✗ {fault}", style="bold red")
    wrong = {c.name for c in checks if not c.right}
    if bare:
        page.prose(
            f"{counted(len(rows), 'gradient')} measured, and nothing to hold against "
            f"{'it' if len(rows) == 1 else 'them'}",
            style="bold",
        )
    elif rows:
        but = f", but {counted(len(faults), 'fault')}" if faults else ""
        page.prose(f"{len(each) - len(wrong)} of {len(each)} right{but}", style="bold")


def _unchecked(page: Page, error: DeltaruleError) -> None:
    """Why a function could not be checked."""
    page.labelled("✗ not checked", error.fact, style="bold red")
    if error.place:
        page.labelled("where", error.place)
    if error.remedy:
        page.labelled("remedy", error.remedy)


def _cells_of(check: GradientCheck, bare: bool) -> tuple[str, ...]:
    index = f"[{','.join(map(str, check.worst))}]" if check.worst else "–"
    sign = "·" if bare else "✓" if check.right else "✗"
    method = check.method.removesuffix(" in balls of 128 bits")
    return (
        sign,
        pretty(check.name),
        str(check.entries),
        index,
        seven_digits(check.derived),
        seven_digits(check.measured),
        "" if bare else gap_text(check.error),
        method,
    )


def _table(page: Page, table: list[tuple[str, ...]], rows: Sequence[GradientCheck]) -> None:
    """Rows in columns; where they are too wide, the method goes below, or all do."""
    if page.table(table[0], table[1:], set(range(len(_HEADS))) - set(_WORDS)):
        for check in rows:
            if check.note:
                page.labelled(pretty(check.name), check.note)
        return
    widths = [max(cells(row[k]) for row in table) for k in range(len(_HEADS))]
    count = len(_HEADS)
    if sum(widths) + _GAP * (count - 1) > page.width:
        count -= 1
    if sum(widths[:count]) + _GAP * (count - 1) > page.width:
        for row, check in zip(table[1:], rows, strict=True):
            _stacked(page, row, check)
        return
    page.prose_line(_line(table[0], widths[:count]), style="dim")
    methods = dict.fromkeys(row[-1] for row in table[1:])
    for row, check in zip(table[1:], rows, strict=True):
        page.prose_line(_line(row, widths[:count]), style=_style(check, row[0]))
        _show_check(page, check, row[-1] if count < len(_HEADS) and len(methods) > 1 else "")
    if count < len(_HEADS) and len(methods) == 1 and rows:
        page.prose(f"by {rows[0].method}", style="dim")


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    parts = [
        text + " " * (width - cells(text)) if k in _WORDS else " " * (width - cells(text)) + text
        for k, (text, width) in enumerate(zip(row, widths))
    ]
    return (" " * _GAP).join(parts).rstrip()


def _stacked(page: Page, row: Sequence[str], check: GradientCheck) -> None:
    """A row that is wider than the screen, in lines."""
    sign, name, entries, index, derived, measured, gap, method = row
    page.formula(
        f"{name} {index} = {derived}", indent=0, lead=f"{sign} ", hang=4, style=_style(check, sign)
    )
    page.prose(
        f"measured {measured}, gap {gap}, of {counted(int(entries), 'entry')}, by {method}",
        indent=4,
    )
    _show_check(page, check, "")


def _show_check(page: Page, check: GradientCheck, method: str) -> None:
    """What else there is to say of a row, under it."""
    if method:
        page.prose(f"by {method}", indent=4, style="dim")
    if check.note:
        page.prose(check.note, indent=4, style="" if check.right else "red")


def _style(check: GradientCheck, sign: str) -> str:
    return "" if sign == "·" else "green" if check.right else "bold red"


def _edges(page: Page, edges: Sequence[GradientCheck]) -> None:
    if not edges:
        return
    page.blank()
    right = [c for c in edges if c.right]
    if right:
        names = ", ".join(f"{pretty(c.name)} ({c.edges})" for c in right)
        page.prose(f"at kinks and ties, among the subgradients: {names}", style="green")
    for check in edges:
        if not check.right:
            index = f"[{','.join(map(str, check.worst))}]" if check.worst else ""
            page.formula(
                f"{pretty(check.name)}{index} = {seven_digits(check.derived)} at kinks and ties, "
                f"where the nearest subgradient is {seven_digits(check.measured)}",
                indent=0,
                lead="✗ ",
                style="bold red",
                hang=4,
            )
            if check.note:
                page.prose(check.note, indent=4, style="red")


def _settings(page: Page, checks: Sequence[GradientCheck]) -> None:
    settings = dict.fromkeys(
        ", ".join(f"{n} = {k}" for n, k in c.settings.items()) for c in checks if c.settings
    )
    if settings:
        page.blank()
        page.prose("at " + "; ".join(settings), style="dim")

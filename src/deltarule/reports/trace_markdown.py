"""A trace as Markdown: each quantity as a $$ … $$ block, in symbols, with its numbers put in, and
its value; then its check, and what a sheet prints of it with the verdict.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from deltarule.marking.worked_sheets import Worked
from deltarule.reports.markdown import escaped
from deltarule.reports.things import ShownSheet, ShownTrace
from deltarule.reports.trace_latex import given_rows, line_rows
from deltarule.reports.trace_lines import (
    PHASES,
    carried,
    check_text,
    published,
    run_title,
    shown_lines_of,
)
from deltarule.spelling.counted import counted
from deltarule.tracing.trace import Trace


def trace_markdown(shown: ShownTrace) -> str:
    """Numbers drawn at random, worked through."""
    lines = [f"# {escaped(shown.trace.network.title)}", ""]
    if shown.seed is not None:
        lines += [f"Numbers drawn at random, seed {shown.seed}.", ""]
    lines += _trace(shown.trace, None, shown.only, "##")
    return "\n".join(lines).rstrip() + "\n"


def trace_lines_markdown(trace: Trace) -> str:
    """The givens and the lines of a trace, without a title."""
    return "\n".join(_trace(trace, None, None, "###")).rstrip()


def sheet_markdown(shown: ShownSheet) -> str:
    """The runs of a sheet, with what it prints and the verdicts on it."""
    sheet, runs = shown.sheet, shown.runs
    lines = [f"# {escaped(sheet.title)}", ""]
    lines += [f"{escaped(sheet.source)}", ""] if sheet.source else []
    for number, worked in enumerate(runs, start=1):
        level = "##"
        if len(runs) > 1:
            lines += [f"## {escaped(run_title(worked, number, len(runs)))}", ""]
            level = "###"
        if worked.run.at == "after":
            lines += [f"After {counted(worked.run.updates, 'update')}.", ""]
        lines += _trace(worked.trace, worked, shown.only, level)
    return "\n".join(lines).rstrip() + "\n"


def _trace(
    trace: Trace, worked: Worked | None, only: Container[str] | None, level: str
) -> Iterator[str]:
    """The givens, then every line under the heading of its phase."""
    yield from (f"*{escaped(carried(trace))}*", "")
    if only is None:
        yield from (f"{level} Given", "", *_block(given_rows(trace)))
        for verdict in worked.of_no_line if worked else ():
            if verdict.finding:
                yield from (f"{escaped(verdict.finding)}.", "")
    for line, phase in shown_lines_of(trace, worked, only):
        if phase:
            yield from (f"{level} {PHASES[phase]}", "")
        yield from _block(line_rows(line, trace))
        if line.check is not None:
            yield from (f"*{escaped(check_text(line.check))}*", "")
        if worked:
            yield from _published(line.quantity, worked)


def _published(quantity: str, worked: Worked) -> Iterator[str]:
    """What the sheet prints of a quantity, the verdict, and why."""
    said = published(quantity, worked)
    if said is None:
        return
    verdict = f": **{escaped(said.verdict)}**" if said.verdict else ""
    yield from (f"printed {escaped(said.printed)}{verdict}", "")
    yield from (f"- {escaped(finding)}" for finding in said.findings)
    if said.findings:
        yield ""


def _block(rows: Iterable[str]) -> list[str]:
    """Aligned equations in one block; nothing for none."""
    rows = list(rows)
    if not rows:
        return []
    body = [*(rf"{row} \\" for row in rows[:-1]), rows[-1]]
    return ["$$", r"\begin{aligned}", *body, r"\end{aligned}", "$$", ""]

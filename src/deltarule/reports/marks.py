"""A marking as Markdown and as LaTeX: a row for each verdict, the points, and the total."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deltarule.errors import DeltaruleError
from deltarule.marking.verdicts import FOLLOWS, MISSING, Marking, Score, Verdict
from deltarule.reports.points_in_words import (
    in_a_line,
    in_all,
    is_shown,
    of_score,
    total,
    with_scores,
)
from deltarule.reports.prose import prose
from deltarule.reports.things import MarkedFile
from deltarule.spelling.names import pretty
from deltarule.spelling.visible import visible

HEADINGS = ("quantity", "written", "verdict", "right is", "points")


def marking_markdown(marking: Marking) -> str:
    """A table for each run; findings behind the verdicts."""
    return "\n".join([*_tables(marking, "#"), ""])


def _tables(marking: Marking, level: str) -> Iterator[str]:
    """A marking under a heading of some level."""
    yield from (f"{level} {_escaped(marking.sheet)}", "")
    yield from (_escaped(text) + "\n" for text in (marking.who, *marking.notes) if text)
    for run, rows in _runs(marking):
        yield from (f"{level}# Run {run}", "") if run else ()
        yield from (f"| {' | '.join(HEADINGS)} |", "| --- " * len(HEADINGS) + "|")
        yield from (f"| {' | '.join(map(_escaped, row))} |" for row in rows)
        yield ""
    yield f"**{_escaped(total(marking))}**"


def files_markdown(files: Sequence[MarkedFile]) -> str:
    """The totals of several files, a row for each, and the verdicts on each."""
    lines = ["# Together", "", "| file | |", "| --- | --- |"]
    lines += [f"| {_escaped(f.path)} | {f.sign} {_escaped(in_a_line(f))} |" for f in files]
    lines += ["", f"**{_escaped(in_all(files))}**", ""]
    for file in files:
        lines += [f"## {_escaped(file.path)}", ""]
        if file.marking is not None:
            lines += [*_tables(file.marking, "###"), ""]
        elif file.error is not None:
            fault = file.error.fact, file.error.place, file.error.remedy
            lines += [_escaped(text) + "\n" for text in fault if text]
    return "\n".join(lines)


def marking_latex(marking: Marking) -> str:
    """The verdicts one after another, as a fragment."""
    lines = [rf"\section*{{{prose(marking.sheet)}}}", ""]
    return "\n".join([*lines, *_items(marking), ""])


def _items(marking: Marking) -> Iterator[str]:
    yield from (prose(text) + "\n" for text in (marking.who, *marking.notes) if text)
    for run, rows in _runs(marking):
        yield from (rf"\paragraph{{Run {run}}}", "") if run else ()
        yield r"\begin{itemize}"
        for quantity, written, verdict, right, points in rows:
            equals = f" = {written}" if written else ""
            yield rf"\item {prose(quantity + equals)}: {prose(verdict)}"
            yield from [rf"\\ right is {prose(right)}"] if right else []
            yield from [rf"\\ \textbf{{{prose(points)}}}"] if points else []
        yield r"\end{itemize}"
    yield from ("", rf"\textbf{{{prose(total(marking))}}}")


def files_latex(files: Sequence[MarkedFile]) -> str:
    """The totals of several files, a line for each, and the verdicts on each, as a fragment."""
    lines = [r"\section*{Together}", "", r"\begin{itemize}"]
    lines += [rf"\item {prose(f.path)}: {prose(in_a_line(f))}" for f in files]
    lines += [r"\end{itemize}", "", rf"\textbf{{{prose(in_all(files))}}}", ""]
    for file in files:
        lines += [rf"\section*{{{prose(file.path)}}}", ""]
        if file.marking is not None:
            lines += [prose(file.marking.sheet), "", *_items(file.marking), ""]
        elif file.error is not None:
            fault = file.error.fact, file.error.place, file.error.remedy
            lines += [prose(text) + "\n" for text in fault if text]
    return "\n".join(lines)


def _runs(marking: Marking) -> Iterator[tuple[int, list[tuple[str, ...]]]]:
    """The rows of each run; its number is 0 if it is the only one."""
    found: dict[int, list[tuple[str, ...]]] = {}
    for verdict, score in with_scores(marking):
        found.setdefault(verdict.run, []).append(_row(verdict, score, marking))
    for run, rows in found.items():
        yield (run if len(found) > 1 else 0), rows


def _row(verdict: Verdict, score: Score | None, marking: Marking) -> tuple[str, ...]:
    finding = verdict.finding if verdict.verdict != MISSING else ""
    points = of_score(score) if score is not None and is_shown(score, marking) else ""
    finding = finding.removeprefix(f"{FOLLOWS} ") if verdict.verdict == FOLLOWS else finding
    others = "".join(f"; or: {other}" for other in verdict.alternatives)
    words = f"{verdict.verdict}: {finding}{others}" if finding else verdict.verdict
    expected = "" if verdict.right else verdict.expected
    return named(verdict), verdict.given, words, expected, points


def named(verdict: Verdict) -> str:
    """A quantity and its entries as shown; what is the name of nothing, as it was written."""
    try:
        return pretty(verdict.quantity) + verdict.at
    except DeltaruleError:
        return verdict.quantity + verdict.at


def _escaped(text: str) -> str:
    """Text in a cell of a Markdown table."""
    shown = visible(text)
    for sign in "\\`*_[]<>|#~":
        shown = shown.replace(sign, "\\" + sign)
    return " ".join(shown.split())

"""A marking as Markdown and as LaTeX: a row for each verdict, the points, and the total."""

from __future__ import annotations

from collections.abc import Iterator

from deltarule.errors import DeltaruleError
from deltarule.marking.verdicts import FOLLOWS, MISSING, Marking, Score, Verdict
from deltarule.reports.points_in_words import of_score, told_of, total, with_scores
from deltarule.reports.prose import prose
from deltarule.spelling.names import pretty
from deltarule.spelling.visible import visible

HEADINGS = ("quantity", "written", "verdict", "right is", "points")


def marking_markdown(marking: Marking) -> str:
    """A table for each run; findings behind the verdicts."""
    lines = [f"# {_escaped(marking.sheet)}", ""]
    lines += [_escaped(text) + "\n" for text in (marking.who, *marking.notes) if text]
    for run, rows in _runs(marking):
        lines += [f"## Run {run}", ""] if run else []
        lines += [f"| {' | '.join(HEADINGS)} |", "| --- " * len(HEADINGS) + "|"]
        lines += [f"| {' | '.join(map(_escaped, row))} |" for row in rows] + [""]
    return "\n".join([*lines, f"**{_escaped(total(marking))}**", ""])


def marking_latex(marking: Marking) -> str:
    """The verdicts one after another, as a fragment."""
    lines = [rf"\section*{{{prose(marking.sheet)}}}", ""]
    lines += [prose(text) + "\n" for text in (marking.who, *marking.notes) if text]
    for run, rows in _runs(marking):
        lines += [rf"\paragraph{{Run {run}}}", ""] if run else []
        lines.append(r"\begin{itemize}")
        for quantity, written, verdict, right, points in rows:
            equals = f" = {written}" if written else ""
            lines.append(rf"\item {prose(quantity + equals)}: {prose(verdict)}")
            lines += [rf"\\ right is {prose(right)}"] if right else []
            lines += [rf"\\ \textbf{{{prose(points)}}}"] if points else []
        lines.append(r"\end{itemize}")
    return "\n".join([*lines, "", rf"\textbf{{{prose(total(marking))}}}", ""])


def _runs(marking: Marking) -> Iterator[tuple[int, list[tuple[str, ...]]]]:
    """The rows of each run; its number is 0 if it is the only one."""
    found: dict[int, list[tuple[str, ...]]] = {}
    for verdict, score in with_scores(marking):
        found.setdefault(verdict.run, []).append(_row(verdict, score, marking))
    for run, rows in found.items():
        yield (run if len(found) > 1 else 0), rows


def _row(verdict: Verdict, score: Score | None, marking: Marking) -> tuple[str, ...]:
    told = verdict.finding if verdict.verdict != MISSING else ""
    points = of_score(score) if score is not None and told_of(score, marking) else ""
    told = told.removeprefix(f"{FOLLOWS} ") if verdict.verdict == FOLLOWS else told
    others = "".join(f"; or: {other}" for other in verdict.alternatives)
    words = f"{verdict.verdict}: {told}{others}" if told else verdict.verdict
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

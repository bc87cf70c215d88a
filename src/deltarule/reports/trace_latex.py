"""A trace as LaTeX: each quantity in symbols, with its numbers put in, and its value; what a sheet
prints of it, with its verdict, below. Lines are broken where they would leave the page.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from sympy import Symbol

from deltarule.expressions import nodes
from deltarule.marking.worked_sheets import Worked
from deltarule.reports.broken import WIDTH, broken, visible
from deltarule.reports.latex_alphabet import LatexWriter, latex
from deltarule.reports.latex_arrays import array_lines, plain
from deltarule.reports.number_text import brief, number_text
from deltarule.reports.prose import prose
from deltarule.reports.things import ShownSheet, ShownTrace
from deltarule.reports.trace_lines import PHASES, exactly, published, run_title, shown_lines_of
from deltarule.tracing.substituted import NumberWriter, inserted
from deltarule.tracing.trace import Trace, TracedLine

#: Of a quantity with more entries than this, only the values are given.
MOST_ENTRIES = 24


class LatexNumbers(NumberWriter, LatexWriter):
    """Reads as numbers, in LaTeX."""

    dot = r" \cdot "

    _methods = {
        **LatexWriter._methods,
        nodes.Read: NumberWriter._read,
        nodes.Read: NumberWriter._read,
        nodes.Reduction: NumberWriter._reduction,
        Symbol: NumberWriter._symbol,
    }


def trace_latex(shown: ShownTrace) -> str:
    """A trace as a fragment: givens, then every line under the heading of its phase."""
    title = rf"\section*{{{prose(shown.trace.network.title)}}}"
    return "\n".join([title, "", *_trace(shown.trace, None, shown.only)]) + "\n"


def sheet_latex(shown: ShownSheet) -> str:
    """The runs of a sheet as a fragment, with what it prints and the verdicts on it."""
    lines, runs = [rf"\section*{{{prose(shown.sheet.title)}}}", ""], shown.runs
    for number, worked in enumerate(runs, start=1):
        if len(runs) > 1:
            lines += [rf"\subsection*{{{prose(run_title(worked, number, len(runs)))}}}", ""]
        lines += _trace(worked.trace, worked, shown.only)
    return "\n".join(lines) + "\n"


def _trace(trace: Trace, worked: Worked | None, only: Container[str] | None) -> Iterator[str]:
    if only is None:
        yield from (r"\paragraph{Given}", "", *_aligned(given_rows(trace)))
        for verdict in worked.of_no_line if worked else ():
            if verdict.finding:
                yield from (rf"{prose(verdict.finding)}.", "")
    for line, phase in shown_lines_of(trace, worked, only):
        if phase:
            yield from ("", rf"\paragraph{{{PHASES[phase]}}}", "")
        yield from _aligned(line_rows(line, trace))
        if worked:
            yield from _published(line.quantity, worked)


def given_rows(trace: Trace) -> Iterator[str]:
    """The givens as rows of an alignment."""
    names = {name: latex.name(name) for name in trace.computation.givens}
    room = WIDTH - max(map(visible, names.values()), default=0.0)
    for name, array in trace.computation.givens.items():
        first, *more = array_lines(array, brief, room)
        yield f"{names[name]} &= {first}"
        yield from (rf"&\quad {piece}" for piece in more)


def line_rows(line: TracedLine, trace: Trace) -> Iterator[str]:
    """The formula, then an entry a row, as rows of an alignment."""
    to_text, equation = number_text(trace.arithmetic), line.line.equation
    left, points = latex(equation.lhs), trace.points(line)
    places = [_place(entry) if len(points) > 1 else "" for _, entry in points]
    room = WIDTH - max(map(visible, (left, *places)))
    first, *more = broken(latex(equation.rhs), room)
    yield f"{left} &= {first}"
    yield from (rf"&\quad {piece}" for piece in more)
    if len(points) > MOST_ENTRIES:
        first, *more = array_lines(line.value, to_text, room)
        yield from (rf"&= {first}", *(rf"&\quad {piece}" for piece in more))
        return
    for (point, entry), at in zip(points, places, strict=True):
        value = plain(to_text)(line.value[entry])
        numbers = value
        if trace.numbers(line, point):
            numbers = inserted(equation, point, trace.put_in, plain(brief), LatexNumbers)
        first, *more = broken(numbers, room)
        equals = ("" if numbers == value else f" = {value}") + _exactly(line, entry, trace)
        if not more and visible(first + equals) <= room:
            first, equals = first + equals, ""
        yield rf"{at}&= {first}"
        yield from (rf"&\quad {piece}" for piece in more)
        if equals:
            yield rf"&{equals}"


def _exactly(line: TracedLine, entry: tuple[int, ...], trace: Trace) -> str:
    """The exact value of an entry where it is another than the rounded one."""
    if not exactly(line, trace, entry):
        return ""
    return rf"\quad\text{{(exactly }}{plain(brief)(line.exact[entry])}\text{{)}}"


def _place(entry: tuple[int, ...]) -> str:
    return f"[{','.join(map(str, entry))}]\\colon\\ "


def _published(quantity: str, worked: Worked) -> Iterator[str]:
    """What the sheet prints of a quantity, the verdict, and why."""
    said = published(quantity, worked)
    if said is None:
        return
    verdict = rf": \textbf{{{prose(said.verdict)}}}" if said.verdict else ""
    yield rf"printed {prose(said.printed)}{verdict}"
    for finding in said.findings:
        yield rf"\\ \hspace*{{1em}}{prose(finding)}"
    yield from (r"\medskip", "")


def _aligned(rows: Iterable[str]) -> list[str]:
    rows = list(rows)
    if not rows:
        return []
    return [r"\begin{align*}", *(f"{row} \\\\" for row in rows[:-1]), rows[-1], r"\end{align*}"]

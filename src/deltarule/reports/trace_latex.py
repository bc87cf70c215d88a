"""A trace as LaTeX: each quantity in symbols, with its numbers put in, and its value."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

import numpy as np
from sympy import Symbol
from sympy.tensor.indexed import Indexed

from deltarule.checking.inserted import NumberWriter, inserted
from deltarule.checking.trace import Trace, TracedLine
from deltarule.notation import nodes
from deltarule.reports.alphabet import LatexWriter, latex
from deltarule.reports.broken import broken
from deltarule.reports.numbers import brief, number_text
from deltarule.reports.prose import prose

_PHASES = {"forward": "Forward", "error": "Error", "backward": "Backward", "update": "Update"}
#: Of a quantity with more entries than this, only the values are given.
MOST_ENTRIES = 24


class LatexNumbers(NumberWriter, LatexWriter):
    """Reads as numbers, in LaTeX."""

    dot = r" \cdot "

    _methods = {
        **LatexWriter._methods, nodes.Read: NumberWriter._read, Indexed: NumberWriter._read,
        nodes.Reduction: NumberWriter._reduction, Symbol: NumberWriter._symbol,
    }


def trace_fragment(title: str, traces: Iterable[Trace], only: Container[str] | None = None) -> str:
    """Traces one after another: givens, then every line under the heading of its phase."""
    lines = [rf"\section*{{{prose(title)}}}", ""]
    for trace in traces:
        if only is None:
            lines += [r"\paragraph{Given}", "", *_givens(trace)]
        phase = ""
        for line in trace.lines:
            if (line.quantity not in only) if only is not None else _is_seed(line):
                continue
            if line.phase != phase:
                phase = line.phase
                lines += ["", rf"\paragraph{{{_PHASES[phase]}}}", ""]
            lines += _aligned(_rows(line, trace))
    return "\n".join(lines) + "\n"


def _givens(trace: Trace) -> list[str]:
    return _aligned(
        f"{latex.name(name)} &= {matrix(array, brief)}"
        for name, array in trace.course.givens.items()
    )


def _is_seed(line: TracedLine) -> bool:
    return line.phase == "backward" and bool(line.line.equation.rhs.is_number)


def _rows(line: TracedLine, trace: Trace) -> Iterator[str]:
    """The formula, then an entry a row."""
    to_text, equation = number_text(trace.arithmetic), line.line.equation
    first, *more = broken(latex(equation.rhs))
    yield f"{latex(equation.lhs)} &= {first}"
    yield from (rf"&\quad {piece}" for piece in more)
    points = trace.points(line)
    if len(points) > MOST_ENTRIES:
        yield rf"&= {matrix(line.value, to_text)}"
        return
    for point, entry in points:
        at = f"[{','.join(map(str, entry))}]\\colon\\ " if len(points) > 1 else ""
        value = _plain(to_text)(line.value[entry])
        numbers = value
        if trace.numbers(line, point):
            numbers = inserted(equation, point, trace.values, _plain(brief), LatexNumbers)
        told = value if numbers == value else f"{numbers} = {value}"
        pieces = broken(told)
        yield rf"{at}&= {pieces[0]}"
        yield from (rf"&\quad {piece}" for piece in pieces[1:])


def _plain(to_text):
    """Numbers with the minus sign of LaTeX."""
    return lambda value: to_text(value).replace("−", "-").replace("∞", r"\infty")


def matrix(array, to_text) -> str:
    """An array as a matrix; a vector as a row; of more than two axes, as nested rows."""
    array = np.squeeze(np.asarray(array))
    told = _plain(to_text)
    if not array.ndim:
        return told(array[()])
    if array.size > 96:
        return r"\text{" + "×".join(map(str, array.shape)).replace("×", r"$\times$") + " numbers}"
    if array.ndim > 2:
        return r",\ ".join(matrix(part, to_text) for part in array)
    table = array if array.ndim == 2 else array[np.newaxis]
    rows = [" & ".join(told(value) for value in row) for row in table]
    return r"\begin{pmatrix} " + r" \\ ".join(rows) + r" \end{pmatrix}"


def _aligned(rows: Iterable[str]) -> list[str]:
    rows = list(rows)
    if not rows:
        return []
    return [r"\begin{align*}", *(f"{row} \\\\" for row in rows[:-1]), rows[-1], r"\end{align*}"]

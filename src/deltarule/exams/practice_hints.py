"""Hints in three grades: the formula in words, the formula, the numbers put in."""

from __future__ import annotations

import re

from deltarule.expressions.nodes import Reduction, walk
from deltarule.networks.equations import Equation
from deltarule.spelling.names import pretty
from deltarule.tracing.trace import Trace, TracedLine

_SUBSCRIPTS = re.compile(r"\[[^\[\]]*\]")
#: Of so many entries at most the numbers are put in.
MOST_ENTRIES = 12


def hint(trace: Trace, quantity: str, grade: int) -> str:
    """The hint of a grade from 1 to 3 for a quantity."""
    line = trace.by_name[quantity]
    if grade <= 1:
        return in_words(trace, line)
    return line.formula if grade == 2 else _with_numbers(trace, line)


def in_words(trace: Trace, line: TracedLine) -> str:
    """What a quantity is made of, and how, without its formula."""
    gradients = trace.computation.derivation.gradients.values()
    gradient = next((g for g in gradients if g.name == line.quantity), None)
    words = str(gradient.words) if gradient is not None and gradient.words else ""
    if words and words not in _SUBSCRIPTS.sub("", line.formula):  # ŷ − y is the formula itself
        return words
    return _made_of(line.line.equation)


def _made_of(equation: Equation) -> str:
    parts = sorted(equation.read_names(), key=pretty)
    sums = [n for n in walk(equation.rhs) if isinstance(n, Reduction)]
    over = sorted({str(i) for n in sums for i, _ in n.ranges})
    made = f"{pretty(equation.name)} is made of {' and '.join(map(pretty, parts))}"
    return f"{made}, taken together over {', '.join(over)}" if over else made


def _with_numbers(trace: Trace, line: TracedLine) -> str:
    """Entry by entry the formula with its numbers, and without its value."""
    rows = []
    for point, entry in trace.points(line)[:MOST_ENTRIES]:
        at = f"[{','.join(map(str, entry))}]" if entry else ""
        rows.append(f"{pretty(line.quantity)}{at} = {trace.numbers(line, point) or '…'}")
    return "\n".join(rows)

"""Traces and verdicts as plain values for JSON."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from fractions import Fraction

import numpy as np

from deltarule.marking.aligned_answers import Written
from deltarule.marking.points import points_text
from deltarule.marking.verdicts import COUNT_AS_RIGHT, Marking, Score, Verdict
from deltarule.marking.worked_sheets import Worked
from deltarule.reports.json import plain
from deltarule.reports.number_text import exact_text, nested
from deltarule.tracing.trace import Trace, TracedLine

#: Formulas with their numbers put in are given for quantities of at most this many entries.
MOST_INSERTED = 64


def trace_values(trace: Trace, only: Container[str] | None = None) -> dict:
    """A trace without a sheet: `network`, `sizes`, `givens` and `lines`."""
    return {
        **_head(trace),
        "lines": [line_values(line, trace) for line in trace.lines if _wanted(line, only)],
    }


def worked_values(title: str, runs: Iterable[Worked], only: Container[str] | None = None) -> dict:
    """A worked sheet: as a trace, with its published values and their verdicts.

    The lines of all runs stand one after another and carry the number of their run.
    """
    runs = list(runs)
    lines = [
        {**line_values(line, worked.trace, worked), "run": number}
        for number, worked in enumerate(runs, start=1)
        for line in shown_lines(worked)
        if _wanted(line, only)
    ]
    findings = [
        verdict_values(v)
        for worked in runs
        for v in worked.verdicts
        if v.quantity in worked.trace.course.givens
    ]
    return {**_head(runs[0].trace), "sheet": title, "givens_doubted": findings, "lines": lines}


def shown_lines(worked: Worked) -> list[TracedLine]:
    """The lines of a run; of values after the updates, only the way forward."""
    if worked.run.at == "after":
        return [l for l in worked.trace.lines if l.phase in ("forward", "error")]
    return list(worked.trace.lines)


def told_lines(
    trace: Trace, worked: Worked | None, only: Container[str] | None
) -> Iterator[tuple[TracedLine, str]]:
    """The lines that a person is shown, each with its phase where one begins, else "".

    Those of `only`; if that is None all but ∂E/∂E = 1 and the like.
    """
    phase = ""
    for line in shown_lines(worked) if worked else trace.lines:
        if _wanted(line, only) and (only is not None or not _is_seed(line)):
            yield line, "" if line.phase == phase else line.phase
            phase = line.phase


def run_title(worked: Worked, number: int, count: int) -> str:
    """`Run 1 of 2: its title`."""
    title = f": {worked.run.title}" if worked.run.title else ""
    return f"Run {number} of {count}{title}"


def _is_seed(line: TracedLine) -> bool:
    """Whether it is ∂E/∂E = 1 or the like, which need not be told."""
    return line.phase == "backward" and bool(line.line.equation.rhs.is_number)


def _wanted(line: TracedLine, only: Container[str] | None) -> bool:
    return only is None or line.quantity in only


def _head(trace: Trace) -> dict:
    return {
        "network": trace.network.name,
        "arithmetic": trace.arithmetic.name,
        "sizes": {str(symbol): n for symbol, n in trace.course.sizes.items()},
        "givens": {name: nested(v, exact_text) for name, v in trace.course.givens.items()},
    }


def line_values(line: TracedLine, trace: Trace, worked: Worked | None = None) -> dict:
    """One line: its formula, value, exact value, checks, and what is said of the printed one."""
    written = worked.paper.written.get(line.quantity) if worked else None
    verdicts = worked.by_quantity.get(line.quantity, []) if worked else []
    leading = decisive(verdicts)
    return {
        "quantity": line.quantity,
        "phase": line.phase,
        "formula": line.formula,
        "numbers": _inserted(line, trace),
        "value": _value(line.value),
        "exact": nested(line.exact, exact_text),
        "checks": _checks(line),
        "published": _published(written),
        "decimals": written.decimals if written else None,
        "verdict": leading.verdict if leading else None,
        "finding": "; ".join(dict.fromkeys(v.finding for v in verdicts if v.finding)) or None,
    }


def decisive(verdicts: Iterable[Verdict]) -> Verdict | None:
    """The verdict that tells most of several on one quantity: the first that is not right."""
    verdicts = list(verdicts)
    wrong = [v for v in verdicts if v.verdict not in COUNT_AS_RIGHT]
    carried = [v for v in verdicts if v.finding]
    return (wrong or carried or verdicts or [None])[0]


def _inserted(line: TracedLine, trace: Trace):
    """The formula at each entry with the numbers put in; None for large quantities."""
    shape = np.shape(line.value)
    if np.prod(shape) > MOST_INSERTED:
        return None
    texts = np.full(shape, None, dtype=object)
    for point, entry in trace.points(line):
        texts[entry] = trace.numbers(line, point)
    return texts.tolist()


def _value(array: np.ndarray):
    """Float64 as numbers; anything else as strings."""
    array = np.asarray(array)
    return plain(array) if array.dtype.kind in "fiu" else nested(array, exact_text)


def _checks(line: TracedLine) -> dict | None:
    check = line.check
    if check is None:
        return None
    return {
        "dual": plain(float(check.dual)),
        "differences": plain(float(check.differences)),
        "entries": check.entries,
        "agrees": bool(check.agrees),
    }


def _published(written: Written | None):
    if written is None:
        return None
    return nested(written.numbers, lambda p: None if p is None else str(p))


def marking_values(marking: Marking) -> dict:
    """Verdicts on a sheet or on answers: `verdicts`, `scores`, `right` and `of` (quantities),
    `points` and `points_of`; points are numbers to two decimals."""
    return {
        "sheet": marking.sheet,
        "who": marking.who,
        "verdicts": [verdict_values(v) for v in marking.verdicts],
        "scores": [_score_values(s) for s in marking.scores],
        **total_values(marking),
        "passed": marking.passed,
        "notes": list(marking.notes),
    }


def total_values(marking: Marking) -> dict:
    """How much is right and what it earns: `right`, `of`, `points`, `points_of`, `points_open`."""
    return {
        "right": marking.right,
        "of": marking.of,
        "points": _hundredths(marking.points),
        "points_of": _hundredths(marking.points_of),
        "points_open": _hundredths(marking.points_open),
    }


def _score_values(score: Score) -> dict:
    return {
        "quantity": score.quantity,
        "run": score.run,
        "right": score.right,
        "points": _hundredths(score.points),
        "of": _hundredths(score.of),
        "open": _hundredths(score.open),
    }


def _hundredths(points: Fraction) -> float:
    return float(points_text(points))


def verdict_values(verdict: Verdict) -> dict:
    """One verdict."""
    return {
        "quantity": verdict.quantity,
        "index": None if verdict.index is None else list(verdict.index),
        "verdict": verdict.verdict,
        "finding": verdict.finding,
        "alternatives": list(verdict.alternatives),
        "expected": verdict.expected,
        "given": verdict.given,
        "mistakes": list(verdict.mistakes),
        "run": verdict.run,
        "entries": [list(entry) for entry in verdict.entries],
        "wrong": [list(entry) for entry in verdict.wrong],
    }

"""Traces as plain values for JSON."""

from __future__ import annotations

import numpy as np

from deltarule.marking.aligned_answers import Written
from deltarule.marking.worked_sheets import Worked
from deltarule.reports.json import plain
from deltarule.reports.marking_values import verdict_values
from deltarule.reports.number_text import exact_text, nested
from deltarule.reports.things import ShownSheet, ShownTrace
from deltarule.reports.trace_lines import decisive, shown_lines, wanted
from deltarule.tracing.trace import Trace, TracedLine

#: Formulas with their numbers put in are given for quantities of at most this many entries.
MOST_INSERTED = 64


def trace_values(shown: ShownTrace) -> dict:
    """A trace without a sheet: `network`, `sizes`, `givens` and `lines`."""
    trace, only = shown.trace, shown.only
    return {
        **_head(trace),
        "lines": [line_values(line, trace) for line in trace.lines if wanted(line, only)],
    }


def sheet_values(shown: ShownSheet) -> dict:
    """A worked sheet: as a trace, with its published values and their verdicts.

    The lines of all runs stand one after another and carry the number of their run.
    """
    runs, only = shown.runs, shown.only
    lines = [
        {**line_values(line, worked.trace, worked), "run": number}
        for number, worked in enumerate(runs, start=1)
        for line in shown_lines(worked)
        if wanted(line, only)
    ]
    doubted, strange = [], []
    for worked in runs:
        for v in worked.of_no_line:
            is_given = v.quantity in worked.trace.computation.givens
            (doubted if is_given else strange).append(verdict_values(v))
    head = {**_head(runs[0].trace), "sheet": shown.sheet.title, "givens_doubted": doubted}
    return {**head, **({"unread": strange} if strange else {}), "lines": lines}


def _head(trace: Trace) -> dict:
    return {
        "network": trace.network.name,
        "arithmetic": trace.arithmetic.name,
        "sizes": {str(symbol): n for symbol, n in trace.computation.sizes.items()},
        "givens": {name: nested(v, exact_text) for name, v in trace.computation.givens.items()},
    }


def line_values(line: TracedLine, trace: Trace, worked: Worked | None = None) -> dict:
    """One line: its formula, value, exact value, checks, and what is said of the printed one."""
    written = worked.aligned.written.get(line.quantity) if worked else None
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
        "within": float(check.within),
        "differences": plain(float(check.differences)),
        "entries": check.entries,
        "agrees": bool(check.agrees),
        "kinks": [list(entry) for entry in check.kinks.entries] if check.kinks else [],
        "conventions": list(check.kinks.conventions) if check.kinks else [],
    }


def _published(written: Written | None):
    if written is None:
        return None
    return nested(written.numbers, lambda p: None if p is None else str(p))

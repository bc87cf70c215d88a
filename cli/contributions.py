"""What every time contributes to the gradients of the parameters, and their sum."""

from __future__ import annotations

from deltarule.cli.page import Page
from deltarule.reports.number_text import brief, rows
from deltarule.spelling.names import pretty
from deltarule.tracing.contributions import over_time
from deltarule.tracing.trace import Trace


def contributions(page: Page, trace: Trace) -> None:
    """A section with the parts of each gradient that is a sum over time; none if there is none."""
    from deltarule.arithmetic.evaluate import evaluate
    from deltarule.arithmetic.floats import Float64

    values, headed = trace.computation.floats, False
    for gradient in trace.computation.derivation.gradients.values():
        known = gradient.tensor.role == "parameter" and gradient.name in values.arrays
        parts = over_time(gradient, trace.network) if known else None
        if parts is None:
            continue
        if not headed:
            page.heading("What each time contributes")
            headed = True
        found = evaluate(parts.rhs, parts.ranges, values, Float64())
        name = pretty(gradient.name)
        for time, part in enumerate(found):
            _numbers(page, f"{name} from t = {time}", part)
        _numbers(page, f"{name}, their sum", found.sum(0))
        page.blank()


def _numbers(page: Page, label: str, array) -> None:
    for k, row in enumerate(rows(array, brief)):
        page.formula(row, 2, lead=f"{label}: " if k == 0 else " " * (len(label) + 2), hang=1)

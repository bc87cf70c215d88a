"""The flow of a gradient, and products of factors, as plain values for JSON."""

from __future__ import annotations

import math

from deltarule.arithmetic.magnitude import as_magnitude
from deltarule.reports.things import ShownFlow, ShownProduct
from deltarule.tracing.flow_found import Flow


def flow_values(shown: ShownFlow) -> dict:
    """A flow, and those `beside` it.

    What float64 has no number for is null; `log10` is the logarithm of its size, null for 0,
    `log10_below` of what a size is less than of which no digit is known.
    """
    return {**_values(shown.flow), "beside": [_values(other) for other in shown.beside]}


def product_values(shown: ShownProduct) -> dict:
    """`factor`, `steps` and `product`, with the logarithm of its absolute value."""
    return {
        "factor": _number(shown.factor),
        "steps": shown.steps,
        "product": _number(shown.product),
        "log10": _log10(shown.product),
    }


def _values(flow: Flow) -> dict:
    return {
        "network": flow.network,
        "options": {name: str(value) for name, value in flow.options.items()},
        "verdict": flow.verdict,
        "rate": _number(flow.rate),
        "sentence": flow.sentence,
        "copy": flow.copy or None,
        "ends": flow.ends or None,
        "places": [
            {
                "gradient": p.gradient,
                "label": p.label,
                "size": _number(p.size),
                "factor": None if p.factor is None else _number(p.factor),
                "log10": _log10(p.size),
                "log10_below": _log10_below(p.size),
            }
            for p in flow.places
        ],
        "states": {name: [_number(size) for size in sizes] for name, sizes in flow.states.items()},
        "states_log10": {name: [*map(_log10, sizes)] for name, sizes in flow.states.items()},
    }


def _number(size: float) -> float | None:
    """A size as a float; null where it is beyond, or NaN."""
    size = as_magnitude(size)
    known = math.isfinite(size) and not size.bound and not size.beyond_floats
    return float(size) if known else None


def _log10(size: float) -> float | None:
    found = as_magnitude(size)
    return found.log10 if math.isfinite(found.log10) and not found.bound else None


def _log10_below(size: float) -> float | None:
    found = as_magnitude(size)
    return found.log10 if found.bound else None

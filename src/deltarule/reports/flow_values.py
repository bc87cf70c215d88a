"""The flow of a gradient, and products of factors, as plain values for JSON."""

from __future__ import annotations

import math

from deltarule.reports.things import ShownFlow, ShownProduct
from deltarule.tracing.gradient_flow import Flow


def flow_values(shown: ShownFlow) -> dict:
    """A flow, and those `beside` it; sizes beyond float64 are null."""
    return {**_values(shown.flow), "beside": [_values(other) for other in shown.beside]}


def product_values(shown: ShownProduct) -> dict:
    """`factor`, `steps` and `product`."""
    return {"factor": shown.factor, "steps": shown.steps, "product": _finite(shown.product)}


def _values(flow: Flow) -> dict:
    return {
        "network": flow.network,
        "options": {name: str(value) for name, value in flow.options.items()},
        "verdict": flow.verdict,
        "rate": _finite(flow.rate),
        "sentence": flow.sentence,
        "copy": flow.copy or None,
        "places": [
            {
                "gradient": p.gradient,
                "label": p.label,
                "size": _finite(p.size),
                "factor": None if p.factor is None else _finite(p.factor),
            }
            for p in flow.places
        ],
        "states": {name: [_finite(size) for size in sizes] for name, sizes in flow.states.items()},
    }


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None

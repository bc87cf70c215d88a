"""Counts as plain values for JSON: integers where sizes are numbers, else formulas as text."""

from __future__ import annotations

from sympy import Expr

from deltarule.counting.counts import Count, LayerCount
from deltarule.counting.receptive_fields import Field
from deltarule.counting.window_fit import Unread
from deltarule.spelling.text import text


def count_values(count: Count) -> dict:
    """`network`, `title`, `layers`, `totals`, the `symbols` without a number, `definitions`."""
    network = count.network
    return {
        "network": network.name,
        "title": network.title,
        "layers": [_layer_values(line) for line in count.layers],
        "totals": {
            "parameters": number(count.parameters),
            "multiply_adds": number(count.multiply_adds),
            "memory": number(count.memory),
        },
        "symbols": list(count.symbols),
        "definitions": {str(s): text(d) for s, d in network.definitions.items()},
    }


def _layer_values(line: LayerCount) -> dict:
    return {
        "name": line.name,
        "kind": line.kind,
        "shape": [number(n) for n in line.shape],
        "parameters": number(line.parameters),
        "multiply_adds": number(line.multiply_adds),
        "memory": number(line.memory),
        "receptive_field": [_field_values(f) for f in line.field],
        "unread": [_unread_values(u) for u in line.unread],
    }


def _field_values(field: Field) -> dict:
    rows = None if field.rows is None else number(field.rows)
    return {"axis": field.axis, "rows": rows, "step": number(field.step)}


def _unread_values(left: Unread) -> dict:
    pads, strides = left.fitting()
    return {
        "tensor": left.tensor,
        "axis": left.axis,
        "extent": left.extent,
        "window": left.window,
        "stride": left.stride,
        "pad": left.pad,
        "outputs": left.outputs,
        "remainder": left.remainder,
        "rows": list(left.rows),
        "text": str(left),
        "fitting_pads": pads,
        "fitting_strides": strides,
    }


def number(value: Expr) -> int | str:
    """An integer as one; a formula as text."""
    return int(value) if value.is_Integer else text(value)

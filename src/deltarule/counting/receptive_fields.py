"""Receptive fields: how many rows of the input an entry depends on, and how far its window moves.

A layer that reads x[S·i + D·k − P] for k < K widens a field of r by D·(K − 1) steps of its
input's stride j: r after = r + D·(K − 1)·j, j after = S·j.
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, Integer

from deltarule.expressions.nodes import Read, Selection, tensor_name, walk
from deltarule.expressions.symbols import Index
from deltarule.expressions.window_axis import window_axis
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network


@dataclass(frozen=True)
class Field:
    """The rows of the input that matter, and the step between neighbouring entries.

    `rows` is None where all rows matter.
    """

    axis: int
    rows: Expr | None
    step: Expr


def fields_of(network: Network) -> dict[str, tuple[Field, ...]]:
    """The fields of every tensor along the axes that windows move on."""
    known: dict[str, dict[int, Field]] = {
        t.name: {k: Field(k, Integer(1), Integer(1)) for k in range(2, len(t.axes))}
        for t in network.with_role("input")
        if not t.integral
    }
    for equation in network.equations:
        if not isinstance(equation.rhs, Selection):
            found = _through(equation, known)
            known[equation.name] = _wider(known.get(equation.name, {}), found)
    return {name: tuple(fields.values()) for name, fields in known.items()}


def _through(equation: Equation, known: dict) -> dict[int, Field]:
    place = {s: k for k, s in enumerate(equation.subscripts) if isinstance(s, Index)}
    inner = dict(equation.inner_ranges)
    found: dict[int, Field] = {}
    for access in [n for n in walk(equation.rhs) if isinstance(n, Read)]:
        for axis, field in known.get(tensor_name(access), {}).items():
            found = _wider(found, _moved(access.indices[axis], field, place, inner))
    return found


def _moved(subscript: Expr, field: Field, place: dict, inner: dict) -> dict[int, Field]:
    """The field of an entry that reads a row, or a window of rows, with that field."""
    window = window_axis(subscript, place, inner)
    if window is None or window.divisor != 1 or len(window.moving) != 1:
        return {}
    rows = None if field.rows is None else (field.rows + window.span(inner) * field.step).expand()
    axis = place[window.i]
    return {axis: Field(axis, rows, (field.step * window.a).expand())}


def _wider(one: dict[int, Field], other: dict[int, Field]) -> dict[int, Field]:
    """Of two ways to the same entry, the one that sees more."""
    result = dict(one)
    for axis, field in other.items():
        mine = result.get(axis)
        if mine is None or _more(field.rows, mine.rows):
            result[axis] = field
    return result


def _more(rows: Expr | None, than: Expr | None) -> bool:
    if rows is None or than is None:
        return rows is None
    difference = (rows - than).expand()
    return bool(difference > 0) if difference.is_number else False

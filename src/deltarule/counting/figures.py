"""The figures that may be asked of a network: one number, a shape, or whether windows fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sympy import Expr

from deltarule.counting.counts import Count, LayerCount
from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.expressions.nodes import free_symbols

#: A figure: numbers, one for each axis of a shape; or whether all windows fit.
Value = tuple[int, ...] | bool


@dataclass(frozen=True)
class Figure:
    """What can be asked: how it is called, and how it is read off a layer or a network.

    `of_layer` and `of_network` give sizes, or whether windows fit; without `of_network` it is that
    of the last layer.
    """

    words: str
    of_layer: Callable[[LayerCount], tuple[Expr, ...] | bool]
    of_network: Callable[[Count], tuple[Expr, ...] | bool] | None = None


FIGURES: dict[str, Figure] = {
    "parameters": Figure("parameters", lambda l: (l.parameters,), lambda c: (c.parameters,)),
    "multiply_adds": Figure(
        "multiply–adds", lambda l: (l.multiply_adds,), lambda c: (c.multiply_adds,)
    ),
    "memory": Figure("values put out", lambda l: (l.memory,), lambda c: (c.memory,)),
    "shape": Figure("shape", lambda l: l.shape),
    "receptive_field": Figure("size of the receptive field", lambda l: _rows(l)),
    "stride": Figure(
        "stride between neighbouring receptive fields", lambda l: tuple(f.step for f in l.field)
    ),
    "fits": Figure("whether all windows fit", lambda l: not l.unread, lambda c: not c.unread),
}


def figure(counted: Count, what: str, layer: str = "") -> Value:
    """A figure of a layer, named by the tensor that it puts out, or of the whole network.

    Raises DeltaruleError for a layer that there is not, and for a figure that depends on sizes
    without a number.
    """
    wanted = FIGURES[what]
    if not layer and wanted.of_network is not None:
        found = wanted.of_network(counted)
    else:
        found = wanted.of_layer(_layer(counted, layer, what))
    if isinstance(found, bool):
        return found
    symbols = sorted({str(s) for n in found for s in free_symbols(n)})
    if symbols:
        raise DeltaruleError(
            f"{wanted.words} depends on {', '.join(symbols)}",
            counted.network.name,
            f"give {'it a number' if len(symbols) == 1 else 'them numbers'}: {symbols[0]} = 1",
        )
    return tuple(int(n) for n in found)


def _layer(counted: Count, name: str, what: str) -> LayerCount:
    lines = [l for l in counted.layers if l.field or what not in ("receptive_field", "stride")]
    if not lines:
        raise DeltaruleError(
            "no window moves over an axis", counted.network.name, "ask for another figure"
        )
    if not name:
        return lines[-1]
    for line in lines:
        if line.name == name:
            return line
    names = [line.name for line in lines]
    raise DeltaruleError(
        f"there is no layer that puts out {name}",
        counted.network.name,
        did_you_mean(name, names) or f"there are {', '.join(names)}",
    )


def _rows(line: LayerCount) -> tuple[Expr, ...]:
    """The rows of each axis; where all rows matter there is no window."""
    rows = tuple(f.rows for f in line.field if f.rows is not None)
    if len(rows) != len(line.field):
        raise DeltaruleError(f"all rows matter to {line.name}", None, "ask for an earlier layer")
    return rows

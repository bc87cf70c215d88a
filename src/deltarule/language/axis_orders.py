"""In which order the axes of a tensor lie in memory, and what is said of them in a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from deltarule.networks.tensors import Tensor

#: Tensors with fewer axes lie as they are declared: what has no batch has none to move.
FEWEST = 3
#: Axes and the places to which they go, one after another.
Moves = tuple[tuple[int, int], ...]
#: Which axis of the declaration lies at each place.
Order = tuple[int, ...]


def in_memory(tensor: Tensor, layouts: Mapping[str, Moves]) -> Order | None:
    """The order of a tensor that is declared; None where it lies as it is declared."""
    moves = layouts.get("parameter" if tensor.role == "parameter" else "data", ())
    count = len(tensor.axes)
    if not moves or count < FEWEST:
        return None
    order = list(range(count))
    for source, place in moves:
        order.insert(place % count, order.pop(source % count))
    return tuple(order)


def laid(tensor: Tensor, order: Order) -> Tensor:
    """The tensor as it lies, with what is declared of its axes."""
    along, points = tensor.sums_to_one, tensor.points
    return replace(
        tensor,
        axes=permuted(tensor.axes, order),
        sums_to_one=None if along is None else order.index(along % len(order)),
        points=None if points is None else (order.index(points[0]), points[1]),
    )


def declared(tensor: Tensor, order: Order | None) -> Tensor:
    """The tensor with its axes in the order of the file, for what is said and counted there."""
    if order is None:
        return tensor
    return replace(tensor, axes=tuple(tensor.axes[order.index(k)] for k in range(len(order))))


def permuted(parts: Iterable[Any], order: Order | None) -> tuple:
    """Subscripts, or axes, in the order in which they lie."""
    parts = tuple(parts)
    return parts if order is None else tuple(parts[k] for k in order)

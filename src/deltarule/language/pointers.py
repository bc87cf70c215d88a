"""Positions that lie earlier or later than their own place: the parents and children of trees.

    parent = input("parent", T, earlier=0)          −1 where there is none
    h[t, m] = tanh(… + Sum[k](h[parent[t], k] * U[k, m]))

That a parent stands before its child is what makes this a recurrence. It is written down where
the state is read, as a condition that holds for whatever may be given, so that the calculus and the
order of computation see it as they see t − 1 < t.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from sympy import Basic, Expr

from deltarule.errors import DeltaruleError
from deltarule.expressions.conditions import AtLeastZero, Condition, Equal
from deltarule.expressions.nodes import Read, Reduction, Sum, tensor_name
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.networks.tensors import Tensor


class Lines(Protocol):
    """The page of a file, as far as its tensors are asked for."""

    tensors: dict[str, Tensor]

    def place(self) -> str: ...


def pointing(
    name: str, axes: tuple[Expr, ...], earlier: int | None, later: int | None, page: Lines
) -> tuple[int, int] | None:
    """The axis along which positions point, and which way: −1 or 1; None where none is named.

    Raises DeltaruleError for two of them, and for an axis that the tensor has not.
    """
    if earlier is None and later is None:
        return None
    axis = later if earlier is None else earlier
    if earlier is not None and later is not None:
        raise DeltaruleError(
            f"{name} is declared to hold earlier positions and later ones",
            page.place(),
            "give one of both: earlier=0, say",
        )
    if not isinstance(axis, int) or isinstance(axis, bool) or not 0 <= axis < len(axes):
        raise DeltaruleError(
            f"{name} [{', '.join(map(str, axes))}] has no axis {axis} along which it could point",
            page.place(),
            f"axes are counted from 0: give one below {len(axes)}" if axes else "give it an axis",
        )
    return axis, -1 if earlier is not None else 1


def order_of(at: Expr, tensors: Mapping[str, Tensor]) -> Condition | None:
    """That a position which is read from data lies before or behind its own place: p[t] ≤ t − 1."""
    if not isinstance(at, Read) or tensor_name(at) not in tensors:
        return None
    points = tensors[tensor_name(at)].points
    return None if points is None else _apart(at, at, points)


def with_orders(node: Basic, tensors: Mapping[str, Tensor]) -> Basic:
    """The expression whose sums over all k with p[k] = t say, too, that p[k] lies behind k."""
    if not any(t.points for t in tensors.values()):
        return node
    node = rebuild(node, lambda part: with_orders(part, tensors), subscripts=False)
    if not isinstance(node, Sum):
        return node
    more = [c for c in _orders(node, tensors) if c not in node.conditions]
    return with_body(node, node.body, (*node.conditions, *more)) if more else node


def _orders(node: Reduction, tensors: Mapping[str, Tensor]) -> Iterator[Condition]:
    for condition in node.conditions:
        if not isinstance(condition, Equal):
            continue
        for at, other in (condition.args, condition.args[::-1]):
            if isinstance(at, Read) and (points := tensors[tensor_name(at)].points) is not None:
                yield _apart(at, other, points)


def _apart(at: Read, value: Expr, points: tuple[int, int]) -> Condition:
    """That a value read at some place lies before or behind the place."""
    axis, way = points
    return AtLeastZero((way * (value - at.indices[axis]) - 1).expand())

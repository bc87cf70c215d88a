"""How far an index runs, read off the axes that it stands on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from sympy import Basic, Expr

from deltarule.errors import DeltaruleError
from deltarule.expressions.affine import never_negative
from deltarule.expressions.conditions import AtLeastZero, Equal, Unequal
from deltarule.expressions.nodes import (
    Carried,
    Choose,
    Read,
    Reduction,
    free_indices,
    reads,
    tensor_name,
)
from deltarule.expressions.symbols import Index
from deltarule.networks.tensors import Tensor

#: Statements that hold, or (False) do not, where something is read.
_Under = tuple[tuple[Basic, bool], ...]


class _Place(NamedTuple):
    """An index that is a whole subscript, and the axis that it stands on."""

    index: Index
    extent: Expr
    name: str
    axis: int
    under: _Under


def extents(
    expression: Expr,
    tensors: Mapping[str, Tensor],
    place: str,
    padded: bool = True,
    known: Iterable[Index] = (),
) -> dict[Index, Expr]:
    """The extent of each unbound index, from the axes that it stands on alone.

    Tensors that may be read beyond their edges do not say how far an index runs, unless no other
    does (and never if not `padded`); nor do those that a statement keeps inside, as θ[k] under
    k < K − 1, nor one of which the equation reads other parts too, as w[m] beside w[M + m]. Where
    an index stands alone nowhere, x[d + 1] says how far d may run. Raises DeltaruleError where an
    index stands on axes of different extents.
    """
    found: dict[Index, _Place] = {}
    last_resort: dict[Index, Expr] = {}
    for at in _standing_alone(expression, frozenset(known), tensors, ()):
        if tensors[at.name].outside is not None or _kept_inside(at):
            last_resort.setdefault(at.index, at.extent)
            continue
        earlier = found.setdefault(at.index, at)
        if earlier.extent != at.extent:
            found[at.index] = _shorter(earlier, at, expression, place)
    if not padded:
        return {index: at.extent for index, at in found.items()}
    alone = {**last_resort, **{index: at.extent for index, at in found.items()}}
    return {**_moved(expression, tensors, {*alone, *known}), **alone}


def _kept_inside(at: _Place) -> bool:
    """Whether a statement says that the index does not run beyond the axis."""
    last = at.extent - 1 - at.index
    for statement, holds in at.under:
        if isinstance(statement, AtLeastZero):
            gap = statement.args[0] if holds else -1 - statement.args[0]
            if never_negative((last - gap).expand()):
                return True
        apart = isinstance(statement, Equal) and not holds or isinstance(statement, Unequal)
        if apart and _sides(statement) == {at.index, at.extent}:
            return True
    return False


def _sides(statement: Basic) -> set[Basic]:
    """The two numbers that a statement compares; nothing where it is about several pairs."""
    if isinstance(statement, Equal):
        return set(statement.args)
    one, other = (tuple(part.args) for part in statement.args)
    return {*one, *other} if len(one) == 1 else set()


def _shorter(one: _Place, other: _Place, expression: Expr, place: str) -> _Place:
    """Of two axes that an index stands on the shorter, where other parts of the longer are read.

    Raises DeltaruleError where they are not.
    """
    for short, long in ((one, other), (other, one)):
        parts = (r for r in reads(expression) if tensor_name(r) == long.name)
        others = any(r.indices[long.axis] != long.index for r in parts)
        if others and never_negative((long.extent - short.extent).expand()):
            return short
    raise DeltaruleError(
        f"index {one.index} runs to {one.extent} in {one.name} but to {other.extent} in "
        f"{other.name}",
        place,
        _two_extents(one, other),
    )


def _two_extents(one: _Place, other: _Place) -> str:
    """What to do about an index that runs to two extents: one may be the other but for its end."""
    index, a, b = one.index, one.name, other.name
    apart = (one.extent - other.extent).expand()
    if not apart.is_Integer:
        return f"use two indices, or give {a} and {b} the same size"
    shorter, longer = (other.extent, a) if apart > 0 else (one.extent, b)
    return (
        f'if the end of {longer} is meant to be left out, say so: {index} = index("{index}", '
        f"{shorter}); else give {a} and {b} the same size"
    )


def _moved(expression: Expr, tensors: Mapping[str, Tensor], known: set[Index]) -> dict[Index, Expr]:
    """The extents of indices that stand alone nowhere: in x[d + 1] of D + 1 entries d runs to D."""
    found: dict[Index, Expr] = {}
    unclear: set[Index] = set()
    for access in reads(expression):
        tensor = tensors[tensor_name(access)]
        for subscript, extent in zip(access.indices, tensor.axes, strict=True):
            for index in free_indices(subscript) - known:
                shift = (subscript - index).expand()
                left = (extent - shift).expand()
                first = never_negative(shift) and not reads(shift) and not free_indices(shift)
                clear = tensor.outside is None and first and not (left.is_number and left < 1)
                if not clear or found.setdefault(index, left) != left:
                    unclear.add(index)
    return {index: extent for index, extent in found.items() if index not in unclear}


def _standing_alone(
    node: Basic, bound: frozenset, tensors: Mapping[str, Tensor], under: _Under
) -> Iterator[_Place]:
    """The unbound indices that are a whole subscript, with the axis that they stand on."""
    if isinstance(node, Read):
        tensor = tensors[tensor_name(node)]
        for axis, subscript in enumerate(node.indices):
            if not isinstance(subscript, Index):
                yield from _standing_alone(subscript, bound, tensors, under)
            elif subscript not in bound:
                yield _Place(subscript, tensor.axes[axis], tensor.name, axis, under)
        return
    if isinstance(node, Carried):
        # What lies beyond the edge is counted from there.
        yield from _standing_alone(node.args[1], bound, tensors, under)
        return
    if isinstance(node, Choose):
        condition, one, other = node.args
        yield from _standing_alone(condition, bound, tensors, under)
        yield from _standing_alone(one, bound, tensors, (*under, (condition, True)))
        yield from _standing_alone(other, bound, tensors, (*under, (condition, False)))
        return
    if isinstance(node, Reduction):
        inner = bound | frozenset(node.indices)
        for condition in node.conditions:
            yield from _standing_alone(condition, inner, tensors, under)
        here = (*under, *((c, True) for c in node.conditions))
        yield from _standing_alone(node.body, inner, tensors, here)
        return
    for part in node.args:
        yield from _standing_alone(part, bound, tensors, under)

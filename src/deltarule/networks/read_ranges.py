"""Reads that certainly go beyond a tensor: x[d + 1] where d runs over all of x.

What is under a condition is left alone, and so is what depends on sizes: those are looked at when
numbers are there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sympy import Basic, Expr

from deltarule.errors import DeltaruleError
from deltarule.expressions.affine import affine, never_negative
from deltarule.expressions.nodes import Choose, Read, Reduction, free_indices, tensor_name
from deltarule.expressions.symbols import Index
from deltarule.networks.equations import Equation
from deltarule.networks.tensors import Tensor
from deltarule.spelling.text import text


def check_reads_inside(equation: Equation, tensors: Mapping[str, Tensor]) -> None:
    """Raises DeltaruleError for a read that lies outside at some value of its index."""
    for access, ranges in _unguarded(equation.rhs, dict(equation.ranges)):
        tensor = tensors[tensor_name(access)]
        if tensor.outside is not None:
            continue
        for subscript, extent in zip(access.indices, tensor.axes, strict=True):
            if not isinstance(subscript, Index):
                _check(access, subscript, extent, ranges, equation.place)


def _check(access: Read, subscript: Expr, extent: Expr, ranges: Mapping, place: str) -> None:
    indices = tuple(free_indices(subscript))
    split = affine(subscript, indices) if len(indices) == 1 else None
    if split is None or split[0].get(indices[0]) != 1 or indices[0] not in ranges:
        return
    index, shift, runs = indices[0], split[1], ranges[indices[0]]
    over = (runs + shift - extent).expand()
    if never_negative(over - 1):
        raise DeltaruleError(
            f"{text(access)} is read behind its last entry: {index} runs to {text(runs)} here",
            place,
            f'say how far it runs, {index} = index("{index}", {(runs - over).expand()}), or '
            f"declare what lies outside: {tensor_name(access)} = …(…, outside=0)",
        )
    if never_negative(-1 - shift):
        raise DeltaruleError(
            f"{text(access)} is read before its first entry, where {index} is 0",
            place,
            f"leave it out there, where({index} >= {(-shift).expand()}, …, 0), or declare what "
            f"lies outside: {tensor_name(access)} = …(…, outside=0)",
        )


def _unguarded(node: Basic, ranges: Mapping[Index, Expr]) -> Iterator[tuple[Read, Mapping]]:
    """The reads that no condition keeps inside, with the ranges of the indices around them."""
    if isinstance(node, Choose):
        return
    if isinstance(node, Read):
        yield node, ranges
    elif isinstance(node, Reduction):
        if not node.conditions:
            yield from _unguarded(node.body, {**ranges, **dict(node.ranges)})
    else:
        for part in node.args:
            yield from _unguarded(part, ranges)

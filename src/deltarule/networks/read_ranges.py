"""Reads and writes that certainly go beyond a tensor: x[d + 1] where d runs over all of x.

What is under a condition is left alone, and so is what depends on sizes: those are looked at when
numbers are there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sympy import Add, Basic, Expr, Mul

from deltarule.errors import DeltaruleError
from deltarule.expressions.affine import affine, never_negative
from deltarule.expressions.nodes import Choose, Read, Reduction, free_indices, reads, tensor_name
from deltarule.expressions.symbols import Attribute, Index
from deltarule.networks.equations import Equation
from deltarule.networks.tensors import Tensor
from deltarule.spelling.counted import joined
from deltarule.spelling.text import text


def check_inside(equation: Equation, tensors: Mapping[str, Tensor]) -> None:
    """Raises DeltaruleError for a read or write that lies outside at some value of its index, and
    for a read at a position that is no integer.
    """
    ranges = dict(equation.ranges)
    for subscript, extent in zip(equation.subscripts, tensors[equation.name].axes, strict=True):
        if not isinstance(subscript, Index):
            _check_start(tensors[equation.name], subscript, equation)
            _check(equation.lhs, "written", subscript, extent, ranges, equation.place, None)
    for access, around in unguarded(equation.rhs, ranges):
        tensor = tensors[tensor_name(access)]
        for subscript, extent in zip(access.indices, tensor.axes, strict=True):
            _check_whole(access, subscript, tensors, extent, equation.place)
            if tensor.outside is None:
                _check(access, "read", subscript, extent, around, equation.place, tensor)


def _check(
    access: Read,
    done: str,
    subscript: Expr,
    extent: Expr,
    ranges: Mapping[Index, Expr],
    place: str,
    tensor: Tensor | None,
) -> None:
    """Of x[d + s] the first and last entry; of a write there is no `tensor` to declare more of."""
    indices = tuple(free_indices(subscript))
    if not indices:
        _check_fixed(access, done, subscript, extent, place)
        return
    if tensor is not None and tensor.role != "state":
        _check_padding(access, subscript, indices, ranges, place, tensor)
    split = affine(subscript, indices) if len(indices) == 1 else None
    if split is None or split[0].get(indices[0]) != 1 or indices[0] not in ranges:
        return
    index, shift, runs = indices[0], split[1], ranges[indices[0]]
    over = (runs + shift - extent).expand()
    if tensor is not None and tensor.role == "state":
        _check_state(tensor, subscript, never_negative(-1 - shift), never_negative(over - 1), place)
    if never_negative(over - 1):
        shorter = (runs - over).expand()
        runs_to = f'{index} = index("{index}", {shorter})'
        raise DeltaruleError(
            f"{text(access)} is {done} behind its last entry: {index} runs to {text(runs)} here",
            place,
            _remedy(tensor, f"say how far it runs, {runs_to}"),
        )
    if never_negative(-1 - shift):
        first = (-shift).expand()
        raise DeltaruleError(
            f"{text(access)} is {done} before its first entry, where {index} is 0",
            place,
            _remedy(tensor, f"leave it out there, where({index} >= {first}, …, 0)"),
        )


def _check_padding(
    access: Read,
    at: Expr,
    indices: tuple[Index, ...],
    ranges: Mapping[Index, Expr],
    place: str,
    tensor: Tensor,
) -> None:
    """x[S·i + k − P] begins at −P, and a padding P may be any number."""
    split = affine(at, indices)
    if split is None or not set(indices) <= ranges.keys():
        return
    coefficients, first = split
    padding = [s for s in first.free_symbols if isinstance(s, Attribute)]
    by = [p for p in padding if first.as_coefficients_dict()[p] < 0]
    rises = all(map(never_negative, coefficients.values()))
    if by and rises and set(padding) == first.free_symbols:
        zero = joined([f"{i} = 0" for i in sorted(indices, key=str)])
        raise DeltaruleError(
            f"{text(access)} is read before its first entry, at {text(first)} where {zero}",
            place,
            f"declare what lies outside: {tensor.name} = …(…, outside=0), or a {by[0]} that is 0",
        )


def _check_start(state: Tensor, at: Expr, equation: Equation) -> None:
    """A value before the first time is declared with its state, and not written."""
    if state.role == "state" and never_negative(-1 - at) and not reads(at):
        start = equation.rhs
        given = tensor_name(start) if isinstance(start, Read) else text(start)
        raise DeltaruleError(
            f"{text(equation.lhs)} is written before its first time",
            equation.place,
            f'declare what it starts from: {state.name} = state("{state.name}", …, before={given})',
        )


def _check_state(state: Tensor, at: Expr, before: bool, after: bool, place: str) -> None:
    if before or after:
        name, end = state.name, "before" if before else "after"
        raise DeltaruleError(
            f"{name} is read at {at}, and no value is declared "
            f"{end} its {'first' if before else 'last'} time",
            place,
            f'declare it: {name} = state("{name}", …, {end}={name}0), or {end}=0',
        )


def _remedy(tensor: Tensor | None, otherwise: str) -> str:
    if tensor is None:
        return otherwise
    return f"{otherwise}, or declare what lies outside: {tensor.name} = …(…, outside=0)"


def _check_fixed(access: Read, done: str, at: Expr, extent: Expr, place: str) -> None:
    """A position without an index: x[3] of three entries, x[−1], x[N] of N."""
    if reads(at):
        return
    before, behind = never_negative(-1 - at), never_negative((at - extent).expand())
    if before or behind:
        raise DeltaruleError(
            f"{text(access)} is {done} {'before its first' if before else 'behind its last'} entry",
            place,
            f"entries count from 0, and the last is that at {text((extent - 1).expand())}",
        )


def _check_whole(
    access: Read, at: Expr, tensors: Mapping[str, Tensor], extent: Expr, place: str
) -> None:
    """What positions are read from holds integers, and none beyond the axis, whatever the sizes."""
    for term in Add.make_args(at):
        for factor in Mul.make_args(term):
            if not isinstance(factor, Read):
                continue
            label = tensors[tensor_name(factor)]
            if not label.integral:
                raise DeltaruleError(
                    f"{text(access)} is read at {text(factor)}, which is a real number",
                    place,
                    f'say that they are whole ones: {label.name} = input("{label.name}", …, '
                    f"below={extent})",
                )
            limit = label.integers_below
            if term is at and limit is not None and not never_negative((extent - limit).expand()):
                raise DeltaruleError(
                    f"{text(access)} is read at {text(factor)}, which is below {text(limit)}, and "
                    f"there are {text(extent)} entries",
                    place,
                    f"declare {label.name} below {extent}, or give {tensor_name(access)} "
                    f"{limit} entries there",
                )


def unguarded(
    node: Basic, ranges: Mapping[Index, Expr]
) -> Iterator[tuple[Read, Mapping[Index, Expr]]]:
    """The reads that no condition keeps inside, with the ranges of the indices around them."""
    if isinstance(node, Choose):
        return
    if isinstance(node, Read):
        yield node, ranges
        for part in node.indices:
            yield from unguarded(part, ranges)
    elif isinstance(node, Reduction):
        if not node.conditions:
            yield from unguarded(node.body, {**ranges, **dict(node.ranges)})
    else:
        for part in node.args:
            yield from unguarded(part, ranges)

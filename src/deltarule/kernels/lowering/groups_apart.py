"""Axes of groups apart, where what lies within a group then goes on along the axes behind.

A mean over the A channels of group g and all their places reads x[n, A·g + a, i, j]: A·H·W numbers
that lie one after the other. With an axis for g they are one loop, as those of an example are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sympy import Expr

from deltarule.expressions.nodes import Read, Reduction, index_names, read, reads, tensor_name, walk
from deltarule.expressions.rebuild import read_at
from deltarule.expressions.substitution import replace_reads
from deltarule.expressions.symbols import Index
from deltarule.kernels.lowering.split_axes import digits, in_digits, split
from deltarule.kernels.passes.collapse_axes import Collapsed, collapsed
from deltarule.networks.equations import Equation
from deltarule.networks.tensors import Tensor


def collapsed_in_groups(equation: Equation, tensors: Mapping[str, Tensor]) -> Collapsed | None:
    """The equation over few indices, groups apart; None where that joins no loops."""
    apart, made, views = _apart(equation, tensors)
    if not made:
        return None
    inner = {index for _, index in views.values()}
    found = collapsed(apart, {**tensors, **made})
    left = index_names(found.equation.rhs, *found.equation.subscripts)
    if not any(name.startswith(f"{i.name}_") for i in inner for name in left):
        return None
    used = {tensor_name(r) for r in reads(found.equation.rhs)} | {found.equation.name}
    origin = {name: old for name, (old, _) in views.items()}
    seen_as = {n: origin.get(old, old) for n, old in found.views.items()}
    seen_as |= {n: old for n, old in origin.items() if n in used}
    return Collapsed(found.equation, {**made, **found.tensors}, seen_as)


def _apart(equation: Equation, tensors: Mapping[str, Tensor]) -> tuple[Equation, dict, dict]:
    """The equation with two axes for each that is read at A·g + a, the new tensors, and of each
    what it is a view of and the index within groups.

    The last axis of large tensors stays whole: vectors run along it.
    """
    ranges, tables = digits(equation.ranges, [equation.rhs])
    large = [r for r in (equation.lhs, *reads(equation.rhs)) if _is_large(r, equation)]
    if not large or {r.indices[-1] for r in large} & tables.keys():
        return equation, {}, {}
    extents = dict(ranges)
    for node in walk(equation.rhs):
        extents |= dict(node.ranges) if isinstance(node, Reduction) else {}
    made: dict[str, Tensor] = {}
    views: dict[str, tuple[str, Index]] = {}

    def change(access: Read) -> Expr:
        tensor = tensors[tensor_name(access)]
        apart, axes = split(access, tensor.axes, extents, ())
        at = [k for k, s in enumerate(access.indices) if s not in apart.indices]
        last = len(access.indices) - 1
        if len(at) != 1 or len(axes) != last + 2 or at == [last] and _is_large(access, equation):
            return access
        length = "".join(filter(str.isalnum, str(axes[at[0] + 1])))
        name = f"{tensor.name}_apart{at[0]}_{length}"
        made[name] = replace(tensor, name=name, axes=axes)
        views[name] = tensor.name, apart.indices[at[0] + 1]
        return type(access)(read(name).base, *apart.indices)

    lhs = change(read_at(equation.lhs, (in_digits(s, tables) for s in equation.subscripts)))
    rhs = replace_reads(in_digits(equation.rhs, tables), change)
    order = {i: k for k, i in enumerate(lhs.indices)}
    if set(order) != {i for i, _ in ranges}:
        return equation, {}, {}
    ranges = tuple(sorted(ranges, key=lambda r: order[r[0]]))
    return Equation(tensor_name(lhs), lhs.indices, rhs, ranges, equation.place), made, views


def _is_large(access: Read, equation: Equation) -> bool:
    """Whether what is read has as many axes as what is written, and more than one."""
    return len(access.indices) >= max(2, len(equation.subscripts))

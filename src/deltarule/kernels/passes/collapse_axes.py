"""Two neighbouring axes as one: fewer loops, and longer ones.

Where two indices stand side by side in all that is read and written, as i and j do in
y[n, c, i, j] = x[n, c, i, j] − μ[c], one index can run over both: the numbers lie one after the
other in memory, and a loop over H·W entries is worth more than H loops over W.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sympy import Basic, Expr

from deltarule.expressions import nodes
from deltarule.expressions.conditions import Condition
from deltarule.expressions.matrices import Inverse, LogDet
from deltarule.expressions.nodes import Reduction, free_indices, read, tensor_name, walk
from deltarule.expressions.rebuild import rebuild
from deltarule.expressions.substitution import replace_reads, substitute
from deltarule.expressions.symbols import Index
from deltarule.networks.equations import Equation
from deltarule.networks.tensors import Tensor


@dataclass(frozen=True)
class Pair:
    """Two indices, their extents, and the index that takes their place."""

    first: Index
    second: Index
    extents: tuple[Expr, Expr]

    @property
    def index(self) -> Index:
        return Index(f"{self.first.name}_{self.second.name}")

    @property
    def range(self) -> tuple[Index, Expr]:
        return self.index, self.extents[0] * self.extents[1]


@dataclass(frozen=True)
class Collapsed:
    """An equation, the new tensors in it, and what each that it uses is a view of."""

    equation: Equation
    tensors: dict[str, Tensor]
    views: dict[str, str]


def collapsed(
    equation: Equation, tensors: Mapping[str, Tensor], loop_indices: tuple[Index, ...] = ()
) -> Collapsed:
    """The equation with all indices merged that can be: none within loops over `loop_indices`."""
    made: dict[str, Tensor] = {}
    views: dict[str, str] = {}
    odd = (nodes.Selection, nodes.Carried, Inverse, LogDet)
    # The places of a maximum alone may be asked for, and are numbered by its indices.
    alone = isinstance(equation.rhs, nodes.Max)
    if loop_indices or alone or any(isinstance(n, odd) for n in walk(equation.rhs)):
        return Collapsed(equation, made, views)
    while (found := _merged_once(equation, {**tensors, **made})) is not None:
        equation, more = found
        for name, (old, tensor) in more.items():
            made[name], views[name] = tensor, views.get(old, old)
    used = {tensor_name(r) for r in nodes.reads(equation.rhs)} | {equation.name}
    return Collapsed(equation, made, {n: o for n, o in views.items() if n in used})


def _merged_once(equation: Equation, tensors: Mapping[str, Tensor]) -> tuple | None:
    """One pair merged: of the indices written, else of those of a reduction."""
    extents = dict(equation.ranges)
    for first, second in zip(equation.subscripts, equation.subscripts[1:], strict=False):
        if first not in extents or second not in extents:
            continue
        pair = Pair(first, second, (extents[first], extents[second]))
        views: dict = {}
        rhs = _with(equation.rhs, pair, tensors, views)
        lhs = _access(equation.lhs, pair, tensors, views)
        if rhs is None or lhs is None:
            continue
        ranges = tuple(
            pair.range if i == first else (i, n) for i, n in equation.ranges if i != second
        )
        name = tensor_name(lhs)
        return Equation(name, lhs.indices, rhs, ranges, equation.place), views
    views = {}
    rhs = _reduction_merged(equation.rhs, tensors, views)
    return None if rhs == equation.rhs else (replace(equation, rhs=rhs), views)


def _reduction_merged(node: Basic, tensors, views: dict) -> Basic:
    """The expression with one pair of indices merged in its first reduction that allows it."""
    if views:
        return node
    if isinstance(node, Reduction):
        extents = dict(node.ranges)
        for first in node.indices:
            for second in node.indices:
                pair = Pair(first, second, (extents[first], extents[second]))
                body = None
                if first != second and not _names(pair, node.conditions):
                    body = _with(node.body, pair, tensors, views)
                if body is not None and views:
                    ranges = [
                        pair.range if i == first else (i, n) for i, n in node.ranges if i != second
                    ]
                    return type(node)(body, ranges, node.conditions)
                views.clear()
        return node
    return rebuild(node, lambda part: _reduction_merged(part, tensors, views))


def _names(pair: Pair, parts) -> bool:
    return any({pair.first, pair.second} & free_indices(p) for p in parts)


def _with(body: Expr, pair: Pair, tensors, views: dict) -> Expr | None:
    """The expression over the merged index; None where the two do not always go together."""
    if any(
        isinstance(n, Reduction) and {pair.first, pair.second} & set(n.indices) for n in walk(body)
    ):
        return None
    apart: list[Expr] = []

    def change(access: Expr) -> Expr:
        instead = _access(access, pair, tensors, views)
        if instead is None:
            apart.append(access)
            return access
        return instead

    found = replace_reads(body, change)
    if apart:
        return None
    one = substitute(found, {pair.second: pair.index - pair.extents[1] * pair.first})
    one = _expanded(one)
    return None if {pair.first, pair.second} & free_indices(one) else one


def _expanded(node: Basic) -> Basic:
    """The expression with the sides of its conditions multiplied out."""
    if isinstance(node, Condition):
        return rebuild(node, lambda side: side.expand() if isinstance(side, Expr) else side)
    return rebuild(node, _expanded, conditions=True)


def _access(access: Expr, pair: Pair, tensors, views: dict) -> Expr | None:
    """A read of the tensor with the two axes as one; None where they do not stand side by side."""
    subscripts = access.indices
    if not {pair.first, pair.second} & free_indices(access):
        return access
    if subscripts.count(pair.first) != 1 or subscripts.count(pair.second) != 1:
        return None
    at = subscripts.index(pair.first)
    others = [s for s in subscripts if s not in (pair.first, pair.second)]
    if subscripts[at + 1 : at + 2] != (pair.second,) or _names(pair, others):
        return None
    tensor = tensors[tensor_name(access)]
    if tensor.axes[at : at + 2] != pair.extents:
        return None
    axes = (*tensor.axes[:at], pair.range[1], *tensor.axes[at + 2 :])
    name = f"{tensor.name}_{pair.first.name}{pair.second.name}{at}"
    views[name] = (tensor.name, replace(tensor, name=name, axes=axes))
    merged_at = (*subscripts[:at], pair.index, *subscripts[at + 2 :])
    return type(access)(read(name).base, *merged_at)  # known to lie inside, it still does

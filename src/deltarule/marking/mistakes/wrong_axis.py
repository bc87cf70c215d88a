"""Axes: a softmax or a statistic over another axis than its own."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr

from deltarule.expressions import nodes
from deltarule.expressions.nodes import LogSumExp, Reduction, Sum, free_indices
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index, fresh
from deltarule.marking.mistakes.changed import Change, wherever_it_is_used
from deltarule.marking.mistakes.context import Context, Wrong, over_the_wrong_axis
from deltarule.marking.mistakes.other_axis import other_axis
from deltarule.marking.mistakes.positions import Position, sites
from deltarule.marking.mistakes.statistics import own_place
from deltarule.marking.mistakes.wrong_groups import statistics_themselves
from deltarule.networks.equations import Equation


def another_axis(context: Context) -> Iterator[Wrong]:
    """What runs over one axis of an array runs over another: softmax down the batch, statistics
    over the units; in the line itself, or in the forward equation that it differentiates."""
    yield from other_axis(context)
    yield from statistics_themselves(context)
    for change in _turned(context, context.equation):
        yield Wrong(change.kind, change.cost, change.rhs, change.words)
    if context.line.phase == "backward":
        yield from wherever_it_is_used(context, _turned)


def _turned(context: Context, equation: Equation) -> Iterator[Change]:
    """exp(z[n, c])/Σ_m exp(z[m, c]) for exp(z[n, c])/Σ_k exp(z[n, k])."""
    extents = {i: n for i, n in equation.ranges if context.extent(n) > 1}
    for site in sites(equation.rhs):
        node = site.node
        if not isinstance(node, Reduction) or len(node.ranges) != 1:
            continue
        inside = free_indices(node.body)
        for there in _places(context, node, site, equation):
            for other, extent in extents.items():
                if other in inside and other != there:
                    yield Change(
                        "another axis",
                        4.3,
                        site.replaced(_along(node, site, {node.indices[0]: there}, other, extent)),
                        over_the_wrong_axis("the sum runs", "it belongs", other, there),
                    )


def _places(context: Context, node: Reduction, site: Position, equation: Equation) -> list[Index]:
    """The free indices whose axis a sum may run over: by what stands beside it, or by extent."""
    ((_, length),) = node.ranges
    found: list[Index] = []
    if not site.inside and isinstance(node, (Sum, LogSumExp)):
        found += (own_place(node, site) or {}).values()
    if not node.conditions:
        inside, long = free_indices(node.body), context.extent(length)
        found += [i for i, n in equation.ranges if context.extent(n) == long and i not in inside]
    return list(dict.fromkeys(found))


def _along(
    node: Reduction, site: Position, table: dict[Index, Index], index: Index, extent: Expr
) -> Expr:
    """The sum over the axis of another index, at the own place of the one it ran over."""
    other = fresh(index.name, nodes.index_names(site.replaced(node)) | {index.name})
    moved = {**table, index: other}
    conditions = [substitute(c, moved) for c in node.conditions]
    return type(node)(substitute(node.body, moved), [(other, extent)], conditions)


ROWS = (another_axis,)

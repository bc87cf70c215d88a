"""Sums over those entries that there are: Σ_{i,j} ∂L/∂y[i, j]·w[p − i, q − j] as lectures write it.

Such a sum leaves out its limits: it runs over the i and j for which w has the entry, and for
which a quotient among the subscripts is whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sympy import Expr

from deltarule.expressions.nodes import (
    AtLeastZero,
    Condition,
    Divides,
    FloorQuotient,
    Index,
    Sum,
    free_indices,
    reads,
    tensor_name,
    walk,
)
from deltarule.expressions.rebuild import rebuild
from deltarule.networks.tensors import Tensor

#: What is said of a right formula whose sums were read so.
SAID = "right, its sums taken over the entries that there are"


def of_existing(formula: Expr, tensors: Mapping[str, Tensor]) -> Expr:
    """The formula with every sum over what exists; itself where no sum leaves out its limits."""

    def change(node):
        node = rebuild(node, change)
        if not isinstance(node, Sum) or not node.ranges:
            return node
        limits = dict.fromkeys(_limits(node, tensors))
        new = [c for c in limits if c not in node.conditions]
        return Sum(node.body, node.ranges, (*node.conditions, *new)) if new else node

    return change(formula)


def _limits(node: Sum, tensors: Mapping[str, Tensor]) -> Iterator[Condition]:
    """What must hold for each entry that the sum reads at a moving place."""
    for access in reads(node.body):
        for at, extent in zip(access.indices, tensors[tensor_name(access)].axes, strict=True):
            if isinstance(at, Index) or not free_indices(at) & set(node.indices):
                continue
            for part in walk(at):
                if isinstance(part, FloorQuotient):
                    yield Divides(part.args[1], part.args[0])
            yield AtLeastZero(at)
            yield AtLeastZero((extent - 1 - at).expand())

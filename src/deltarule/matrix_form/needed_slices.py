"""The indices that a formula is best said of slice by slice."""

from __future__ import annotations

from sympy import Basic, Expr

from deltarule.expressions import nodes
from deltarule.expressions.affine import affine
from deltarule.expressions.nodes import free_indices
from deltarule.expressions.symbols import Index
from deltarule.matrix_form.tree import NoWords


def needed_slices(expression: Expr) -> frozenset[Index]:
    """The indices that stand in shifted subscripts or in conditions: t in h[t − 1], and both of
    t′ > t where data at t′ say whether t is meant, as the children of a tree do."""
    found: set[Index] = set()
    later = _beside_data(expression)
    for node in nodes.walk(expression):
        if isinstance(node, nodes.Read):
            for subscript in node.indices:
                if not isinstance(subscript, Index):
                    found |= _single(subscript)
        elif isinstance(node, nodes.AtLeastZero):
            data = node in later or nodes.reads(node)
            found |= free_indices(node.args[0]) if data else _single(node.args[0])
        elif isinstance(node, (nodes.Divides, nodes.FloorQuotient, nodes.Max)):
            raise NoWords
    return frozenset(found)


def _beside_data(expression: Expr) -> set[Basic]:
    """The conditions on two indices i of a sum that asks i = a[j] of them too, a being data."""
    found: set[Basic] = set()
    for total in nodes.walk(expression):
        if isinstance(total, nodes.Reduction):
            pairs = {frozenset(free_indices(c)) for c in total.conditions if _by_data(c)}
            found |= {c for c in total.conditions if free_indices(c) in pairs}
    return found


def _by_data(condition: nodes.Condition) -> bool:
    return isinstance(condition, nodes.Equal) and bool(nodes.reads(condition))


def _single(subscript: Expr) -> set[Index]:
    """The index of a shifted subscript, with coefficient 1 or −1. Raises NoWords for others."""
    inside = tuple(free_indices(subscript))
    split = affine(subscript, inside)
    if split is None or len(inside) > 1 or not set(split[0].values()) <= {1, -1}:
        raise NoWords
    return set(inside)

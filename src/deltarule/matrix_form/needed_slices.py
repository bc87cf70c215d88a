"""The indices that a formula is best said of slice by slice."""

from __future__ import annotations

from sympy import Expr

from deltarule.expressions import nodes
from deltarule.expressions.affine import affine
from deltarule.expressions.nodes import free_indices
from deltarule.expressions.symbols import Index
from deltarule.matrix_form.tree import NoWords


def needed_slices(expression: Expr) -> frozenset[Index]:
    """The indices that stand in shifted subscripts or in conditions: t in h[t − 1]."""
    found: set[Index] = set()
    for node in nodes.walk(expression):
        if isinstance(node, nodes.Read):
            for subscript in node.indices:
                if not isinstance(subscript, Index):
                    found |= _single(subscript)
        elif isinstance(node, nodes.AtLeastZero):
            found |= free_indices(node.args[0])
        elif isinstance(node, (nodes.Divides, nodes.FloorQuotient, nodes.Max)):
            raise NoWords
    return frozenset(found)


def _single(subscript: Expr) -> set[Index]:
    """The index of a shifted subscript, with coefficient 1 or −1. Raises NoWords for others."""
    inside = tuple(free_indices(subscript))
    split = affine(subscript, inside)
    if split is None or len(inside) > 1 or not set(split[0].values()) <= {1, -1}:
        raise NoWords
    return set(inside)

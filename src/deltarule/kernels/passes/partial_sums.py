"""Sums of products, factored: what only some of the factors depend on is summed first.

Σ_{i,j} a[i, j]·b[i, j]·h[j, k] would take I·J steps for each k. The sum of a·b over i is the same
for every k: Σ_j h[j, k]·(Σ_i a[i, j]·b[i, j]) takes I·J steps once, and J for each k.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sympy import Expr, Mul

from deltarule.expressions.nodes import Equal, Reduction, Selection, Sum, free_indices
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.expressions.symbols import Index
from deltarule.kernels.passes.draft import Draft
from deltarule.kernels.passes.reads_inside import reads_inside
from deltarule.networks.tensors import Tensor


def partial_sums(draft: Draft) -> Draft:
    """Sums within sums, where fewer loops stand inside each other then."""
    return draft.rewritten(
        e
        if isinstance(e.rhs, Selection)
        else replace(e, rhs=factored(e.rhs, dict(e.ranges), draft.tensors))
        for e in draft.equations
    )


def factored(node: Expr, extents: Mapping[Index, Expr], tensors: Mapping[str, Tensor]) -> Expr:
    """The expression with its sums factored; `extents` are those of the loops around."""
    if not isinstance(node, Reduction):
        return rebuild(node, lambda part: factored(part, extents, tensors))
    inside = {**extents, **dict(node.ranges)}
    node = with_body(node, factored(node.body, inside, tensors))
    return _factored(node, inside, tensors) if type(node) is Sum else node


def _factored(total: Sum, extents: Mapping[Index, Expr], tensors: Mapping[str, Tensor]) -> Expr:
    """A sum with one index after another summed over as few factors as depend on it."""
    for index, extent in total.ranges:
        found = _summed_first(total, index, extent, extents, tensors)
        if found is not None:
            return _factored(found, extents, tensors) if isinstance(found, Sum) else found
    return total


def _summed_first(
    total: Sum, index: Index, extent: Expr, extents: Mapping, tensors: Mapping[str, Tensor]
) -> Expr | None:
    """The sum over the rest of the sum over an index; None where that saves nothing."""
    if extent.is_number or len(total.ranges) < 2:
        return None
    mine = [f for f in Mul.make_args(total.body) if index in free_indices(f)]
    others = [f for f in Mul.make_args(total.body) if f not in mine]
    tests = [c for c in total.conditions if index in free_indices(c)]
    left = [c for c in total.conditions if c not in tests]
    along = frozenset().union(*map(free_indices, (*mine, *tests)))
    saved = extents.keys() & (free_indices(total) | set(total.indices)) - along
    if all(extents[i].is_number for i in saved):
        return None
    inner = Sum(Mul(*mine), [(index, extent)], tuple(tests))
    rest = Mul(*others)
    if _guarded(left, inner, extents, tensors) or _guarded(tests, rest, extents, tensors):
        return None
    ranges = [(i, n) for i, n in total.ranges if i != index]
    return Sum(rest * inner, ranges, tuple(left))


def _guarded(conditions: list, part: Expr, extents: Mapping, tensors: Mapping[str, Tensor]) -> bool:
    """Whether conditions spare most of a part, or may keep what it reads inside its tensors."""
    shared = [c for c in conditions if free_indices(c) & free_indices(part)]
    few = any(isinstance(c, Equal) for c in shared)
    return few or bool(shared) and not reads_inside(part, extents, tensors)

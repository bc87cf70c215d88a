"""Entries at which a large formula is compared: a few, the corners among them.

A step in the gradient of a convolution over many pixels, its deltas not yet gone, sums over every
point of the convolution for every entry of the gradient. Where that is too much, the step is
tried at some entries, and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from random import Random
from typing import NamedTuple

from sympy import Basic, Expr

from deltarule.arithmetic.evaluate import Values
from deltarule.expressions.nodes import Read, Reduction
from deltarule.expressions.symbols import Index


class Budget(NamedTuple):
    """Formulas over no more than `most` points are compared everywhere; of larger ones about
    `tried` points, but no fewer than `least` entries."""

    most: int
    tried: int
    least: int


#: For integers, and for fractions and balls, which are Python objects and slow.
FAST, SLOW = Budget(1 << 22, 1 << 20, 8), Budget(1 << 19, 1 << 17, 4)

#: More entries than this are not tried.
MOST_ENTRIES = 64


def entries(
    formulas: Sequence[Expr],
    ranges: Sequence[tuple[Index, Expr]],
    values: Values,
    budget: Budget = FAST,
    seed: int = 0,
) -> list[dict[Index, int]] | None:
    """Where to compare formulas over some ranges; None stands for every entry."""
    extents = [values.extent(n) for _, n in ranges]
    each = max(_points(f, values) for f in formulas)
    if prod(extents) * each <= budget.most or prod(extents) <= budget.least:
        return None
    wanted = min(max(budget.least, budget.tried // each), MOST_ENTRIES, prod(extents))
    random = Random(seed)
    found = {tuple(0 for _ in extents): None, tuple(n - 1 for n in extents): None}
    while len(found) < wanted:
        found[tuple(random.randrange(n) for n in extents)] = None
    indices = [i for i, _ in ranges]
    return [dict(zip(indices, point, strict=True)) for point in found]


def entries_tried(chosen: list | None, ranges: Sequence[tuple[Index, Expr]], values: Values) -> str:
    """How many entries were tried, where it was not all of them."""
    if chosen is None:
        return ""
    return f", {len(chosen)} of {prod(values.extent(n) for _, n in ranges)} entries"


def _points(node: Basic, values: Values) -> int:
    """The points of the largest sum within sums that one entry of a formula takes."""
    if isinstance(node, Read) or not node.args:
        return 1
    if isinstance(node, Reduction):
        return prod(values.extent(n) for _, n in node.ranges) * _points(node.body, values)
    return max(_points(a, values) for a in node.args)

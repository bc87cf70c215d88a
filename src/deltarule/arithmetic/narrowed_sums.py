"""Sums in which an index runs within a window, over the window alone.

    Σ_{i < I} [0 ≤ p − S·i] [S·i − p + c ≥ 0] f(i)   has at most ⌊c/S⌋ + 1 terms:  i = ⌊p/S⌋ − m

What is summed over m is the same, under the same conditions, and i is within its range: the window
only has to hold all terms that count. Gradients of windows have such sums, where I is the image.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from sympy import Expr

from deltarule.expressions.affine import affine
from deltarule.expressions.nodes import (
    AtLeastZero,
    FloorQuotient,
    Sum,
    free_indices,
    free_symbols,
    reads,
)
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index, fresh

#: Sums over fewer points are taken as they stand.
FEW_POINTS = 1 << 17


def narrowed(node: Sum, extent: Callable[[Expr], int]) -> Expr:
    """The sum with fewer terms, where conditions say so; `extent` gives sizes their numbers."""
    for index, size in node.ranges:
        for upper, step, width in _windows(node, index):
            apart, reach = extent(step), extent(width)
            if apart > 0 and 2 * (reach // apart + 1) <= extent(size):
                return _over_window(node, index, upper, (step, width))
    return node


@lru_cache(maxsize=4096)
def _windows(node: Sum, index: Index) -> tuple[tuple[Expr, Expr, Expr], ...]:
    """(p, S, c) of each pair of conditions p − S·i ≥ 0 and S·i − p + c ≥ 0, with c the same
    everywhere.
    """
    sides = []
    for condition in node.conditions:
        split = affine(condition.args[0], (index,)) if type(condition) is AtLeastZero else None
        if split is not None and index in split[0] and not reads(condition):
            sides.append((split[0][index], split[1]))
    found = [
        (rest, -step, (rest + other).expand())
        for step, rest in sides
        for coefficient, other in sides
        if coefficient == -step and not free_indices(step)
    ]
    return tuple(f for f in found if not free_indices(f[2]) and index not in free_symbols(f[0]))


@lru_cache(maxsize=4096)
def _over_window(node: Sum, index: Index, upper: Expr, window: tuple[Expr, Expr]) -> Expr:
    step, width = window
    taken = {str(s) for s in free_symbols(node)} | {i.name for i in node.indices}
    place = fresh(index.name, taken)
    terms = FloorQuotient(width, step) + 1
    moved = FloorQuotient(upper, step) - (terms - 1) + place
    ranges, conditions = [], [*node.conditions]
    for inner, size in node.ranges:
        ranges.append((place, terms) if inner == index else (inner, size))
        if inner == index:
            conditions += [AtLeastZero(index), AtLeastZero(size - 1 - index)]
    table = {index: moved}
    return Sum(
        substitute(node.body, table), ranges, tuple(substitute(c, table) for c in conditions)
    )

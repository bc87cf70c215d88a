"""Reductions that go on from one entry to the next, so that each takes one step more.

Σ_{s ≤ t} x[s] is the sum before, and x[t]; Π_{j ≠ k} x[j] is the product of what comes before k,
times that of what comes behind.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sympy import Expr

from deltarule.expressions.affine import affine
from deltarule.expressions.nodes import AtLeastZero, Product, Sum, Unequal, free_indices
from deltarule.expressions.symbols import Index

Ranges = tuple[tuple[Index, Expr], ...]

#: Of so few entries a reduction is as fast as it stands.
FEW = 8


@dataclass(frozen=True)
class RunningSum:
    """A sum over `summed` ≤ `index` + `shift`, or, where `direction` is −1, over
    `summed` ≥ `index` + `shift`; `added` is what one value of `summed` adds.
    """

    index: tuple[Index, Expr]
    summed: tuple[Index, Expr]
    shift: Expr
    direction: int
    added: Expr


@dataclass(frozen=True)
class AllButOne:
    """A product over all `ranges` but one entry, at `indices`, of `factor`s."""

    indices: tuple[Index, ...]
    ranges: Ranges
    factor: Expr


def running_sum(total: Expr, own: Iterable[tuple[Index, Expr]]) -> RunningSum | None:
    """A sum whose end alone depends on one of the indices `own`; None where it is no such sum."""
    if type(total) is not Sum or any(free_indices(n) for _, n in total.ranges):
        return None
    for index, extent in own:
        tests = [c for c in total.conditions if index in free_indices(c)]
        if len(tests) != 1 or not isinstance(tests[0], AtLeastZero) or _few(extent):
            continue
        if index in free_indices(total.body):
            continue
        inside = [r for r in total.ranges if r[0] in free_indices(tests[0])]
        split = affine(tests[0].args[0], (index, *(i for i, _ in inside)))
        if split is None or len(inside) != 1 or free_indices(split[1]) or _few(inside[0][1]):
            continue
        [(summed, _)] = inside
        slopes = split[0].get(index), split[0].get(summed)
        if slopes not in ((1, -1), (-1, 1)):
            continue
        left = tuple(c for c in total.conditions if c is not tests[0])
        ranges = tuple(r for r in total.ranges if r[0] != summed)
        sign = int(slopes[0])
        added = Sum(total.body, ranges, left)
        return RunningSum((index, extent), inside[0], sign * split[1], sign, added)
    return None


def all_but_one(product: Expr, own: Iterable[tuple[Index, Expr]]) -> AllButOne | None:
    """A product of all entries but that at some of the indices `own`; None where it is none."""
    if type(product) is not Product or len(product.conditions) != 1:
        return None
    [condition], own = product.conditions, dict(own)
    if not isinstance(condition, Unequal):
        return None
    others: dict = {}
    for one, two in zip(*(side.args for side in condition.args), strict=True):
        inner, outer = (one, two) if one in product.indices else (two, one)
        others[inner] = outer
    indices = tuple(others.get(i) for i in product.indices)
    if len(others) != len(indices) or len(set(indices)) != len(indices):
        return None
    if any(own.get(i) != n for i, (_, n) in zip(indices, product.ranges, strict=True)):
        return None
    small = all(_few(n) for _, n in product.ranges)
    if small or free_indices(product.body).intersection(indices):
        return None
    return AllButOne(indices, product.ranges, product.body)


def _few(extent: Expr) -> bool:
    return bool(extent.is_Integer and extent <= FEW)

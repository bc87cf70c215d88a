"""At which of its indices an equation may be what a formula has: known by the reads of both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from sympy import Expr

from deltarule.calculus.matching import unified
from deltarule.expressions import nodes
from deltarule.expressions.nodes import (
    Read,
    Reduction,
    free_indices,
    free_symbols,
    reads,
    tensor_name,
)
from deltarule.expressions.symbols import Index
from deltarule.networks.equations import Equation


def index_maps(node: Expr, equation: Equation, extents: Mapping[Index, Expr]) -> Iterator[dict]:
    """Ways to name the equation's indices so that reads of it that hold them occur in the node.

    Those that no read holds, such as l in exp(−l·a[n]), are indices of the node that run as far.
    """
    anchors = _anchors(equation)
    if equation.indices and not anchors:
        return
    loose = [i for i in equation.indices if not any(i in free_symbols(a) for a in anchors)]
    known = dict(equation.ranges)
    alike = [[j for j in free_indices(node) if extents.get(j) == known[i]] for i in loose]
    inner = [n for n in nodes.walk(equation.rhs) if isinstance(n, Reduction)]
    ranges = (*equation.ranges, *(r for n in inner for r in n.ranges))
    there = [reads(node, tensor_name(anchor)) for anchor in anchors]
    seen = set()
    for found in product(*there):
        table = _at_once(anchors, found, equation, ranges)
        for others in product(*alike):
            if table is None:
                break
            whole = {**table, **dict(zip(loose, others, strict=True))}
            key = tuple(sorted(whole.items(), key=str))
            if key not in seen:
                seen.add(key)
                yield whole


def _anchors(equation: Equation) -> list[Read]:
    """Few reads that hold all indices of an equation that any holds: one if one does."""
    missing = set(equation.indices)
    found: list[Read] = []
    candidates = list(reads(equation.rhs))
    while missing:
        best = max(candidates, key=lambda r: len(missing & free_symbols(r)), default=None)
        if best is None or not missing & free_symbols(best):
            break
        found.append(best)
        missing -= free_symbols(best)
    return found


def _at_once(
    anchors: list[Read], found: Iterable[Read], equation: Equation, ranges: tuple
) -> dict | None:
    """The equation's indices at which the anchors are the reads found; None if there are none."""
    table: dict = {}
    for anchor, there in zip(anchors, found, strict=True):
        one = unified(anchor.indices, there.indices, ranges)
        if one is None:
            return None
        for index in set(equation.indices) & free_symbols(anchor):
            if table.setdefault(index, one[index]) != one[index]:
                return None
    return {i: table[i] for i in equation.indices if i in table}

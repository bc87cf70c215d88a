"""Positions that are cut off or folded: x[clip(i + k, 0, N - 1)], x[abs(i)], r[min(i, 3)].

They are cases with a position of sums each, so that gradients solve for the index as ever:
x[abs(i)] is x[i] where i ≥ 0, and x[−i] elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from sympy import Expr

from deltarule.expressions import functions as f
from deltarule.expressions.conditions import AtLeastZero
from deltarule.expressions.nodes import Choose, walk

_PIECEWISE = (f.absolute, f.larger, f.smaller, f.clipped)


def in_cases(places: Sequence[Expr], read: Callable[..., Expr]) -> Expr:
    """What `read` gives at `places`, in cases where a place is one of several."""
    inner = (n for place in places for n in walk(place) if isinstance(n, _PIECEWISE))
    node = next((n for n in inner if not any(a.has(*_PIECEWISE) for a in n.args)), None)
    if node is None:
        return read(*places)

    def at(value: Expr) -> Expr:
        moved = (cast(Expr, place.xreplace({node: value})) for place in places)
        return in_cases([place.expand() for place in moved], read)

    first, *others = node.args
    if isinstance(node, f.clipped):
        low, high = others
        above = Choose(AtLeastZero((first - high).expand()), at(high), at(first))
        return Choose(AtLeastZero((low - first).expand()), at(low), above)
    if isinstance(node, f.absolute):
        return Choose(AtLeastZero(first.expand()), at(first), at(-first))
    gap = others[0] - first if isinstance(node, f.smaller) else first - others[0]
    return Choose(AtLeastZero(gap.expand()), at(first), at(others[0]))

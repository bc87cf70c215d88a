"""Which formulas are one piece, by whatever names their indices go."""

from __future__ import annotations

from itertools import combinations, permutations

from sympy import Expr

from deltarule.expressions.nodes import Read, Reduction, free_indices, read
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.expressions.substitution import rename_indices, substitute
from deltarule.expressions.symbols import Index

Ranges = tuple[tuple[Index, Expr], ...]
#: A tensor, and at which of the indices of a place it is read there.
Reading = tuple[str, tuple[int, ...]]

#: Pieces of so many indices are looked for with these in any order.
_ANY_ORDER = 3


def own_ranges(piece: Expr, ranges: Ranges) -> Ranges:
    """The ranges around a piece whose indices it has."""
    free = free_indices(piece)
    return tuple(r for r in ranges if r[0] in free)


def as_read(known: Reading, own: Ranges) -> Read:
    """The read of a tensor by the indices of a place."""
    name, places = known
    return read(name, *(own[k][0] for k in places))


def ways_to_read(name: str, piece: Expr, own: Ranges) -> dict[tuple, Reading]:
    """What a piece is at its own indices in any order, and where two of them are one, as s[i, i].

    Of more than three indices, in their own order alone.
    """
    found: dict[tuple, Reading] = {}
    places = range(len(own))
    orders = permutations(places) if len(own) <= _ANY_ORDER else [tuple(places)]
    for order in orders:
        key = alike(piece, tuple(own[k] for k in order))
        found.setdefault(key, (name, tuple(order.index(k) for k in places)))
    for one, other in combinations(places, 2):
        if own[one][1] == own[other][1]:
            rest = (*own[:other], *own[other + 1 :])
            at = tuple(one if k == other else k - (k > other) for k in places)
            at_one = substitute(piece, {own[other][0]: own[one][0]})
            found.setdefault(alike(at_one, rest), (name, at))
    return found


def alike(piece: Expr, own: Ranges) -> tuple[Expr, tuple[Expr, ...]]:
    """What pieces share that differ in the names of their indices."""
    places = {i: Index(f"at {k}") for k, (i, _) in enumerate(own)}
    return _plainly_bound(substitute(piece, places)), tuple(n for _, n in own)


def _plainly_bound(node: Expr, depth: int = 0) -> Expr:
    """A formula with bound indices named by how deep they stand."""
    if isinstance(node, Reduction):
        names = {i: Index(f"in {depth} {k}") for k, i in enumerate(node.indices)}
        named = rename_indices(node, names)
        return with_body(named, _plainly_bound(named.body, depth + 1), named.conditions)
    return rebuild(node, lambda part: _plainly_bound(part, depth))

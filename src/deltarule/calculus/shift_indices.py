"""Summed indices in a canonical order: each shifted to stand alone where it is read first."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from functools import lru_cache

from sympy import Basic, Expr, Symbol, expand

from deltarule.expressions.affine import affine, never_negative
from deltarule.expressions.nodes import (
    AtLeastZero,
    Divides,
    FloorQuotient,
    Read,
    Remainder,
    free_symbols,
    tensor_name,
)
from deltarule.expressions.rebuild import rebuild
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index, Size

#: So many orders of equally named tensors are tried.
_MOST_ORDERS = 48


def in_order(
    factors: Iterable[tuple[Basic, Expr]],
    indices: tuple[Index, ...],
    conditions: frozenset,
    known: Mapping[Index, Expr],
) -> tuple[frozenset, frozenset | None]:
    """Factors and needed conditions with the indices named 1, 2, … in the order of first reads.

    The conditions are None where no point can fulfil them.
    """
    factors = tuple(factors)
    found, ranges = [], frozenset(known.items())
    for accesses in itertools.islice(_orders(factors), _MOST_ORDERS):
        table = _names(accesses, indices)
        shown = frozenset((_canonical(substitute(b, table)), e) for b, e in factors)
        needed = _needed(frozenset(substitute(c, table) for c in conditions), ranges)
        found.append((shown, needed))
    if len(found) == 1:
        return found[0]
    return min(found, key=lambda pair: (_spelled(pair[0]), _spelled(pair[1] or ())))


def _spelled(parts: Iterable) -> list[str]:
    return sorted(map(str, parts))


def _orders(factors: tuple) -> Iterable[tuple[Read, ...]]:
    """The reads by the names of their tensors; those of one tensor in every order."""
    accesses = sorted((b for b, _ in factors if isinstance(b, Read)), key=tensor_name)
    others = [
        r for b, _ in factors if not isinstance(b, Read) for r in sorted(b.atoms(Read), key=str)
    ]
    groups = [list(g) for _, g in itertools.groupby(accesses, key=tensor_name)]
    for order in itertools.product(*(itertools.permutations(g) for g in groups)):
        yield (*itertools.chain(*order), *others)


def _names(accesses: tuple[Read, ...], indices: tuple[Index, ...]) -> dict[Index, Expr]:
    """What each index is in terms of its canonical name."""
    table: dict[Index, Expr] = {}
    while len(table) < len(indices):
        left = frozenset(indices) - table.keys()
        found = _next(accesses, left, table)
        if found is None:
            for index in sorted(left, key=str):
                table[index] = _shifted(len(table) + 1)
            break
        index, value = found
        table[index] = value
    return table


def _shifted(number: int) -> Symbol:
    """An index with a place of its own; shifted as it is, it may well be negative."""
    return Symbol(f"#{number}", integer=True)


def _next(accesses: tuple[Read, ...], left: frozenset[Index], table: dict) -> tuple | None:
    """The first index that a subscript has alone of those without a name, solved for."""
    name = _shifted(len(table) + 1)
    for access in accesses:
        for subscript in access.indices:
            mine = left & free_symbols(subscript)
            if len(mine) != 1:
                continue
            index = next(iter(mine))
            split = affine(substitute(subscript, table), (index,))
            if split is not None and split[0].get(index) in (1, -1):
                return index, ((name - split[1]) * split[0][index]).expand()
    return None


def _canonical(node: Basic) -> Basic:
    return rebuild(node, expand, subscripts=True) if isinstance(node, Read) else node


@lru_cache(maxsize=1 << 12)
def _needed(conditions: frozenset, ranges: frozenset[tuple[Index, Expr]]) -> frozenset | None:
    """The conditions without those that others imply; None if one can never hold."""
    known = dict(ranges)
    tidy = sorted({_tidy(c) for c in conditions}, key=str)
    kept = list(tidy)
    for condition in tidy:
        if not isinstance(condition, AtLeastZero):
            continue
        value, unbounded = condition.args[0], _unbounded(condition)
        if not unbounded and never_negative(-1 - value, known):
            return None
        others = [
            c.args[0]
            for c in kept
            if c != condition and isinstance(c, AtLeastZero) and _unbounded(c) == unbounded
        ]
        if (not unbounded and never_negative(value, known)) or any(
            never_negative(value - other, known) for other in others
        ):
            kept.remove(condition)
    return frozenset(kept)


def _unbounded(condition: Basic) -> frozenset[Symbol]:
    """The names that nothing is known of; no statement about them follows from one about others."""
    return frozenset(s for s in _outside_digits(condition) if not isinstance(s, Index | Size))


def _outside_digits(node: Basic) -> frozenset[Symbol]:
    """The names in a statement, but for those of q mod c and ⌊q/c⌋, which are at least 0."""
    if isinstance(node, Remainder | FloorQuotient):
        return frozenset()
    if not node.args:
        return free_symbols(node)
    return frozenset().union(*map(_outside_digits, node.args))


def _tidy(condition: Basic) -> Basic:
    if isinstance(condition, AtLeastZero):
        return AtLeastZero(condition.args[0].expand())
    if isinstance(condition, Divides):
        divisor, value = condition.args
        value = value.expand()
        return Divides(divisor, min(value, (-value).expand(), key=str))
    return condition

"""Indices called by their sizes: m along an axis of M."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from dataclasses import replace

from sympy import Basic, Expr

from deltarule.expressions.nodes import Read, Reduction, Sum, free_symbols
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.expressions.substitution import rename_indices, replace_reads, substitute
from deltarule.expressions.symbols import Index, Size
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network


def letter(extent: Expr, taken: Iterable[str]) -> Index:
    """An index for an axis, by its size; with a number where that is taken."""
    name = str(extent).lower() if isinstance(extent, Size) else ""
    base, taken = (name if len(name) == 1 else "i"), set(taken)
    numbered = (f"{base}{k}" for k in range(1, len(taken) + 2))
    return Index(next(n for n in (base, *numbered) if n not in taken))


def lettered(node: Basic, taken: frozenset[str], kept: Container[str] = ()) -> Basic:
    """The expression, every bound index called by its size, apart from those around it.

    The bound indices have other names before, each its own; those that are `kept` stay.
    """
    if not isinstance(node, Reduction):
        return rebuild(node, lambda part: lettered(part, taken, kept)) if node.args else node
    table: dict[Index, Index] = {}
    for index, extent in node.ranges:
        if index.name in kept:
            table[index] = index
            continue
        table[index] = letter(extent, {*taken, *(i.name for i in table.values())})
    renamed = rename_indices(node, table)
    if not isinstance(renamed, Reduction):
        return lettered(renamed, taken, kept)
    inside = taken | {i.name for i in renamed.indices}
    return with_body(renamed, lettered(renamed.body, inside, kept), renamed.conditions)


def with_lettered_pieces(network: Network) -> Network:
    """The network with the indices of lines that are pieces called by their sizes, too."""
    lines = [_lettered(e) if network.tensors[e.name].piece else e for e in network.equations]
    return replace(network, equations=tuple(lines))


def by_entries(rhs: Expr, change: Callable[[Read], Read]) -> Expr:
    """A right side of matrices by what each read of an entry becomes: without the ranges of one
    entry whose index nothing reads then."""
    return _without_single_entries(replace_reads(rhs, change))


def _lettered(equation: Equation) -> Equation:
    """An equation with all its indices called by their sizes."""
    table: dict[Index, Index] = {}
    for index, extent in equation.ranges:
        table[index] = letter(extent, (i.name for i in table.values()))
    apart = {i: Index(f"at {k}") for k, i in enumerate(table)}
    rhs = substitute(substitute(equation.rhs, apart), {apart[i]: table[i] for i in table})
    return replace(
        equation,
        subscripts=tuple(table[i] if isinstance(i, Index) else i for i in equation.subscripts),
        rhs=lettered(rhs, frozenset(i.name for i in table.values())),
        ranges=tuple((table[i], n) for i, n in equation.ranges),
    )


def _without_single_entries(node: Expr) -> Expr:
    """The expression without ranges of one entry whose index nothing reads."""
    node = rebuild(node, _without_single_entries)
    if not isinstance(node, Sum):
        return node
    there = free_symbols(node.body).union(*map(free_symbols, node.conditions))
    ranges = [(i, n) for i, n in node.ranges if n != 1 or i in there]
    return node if len(ranges) == len(node.ranges) else Sum(node.body, ranges, node.conditions)

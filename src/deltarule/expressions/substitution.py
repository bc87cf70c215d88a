"""Substitution that respects bound indices, where SymPy's `subs` is not to be trusted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from sympy import Basic, Expr

from deltarule.expressions.nodes import (
    Read,
    Reduction,
    free_indices,
    free_symbols,
    index_names,
    reads,
    tensor_name,
)
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.expressions.rewrites import replaced, rewrite
from deltarule.expressions.symbols import Index, fresh

_ANY = Index("·")


@rewrite
def substitute(expression: Basic, replacements: Mapping[Any, Basic]) -> Basic:
    """Replace symbols and whole reads by expressions.

    A bound index is never replaced, and is renamed with primes where a replacement would be
    captured by it.
    """
    return _substitute(expression, dict(replacements)) if replacements else expression


@rewrite
def _substitute(expression: Basic, table: dict) -> Basic:
    def change(node: Basic) -> Basic:
        if node in table:
            return table[node]
        if isinstance(node, Reduction):
            return _inside_reduction(node, table)
        return rebuild(node, change, subscripts=True)

    return change(expression)


def _inside_reduction(node: Reduction, table: dict) -> Basic:
    bound = frozenset(node.indices)
    free = free_symbols(node)
    inner = {
        key: value
        for key, value in table.items()
        if not (bound & free_symbols(key)) and (isinstance(key, Read) or key in free)
    }
    if not inner:
        return node
    incoming = frozenset().union(*(free_indices(v) for v in inner.values()))
    renaming = {}
    taken = {s.name for s in incoming | free | bound}
    for index in node.indices:
        if index in incoming:
            renaming[index] = fresh(index.name, taken)
            taken.add(renaming[index].name)
    inner.update(renaming)
    return node.func(
        _substitute(node.body, inner),
        tuple((renaming.get(i, i), _substitute(n, table)) for i, n in node.ranges),
        tuple(_substitute(c, inner) for c in node.conditions),
    )


@rewrite
def replace_reads(node: Basic, change: Callable[[Read], Expr], of: str | None = None) -> Basic:
    """Every read, under sums too, replaced by what `change` makes of it; only reads of one tensor
    if `of` names one: what has none of them is then left without a walk through it.

    The subscripts of a read keep their meaning where it stands, so nothing is captured as long
    as `change` uses no other indices of its own than bound ones.
    """
    if of is not None and not reads(node, of):
        return node
    if isinstance(node, Read):
        return change(node) if of in (None, tensor_name(node)) else node
    return rebuild(node, lambda part: replace_reads(part, change, of), conditions=True)


def rename_bound(node: Reduction, taken: set[str]) -> Reduction:
    """A reduction with its own bound indices named outside `taken`."""
    names = set(taken) | {i.name for i in node.indices}
    renaming = {}
    for index in node.indices:
        if index.name in taken:
            renaming[index] = fresh(index.name, names)
            names.add(renaming[index].name)
    return rename_indices(node, renaming)


def rename_indices(node: Reduction, names: Mapping[Index, Index]) -> Reduction:
    """A reduction with its own bound indices renamed; the new names occur nowhere in it."""
    if not names:
        return node
    renamed = node.func(
        substitute(node.body, names),
        tuple((names.get(i, i), n) for i, n in node.ranges),
        tuple(substitute(c, names) for c in node.conditions),
    )
    return cast(Reduction, renamed)  # by other names it is as much of one


@rewrite
def plainly_named(node: Basic, apart: frozenset[str] | None = None) -> Basic:
    """The expression with bound indices named apart from free ones, and else without primes.

    `apart` holds the names of the indices that are free around it.
    """
    if isinstance(node, Read) or not node.args:
        return node
    apart = frozenset(i.name for i in free_indices(node)) if apart is None else apart
    if not isinstance(node, Reduction):
        return rebuild(node, lambda part: plainly_named(part, apart))
    body = plainly_named(node.body, apart)
    conditions = tuple(plainly_named(c, apart) for c in node.conditions)
    wanting = [i for i in node.indices if i.name.endswith("′") or i.name in apart]
    plain = with_body(node, body, conditions)
    if not wanting or not isinstance(plain, Reduction):
        return plain
    taken = {i.name for i in free_indices(node)} | index_names(body, *conditions)
    taken |= apart | {i.name for i in node.indices}
    table = {}
    for index in wanting:
        mine = {index.name} - apart
        table[index] = fresh(index.name.rstrip("′"), taken - mine)
        taken.add(table[index].name)
    return rename_indices(plain, table)


def nameless(expression: Expr) -> Expr:
    """An expression with one name for all indices, to compare it with others."""
    return cast(Expr, replaced(expression, dict.fromkeys(expression.atoms(Index), _ANY)))

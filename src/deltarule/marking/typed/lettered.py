"""Indices called by their sizes: m along an axis of M."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Basic, Expr

from deltarule.expressions.nodes import Reduction
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.expressions.substitution import rename_indices
from deltarule.expressions.symbols import Index, Size


def letter(extent: Expr, taken: Iterable[str]) -> Index:
    """An index for an axis, by its size; with a number where that is taken."""
    name = str(extent).lower() if isinstance(extent, Size) else ""
    base, taken = (name if len(name) == 1 else "i"), set(taken)
    numbered = (f"{base}{k}" for k in range(1, len(taken) + 2))
    return Index(next(n for n in (base, *numbered) if n not in taken))


def lettered(node: Basic, taken: frozenset[str]) -> Basic:
    """The expression, every bound index called by its size, apart from those around it.

    The bound indices have other names before, each its own.
    """
    if not isinstance(node, Reduction):
        return rebuild(node, lambda part: lettered(part, taken)) if node.args else node
    table: dict[Index, Index] = {}
    for index, extent in node.ranges:
        table[index] = letter(extent, {*taken, *(i.name for i in table.values())})
    renamed = rename_indices(node, table)
    if not isinstance(renamed, Reduction):
        return lettered(renamed, taken)
    inside = taken | {i.name for i in renamed.indices}
    return with_body(renamed, lettered(renamed.body, inside), renamed.conditions)

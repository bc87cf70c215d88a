"""Sums that scatter: what falls on one entry several times is written over, not added up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sympy import Basic, Expr, Integer

from deltarule.expressions.gradient_names import is_gradient
from deltarule.expressions.nodes import (
    AtLeastZero,
    Product,
    Selection,
    Sum,
    free_indices,
    index_names,
    reads,
    tensor_name,
)
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index, fresh
from deltarule.marking.mistakes.context import Context, Wrong
from deltarule.marking.mistakes.positions import sites
from deltarule.spelling.text import text


def overwritten(context: Context) -> Iterator[Wrong]:
    """Assignment for accumulation: of all that falls on an entry, the last alone stays."""
    if not is_gradient(context.line.quantity):
        return
    own = set(context.equation.indices)
    for site in sites(context.equation.rhs):
        node = site.node
        if not isinstance(node, Sum):
            continue
        linked = linked_to(node, own)
        if not linked or all(context.extent(n) < 2 for i, n in node.ranges if i in linked):
            continue
        words = (
            f"what falls on the same entry is written over, not added up: only the last "
            f"{', '.join(text(i) for i in linked)} counts"
        )
        yield Wrong(
            "assignment for accumulation",
            4.0,
            site.replaced(last_alone(node, linked, Integer(0))),
            words,
        )
        chosen = _chosen(context, node)
        if chosen is not None:
            yield Wrong(
                "assignment for accumulation",
                4.0,
                site.replaced(last_alone(node, linked, 1 - chosen)),
                words,
            )


def linked_to(node: Sum, own: set[Index]) -> list[Index]:
    """The summed indices that conditions tie to the entry."""
    tied = [free_indices(c) for c in node.conditions if free_indices(c) & own]
    return [i for i in node.indices if any(i in t for t in tied)]


def _chosen(context: Context, node: Sum) -> Expr | None:
    """The read that says whether an entry was chosen by a maximum."""
    selections = {e.name for e in context.network.equations if isinstance(e.rhs, Selection)}
    return next((r for r in reads(node.body) if tensor_name(r) in selections), None)


def last_alone(node: Sum, linked: Sequence[Index], missed: Expr, first: bool = False) -> Sum:
    """The terms behind which none follows, or before which none comes where `first`.

    `missed` is 0 where another term would count.
    """
    body = node.body
    taken = index_names(node) | {i.name for i in free_indices(node)}
    for position, index in enumerate(linked):
        moving = linked[position:]
        table = {}
        for other in moving:
            table[other] = fresh(other.name, taken)
            taken.add(table[other].name)
        ranges = [(table[i], n) for i, n in node.ranges if i in table]
        conditions: list[Basic] = [
            substitute(c, table) for c in node.conditions if free_indices(c) & set(moving)
        ]
        behind = index - table[index] if first else table[index] - index
        later = AtLeastZero(behind - 1)
        body = body * Product(substitute(missed, table), ranges, [*conditions, later])
    return Sum(body, node.ranges, node.conditions)


ROWS = (overwritten,)

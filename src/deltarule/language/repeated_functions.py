"""Functions and sums that stand in one equation more than once, of the same entries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sympy import Expr

from deltarule.expressions.elementwise import Elementwise
from deltarule.expressions.functions import exp, larger, log, smaller
from deltarule.expressions.nodes import Read, Reduction, Sum, reads, tensor_name, walk
from deltarule.expressions.terms_counted import count_terms
from deltarule.language.alike_pieces import Ranges
from deltarule.language.piece_words import is_closed

#: What is repeated stands there so often, and is of so many values.
_TWICE, _SEVERAL = 2, 2


def repeated(rhs: Expr, ranges: Ranges) -> list[tuple[Elementwise | Sum, Ranges]]:
    """Functions and sums of several tensors that stand there twice, each with the ranges around it.

    What a logarithm is taken of stays whole, as log(1 + exp(u)) has a stable form by that.
    """
    found = list(_functions(rhs, ranges))
    counts = Counter(node for node, _ in found)
    around = dict(found)
    return [(n, around[n]) for n, times in counts.items() if times >= _TWICE and _is_long(n)]


def in_kinks(rhs: Expr) -> list[Elementwise]:
    """The maxima and minima of two values: their conditions repeat what these are made of."""
    return [n for n in walk(rhs) if isinstance(n, Elementwise) and n.func in (larger, smaller)]


def _functions(node: Expr, ranges: Ranges) -> Iterator[tuple[Elementwise | Sum, Ranges]]:
    if isinstance(node, Read | log) or not node.args or is_closed(node):
        return
    if isinstance(node, Reduction):
        if not node.conditions:
            if isinstance(node, Sum) and not node.has(exp):
                yield node, ranges
            yield from _functions(node.body, (*ranges, *node.ranges))
        return
    if isinstance(node, Elementwise):
        yield node, ranges
    for part in node.args:
        if isinstance(part, Expr):
            yield from _functions(part, ranges)


def _is_long(node: Expr) -> bool:
    return len({tensor_name(r) for r in reads(node)}) >= _SEVERAL and count_terms(node) >= _SEVERAL

"""What is the case within a choice: its condition holds in the first branch, not in the other.

(0 if i = 0 else (0 if i = 0 else g·i)) = (0 if i = 0 else g·i)
(a if i = 0 else [i ≠ 0]·b) = (a if i = 0 else b)
"""

from __future__ import annotations

from typing import cast

from sympy import Expr, Integer

from deltarule.calculus.rules.rule import Example, Given, Rewrite, Rule, changed
from deltarule.expressions.conditions import AtLeastZero, Condition, Equal, Unequal
from deltarule.expressions.index_facts import IndexFacts
from deltarule.expressions.nodes import Choose, Reduction, Sum, free_indices, read, reads, walk
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.expressions.symbols import Index, Size


def within_a_case(expression: Expr, given: Given) -> Rewrite | None:
    """The formula without choices and brackets that the choice around them has decided."""
    if not any(_chosen(node) for node in walk(expression)):
        return None
    return changed(expression, _decided(expression, IndexFacts.of_ranges(given.extents.items())))


def _decided(node: Expr, facts: IndexFacts) -> Expr:
    if isinstance(node, Reduction):
        return _reduction(node, facts)
    if not _chosen(node):
        return rebuild(node, lambda part: _decided(part, facts))
    condition, then, otherwise = cast(Choose, node).args
    holds = facts.holds(condition)
    if holds is not None:
        return _decided(then if holds else otherwise, facts)
    return Choose(
        condition,
        _decided(then, facts.under(condition)),
        _decided(otherwise, facts.under(condition, holds=False)),
    )


def _reduction(node: Reduction, facts: IndexFacts) -> Expr:
    """Of a sum the conditions [i ≠ 0] and [i = 0] are left out that hold anyway."""
    inside = facts.within(node.ranges)
    kept = []
    for condition in node.conditions:
        holds = inside.holds(condition) if _of_indices(condition) else None
        if holds is False and isinstance(node, Sum):
            return Integer(0)
        if not holds:
            kept.append(condition)
    for condition in kept:
        inside = inside.under(condition)
    return with_body(node, _decided(node.body, inside), kept)


def _chosen(node: object) -> bool:
    """Whether indices alone say which case it is; what is carried or declared keeps its cases."""
    return type(node) is Choose and _of_indices(node.args[0], AtLeastZero)


def _of_indices(condition: Condition, *more: type[Condition]) -> bool:
    asked = isinstance(condition, (Equal, Unequal, *more))
    return asked and bool(free_indices(condition)) and not reads(condition)


def _example() -> Example:
    i, N, g = Index("i"), Size("N"), read("g")
    first = Equal(i, Integer(0))
    inner = Choose(first, Integer(0), g * i)
    return Example(Choose(first, g, inner), Choose(first, g, g * i), Given(extents={i: N}))


WITHIN_A_CASE = Rule(
    "within a case",
    "(a if c else (b if c else d)) = (a if c else d)",
    "In the first case the condition holds, in the other it does not.",
    within_a_case,
    _example,
)

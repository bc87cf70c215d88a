"""What a gradient is at the first and at the last time, where its conditions are decided."""

from __future__ import annotations

from sympy import Expr, Integer

from deltarule.calculus.rules.rule import Example, Given, Rewrite, Rule, changed
from deltarule.calculus.terms import chosen
from deltarule.expressions.affine import never_negative
from deltarule.expressions.nodes import AtLeastZero, Sum, read
from deltarule.expressions.rebuild import rebuild
from deltarule.expressions.symbols import Size


def decide(expression: Expr, given: Given) -> Rewrite | None:
    """The formula at one time, without what its conditions exclude for certain."""
    return changed(expression, _settled(expression, dict(given.extents)))


def _settled(node: Expr, known: dict) -> Expr:
    """The formula without what its conditions exclude for certain."""
    return _without_failing(chosen(node, [], known), known)


def _without_failing(node: Expr, known: dict) -> Expr:
    if isinstance(node, Sum):
        kept, known = [], {**known, **dict(node.ranges)}
        for condition in node.conditions:
            at = condition.args[0] if isinstance(condition, AtLeastZero) else None
            if at is not None and never_negative((-1 - at).expand(), known):
                return Integer(0)
            if at is None or not never_negative(at, known):
                kept.append(condition)
        return Sum(_without_failing(node.body, known), node.ranges, kept)
    return rebuild(node, lambda part: _without_failing(part, known))


def _example() -> Example:
    T = Size("T")
    last = T - 1
    following = Sum(read("dE/ds", last + 1) * read("w"), (), [AtLeastZero(T - 2 - last)])
    now = read("dE/dy", last)
    return Example(now + following, now, note="At t = T − 1, t ≤ T − 2 says 1 ≤ 0.")


AT_THE_EDGE = Rule(
    "at the edge",
    "at the first and at the last time a condition is decided",
    "There is nothing before the first time but the initial state, and nothing after the last.",
    decide,
    _example,
    seen="derive gru --steps",
)

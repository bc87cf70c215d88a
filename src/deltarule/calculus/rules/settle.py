"""Quotients, remainders and conditions that are decided at a place: ⌊(A·g + a)/A⌋ = g for a < A."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import Add, Basic, Expr, Integer

from deltarule.calculus.rules.rule import Example, Given, Rewrite, Rule, changed
from deltarule.expressions import nodes
from deltarule.expressions.affine import never_negative, whole_ratio
from deltarule.expressions.conditions import Condition
from deltarule.expressions.nodes import (
    AtLeastZero,
    Divides,
    Equal,
    FloorQuotient,
    Reduction,
    Remainder,
    Sum,
    read,
)
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.expressions.symbols import Index, Size


def settle(expression: Expr, given: Given) -> Rewrite | None:
    """The formula with what is decided by the extents of its free indices put in."""
    return changed(expression, settled(expression, given.extents))


def settled(node: Any, known: Mapping[Index, Expr]) -> Expr:
    """A formula, or a condition, with what is decided put in; `known` are extents of indices."""
    if isinstance(node, Reduction):
        return _reduction(node, {**known, **dict(node.ranges)})
    node = rebuild(node, lambda part: settled(part, known), subscripts=True)
    if type(node) is FloorQuotient or isinstance(node, Remainder):
        split = _divided(node.args[0], node.args[1], known)
        if split is not None:
            return split[isinstance(node, Remainder)]
    if isinstance(node, nodes.Choose):
        holds = _decided(node.args[0], known)
        return node if holds is None else node.args[1] if holds else node.args[2]
    return node


def _reduction(node: Reduction, known: Mapping[Index, Expr]) -> Expr:
    kept = []
    for condition in node.conditions:
        condition = settled(condition, known)
        holds = _decided(condition, known)
        if holds is False and isinstance(node, Sum):
            return Integer(0)
        if not holds:
            kept.append(condition)
    return with_body(node, settled(node.body, known), kept)


def _decided(condition: Basic, known: Mapping[Index, Expr]) -> bool | None:
    """Whether a condition holds; None where that depends."""
    if not isinstance(condition, Condition):
        return None
    if isinstance(condition, AtLeastZero):
        return _sign(condition.args[0], known)
    if isinstance(condition, Divides):
        split = _divided(condition.args[1], condition.args[0], known)
        return None if split is None or not split[1].is_Integer else split[1] == 0
    if isinstance(condition, Equal):
        difference = (condition.args[0] - condition.args[1]).expand()
        return difference == 0 if difference.is_Integer else None
    return None


def _sign(value: Expr, known: Mapping[Index, Expr]) -> bool | None:
    """Whether a value is ≥ 0; None where that depends."""
    if never_negative(value, known):
        return True
    return False if never_negative((-1 - value).expand(), known) else None


def _divided(value: Expr, by: Expr, known: Mapping[Index, Expr]) -> tuple[Expr, Expr] | None:
    """The whole quotient and the rest, where both are certain."""
    whole, rest = [], []
    for term in Add.make_args(value.expand()):
        ratio = whole_ratio(term, by)
        if ratio is None:
            rest.append(term)
        else:
            whole.append(ratio)
    left = Add(*rest)
    if left.is_Integer and by.is_Integer:
        more, left = divmod(left, by)
        return Add(more, *whole), left
    if not never_negative(left, known) or not never_negative((by - 1 - left).expand(), known):
        return None
    return Add(*whole), left


def _example() -> Example:
    g, a, G, A = Index("g"), Index("a"), Size("G"), Size("A")
    at = A * g + a
    before = read("v", FloorQuotient(at, A)) * read("x", Remainder(at, A))
    return Example(before, read("v", g) * read("x", a), Given(extents={g: G, a: A}))


AT_PLACES = Rule(
    "at places",
    "a gradient is written at the places that its conditions and quotients tell apart",
    "Each entry lies at one of these places, and what is asked of it is decided there.",
    settle,
    _example,
    seen="derive rotary_embedding --steps",
)

"""What is the case within a bracket: where x + 3 > 0, max(0, x + 3) is x + 3.

[x + 3 > 0]·[max(0, x + 3) < 6] = [x + 3 > 0, x + 3 < 6]
[k ≥ t]·[t ≥ k] = [k = t]
"""

from __future__ import annotations

from itertools import combinations
from typing import cast

from sympy import Expr, Integer, Mul

from deltarule.calculus.rules.rule import Example, Given, Rewrite, Rule, changed
from deltarule.expressions.functions import larger, relu
from deltarule.expressions.nodes import (
    AtLeastZero,
    Choose,
    Equal,
    Positive,
    Reduction,
    Sum,
    read,
    reads,
)
from deltarule.expressions.rebuild import rebuild
from deltarule.expressions.symbols import Index, Size
from deltarule.expressions.thresholds import bracketed, threshold
from deltarule.spelling.ordering import sides


def within(expression: Expr, given: Given) -> Rewrite | None:
    """The formula with max(0, u) where [u > 0] is u, and two bounds of one value in one bracket."""
    asked = expression.has(Positive, AtLeastZero)
    return changed(expression, _simplified(expression)) if asked else None


def _simplified(node: Expr) -> Expr:
    node = rebuild(node, _simplified)
    if not isinstance(node, Mul):
        return node
    factors = list(node.args)
    for k, factor in enumerate(factors):
        values = bracketed(factor)
        if values is None or len(values) > 1:
            continue
        for m, other in enumerate(factors):
            if m != k:
                factors[m] = _where_positive(other, values[0])
    return Mul(*_put_together(factors))


def _where_positive(node: Expr, value: Expr) -> Expr:
    """A factor with the positive part of a value replaced by the value."""
    if node in (larger(0, value), larger(value, 0), relu(value)):
        return value
    if isinstance(node, Reduction):
        return node
    if isinstance(node, Choose) and isinstance(node.args[0], Positive):
        asked = Positive(_where_positive(node.args[0].args[0], value))
        return Choose(asked, *(_where_positive(a, value) for a in node.args[1:]))
    return rebuild(node, lambda part: _where_positive(part, value))


def _put_together(factors: list[Expr]) -> list[Expr]:
    """[x > a]·[x < b] as [x > a, x < b]."""
    bounds = {k: t for k, f in enumerate(factors) if (t := _bound(f)) is not None}
    asked = [(k, u) for k, f in enumerate(factors) if (u := _not_below(f)) is not None]
    for (m, other), (k, one) in combinations(asked, 2):
        if (one + other).expand() == 0:
            rest = [f for n, f in enumerate(factors) if n not in (k, m)]
            return [*rest, Sum(Integer(1), (), [Equal(*sides(one))])]
    for k, one in bounds.items():
        for m, two in bounds.items():
            if one.quantity == two.quantity and one.above and not two.above:
                rest = [f for n, f in enumerate(factors) if n not in (k, m)]
                return [*rest, Choose(factors[k].args[0], factors[m], Integer(0))]
    return factors


def _not_below(factor: Expr) -> Expr | None:
    """What a bracket [u ≥ 0] asks about indices, u; None for anything else."""
    if not isinstance(factor, Choose):
        return None
    condition, *cases = factor.args
    asked = {AtLeastZero: (1, 0), Positive: (0, 1)}.get(type(condition))
    if asked is None or tuple(cases) != asked:
        return None
    value = cast(Expr, condition.args[0])
    value = value if isinstance(condition, AtLeastZero) else -value
    indices = all(isinstance(s, Index | Size) for s in value.free_symbols)
    return value if indices and not reads(value) else None


def _bound(factor: Expr):
    values = bracketed(factor)
    return threshold(values[0]) if values is not None and len(values) == 1 else None


def _example() -> Example:
    g, x = read("g"), read("x")

    def where(value: Expr) -> Expr:
        return Choose(Positive(value), Integer(1), Integer(0))

    after = Choose(Positive(x + 3), where(3 - x), Integer(0))
    return Example(g * where(x + 3) * where(6 - larger(0, x + 3)), g * after)


WITHIN_BRACKETS = Rule(
    "within a bracket",
    "[u > 0]·max(0, u) = [u > 0]·u, and [x > a]·[x < b] = [a < x < b]",
    "Where the bracket is not 0, what it asks is the case.",
    within,
    _example,
)

"""The same term added N times is N times the term."""

from __future__ import annotations

from sympy import Expr

from deltarule.calculus.rules.everywhere import everywhere
from deltarule.calculus.rules.rule import Example, Given, Rewrite, Rule, changed
from deltarule.expressions import nodes
from deltarule.expressions.nodes import Reduction, Sum, free_symbols, read
from deltarule.expressions.symbols import Index, Size


def count(expression: Expr, given: Given) -> Rewrite | None:
    """Σ_{i<N} c = N·c."""
    return changed(expression, everywhere(expression, _count_in))


def _count_in(node: Reduction) -> Expr:
    """Indices that neither the body nor a condition mentions are counted."""
    if not isinstance(node, Sum):
        return node
    mentioned = free_symbols(node.body).union(*(free_symbols(c) for c in node.conditions))
    idle = [(i, n) for i, n in node.ranges if i not in mentioned]
    if not idle:
        return node
    ranges = [r for r in node.ranges if r not in idle]
    return nodes.multiply(n for _, n in idle) * Sum(node.body, ranges, node.conditions)


def _example() -> Example:
    n, N, mu = Index("n"), Size("N"), read("mu")
    return Example(Sum(mu, [(n, N)]), N * mu)


COUNT = Rule("count", "Σ_{i<N} c = N·c", "The same term is added N times.", count, _example)

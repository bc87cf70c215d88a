"""Indices that are summed over get plain names: n rather than n′, where n is free."""

from __future__ import annotations

from sympy import Expr

from deltarule.calculus.rules.rule import Example, Given, Rewrite, Rule, changed
from deltarule.expressions.nodes import Sum, read
from deltarule.expressions.substitution import plainly_named
from deltarule.expressions.symbols import Index, Size


def rename(expression: Expr, given: Given) -> Rewrite | None:
    """The formula with plain names for what it sums over, apart from its free indices."""
    taken = frozenset(i.name for i in given.extents)
    return changed(expression, plainly_named(expression, taken))


def _example() -> Example:
    c, primed, C = Index("c"), Index("c′"), Size("C")
    return Example(Sum(read("g", primed), [(primed, C)]), Sum(read("g", c), [(c, C)]))


RENAME = Rule(
    "rename",
    "Σ_i f(i) = Σ_j f(j)",
    "The name of an index that is summed over does not matter.",
    rename,
    _example,
    seen="derive shifted_logsumexp --steps",
)

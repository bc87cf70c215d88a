"""Indices that are summed over get plain names: n rather than n′, where n is free."""

from __future__ import annotations

from sympy import Expr, Mul, Pow

from deltarule.calculus.rules.rule import Example, Given, Rewrite, Rule, changed
from deltarule.expressions.nodes import Reduction, Sum, read
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.expressions.substitution import plainly_named, rename_bound
from deltarule.expressions.symbols import Index, Size


def rename(expression: Expr, given: Given) -> Rewrite | None:
    """The formula with plain names for what it sums over, apart from its free indices."""
    taken = frozenset(i.name for i in given.extents)
    return changed(expression, bound_apart(plainly_named(expression, taken), set(taken)))


def bound_apart(node: Expr, around: set[str]) -> Expr:
    """The formula with no index bound within a sum over one of the same name.

    A divisor is read as part of the sum before it: Σ_k a[k]/(Σ_k′ b[k′]).
    """
    if isinstance(node, Mul):
        sums = [f for f in node.args if isinstance(f, Reduction)]
        below = around | {i.name for f in sums for i in f.indices}
        return rebuild(node, lambda f: bound_apart(f, below if isinstance(f, Pow) else around))
    if not isinstance(node, Reduction):
        return rebuild(node, lambda part: bound_apart(part, around))
    node = rename_bound(node, around) if {i.name for i in node.indices} & around else node
    return with_body(node, bound_apart(node.body, around | {i.name for i in node.indices}))


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

"""A sum over several indices of factors that no index ties, as a product of sums.

Σ_{i,j} f(i)·g(j) = (Σ_i f(i))·(Σ_j g(j))
"""

from __future__ import annotations

from sympy import Expr, Mul

from deltarule.calculus.rules.everywhere import everywhere
from deltarule.calculus.rules.rule import Example, Given, Rewrite, Rule, changed
from deltarule.expressions.nodes import Reduction, Sum, free_symbols, read
from deltarule.expressions.symbols import Index, Size


def part_sums(expression: Expr, given: Given) -> Rewrite | None:
    """The formula with such sums as products of sums."""
    return changed(expression, everywhere(expression, _parted))


def _parted(total: Reduction) -> Expr:
    if not isinstance(total, Sum) or len(total.ranges) < 2:
        return total
    factors = Mul.make_args(total.body)
    ties = [free_symbols(part) & {*total.indices} for part in (*factors, *total.conditions)]
    groups: list[frozenset] = []
    for tie in filter(None, ties):
        joined = [g for g in groups if g & tie]
        groups = [g for g in groups if not g & tie] + [tie.union(*joined)]
    if len(groups) < 2 or frozenset().union(*groups) != {*total.indices}:
        return total
    outside = Mul(*(f for f in factors if not free_symbols(f) & {*total.indices}))
    guards = [c for c in total.conditions if not free_symbols(c) & {*total.indices}]
    return Sum(outside * Mul(*(_over(group, total) for group in groups)), (), guards)


def _over(group: frozenset, total: Sum) -> Expr:
    """The sum over some of the indices, of the factors that these are in."""
    factors = [f for f in Mul.make_args(total.body) if free_symbols(f) & group]
    ranges = [(i, n) for i, n in total.ranges if i in group]
    return Sum(Mul(*factors), ranges, [c for c in total.conditions if free_symbols(c) & group])


def _example() -> Example:
    i, j, N, M = Index("i"), Index("j"), Size("N"), Size("M")
    f, g = read("f", i), read("g", j)
    whole = Sum(f * g, [(i, N), (j, M)])
    return Example(whole, Sum(f, [(i, N)]) * Sum(g, [(j, M)]))


PART_THE_SUMS = Rule(
    "part the sums",
    "Σ_i Σ_j f(i)·g(j) = (Σ_i f(i))·(Σ_j g(j))",
    "What depends on one index alone is added up by itself.",
    part_sums,
    _example,
    seen="derive ridge_regression --steps",
)

"""A sum taken apart where one of its terms is a count, or 1, or a condition leaves it one entry.

Σ_i (f(i) − c) = Σ_i f(i) − N·c        Σ_k p[k]·(log p[k] + 1) = Σ_k p[k]·log p[k] + 1
"""

from __future__ import annotations

from sympy import Add, Expr, Mul

from deltarule.calculus.rules.count_terms import count
from deltarule.calculus.rules.data_conditions import use_condition
from deltarule.calculus.rules.everywhere import everywhere
from deltarule.calculus.rules.pull_out import pull_out
from deltarule.calculus.rules.rearrange import rearrange
from deltarule.calculus.rules.rule import Example, Given, Rewrite, Rule
from deltarule.calculus.rules.sum_to_one import sums_to_one
from deltarule.expressions.nodes import Equal, Reduction, Sum, free_symbols, read, size_of
from deltarule.expressions.substitution import plainly_named
from deltarule.expressions.symbols import Index, Size


def split(expression: Expr, given: Given) -> Rewrite | None:
    """The formula with sums taken apart, where that ends in a shorter one.

    What is left of a sum stays one sum, unless its terms cancel with others one by one.
    """
    ends = []
    for whole in (True, False):

        def apart(node: Reduction, whole: bool = whole) -> Expr:
            if not isinstance(node, Sum) or not node.ranges:
                return node
            return _apart(node, given, whole)

        after = everywhere(expression, apart)
        if after != expression and after not in ends:
            ends.append(after)
    if not ends:
        return None
    end = min((_shorter(e, given) for e in ends), key=size_of)
    if size_of(end) >= size_of(expression):
        return None
    return Rewrite(end) if size_of(end) < size_of(_rearranged(expression, given)) else None


def _shorter(end: Expr, given: Given) -> Expr:
    """What was taken apart, with terms counted and put in order."""
    for rule in (count, pull_out, use_condition, sums_to_one, rearrange):
        found = rule(end, given)
        end = found.after if found is not None else end
    return plainly_named(end, frozenset(i.name for i in given.extents))


def _rearranged(formula: Expr, given: Given) -> Expr:
    """What becomes of a formula whose sums stay whole."""
    while (found := rearrange(formula, given)) is not None:
        if size_of(found.after) >= size_of(formula):
            break
        formula = found.after
    return formula


def _apart(total: Sum, given: Given, whole: bool) -> Expr:
    """The sum without the terms that are a count, have one entry or add up to 1, which stand by
    themselves; the rest is `whole` or term by term. Itself where it has no such term."""
    sums = [f for f in Mul.make_args(total.body) if isinstance(f, Add)]
    if len(sums) != 1:
        return total
    rest = total.body / sums[0]
    terms = [rest * term for term in sums[0].args]
    short = [t for t in terms if _short(t, total) or _one(t, total, given)]
    if not short:
        return total
    others = [t for t in terms if t not in short]
    others = [Add(*others)] if whole and len(others) < len(terms) else others
    return Add(*(Sum(term, total.ranges, total.conditions) for term in (*short, *others)))


def _short(term: Expr, total: Sum) -> bool:
    """Whether an index is in neither a term nor a condition, or the term asks [i = a] of it."""
    asked = frozenset().union(*(free_symbols(c) for c in total.conditions))
    if any(i not in free_symbols(term) | asked for i in total.indices):
        return True
    guards = (c for f in Mul.make_args(term) if isinstance(f, Sum) for c in f.conditions)
    return any(isinstance(c, Equal) and set(c.args) & set(total.indices) for c in guards)


def _one(term: Expr, total: Sum, given: Given) -> bool:
    """Whether a term is c·p, c no sum, and p adds up to 1 over what is summed over."""
    own = frozenset(total.indices)
    inside = Mul(*(f for f in Mul.make_args(term) if free_symbols(f) & own))
    if (term / inside).has(Reduction):
        return False
    return sums_to_one(Sum(inside, total.ranges, total.conditions), given) is not None


def _example() -> Example:
    n, N = Index("n"), Size("N")
    x, m = read("x", n), read("m")
    whole = Sum(x, [(n, N)])
    return Example(Sum(x - m, [(n, N)]) - whole, -N * m)


SPLIT_THE_SUM = Rule(
    "split the sum",
    "Σ_i (f(i) − c) = Σ_i f(i) − N·c",
    "A sum is taken apart where that lets terms be counted, or cancel.",
    split,
    _example,
)

"""Terms that hold under one condition, put together under it."""

from __future__ import annotations

from sympy import Add, Expr, Mul

from deltarule.calculus.rules.pull_out import guards_of
from deltarule.calculus.rules.rule import Example, Given, Rewrite, Rule
from deltarule.expressions.nodes import AtLeastZero, Sum, read
from deltarule.expressions.symbols import Index, Size


def share_condition(expression: Expr, given: Given) -> Rewrite | None:
    """[c]·a + [c]·b = [c]·(a + b), for conditions that no sum is about."""
    shared: dict[tuple, list[Expr]] = {}
    others: list[Expr] = []
    for term in Add.make_args(expression):
        guarded = [f for f in Mul.make_args(term) if isinstance(f, Sum) and f.conditions]
        inner = guarded[0] if len(guarded) == 1 else None
        guards = [] if inner is None else guards_of(inner)
        if inner is None or not guards:
            others.append(term)
            continue
        rest = [c for c in inner.conditions if c not in guards]
        bare = Mul(*(f for f in Mul.make_args(term) if f is not inner))
        shared.setdefault(tuple(guards), []).append(bare * Sum(inner.body, inner.ranges, rest))
    if all(len(terms) < 2 for terms in shared.values()):
        return None
    return Rewrite(Add(*others, *(Sum(Add(*ts), (), c) for c, ts in shared.items())))


def _example() -> Example:
    t, T = Index("t"), Size("T")
    f, g = read("f", t + 1), read("g", t + 1)
    later = [AtLeastZero(T - 2 - t)]
    return Example(Sum(f, (), later) + Sum(g, (), later), Sum(f + g, (), later))


SHARE_THE_CONDITION = Rule(
    "share the condition",
    "[c]·a + [c]·b = [c]·(a + b)",
    "Terms that hold under the same condition are put together.",
    share_condition,
    _example,
    seen="derive gru --steps",
)

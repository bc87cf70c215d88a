"""Terms that hold under one condition, put together under it."""

from __future__ import annotations

from sympy import Add, Expr, Mul, Tuple

from deltarule.calculus.rules.pull_out import guards_of
from deltarule.calculus.rules.rule import Example, Given, Rewrite, Rule
from deltarule.expressions.conditions import Condition
from deltarule.expressions.nodes import AtLeastZero, Equal, Read, Sum, Unequal, read
from deltarule.expressions.symbols import Index, Size


def share_condition(expression: Expr, given: Given) -> Rewrite | None:
    """[c]·a + [c]·b = [c]·(a + b), for conditions that no sum is about."""
    shared: dict[tuple, list[Expr]] = {}
    others: list[Expr] = []
    for term in Add.make_args(expression):
        guarded = [f for f in Mul.make_args(term) if isinstance(f, Sum) and f.conditions]
        inner = guarded[0] if len(guarded) == 1 else None
        guards = [] if inner is None else guards_of(inner)
        guards = [c for c in guards if _of_data_alone(c)] or guards
        if inner is None or not guards:
            others.append(term)
            continue
        rest = [c for c in inner.conditions if c not in guards]
        bare = Mul(*(f for f in Mul.make_args(term) if f is not inner))
        shared.setdefault(tuple(guards), []).append(bare * Sum(inner.body, inner.ranges, rest))
    if all(len(terms) < 2 for terms in shared.values()):
        return None
    return Rewrite(Add(*others, *(Sum(Add(*ts), (), c) for c, ts in shared.items())))


def _of_data_alone(condition: Condition) -> bool:
    """Whether it asks t[n] ≠ G or the like: no index of its own is on either side."""
    if not isinstance(condition, Equal | Unequal):
        return False
    sides = [a for s in condition.args for a in (s.args if isinstance(s, Tuple) else (s,))]
    return any(isinstance(a, Read) for a in sides) and not any(isinstance(a, Index) for a in sides)


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

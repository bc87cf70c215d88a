"""What holds where a condition does and what holds where it does not, as the two cases of a choice.

d·[d < δ] + δ − δ·[d < δ] = (d if d < δ else δ)
"""

from __future__ import annotations

from typing import NamedTuple

from sympy import Add, Expr, Integer, Mul

from deltarule.calculus.rules.rule import Example, Given, Rewrite, Rule, changed
from deltarule.expressions.conditions import Condition, Equal, Positive, Unequal, opposite
from deltarule.expressions.nodes import Choose, Sum, free_indices, read, reads, size_of
from deltarule.expressions.rebuild import rebuild
from deltarule.expressions.symbols import Index, Size


def put_cases(expression: Expr, given: Given) -> Rewrite | None:
    """The formula with choices for brackets of one condition, where that is shorter."""
    if not expression.has(Positive, Equal, Unequal):
        return None
    return changed(expression, _put(expression))


class _Part(NamedTuple):
    """A term that is `value` where a condition holds, or fails, and 0 elsewhere."""

    condition: Condition
    holds: bool
    value: Expr


def _put(node: Expr) -> Expr:
    node = rebuild(node, _put)
    if not isinstance(node, Add):
        return node
    parts = {t: _part(t) for t in node.args}
    best = node
    for condition in dict.fromkeys(p.condition for p in parts.values() if p is not None):
        mine = [p for p in parts.values() if p is not None and p.condition == condition]
        rest = Add(*(t for t, p in parts.items() if p not in mine))
        then, otherwise = (Add(*(p.value for p in mine if p.holds is h)) for h in (True, False))
        for moved in (Integer(0), rest):
            whole = Choose(condition, then + moved, otherwise + moved) + rest - moved
            if len(mine) + (moved != 0) > 1 and size_of(whole) < size_of(best):
                best = whole
    return best


def _part(term: Expr) -> _Part | None:
    """A term with one bracket in it, by its condition."""
    factors = Mul.make_args(term)
    found = [(f, b) for f in factors if (b := _bracket(f)) is not None]
    if len(found) != 1:
        return None
    factor, part = found[0]
    return part._replace(value=part.value * Mul(*(f for f in factors if f is not factor)))


def _bracket(factor: Expr) -> _Part | None:
    if isinstance(factor, Choose) and isinstance(factor.args[0], Positive):
        condition, then, otherwise = factor.args
        if (then, otherwise) in ((1, 0), (0, 1)):
            return _Part(condition, then == 1, Integer(1))
    if isinstance(factor, Sum) and not factor.ranges and len(factor.conditions) == 1:
        (condition,) = factor.conditions
        if not isinstance(condition, Equal | Unequal) or not _plain(factor.body, condition):
            return None
        other = opposite(condition) if isinstance(condition, Unequal) else condition
        if isinstance(other, Equal):
            return _Part(other, other is condition, factor.body)
    return None


def _plain(body: Expr, condition: Condition) -> bool:
    """Whether data alone are asked, and what stands under that can be read in any case."""
    return not any(isinstance(a, Index) for a in condition.args) and (
        not reads(body) or not free_indices(condition)
    )


def _example() -> Example:
    n, N = Index("n"), Size("N")
    d, least = read("d", n), read("c")
    holds = Choose(Positive(least - d), Integer(1), Integer(0))
    before = d * holds + least - least * holds
    return Example(before, Choose(Positive(least - d), d, least), Given(extents={n: N}))


PUT_CASES = Rule(
    "put cases",
    "[c]·a + b − [c]·b = (a if c else b)",
    "One of the two is the case.",
    put_cases,
    _example,
    seen="derive focal_loss --steps",
)

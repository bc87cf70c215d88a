"""Factors that do not depend on the index of a sum, taken out of it."""

from __future__ import annotations

from sympy import Add, Expr, Integer, Mul, fraction

from deltarule.calculus.rules.everywhere import everywhere
from deltarule.calculus.rules.rule import Example, Given, Rewrite, Rule, changed
from deltarule.expressions.nodes import (
    Choose,
    Condition,
    Reduction,
    Sum,
    free_indices,
    free_symbols,
    read,
    reads,
)
from deltarule.expressions.rebuild import rebuild
from deltarule.expressions.symbols import Index, Size


def pull_out(expression: Expr, given: Given) -> Rewrite | None:
    """Σ c·f = c·Σ f, (−f/N if c else 0) = −(f if c else 0)/N and (f/N if c else g/N) likewise."""
    return changed(expression, _out_of_cases(everywhere(expression, _pull_out_of)))


def guards_of(node: Sum) -> list[Condition]:
    """The conditions of a sum that none of its own indices is in."""
    bound = frozenset(node.indices)
    return [c for c in node.conditions if not free_symbols(c) & bound]


def _pull_out_of(node: Reduction) -> Expr:
    if not isinstance(node, Sum):
        return node
    if not node.ranges or not (free_indices(node.body) or reads(node.body)):
        return _constant_out_of(node)
    bound = frozenset(node.indices)
    outside, inside = [], []
    for factor in Mul.make_args(node.body):
        number, rest = _number_of(factor)
        outside += [number] if number != 1 else []
        (inside if free_symbols(rest) & bound else outside).append(rest)
    if not outside or not inside:
        return node
    # What is read outside may lie within its tensor under these conditions alone.
    guards = guards_of(node)
    others = [c for c in node.conditions if c not in guards]
    return Sum(Mul(*outside) * Sum(Mul(*inside), node.ranges, others), (), guards)


def _number_of(factor: Expr) -> tuple[Expr, Expr]:
    """The number that all terms of a sum share, and what is left: 2·a − 2·b is 2·(a − b)."""
    if not isinstance(factor, Add):
        return Integer(1), factor
    number, rest = factor.primitive()
    below = {fraction(t.as_coeff_Mul()[0])[1] for t in Add.make_args(factor)}
    return (number, rest) if below == {fraction(number)[1]} else (Integer(1), factor)


def _constant_out_of(guarded: Sum) -> Expr:
    """[c]·(a/N) = [c]·a/N, [c]·(2·a − 2·b) = 2·[c]·(a − b), and Σ_i [c]·(−1) = −Σ_i [c]."""
    factors = [p for f in Mul.make_args(guarded.body) for p in _number_of(f) if p != 1]
    constant = [f for f in factors if not free_indices(f) and not reads(f)]
    rest = [f for f in factors if f not in constant]
    if Mul(*constant) == 1:
        return guarded
    return Mul(*constant) * Sum(Mul(*rest), guarded.ranges, guarded.conditions)


def _out_of_cases(node: Expr) -> Expr:
    """Numbers and sizes out of cases: those that both have, or one where the other is 0; tensors
    stay, which may be infinite."""
    node = rebuild(node, _out_of_cases)
    if type(node) is not Choose:
        return node
    sides = [s for s in node.args[1:] if s != 0]
    constant = Mul(*(f for f in _constants(sides[0]) if all(f in _constants(s) for s in sides)))
    if constant == 1:
        return node
    return constant * Choose(node.args[0], *(side / constant for side in node.args[1:]))


def _constants(side: Expr) -> list[Expr]:
    return [f for f in Mul.make_args(side) if not free_indices(f) and not reads(f)]


def _example() -> Example:
    m, M = Index("m"), Size("M")
    g, W = read("g"), read("W", m)
    return Example(Sum(g * W, [(m, M)]), g * Sum(W, [(m, M)]))


PULL_OUT = Rule(
    "pull out",
    "Σ_i c·f(i) = c·Σ_i f(i), if c does not depend on i",
    "A factor common to all terms can be taken out of the sum.",
    pull_out,
    _example,
    seen="derive batch_norm --steps",
)

"""Common factors taken out and fractions reduced, where that makes a formula shorter."""

from __future__ import annotations

from typing import TypeGuard

import sympy
from sympy import Add, Dummy, Expr, Mul, Pow

from deltarule.calculus.rules.rule import Example, Given, Rewrite, Rule, changed
from deltarule.expressions.nodes import Sum, read, size_of
from deltarule.expressions.rebuild import rebuild
from deltarule.expressions.rewrites import replaced
from deltarule.expressions.substitution import plainly_named
from deltarule.expressions.symbols import Index, Size


def rearrange(expression: Expr, given: Given) -> Rewrite | None:
    """Common factors taken out and fractions reduced, where that is shorter."""
    best = expression
    for candidate in _rearranged(plainly_named(expression)):
        if size_of(candidate) < size_of(best):
            best = candidate
    return changed(expression, best if best is expression else _signed(best))


def _rearranged(expression: Expr) -> list[Expr]:
    """Other ways to write a formula whose reads and sums are taken as letters."""
    if not expression.has(Add) and not expression.has(Pow):
        return []
    letters: dict[Expr, Dummy] = {}
    scalar = _lettered(expression, letters)
    back = {letter: atom for atom, letter in letters.items()}
    candidates: list[Expr] = [sympy.factor_terms(scalar)]
    if any(isinstance(n, Pow) and n.exp.is_negative for n in sympy.preorder_traversal(scalar)):
        reduced = sympy.cancel(sympy.together(scalar))
        candidates += [reduced, sympy.factor_terms(reduced)]
    elif isinstance(scalar, Mul) and any(f.is_Add for f in scalar.args):
        candidates.append(sympy.factor_terms(scalar.expand()))
    return [replaced(c, back) for c in candidates]


def _signed(fraction: Expr) -> Expr:
    """(y − p)/(p·(p − 1)) as (p − y)/(p·(1 − p)): below the bar, numbers are positive."""
    factors = list(Mul.make_args(fraction))
    negative = [(k, f.base) for k, f in enumerate(factors) if _below(f) and _from_above(f.base)]
    if len(negative) % 2 == 0:
        return fraction
    place, total = negative[0]
    factors[place] = Pow(-total, -1)
    above = next((k for k, f in enumerate(factors) if f.is_Add and len(f.args) == 2), None)
    if above is None:
        return Mul(-1, *factors)
    factors[above] = -factors[above]
    return Mul(*factors)


def _below(factor: Expr) -> TypeGuard[Pow]:
    return isinstance(factor, Pow) and factor.exp == -1 and factor.base.is_Add


def _from_above(total: Expr) -> bool:
    """p − 1, which is negative for a probability."""
    return bool(total.as_coeff_Add()[0].is_negative) and len(total.args) == 2


def _lettered(node: Expr, letters: dict[Expr, Dummy]) -> Expr:
    if node.is_Atom:
        return node
    if isinstance(node, (Add, Mul)) or (isinstance(node, Pow) and node.exp.is_number):
        return rebuild(node, lambda part: _lettered(part, letters))
    return letters.setdefault(node, Dummy("r", real=True))


def _example() -> Example:
    c, k, C = Index("c"), Index("k"), Size("C")
    p, g = read("p", c), read("g", c)
    total = Sum(read("g", k) * read("p", k), [(k, C)])
    return Example(p * g - p * total, p * (g - total))


REARRANGE = Rule(
    "rearrange",
    "both sides are the same by the rules of fractions and common factors",
    "Terms are collected, and common factors cancel.",
    rearrange,
    _example,
    seen="derive batch_norm --steps",
)

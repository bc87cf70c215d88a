"""What all terms of a sum have in common, put before a bracket."""

from __future__ import annotations

from sympy import Add, Expr, Integer, Mul

from deltarule.calculus.rules.rule import Example, Given, Rewrite, Rule
from deltarule.expressions.conditions import Condition
from deltarule.expressions.nodes import Equal, Sum, multiply, read
from deltarule.expressions.symbols import Index, Size


def common_factor(expression: Expr, given: Given) -> Rewrite | None:
    """[a]·p·[b] − [a]·p·q = [a]·p·([b] − q)."""
    terms = [_parts(t) for t in Add.make_args(expression)]
    if len(terms) < 2:
        return None
    conditions = [c for c in terms[0][0] if all(c in own for own, _ in terms)]
    factors = [f for f in terms[0][1] if not f.is_number and all(f in own for _, own in terms)]
    if not conditions and not factors:
        return None
    rest = Add(*(_rest(own, of, conditions, factors) for own, of in terms))
    whole = multiply([*factors, rest])
    return Rewrite(Sum(whole, (), conditions) if conditions else whole)


def _parts(term: Expr) -> tuple[list[Condition], list[Expr]]:
    """The conditions that a term stands under, and its factors."""
    conditions: list[Condition] = []
    factors: list[Expr] = []
    for factor in Mul.make_args(term):
        if isinstance(factor, Sum) and not factor.ranges:
            conditions += factor.conditions
            factors += Mul.make_args(factor.body)
        else:
            factors.append(factor)
    return conditions, factors


def _rest(own: list[Condition], of: list[Expr], conditions: list, factors: list) -> Expr:
    left = list(of)
    for factor in factors:
        left.remove(factor)
    rest = [c for c in own if c not in conditions]
    return Sum(multiply(left), (), rest) if rest else multiply(left)


def _example() -> Example:
    k, j = Index("k"), Index("j")
    p, q, same = read("p", k), read("p", j), [Equal(k, j)]
    extents = {k: Size("K"), j: Size("K")}
    alike = Sum(Integer(1), (), same)
    return Example(Sum(p, (), same) - p * q, p * (alike - q), Given(extents=extents))


COMMON_FACTOR = Rule(
    "common factor",
    "[a]·p·[b] − [a]·p·q = [a]·p·([b] − q)",
    "What all terms are multiplied by stands before a bracket.",
    common_factor,
    _example,
)

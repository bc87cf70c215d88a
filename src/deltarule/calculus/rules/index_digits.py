"""Deltas of ⌊i/R⌋ and i mod R: an index taken apart into its digits, or turned round a circle.

Σ_i δ(⌊i/R⌋, q)·f(i) = Σ_{i′ < R} f(R·q + i′)
Σ_j δ((i − j) mod N, p)·f(j) = f((i − p) mod N)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sympy import Expr, Integer

from deltarule.calculus.rules.rule import Example, Given, Rewrite, Rule
from deltarule.calculus.rules.settle import settled
from deltarule.calculus.rules.solved_delta import Elimination, put
from deltarule.calculus.terms import Term
from deltarule.expressions.affine import affine, whole_ratio
from deltarule.expressions.conditions import Condition
from deltarule.expressions.nodes import (
    AtLeastZero,
    CeilingQuotient,
    Delta,
    FloorQuotient,
    Remainder,
    Sum,
    free_indices,
    index_names,
    read,
    walk,
)
from deltarule.expressions.rewrites import replaced
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index, Size, fresh
from deltarule.spelling.text import text


def split_index(term: Term) -> Elimination | None:
    """An index i of which a delta reads ⌊i/R⌋ or i mod R, as R·i + i′ with i′ below R."""
    found = _divided_index(term)
    if found is None:
        return None
    index, base = found
    extent = dict(term.ranges)[index]
    low = fresh(index.name, {i.name for i, _ in term.ranges} | index_names(term.expression()))
    whole = base * index + low
    quotient, ends = _times(extent, base, term.facts), ()
    if quotient is None:
        quotient = CeilingQuotient(extent, base)
        ends = (AtLeastZero((extent - 1 - whole).expand()),)
    digits = {FloorQuotient(whole, base): index, Remainder(whole, base): low}

    def apart(node):
        return replaced(substitute(node, {index: whole}), digits)

    ranges = []
    for other, n in term.ranges:
        ranges += [(index, quotient), (low, base)] if other == index else [(other, n)]
    after = replace(
        term,
        body=apart(term.body),
        deltas=tuple((apart(a).expand(), u) for a, u in term.deltas),
        ranges=tuple(ranges),
        conditions=(*(apart(c) for c in term.conditions), *ends),
    )
    detail = f"Here: {text(index)} = {text(whole)}, {text(low)} below {text(base)}."
    return Elimination(SPLIT_THE_INDEX, detail, ends, after)


def _times(extent: Expr, base: Expr, facts: tuple[Condition, ...]) -> Expr | None:
    """How often a base goes into an extent, exactly; I = 2·H, say, may be a fact."""
    known = {f.args[0] for f in facts if isinstance(f, AtLeastZero)}
    same = (extent - f for f in known if (-f).expand() in known)  # f ≥ 0 and f ≤ 0
    ratios = (whole_ratio(e.expand(), base) for e in (extent, *same))
    return next((r for r in ratios if r is not None and extent not in r.free_symbols), None)


def _divided_index(term: Term) -> tuple[Index, Expr] | None:
    """An index under the sum that a delta divides, and by what."""
    extents = dict(term.ranges)
    for a, _ in term.deltas:
        for node in walk(a):
            if type(node) is FloorQuotient or isinstance(node, Remainder):
                top, bottom = node.args
                known = isinstance(top, Index) and top in extents and not free_indices(bottom)
                if isinstance(top, Index) and known and extents[top] != bottom:
                    return top, bottom
    return None


def turn_round(term: Term, free: Mapping[Index, Expr]) -> Elimination | None:
    """A delta of (±j + r) mod N, where j goes once round: j = ±(u − r) mod N."""
    extents = dict(term.ranges)
    for position, (a, u) in enumerate(term.deltas):
        if not isinstance(a, Remainder):
            continue
        turned, circle = a.args
        split = affine(turned, tuple(extents))
        around = [i for i in extents if split and extents[i] == circle]
        # Of two the innermost, so that the sum over outputs stays.
        for index in reversed(around):
            if split is None or split[0].get(index) not in (1, -1):
                continue
            sign = split[0][index]
            rest = turned - sign * index
            solution = Remainder(((u - rest) * sign).expand(), circle)
            others = tuple(d for k, d in enumerate(term.deltas) if k != position)
            wanted = [AtLeastZero(u), AtLeastZero((circle - 1 - u).expand())]
            found = put(term, TURN_ROUND, {index: solution}, wanted, others, free)
            body = settled(found.term.body, {**free, **dict(found.term.ranges)})
            return replace(found, term=replace(found.term, body=body))  # x[i mod N] is x[i]
    return None


def _split(expression: Expr, given: Given) -> Rewrite | None:
    found = split_index(Term.of(expression))
    if found is None:
        return None
    return Rewrite(found.term.expression(), found.detail)


def _turned(expression: Expr, given: Given) -> Rewrite | None:
    found = turn_round(Term.of(expression), given.extents)
    return None if found is None else Rewrite(found.term.expression(), found.detail)


def _enlarged() -> Example:
    i, low, q, N = Index("i"), Index("i′"), Index("q"), Size("N")
    before = Sum(read("g", i) * Delta(FloorQuotient(i, 2), q), [(i, 2 * N)])
    after = Sum(read("g", 2 * i + low) * Delta(i, q), [(i, N), (low, Integer(2))])
    return Example(before, after, note="So each entry of an enlarged image goes back where it was.")


def _circle() -> Example:
    i, j, p, N = Index("i"), Index("j"), Index("p"), Size("N")
    before = Sum(read("w", j) * Delta(Remainder(i - j, N), p), [(j, N)])
    after = read("w", Remainder(i - p, N))
    return Example(before, after, Given(extents={i: N, p: N}))


SPLIT_THE_INDEX = Rule(
    "split the index",
    "Σ_{i < R·N} f(i) = Σ_{i < N} Σ_{i′ < R} f(R·i + i′)",
    "Counting by R, each number is some R times and a rest, in one way.",
    _split,
    _enlarged,
    seen="derive pixel_shuffle --steps",
)
TURN_ROUND = Rule(
    "turn round",
    "Σ_j δ((i − j) mod N, p)·f(j) = f((i − p) mod N), for j from 0 to N − 1",
    "Once round a circle each place is met once.",
    _turned,
    _circle,
    seen="derive ntm_addressing --steps",
)

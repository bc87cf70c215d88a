"""Elimination of Kronecker deltas: each is a linear equation between integers.

An index that is eliminated leaves its range behind as a condition, and where its coefficient is
not ±1 a divisibility condition too. Conditions that always hold are dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sympy import Expr, Integer, cancel

from deltarule.calculus.rules.index_digits import split_index, turn_round
from deltarule.calculus.rules.rule import Example, Given, Rewrite, Rule
from deltarule.calculus.rules.solved_delta import Elimination, put
from deltarule.calculus.terms import Term
from deltarule.expressions.affine import affine, implied, line, never_negative
from deltarule.expressions.conditions import Condition
from deltarule.expressions.mixed_radix import complete_value, digits, taken_apart
from deltarule.expressions.nodes import (
    AtLeastZero,
    Delta,
    Divides,
    Equal,
    FloorQuotient,
    Read,
    Remainder,
    Sum,
    read,
    walk,
)
from deltarule.expressions.rebuild import read_at
from deltarule.expressions.substitution import replace_reads
from deltarule.expressions.symbols import Index, Size
from deltarule.spelling.text import text


def eliminate(
    term: Term, free: Mapping[Index, Expr], avoid: frozenset[Index] = frozenset()
) -> Elimination | None:
    """Remove one delta; None when none is left. `free` gives the extents of unbound indices.

    A delta is not solved for an index to `avoid` if there is another.
    """
    if not term.deltas:
        return None
    if any(isinstance(n, FloorQuotient | Remainder) for a, _ in term.deltas for n in walk(a)):
        found = split_index(term) or turn_round(term, free)
        if found is not None:
            return found
    position, index = _best(term, avoid)
    a, u = term.deltas[position]
    others = tuple(d for k, d in enumerate(term.deltas) if k != position)
    if index is not None and index != a:
        parts = digits(a, dict(term.ranges))
        if parts is not None and len(parts[0]) > 1:
            return _divide(term, parts, u, others, free)
    if index is None:
        said = (*_without_implied(term, a, u, free), Equal(a, u))
        kept = replace(term, deltas=others, conditions=said)
        return Elimination(KEEP_THE_CONDITION, "", (Equal(a, u),), kept)
    found = _solve(term, index, a, u, others, free)
    split = affine(a, tuple(i for i, _ in term.ranges))
    rivals = [i for i in split[0] if i != index] if split and index != a else []
    return _with_choice(found, index, rivals, split[0]) if split and rivals else found


def _without_implied(term: Term, a: Expr, u: Expr, free: Mapping) -> list[Condition]:
    """The conditions of a term without those that follow from a = u, u an index: a is in its range.

    Where p = 1 for a p below N, N ≥ 2 goes without saying.
    """
    if u not in free or a.has(Read):
        return list(term.conditions)
    inside, known = [a, (free[u] - 1 - a).expand()], {**free, **dict(term.ranges)}
    return [
        c
        for c in term.conditions
        if not isinstance(c, AtLeastZero) or not implied(c.args[0], inside, known)
    ]


def _with_choice(found: Elimination, index: Index, rivals: list, coefficients: dict) -> Elimination:
    """The elimination with the choice said that it made."""
    stays = " and ".join(f"the sum over {text(i)}" for i in rivals)
    easier = coefficients[index] in (1, -1) and not any(coefficients[i] in (1, -1) for i in rivals)
    why = f"{text(index)} needs no division" if easier else "either would do"
    detail = f"{found.detail} So {stays} stays: {why}."
    return replace(found, detail=detail, instead_of=frozenset({index}))


def _best(term: Term, avoid: frozenset[Index]) -> tuple[int, Index | None]:
    """The delta to remove next and the index to solve it for: bare indices first."""
    bound = tuple(i for i, _ in term.ranges)
    choices = []
    for k, (a, _) in enumerate(term.deltas):
        if isinstance(a, Index) and a in bound:
            return k, a
        split = affine(a, bound)
        if split is None:
            continue
        for index, coefficient in split[0].items():
            cost = 0 if coefficient in (1, -1) else 1
            # Of two equals the innermost, so that the sum over outputs stays.
            choices.append((index in avoid, cost, k, -bound.index(index), index))
    if not choices:
        return 0, None
    *_, k, _, index = min(choices, key=lambda c: c[:4])
    return k, index


def _solve(term: Term, index: Index, a, u, others, free) -> Elimination:
    """Put the solution of a = u for `index` everywhere, and keep its range as conditions."""
    coefficient, rest = line(a, index)
    difference = u - rest
    if coefficient in (1, -1):
        solution = (difference * coefficient).expand()
        extent = dict(term.ranges)[index]
        wanted = [AtLeastZero(solution), AtLeastZero((extent - 1 - solution).expand())]
    else:
        sign = 1 if never_negative(coefficient, {}) else -1
        c, difference = coefficient * sign, (difference * sign).expand()
        solution = FloorQuotient(difference, c)
        extent = dict(term.ranges)[index]
        wanted = [
            Divides(c, difference),
            AtLeastZero(difference),
            AtLeastZero((c * (extent - 1) - difference).expand()),
        ]
        term = replace(term, body=_undivided(term.body, index, c, difference))
    rule = SIFT_THE_DELTA if a == index else SOLVE_THE_DELTA
    return put(term, rule, {index: solution}, wanted, others, free)


def _undivided(body: Expr, index: Index, c: Expr, value: Expr) -> Expr:
    """The body with c·i in subscripts written as what it is equal to: no division is needed."""

    def known(access: Read) -> Expr:
        subscripts = []
        for subscript in access.indices:
            split = affine(subscript, (index,))
            times = cancel(split[0][index] / c) if split is not None and split[0] else Integer(0)
            if split is not None and times.is_Integer and times != 0:
                subscript = (times * value + split[1]).expand()
            subscripts.append(subscript)
        return read_at(access, subscripts)

    return replace_reads(body, known)


def _divide(term: Term, parts, u, others, free) -> Elimination:
    """Take a position apart: (c·H + i)·W + j = u gives j = u mod W, and so on."""
    found, rest = parts
    value = (u - rest).expand()
    table = taken_apart(value, found)
    top = found[0]
    last = (top.coefficient * top.extent - 1 - value).expand()
    wanted: list[Condition] = [AtLeastZero(value), AtLeastZero(last)]
    for digit in found[1:]:
        wanted.append(AtLeastZero(digit.extent - 1 - table[digit.index]))
    if found[-1].coefficient != 1:
        wanted.append(Divides(found[-1].coefficient, complete_value(value, found)))
    coefficients = {d.index: d.coefficient for d in found}

    def joined(access: Read) -> Expr:
        """The read with c·H·W + i·W + j written as what it is equal to."""
        subscripts = []
        for subscript in access.indices:
            split = affine(subscript, tuple(coefficients))
            if split is not None and split[0] == coefficients:
                subscript = (value + split[1]).expand()
            subscripts.append(subscript)
        return read_at(access, subscripts)

    term = replace(term, body=replace_reads(term.body, joined))
    return put(term, DIVIDE_THE_DELTA, table, wanted, others, free)


def _applied(rule: Rule, expression: Expr, given: Given) -> Rewrite | None:
    """A term without its next delta, if that goes by this rule."""
    found = eliminate(Term.of(expression), given.extents)
    if found is None or found.rule is not rule:
        return None
    condition = ", ".join(text(c) for c in found.condition)
    return Rewrite(found.term.expression(), found.detail, condition)


def _sifted() -> Example:
    d, u, D = Index("d"), Index("d′"), Size("D")
    before = Sum(read("x", d) * Delta(d, u), [(d, D)])
    return Example(before, read("x", u), Given(extents={u: D}))


def _solved() -> Example:
    o, q, O = Index("o"), Index("q"), Size("O")
    before = Sum(read("g", o) * Delta(2 * o, q), [(o, O)])
    within = [Divides(Integer(2), q), AtLeastZero(2 * O - 2 - q)]
    after = Sum(read("g", FloorQuotient(q, 2)), (), within)
    return Example(before, after, Given(extents={q: Size("Q")}), "It is 0 where q is odd.")


def _divided() -> Example:
    i, j, q, H, W = Index("i"), Index("j"), Index("q"), Size("H"), Size("W")
    before = Sum(read("g", i, j) * Delta(W * i + j, q), [(i, H), (j, W)])
    after = read("g", FloorQuotient(q, W), Remainder(q, W))
    return Example(before, after, Given(extents={q: H * W}), "So a flattened image is put back.")


def _kept() -> Example:
    c, t, g = Index("c"), read("t"), read("g")
    after = Sum(g, (), [Equal(t, c)])
    return Example(g * Delta(t, c), after, Given(extents={c: Size("C")}))


SIFT_THE_DELTA = Rule(
    "sift the delta",
    "Σ_i δ(i, u)·f(i) = f(u), where u lies in the range of i",
    "Of all the terms of the sum, only the one with i = u is not zero.",
    lambda expression, given: _applied(SIFT_THE_DELTA, expression, given),
    _sifted,
    seen="derive dense --steps",
)
SOLVE_THE_DELTA = Rule(
    "solve the delta",
    "Σ_i δ(c·i + r, u)·f(i) = f((u − r)/c), where c divides u − r and i is in its range",
    "A linear equation in whole numbers has one solution, or none.",
    lambda expression, given: _applied(SOLVE_THE_DELTA, expression, given),
    _solved,
    seen="derive conv --steps",
)
DIVIDE_THE_DELTA = Rule(
    "divide the delta",
    "Σ_{i,j} δ(W·i + j, q)·f(i, j) = f(⌊q/W⌋, q mod W), if 0 ≤ j < W and q is in range",
    "Counting rows of W, position q is in row ⌊q/W⌋ at place q mod W, and nowhere else.",
    lambda expression, given: _applied(DIVIDE_THE_DELTA, expression, given),
    _divided,
    seen="derive grouped_conv2d --steps",
)
KEEP_THE_CONDITION = Rule(
    "keep the condition",
    "δ(a, b) without an index to sum over says: only where a = b",
    "Nothing is left to sift, so the delta stays as a condition.",
    lambda expression, given: _applied(KEEP_THE_CONDITION, expression, given),
    _kept,
    seen="derive label_cross_entropy --steps",
)

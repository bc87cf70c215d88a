"""Elimination of Kronecker deltas: each is a linear equation between whole numbers.

An index that is eliminated leaves its range behind as a condition, and where its coefficient is
not ±1 a divisibility condition too. Conditions that always hold are dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sympy import Basic, Expr, Integer, Mul

from deltarule.expressions import nodes
from deltarule.expressions.affine import affine, implied, line, never_negative
from deltarule.expressions.mixed_radix import digits, taken_apart, told_whole
from deltarule.expressions.nodes import AtLeastZero, Delta, Divides, Equal, FloorQuotient
from deltarule.expressions.substitution import replace_reads, substitute
from deltarule.expressions.symbols import Index
from deltarule.spelling.text import text


@dataclass(frozen=True)
class Term:
    """Σ over `ranges`, where `conditions` hold, of `body`·Π δ(a, u).

    `facts` are conditions that always hold, because sizes are defined so.
    """

    body: Expr
    deltas: tuple[tuple[Expr, Expr], ...]
    ranges: tuple[tuple[Index, Expr], ...]
    conditions: tuple = ()
    facts: tuple = ()

    def expression(self) -> Expr:
        """The term as an expression, its deltas in front."""
        deltas = nodes.multiply(Delta(a, u) for a, u in self.deltas)
        return nodes.Sum(deltas * self.body, self.ranges, self.conditions)


@dataclass(frozen=True)
class Elimination:
    """One delta gone: by which rule, what was solved for, and under what condition it holds.

    `instead_of` holds the index solved for, if others could have been.
    """

    rule: str
    detail: str
    condition: tuple
    term: Term
    instead_of: frozenset[Index] = frozenset()


def eliminate(
    term: Term, free: Mapping[Index, Expr], avoid: frozenset[Index] = frozenset()
) -> Elimination | None:
    """Remove one delta; None when none is left. `free` gives the extents of unbound indices.

    A delta is not solved for an index to `avoid` if there is another.
    """
    if not term.deltas:
        return None
    position, index = _best(term, avoid)
    a, u = term.deltas[position]
    others = tuple(d for k, d in enumerate(term.deltas) if k != position)
    if index is not None and index != a:
        parts = digits(a, dict(term.ranges))
        if parts is not None and len(parts[0]) > 1:
            return _divide(term, parts, a, u, others, free)
    if index is None:
        kept = replace(term, deltas=others, conditions=(*term.conditions, Equal(a, u)))
        return Elimination("keep the condition", "", (Equal(a, u),), kept)
    found = _solve(term, index, a, u, others, free)
    split = affine(a, tuple(i for i, _ in term.ranges))
    rivals = [i for i in split[0] if i != index] if split and index != a else []
    return _with_choice(found, index, rivals, split[0]) if split and rivals else found


def _with_choice(found: Elimination, index: Index, rivals: list, coefficients: dict) -> Elimination:
    """The elimination with the choice said that it made."""
    stays = " and ".join(f"the sum over {text(i)}" for i in rivals)
    easier = coefficients[index] in (1, -1) and not any(coefficients[i] in (1, -1) for i in rivals)
    why = f"{text(index)} needs no division" if easier else "either would do"
    told = f"{found.detail} So {stays} stays: {why}."
    return replace(found, detail=told, instead_of=frozenset({index}))


def _best(term: Term, avoid: frozenset[Index]) -> tuple[int, Index | None]:
    """The delta to remove next and the index to solve it for: bare indices first."""
    bound = tuple(i for i, _ in term.ranges)
    choices = []
    for k, (a, _) in enumerate(term.deltas):
        if a in bound:
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
    rule = "sift the delta" if a == index else "solve the delta"
    return _put(term, rule, {index: solution}, wanted, others, free)


def _divide(term: Term, parts, a, u, others, free) -> Elimination:
    """Take a position apart: (c·H + i)·W + j = u gives j = u mod W, and so on."""
    found, rest = parts
    value = (u - rest).expand()
    table = taken_apart(value, found)
    top = found[0]
    wanted = [AtLeastZero(value), AtLeastZero((top.coefficient * top.extent - 1 - value).expand())]
    for digit in found[1:]:
        wanted.append(AtLeastZero(digit.extent - 1 - table[digit.index]))
    if found[-1].coefficient != 1:
        wanted.append(Divides(found[-1].coefficient, told_whole(value, found)))
    coefficients = {d.index: d.coefficient for d in found}

    def joined(access: Expr) -> Expr:
        """The read with c·H·W + i·W + j written as what it is equal to."""
        subscripts = []
        for subscript in access.indices:
            split = affine(subscript, tuple(coefficients))
            if split is not None and split[0] == coefficients:
                subscript = (value + split[1]).expand()
            subscripts.append(subscript)
        return access.func(access.base, *subscripts)

    term = replace(term, body=replace_reads(term.body, joined))
    return _put(term, "divide the delta", table, wanted, others, free)


def _put(term: Term, rule: str, table: dict, wanted: list, others, free) -> Elimination:
    """Put what a delta was solved for everywhere, and keep its range as conditions."""
    ranges = tuple(r for r in term.ranges if r[0] not in table)
    known = {**free, **dict(ranges)}
    facts = list(term.facts)
    kept = [substitute(c, table) for c in term.conditions]
    kept = [c for c in kept if not holds(c, facts, known)]
    new = [w for w in wanted if not holds(w, [*kept, *facts], known)]
    result = Term(
        chosen(substitute(term.body, table), [*kept, *new], known),
        tuple((substitute(b, table), v) for b, v in others),
        ranges,
        (*kept, *new),
        term.facts,
    )
    told = ", ".join(f"{text(index)} = {text(solution)}" for index, solution in table.items())
    return Elimination(rule, f"Here: {told}.", tuple(new), result)


def holds(condition, given: list, ranges: Mapping[Index, Expr]) -> bool:
    """Whether a condition is certain, from the ranges and the other conditions."""
    if isinstance(condition, AtLeastZero):
        known = [c.args[0] for c in given if isinstance(c, AtLeastZero)]
        return implied(condition.args[0], known, ranges)
    return condition in given


def chosen(node: Basic, given: list, ranges: Mapping[Index, Expr]) -> Basic:
    """The expression with each choice between times made that is certain: h[t] for t ≥ 0."""
    if isinstance(node, nodes.Read) or not node.args:
        return node
    if isinstance(node, nodes.Reduction):
        inner = chosen(node.body, given, {**ranges, **dict(node.ranges)})
        return node if inner == node.body else node.func(inner, node.ranges, node.conditions)
    if isinstance(node, nodes.Choose) and isinstance(node.args[0], AtLeastZero):
        condition, then, otherwise = node.args
        if holds(condition, given, ranges):
            return chosen(then, given, ranges)
        if holds(AtLeastZero((-1 - condition.args[0]).expand()), given, ranges):
            return chosen(otherwise, given, ranges)
    args = tuple(chosen(a, given, ranges) for a in node.args)
    return node if args == node.args else node.func(*args)


def pinned(term: Term, free: Mapping[Index, Expr]) -> Term:
    """The term with a delta for each index that has one value: t < 1, or t ≤ 0, is t = 0.

    An index that a delta ties to another one by a shift, t′ − 1 = t, is left to that delta: what
    is read at t′ is then read one time away from t, as a recurrence wants it.
    """
    known = {**free, **dict(term.ranges)}
    tied = _tied(term)
    ranges = tuple(r for r in term.ranges if r[0] not in tied)
    deltas, conditions = list(term.deltas), []
    alone = {a for a, _ in deltas}
    for condition in term.conditions:
        pin = _pin(condition, ranges, known)
        if pin is None or _shifted(pin[0], term.body):
            conditions.append(condition)
        if pin is not None and pin[0] not in alone:
            deltas.append(pin)
            alone.add(pin[0])
    deltas += [(i, Integer(0)) for i, n in ranges if n == 1 and i not in alone]
    return replace(term, deltas=tuple(deltas), conditions=tuple(conditions))


def _shifted(index: Index, body: Expr) -> bool:
    """Whether something is read at t − 1, say: only under its condition is that inside."""
    return any(
        index in nodes.free_symbols(s) and s != index
        for access in nodes.reads(body)
        for s in access.indices
    )


def _tied(term: Term) -> set[Index]:
    """The indices that a delta holds at a fixed distance from an unbound one."""
    bound = tuple(i for i, _ in term.ranges)
    found = set()
    for a, u in term.deltas:
        split = affine(a, bound) if isinstance(u, Index) else None
        if split is not None and len(split[0]) == 1:
            found |= {i for i, c in split[0].items() if c in (1, -1)}
    return found


def never(term: Term, free: Mapping[Index, Expr]) -> Basic | None:
    """A condition of the term that no values of its indices meet; None if there is none."""
    known = {**free, **dict(term.ranges)}
    for condition in term.conditions:
        if isinstance(condition, AtLeastZero) and never_negative(
            (-1 - condition.args[0]).expand(), known
        ):
            return condition
    return None


def _pin(condition, ranges: tuple, known: Mapping[Index, Expr]) -> tuple[Index, Expr] | None:
    """The index and its value, where a condition leaves it one alone."""
    if not isinstance(condition, AtLeastZero):
        return None
    at = condition.args[0]
    bound = [i for i, _ in ranges if i in nodes.free_symbols(at)]
    split = affine(at, (bound[0],)) if bound and never_negative(-at, known) else None
    if split is None or split[0][bound[0]] not in (1, -1):
        return None
    return bound[0], (-split[1] * split[0][bound[0]]).expand()


def clipped(term: Term, tensors: Mapping, free: Mapping[Index, Expr]) -> Term:
    """The term with ranges cut to where its reads lie inside tensors that are 0 outside."""
    conditions = list(term.conditions)
    ranges = {**free, **dict(term.ranges)}
    for factor in Mul.make_args(term.body):
        if not isinstance(factor, nodes.Read):
            continue
        tensor = tensors.get(nodes.tensor_name(factor))
        if tensor is None or tensor.outside != 0:
            continue
        for subscript, extent in zip(factor.indices, tensor.axes, strict=True):
            for statement in (subscript, (extent - 1 - subscript).expand()):
                wanted = AtLeastZero(statement)
                if not holds(wanted, [*conditions, *term.facts], ranges):
                    conditions.append(wanted)
    return replace(term, conditions=tuple(conditions))

"""Terms: sums of products with Kronecker deltas, and what their ranges and conditions say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sympy import Basic, Expr, Integer, Mul

from deltarule.expressions import nodes
from deltarule.expressions.affine import affine, implied, never_negative
from deltarule.expressions.conditions import Condition, Unequal, opposite
from deltarule.expressions.nodes import AtLeastZero, Delta
from deltarule.expressions.rebuild import rebuild
from deltarule.expressions.rewrites import rewrite
from deltarule.expressions.symbols import Index


@dataclass(frozen=True)
class Term:
    """Σ over `ranges`, where `conditions` hold, of `body`·Π δ(a, u).

    `facts` are conditions that always hold, because sizes are defined so.
    """

    body: Expr
    deltas: tuple[tuple[Expr, Expr], ...]
    ranges: tuple[tuple[Index, Expr], ...]
    conditions: tuple[Condition, ...] = ()
    facts: tuple[Condition, ...] = ()

    def expression(self) -> Expr:
        """The term as an expression, its deltas in front."""
        deltas = nodes.multiply(Delta(a, u) for a, u in self.deltas)
        return nodes.Sum(deltas * self.body, self.ranges, self.conditions)

    @classmethod
    def of(cls, expression: Expr) -> Term:
        """The term that an expression is."""
        body, ranges, conditions = expression, (), ()
        if isinstance(expression, nodes.Sum):
            body, ranges, conditions = expression.body, expression.ranges, expression.conditions
        factors = Mul.make_args(body)
        deltas = tuple((f.args[0], f.args[1]) for f in factors if isinstance(f, Delta))
        rest = nodes.multiply(f for f in factors if not isinstance(f, Delta))
        return cls(rest, deltas, ranges, conditions)


def holds(condition, given: list, ranges: Mapping[Index, Expr]) -> bool:
    """Whether a condition is certain, from the ranges and the other conditions."""
    if isinstance(condition, AtLeastZero):
        known = [c.args[0] for c in given if isinstance(c, AtLeastZero)]
        return implied(condition.args[0], known, ranges)
    if isinstance(condition, Unequal) and len(condition.args[0].args) == 1:
        gap = (condition.args[0].args[0] - condition.args[1].args[0]).expand()
        if never_negative(gap - 1, ranges) or never_negative(-gap - 1, ranges):
            return True
    return condition in given


@rewrite
def chosen(node: Basic, given: list, ranges: Mapping[Index, Expr]) -> Basic:
    """The expression with each choice between times made that is certain: h[t] for t ≥ 0.

    What is given of an index says nothing of one that a sum inside has under the same name.
    """
    if isinstance(node, nodes.Reduction):
        ranges = {**ranges, **dict(node.ranges)}
        given = [c for c in given if nodes.free_indices(c).isdisjoint(node.indices)]
    if isinstance(node, nodes.Choose) and (fails := opposite(node.args[0])) is not None:
        condition, then, otherwise = node.args
        if holds(condition, given, ranges):
            return chosen(then, given, ranges)
        if holds(fails, given, ranges):
            return chosen(otherwise, given, ranges)
    return rebuild(node, lambda part: chosen(part, given, ranges))


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
        if pin is None or pin[0] in alone or _shifted(pin[0], term.body):
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

"""Ranges of terms: those in which nothing is, and those cut to where something is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sympy import Expr, Integer, Mul

from deltarule.calculus.rules.rule import EMPTY, Example, Given, Rewrite, Rule
from deltarule.calculus.terms import Term, holds
from deltarule.expressions import nodes
from deltarule.expressions.affine import never_negative
from deltarule.expressions.conditions import opposite
from deltarule.expressions.nodes import AtLeastZero, Equal, Read, Sum, read
from deltarule.expressions.symbols import Index, Size
from deltarule.networks.tensors import Tensor
from deltarule.spelling.text import text


def nothing_left(expression: Expr, given: Given) -> Rewrite | None:
    """Σ_i [c]·f(i) = 0 where c never holds."""
    impossible = never(Term.of(expression), given.extents)
    return Rewrite(Integer(0), impossible) if impossible else None


def clip(expression: Expr, given: Given) -> Rewrite | None:
    """A term with its ranges cut to where its reads lie inside."""
    term = Term.of(expression)
    cut = clipped(term, given.network.tensors, given.extents)
    return None if cut == term else Rewrite(cut.expression())


def never(term: Term, free: Mapping[Index, Expr]) -> str:
    """Which conditions of the term no values of its indices meet, in words; nothing if some do."""
    known = {**free, **dict(term.ranges)}
    for condition in term.conditions:
        fails = opposite(condition)
        if fails is not None and holds(fails, [], known):
            return f"Here: {text(condition)} never holds."
        if isinstance(condition, Equal):
            for other in term.conditions:
                if isinstance(other, AtLeastZero) and _apart(condition, other, known):
                    return f"Here: {text(condition)} never holds where {text(other)} does."
    return ""


def _apart(same: Equal, other: AtLeastZero, known: Mapping[Index, Expr]) -> bool:
    """Whether a = b contradicts e ≥ 0 within the ranges: some e + c·(a − b) is below 0."""
    gap, bound = same.args[0] - same.args[1], other.args[0]
    if gap.has(Read):
        return False
    sums = (times * bound + sign * gap for times in (1, 2) for sign in (1, -1))
    return any(never_negative((-1 - e).expand(), known) for e in sums)


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


def _none_left() -> Example:
    t, T = Index("t"), Size("T")
    later = [AtLeastZero(-1 - t)]
    return Example(Sum(read("f", t + 1), (), later), Integer(0), Given(extents={t: T}))


EMPTY_SUM = Rule(
    "empty",
    "Σ_i [c]·f(i) = 0, where c holds for no i",
    "A sum without terms is 0.",
    nothing_left,
    _none_left,
)


def _clipped() -> Example:
    i, k, I, H, P = Index("i"), Index("k"), Size("I"), Size("H"), Size("P")
    g, at = read("g", i), i + k - P
    padded = Tensor("x", (H,), "input", outside=Integer(0))
    inside = [AtLeastZero(at), AtLeastZero(H - 1 - at)]
    given = Given(replace(EMPTY, tensors={"x": padded}), {k: Size("K")})
    before = g * read("x", at)
    return Example(Sum(before, [(i, I)]), Sum(before, [(i, I)], inside), given)


CLIP_THE_RANGE = Rule(
    "clip the range",
    "Σ_i f(i)·X[a(i)] runs over those i for which a(i) lies inside X",
    "X is declared to be 0 outside, so the other terms are 0.",
    clip,
    _clipped,
    seen="derive conv --steps",
)

"""Kinks that cancel: relu(x) − relu(−x) is x, which has no kink.

The chain rule takes each kink by its own convention, and of two that cancel it makes a value that
is no derivative. So each surface z = 0 is looked at as a whole: the formula for z > 0 and the one
for z < 0, both where z = 0. Where they agree, their value is the derivative there; where they
differ by known factors, what the conventions make of it must lie between them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sympy import Add, Expr, Mul

from deltarule.calculus.inline_upstream import written_out
from deltarule.calculus.kink_sides import Verdict, judged
from deltarule.calculus.kinks import Condition, Surfaces, kinked
from deltarule.calculus.record import Record
from deltarule.calculus.rules.merge_sums import merged
from deltarule.calculus.rules.smooth_forms import put_together, smooth_form
from deltarule.calculus.steps import Gradient
from deltarule.expressions.nodes import Positive, Read, Reduction, size_of
from deltarule.expressions.substitution import plainly_named
from deltarule.spelling.text import text

#: Upstream gradients are written out up to formulas of so many nodes.
_LONG = 160
REMOVED, BETWEEN = "remove the kink", "between the sides"


@dataclass(frozen=True)
class Found:
    """What was made of one part of a formula, by which rule; `told` says why."""

    rule: str
    after: Expr
    told: str


def remove_kinks(record: Record, gradients: Mapping[str, Gradient]) -> tuple[str, ...]:
    """Take out of the record's formula the kinks that cancel, each as a step.

    Gives notes on those of which it could not be decided, or which cancel at some values alone.
    """
    notes: dict[str, None] = {}
    if not any(map(kinked, (record.now, *(g.expr for g in gradients.values())))):
        return ()
    surfaces = Surfaces(record.network)
    for _ in range(8):
        change = None
        for formula in _written(record.now, gradients):
            search = _Search(surfaces, notes)
            after = search.everywhere(merged(plainly_named(formula)))
            if search.found is not None:
                change = search.found, after
                break
        if change is None:
            break
        found, after = change
        record.move_beside_kinks(found.rule, after, found.told)
        record.simplify()
    return tuple(notes)


def _written(formula: Expr, gradients: Mapping[str, Gradient]) -> Iterator[Expr]:
    """The formula as it is, and with the upstream gradients that it reads written out."""
    yield formula
    for _ in range(6):
        after = written_out(formula, gradients)[0]
        if after == formula or size_of(after) > _LONG:
            return
        formula = after
        yield formula


class _Search:
    """One walk through a formula, which stops at the first kink that it can do away with."""

    def __init__(self, surfaces: Surfaces, notes: dict[str, None]):
        self.surfaces, self.notes = surfaces, notes
        self.found: Found | None = None

    def everywhere(self, node: Expr) -> Expr:
        """The formula with one kink less, inner sums first; itself where there is none."""
        after = self._inside(node)
        return after if self.found is not None else self._here(node)

    def _inside(self, node: Expr) -> Expr:
        if isinstance(node, Read) or not node.args or self.found is not None:
            return node
        if isinstance(node, Reduction):
            body = self.everywhere(node.body) if node.ranges else self._inside(node.body)
            return node if body == node.body else node.func(body, node.ranges, node.conditions)
        args = tuple(self._inside(a) for a in node.args)
        return node if args == node.args else node.func(*args)

    def _here(self, node: Expr) -> Expr:
        for surface, conditions in self._candidates(node).items():
            after = self._at(node, surface, conditions)
            if after is not None:
                return after
        return node

    def _candidates(self, node: Expr) -> dict[Expr, list[Condition]]:
        """The surfaces that several conditions are about."""
        found: dict[Expr, list[Condition]] = {}
        for condition in self.surfaces.conditions(node):
            found.setdefault(condition.surface, []).append(condition)
        return {s: cs for s, cs in found.items() if len(cs) > 1}

    def _at(self, node: Expr, surface: Expr, conditions: list[Condition]) -> Expr | None:
        """The formula without the kink at a surface; the smallest part that holds it is changed."""
        split = self._split(node, surface)
        if split is not None:
            rebuild, core = split
            inner = self._at(core, surface, conditions)
            return None if inner is None else rebuild(inner)
        verdict = judged(node, surface, self.surfaces)
        if verdict.kind == "unknown":
            self.notes[_undecided(surface)] = None
        if verdict.kind in ("unknown", "kept"):
            if verdict.outside:
                self.notes[_depends(surface)] = None
            return None
        return self._changed(node, conditions, verdict)

    def _split(self, node: Expr, surface: Expr):
        """The part of a sum or product that holds the kink, and how to put it back."""

        def holds(part):
            return any(c.surface == surface for c in self.surfaces.conditions(part))

        if isinstance(node, Reduction) and not node.ranges:
            return lambda inner: node.func(inner, (), node.conditions), node.body
        if isinstance(node, Add):
            mine = [t for t in node.args if holds(t)]
            shared = _shared(mine)
            if len(mine) == len(node.args) and not shared:
                return None
            rest = Add(*(t for t in node.args if t not in mine))
            core = Add(*(Mul(*_without(t, shared)) for t in mine))
            return lambda inner: rest + Mul(*shared) * inner, core
        if isinstance(node, Mul):
            mine = [f for f in node.args if holds(f)]
            if len(mine) == len(node.args):
                return None
            rest = Mul(*(f for f in node.args if f not in mine))
            return lambda inner: rest * inner, Mul(*mine)
        return None

    def _changed(self, node: Expr, conditions: list[Condition], verdict: Verdict) -> Expr | None:
        above, below = verdict.sides.above, verdict.sides.below
        if verdict.kind == "removed" and verdict.identical:
            surface, wanted = conditions[0].surface, verdict.outside
            after = smooth_form(node, surface, self.surfaces, verdict.sides, wanted)
        else:
            after = None
        if after is None:
            if not verdict.outside:
                return None
            after = put_together(conditions[0], above, below, verdict.nearest)
        rule = REMOVED if verdict.kind == "removed" else BETWEEN
        first = min(conditions, key=lambda c: -c.sign)
        self.found = Found(rule, after, _told(node, verdict, first))
        return after


def _told(node: Expr, verdict: Verdict, condition: Condition) -> str:
    z, sides = condition.argument * condition.sign, verdict.sides
    return (
        f"Here {text(node)} is {text(sides.above)} where {text(Positive(z))} and "
        f"{text(sides.below)} where {text(Positive(-z))}; both sides were compared to 30 digits "
        f"at {verdict.points} points where {text(z)} = 0."
    )


def _shared(terms: list[Expr]) -> list[Expr]:
    """The factors that all terms have."""
    if len(terms) < 2:
        return []
    return [
        f
        for f in Mul.make_args(terms[0])
        if not f.is_number and all(f in Mul.make_args(t) for t in terms[1:])
    ]


def _without(term: Expr, factors: list[Expr]) -> list[Expr]:
    return [f for f in Mul.make_args(term) if f not in factors]


def _undecided(surface: Expr) -> str:
    return (
        f"Whether the kinks at {text(surface)} = 0 cancel could not be decided: there each "
        "keeps its own convention."
    )


def _depends(surface: Expr) -> str:
    return (
        f"At {text(surface)} = 0 each kink keeps its own convention; where they happen to "
        "cancel, their sum is no derivative."
    )

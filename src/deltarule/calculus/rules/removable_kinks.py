"""Kinks that cancel: relu(x) − relu(−x) is x, which has no kink.

The chain rule takes each kink by its own convention, and of two that cancel it makes a value that
is no derivative. So each surface z = 0 is looked at as a whole: the formula for z > 0 and the one
for z < 0, both where z = 0. Where they agree, their value is the derivative there; where they
differ by known factors, what the conventions make of it must lie between them.
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Add, Expr, Integer, Mul, Rational

from deltarule.calculus.kink_sides import Verdict, judged
from deltarule.calculus.kinks import Condition, Surfaces
from deltarule.calculus.merge_sums import merged
from deltarule.calculus.rules.rule import Example, Given, Rewrite, Rule
from deltarule.calculus.smooth_forms import put_together, smooth_form
from deltarule.calculus.squared_signs import without_squared_signs
from deltarule.expressions.nodes import Choose, Positive, Reduction, read
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.expressions.substitution import plainly_named
from deltarule.spelling.text import text


@dataclass(frozen=True)
class Found:
    """What was made of one part of a formula, by which rule; `detail` says why."""

    rule: Rule
    after: Expr
    detail: str


def without_a_kink(
    formula: Expr, surfaces: Surfaces, notes: dict[str, None]
) -> tuple[Found, Expr] | None:
    """What was made of the first kink that can be done away with, and the formula then.

    Adds to `notes` what is to be said of those that stay.
    """
    squared = without_squared_signs(formula, surfaces.network)
    if squared is not None:
        return Found(REMOVE_THE_KINK, *squared), squared[0]
    search = _Search(surfaces, notes)
    after = search.everywhere(merged(plainly_named(formula)))
    return None if search.found is None else (search.found, after)


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
        if self.found is not None:
            return node
        summed = isinstance(node, Reduction) and node.ranges
        return rebuild(node, self.everywhere if summed else self._inside)

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
            return lambda inner: with_body(node, inner), node.body
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
        rule = REMOVE_THE_KINK if verdict.kind == "removed" else BETWEEN_THE_SIDES
        first = min(conditions, key=lambda c: -c.sign)
        self.found = Found(rule, after, _reason(node, verdict, first))
        return after


def _reason(node: Expr, verdict: Verdict, condition: Condition) -> str:
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


def _applied(rule: Rule, expression: Expr, given: Given) -> Rewrite | None:
    """A formula with one kink less, if that goes by this rule."""
    change = without_a_kink(expression, Surfaces(given.network), {})
    if change is None or change[0].rule is not rule:
        return None
    return Rewrite(change[1], change[0].detail)


def _above(z: Expr) -> Expr:
    """[z > 0], the derivative of relu(z)."""
    return Choose(Positive(z), Integer(1), Integer(0))


def _smooth() -> Example:
    x, g = read("x"), read("g")
    note = "relu(x) − relu(−x) = x, so its derivative is 1 at x = 0, too."
    return Example(g * (_above(x) + _above(-x)), g, note=note)


def _in_part() -> Example:
    x, half = read("x"), Rational(1, 2)
    note = "relu(x) − relu(−x)/2 has the slopes 1 and 1/2: so it is 1/2 at x = 0, and not 0."
    return Example(_above(x) + half * _above(-x), Choose(Positive(x), Integer(1), half), note=note)


REMOVE_THE_KINK = Rule(
    "remove the kink",
    "where the derivatives from both sides of z = 0 agree, that is the derivative at z = 0 too",
    "The kinks cancel: what each of them by itself is declared to have at z = 0 plays no part.",
    lambda expression, given: _applied(REMOVE_THE_KINK, expression, given),
    _smooth,
)
BETWEEN_THE_SIDES = Rule(
    "between the sides",
    "at z = 0 the derivative lies between those from both sides; the nearer one is taken",
    "Kinks that cancel in part: what they are declared to have, added up, lies beyond a side.",
    lambda expression, given: _applied(BETWEEN_THE_SIDES, expression, given),
    _in_part,
)

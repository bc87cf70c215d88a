"""The two sides of a kink, held against what the conventions make of it on the surface itself."""

from __future__ import annotations

from dataclasses import dataclass, field

import mpmath
from sympy import Expr, Integer

from deltarule.calculus.kinks import Surfaces
from deltarule.calculus.pointwise import Point, Unknown, alike
from deltarule.expressions.nodes import Reduction, walk

#: So many points of each surface are tried, and so many of the letters that it depends on moved.
_POINTS, _LETTERS = 8, 3


@dataclass(frozen=True)
class Sides:
    """A formula above a surface, below it and, by the conventions, on it."""

    above: Expr
    below: Expr
    on: Expr


@dataclass(frozen=True)
class Verdict:
    """What a kink is worth.

    `kind` is "removed" where both sides agree on the surface; "between" where the conventions
    leave the interval between them, the same way at all points; "kept", or "unknown". `outside`
    says that the conventions give neither side nor what lies between at some point, `identical`
    that the sides are one formula. The side `nearest` to the convention is 1 (above) or −1.
    """

    kind: str
    sides: Sides = field(default_factory=lambda: Sides(Integer(0), Integer(0), Integer(0)))
    points: int = 0
    outside: bool = False
    identical: bool = False
    nearest: int = -1


def judged(formula: Expr, surface: Expr, surfaces: Surfaces) -> Verdict:
    """The verdict on the kinks of a formula at one surface."""
    sums = [n for n in walk(formula) if isinstance(n, Reduction) and n.ranges]
    if any(surfaces.conditions(n.body) for n in sums):
        return Verdict("unknown")
    above, below, on = (surfaces.side(formula, surface, sign) for sign in (1, -1, 0))
    sides = Sides(above, below, on)
    try:
        found = _on_the_surface(sides, surface, surfaces)
        identical = _identical(sides, surface, surfaces)
    except Unknown:
        return Verdict("unknown")
    if not found or not _continuous(surface, surfaces):
        return Verdict("unknown" if not found else "kept")
    outside = any(not _between(*three) for three in found)
    if all(alike(one, two) for one, two, _ in found):
        return Verdict("removed", sides, len(found), outside, identical)
    shares = [
        (three[2] - three[1]) / (three[0] - three[1])
        for three in found
        if not alike(three[0], three[1])
    ]
    settled = len(shares) == len(found) and all(alike(s, shares[0]) for s in shares)
    if outside and settled:
        nearest = 1 if mpmath.re(shares[0]) > 1 else -1
        return Verdict("between", sides, len(found), True, False, nearest)
    return Verdict("kept", sides, len(found), outside)


def _on_the_surface(sides: Sides, surface: Expr, surfaces: Surfaces) -> list[tuple]:
    """Above, below and on it, at points of the surface that are reached by different letters."""
    found = []
    letters = Point(surfaces, 0).letters(surface)[:_LETTERS]
    for letter in letters:
        for seed in range(1, _POINTS + 1):
            point = Point(surfaces, seed)
            if point.solve(surface, letter):
                found.append(_three(point, sides, surface))
    return found


def _three(point: Point, sides: Sides, surface: Expr) -> tuple:
    parts = ((sides.above, 1), (sides.below, -1), (sides.on, 0))
    return tuple(point.value(formula, surface, sign) for formula, sign in parts)


def _identical(sides: Sides, surface: Expr, surfaces: Surfaces) -> bool:
    """Whether both sides are one formula, away from the surface too, and without other cases."""
    if any(surfaces.conditions(side) for side in (sides.above, sides.below)):
        return False
    points = [Point(surfaces, seed) for seed in range(1, _POINTS + 1)]
    return all(alike(*_three(p, sides, surface)[:2]) for p in points)


def _between(above, below, on) -> bool:
    if alike(on, above) or alike(on, below):
        return True
    share = (on - below) / (above - below) if not alike(above, below) else mpmath.mpf(-1)
    return abs(mpmath.im(share)) < 1e-20 and 0 <= mpmath.re(share) <= 1


def _continuous(surface: Expr, surfaces: Surfaces) -> bool:
    """Whether no equation jumps at the surface, nor has a value of its own there.

    A step such as sign(x) has no derivative there; and where the formula says x = 0, as a mask
    does, what it says of x = 0 holds there, whatever its two sides are.
    """
    for rhs in surfaces.touching(surface):
        here = surfaces.conditions(rhs)
        for condition in {c.surface: c for c in here if surfaces.like(c.surface, surface)}.values():
            sides = Sides(*(surfaces.side(rhs, condition.surface, s) for s in (1, -1, 0)))
            try:
                values = _on_the_surface(sides, condition.surface, surfaces)
            except Unknown:  # it has a pole there
                return False
            if not all(alike(one, two) and alike(one, on) for one, two, on in values):
                return False
    return True

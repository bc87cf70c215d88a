"""Values that lie on one kink and are generic else: one entry is moved until the kink is met.

Few different values meet many kinks at once, where each may keep its own convention; on a single
one, what the kinks of its surface make together must be right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from random import Random

import numpy as np
from sympy import Basic, Expr, Integer

from deltarule.arithmetic.base import Undecided
from deltarule.arithmetic.evaluate import evaluate
from deltarule.arithmetic.near_zero import NEAR, NearZero
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.run import run
from deltarule.arithmetic.settings import most_points
from deltarule.calculus.kinks import Surfaces
from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import Max, Read, Reduction, walk
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.networks.network import Network

#: So many kinks are tried, of a small network more; so many entries to meet each by, and so many
#: steps to come near. Small is what has no more points in its largest equation.
KINKS, MORE, SMALL, ENTRIES, STEPS = 2, 8, 100, 10, 40


@dataclass(frozen=True)
class Kink:
    """An expression whose sign a formula turns on, over the indices that it stands under; or, with
    `inner` ranges, the body of a maximum over them, two of which are to tie.
    """

    argument: Expr
    ranges: tuple[tuple[Index, Expr], ...]
    inner: tuple[tuple[Index, Expr], ...] = ()


def on_kinks(
    network: Network, bits: int, seed: int, named: Mapping[str, int]
) -> Iterator[tuple[Probe, str]]:
    """Probes that lie on a kink each, with the tensor that was moved to get there."""
    random, found = Random(seed), kinks_of(network)
    random.shuffle(found)
    for number in range(MORE if found else 0):
        try:
            probe = Probe(network, NearZero(bits), seed + number, **named)
            if number >= min(KINKS, len(found)) and most_points(network, probe.sizes) > SMALL:
                return
            with probe.arithmetic.context():
                moved = _meet(probe, found[number % len(found)], random)
        except (Undecided, DeltaruleError):
            continue
        if moved:
            yield probe, moved


def kinks_of(network: Network) -> list[Kink]:
    """The kinks of a network, each surface once, and its maxima over indices."""
    surfaces, found = Surfaces(network), {}
    for equation in network.equations:
        for formula, ranges in _parts(equation.rhs, equation.ranges):
            for condition in surfaces.conditions(formula):
                found.setdefault(condition.surface, Kink(condition.argument, ranges))
            for node in (n for n in walk(formula) if isinstance(n, Max) and n.ranges):
                inside = any(
                    node in walk(n.body)
                    for n in walk(formula)
                    if isinstance(n, Reduction) and n.ranges and n != node
                )
                if not inside:  # else it is met with the ranges that it stands under
                    found.setdefault(node, Kink(node.body, ranges, tuple(node.ranges)))
    return list(found.values())


def _parts(node: Basic, ranges: tuple) -> Iterator[tuple[Basic, tuple]]:
    """A right-hand side and what it sums over, each with the ranges that it stands under."""
    yield node, ranges
    stack = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, Reduction) and part.ranges:
            yield from _parts(part.body, ranges + part.ranges)
        elif not isinstance(part, Read):
            stack += [part.body] if isinstance(part, Reduction) else list(part.args)


def _meet(probe: Probe, site: Kink, random: Random) -> str:
    """Move one given entry until the site's expression is 0; the tensor moved, "" if none."""
    at = {i: random.randrange(probe.values.extent(n)) for i, n in site.ranges}
    if site.inner:
        tie = _first_two(probe, site, at, random)
        if tie is None:
            return ""
        site = tie
    free = [
        t
        for t in probe.network.with_role("input", "parameter")
        if not t.integral and t.within is None and not t.definite
    ]
    entries = (
        [
            (t.name, tuple(random.randrange(n) for n in probe.shape(t.axes)))
            for t in random.choices(free, k=ENTRIES)
        ]
        if free
        else []
    )
    for name, entry in entries:
        kept = probe.values.arrays[name][entry]
        if _solved(probe, site, at, name, entry):
            return name
        _value(probe, site, at, name, entry, kept)
    return ""


def _first_two(probe: Probe, site: Kink, at: Mapping[Index, int], random: Random) -> Kink | None:
    """The difference of a maximum's largest body and the next, or now and then another."""
    ranges = (*site.ranges, *site.inner)
    bodies = evaluate(site.argument, ranges, probe.values, probe.arithmetic, at).ravel()
    points = list(np.ndindex(*(probe.values.extent(n) for _, n in site.inner)))
    if len(bodies) != len(points) or len(points) < 2:
        return None
    first, second, *others = sorted(range(len(points)), key=lambda k: -float(bodies[k].mid()))
    if others and random.random() < 0.25:
        second = random.choice(others)

    def body(k: int) -> Expr:
        table = {i: Integer(n) for (i, _), n in zip(site.inner, points[k], strict=True)}
        return substitute(site.argument, table)

    return Kink(body(first) - body(second), site.ranges)


def _solved(probe: Probe, site: Kink, at: Mapping[Index, int], name: str, entry: tuple) -> bool:
    """Secant steps towards a 0 of the site's expression."""
    one = probe.values.arrays[name][entry]
    two = one + probe.arithmetic.number(Fraction(1, 8))
    at_one = _value(probe, site, at, name, entry, one)
    for _ in range(STEPS):
        at_two = _value(probe, site, at, name, entry, two)
        if at_two.abs_upper() < NEAR / 1e3:
            return bool(two.abs_upper() < 100)
        slope = (at_two - at_one).mid()
        if abs(float(slope)) < 1e-30:
            return False
        one, two, at_one = two, (two - at_two * (two - one) / slope).mid(), at_two
    return False


def _value(probe: Probe, site: Kink, at: Mapping[Index, int], name: str, entry: tuple, number):
    """The site's expression with an entry moved to a number."""
    probe.values.arrays[name][entry] = number
    run(probe.network.equations, probe.values, probe.arithmetic)
    found = evaluate(site.argument, site.ranges, probe.values, probe.arithmetic, at)
    return found.ravel()[0]

"""Recurrences: equations that read each other at earlier (or later) times.

A group of equations that depend on each other can be computed if, going through the times one
way, everything that a time reads is there. Which axis is time, which way it is gone through and
in which order the equations of one time stand is all read off the subscripts:

    s[t, m] = x[t, m] + Σ_k h[t−1, k]·W[k, m]
    h[t, m] = tanh(s[t, m])            reads at t−1 and t: t ascends, s before h

The same holds for the backward pass, whose equations read at t+1: there t descends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cache, cached_property, lru_cache

from sympy import Expr

from deltarule.errors import DeltaruleError
from deltarule.expressions.symbols import Index
from deltarule.networks.equations import Equation
from deltarule.networks.time_axes import Link, links_of, pairs, shift_of, time_axes, time_of
from deltarule.spelling.text import text


@dataclass(frozen=True)
class Recurrence:
    """Equations computed time by time: `direction` is +1 where time ascends, −1 where it descends.

    `parts` stand in the order of one time; a part may be a recurrence along another axis.
    `times` gives for each equation its index of time (None if it writes one time alone) and the
    position that it writes where that index is 0.
    """

    parts: tuple[Equation | Recurrence, ...]
    times: tuple[tuple[Equation, Index | None, Expr], ...]
    direction: int

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        # Caches look recurrences up by the thousand: the formulas are gone through once.
        return hash((self.parts, self.direction))

    def __getstate__(self) -> dict:
        # Hashes differ from process to process: what is kept of them stays behind.
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @cached_property
    def equations(self) -> tuple[Equation, ...]:
        """All equations, in the order of one time."""
        return tuple(e for part in self.parts for e in equations_of(part))

    @cached_property
    def names(self) -> frozenset[str]:
        """The tensors that it computes."""
        return frozenset(e.name for e in self.equations)

    @property
    def extent(self) -> Expr:
        """The number of its times, as its first equation with an index of time tells it."""
        return next(dict(e.ranges)[i] for e, i, _ in self.times if i is not None)


Block = Equation | Recurrence


def equations_of(block: Block) -> tuple[Equation, ...]:
    """The equations of a block."""
    return block.equations if isinstance(block, Recurrence) else (block,)


@lru_cache(maxsize=256)
def blocks(equations: tuple[Equation, ...]) -> tuple[Block, ...]:
    """The equations in an order of computation, those that depend on each other in groups.

    The order given is kept wherever that is possible. Raises DeltaruleError where equations go
    round in a circle, which is named.
    """
    try:
        return _blocks(equations)
    except _Circle as circle:
        raise _refused(circle) from None


def sequence_lengths(equations: tuple[Equation, ...]) -> tuple[Expr, ...]:
    """The extents of the axes that recurrences go along, each once; refused as by `blocks`."""
    found = (b.extent for b in blocks(equations) if isinstance(b, Recurrence))
    return tuple(dict.fromkeys(found))


def blocks_or_none(equations: tuple[Equation, ...]) -> tuple[Block, ...] | None:
    """The same for equations that may well go round in a circle, of which nothing is said: None."""
    try:
        return _blocks(equations)
    except _Circle:
        return None


def _blocks(equations: tuple[Equation, ...]) -> tuple[Block, ...]:
    if _straight(equations):
        return equations
    return tuple(_arranged(equations, links_of(equations)))


@dataclass
class _Circle(Exception):
    """Equations that cannot be put in order, linked to each other by `links`."""

    equations: Sequence[Equation]
    group: list[int]
    links: list[Link]


def _straight(equations: Sequence[Equation]) -> bool:
    """Whether each tensor is complete before it is read."""
    missing: dict[str, int] = {}
    for equation in equations:
        missing[equation.name] = missing.get(equation.name, 0) + 1
    for equation in equations:
        if any(missing.get(name) for name in equation.read_names()):
            return False
        missing[equation.name] -= 1
    return True


def _arranged(equations: Sequence[Equation], links: list[Link]) -> Iterator[Block]:
    """Blocks in order; `links` number the equations by their place in `equations`."""
    needs: dict[int, set[int]] = {k: set() for k in range(len(equations))}
    for link in links:
        needs[link.reader].add(link.writer)
    waiting = list(needs)
    while waiting:
        first = next((k for k in waiting if not needs[k]), None)
        group = [first] if first is not None else _knot(waiting, needs)
        if first is not None:
            yield equations[first]
        else:
            yield _recurrence(equations, group, links)
        for k in group:
            waiting.remove(k)
        for k in waiting:
            needs[k].difference_update(group)


def _knot(waiting: list[int], needs: dict[int, set[int]]) -> list[int]:
    """Equations that all depend on each other, and on no others that wait."""

    @cache
    def reached(start: int) -> set[int]:
        found: set[int] = set()
        new = needs[start]
        while new:
            found |= new
            new = set().union(*(needs[k] for k in new)) - found
        return found

    here = waiting[0]
    while True:
        back = {k for k in reached(here) if here in reached(k)}
        ahead = reached(here) - back
        if not ahead and here in back:
            return sorted(back)
        here = min(ahead)


def _recurrence(equations: Sequence[Equation], group: list[int], links: list[Link]) -> Recurrence:
    """The group as a recurrence. Raises _Circle if it is none."""
    inner = [a for a in links if a.reader in group and a.writer in group]
    for axes in time_axes(equations, inner):
        shifts = {link: shift_of(equations, link, axes) for link in inner}
        if not all(s.is_Integer or s.is_infinite for s in shifts.values()):
            continue
        signs = {1 if s > 0 else -1 for s in shifts.values() if s != 0}
        if len(signs) != 1:
            continue
        place = {k: n for n, k in enumerate(group)}
        still = [
            Link(place[a.reader], place[a.writer], a.access) for a, s in shifts.items() if s == 0
        ]
        members = [equations[k] for k in group]
        parts = tuple(_arranged(members, still))
        times = tuple((e, *time_of(e, axes[e.name])) for e in members)
        return Recurrence(parts, times, -signs.pop())
    raise _Circle(equations, group, inner)


def no_times(extent: Expr, place: str) -> DeltaruleError:
    """What is said of a recurrence whose extent comes to 0."""
    name = "its length" if extent.is_Integer else text(extent)
    return DeltaruleError(
        f"the sequence has no steps: {name} = 0", place, f"give {name} at least 1"
    )


def _refused(circle: _Circle) -> DeltaruleError:
    equations, links = circle.equations, circle.links
    cycle = _cycle(links, equations)
    path = " ← ".join(cycle)
    shifted = any(shift != 0 for a in links for _, _, shift in pairs(equations[a.reader], a.access))
    remedy = "let one of them read a tensor that is computed earlier"
    if shifted:
        remedy += ", or read all of them at earlier times (or all at later ones)"
    return DeltaruleError(
        f"the equations go round in a circle: {path}", equations[circle.group[0]].place, remedy
    )


def _cycle(links: list[Link], equations) -> list[str]:
    """A way round, each read as it stands: h ← s[t, n, m] ← h[t − 1, n, k]."""
    by_reader: dict[int, Link] = {}
    for link in links:
        by_reader.setdefault(link.reader, link)
    here = links[0].reader
    seen: list[int] = []
    while here not in seen:
        seen.append(here)
        here = by_reader[here].writer
    round_trip = seen[seen.index(here) :]
    return [equations[here].name, *(text(by_reader[k].access) for k in round_trip)]

"""A gradient written place by place: x[2·r] and x[2·r + 1], channel A·g + a, θ[0, 1].

Where a closed form asks whether 2 divides p, for ⌊p/A⌋ and p mod A, whether p = 1, or whether p
is at least H, it is the same to say what p is: the places cover the axis, and each meets it once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from sympy import Basic, Expr, Integer

from deltarule.calculus.rules.settle import AT_PLACES, settled
from deltarule.calculus.steps import Step
from deltarule.calculus.verify import Verifier
from deltarule.expressions.affine import affine, never_negative, whole_ratio
from deltarule.expressions.nodes import (
    AtLeastZero,
    Divides,
    Equal,
    FloorQuotient,
    Read,
    Remainder,
    free_indices,
    free_symbols,
    index_names,
    reads,
    walk,
)
from deltarule.expressions.rewrites import replaced
from deltarule.expressions.substitution import plainly_named, substitute
from deltarule.expressions.symbols import Index, spare
from deltarule.networks.equations import Equation
from deltarule.spelling.text import text

#: No more places than that are written out.
_MOST = 8


@dataclass(frozen=True)
class _Place:
    """Part of an axis: where it is, and how far the indices in that run."""

    at: Expr
    ranges: tuple[tuple[Index, Expr], ...] = ()


class Places:
    """The places of one gradient, `lhs` = `formula` over `ranges`; `known` says more of sizes.

    `accesses` are the subscripts that the tensor is read and written at, whose letters are used.
    """

    def __init__(
        self,
        lhs: Read,
        formula: Expr,
        ranges: Sequence[tuple[Index, Expr]],
        known: Mapping[Index, Expr],
        accesses: Iterable[Sequence[Expr]],
    ):
        self._lhs, self._formula = lhs, formula
        self._ranges, self._known = tuple(ranges), dict(known)
        self._accesses = list(accesses)
        self._taken = {i.name for i, _ in ranges} | {str(lhs.base)}
        self._taken |= {str(r.base) for r in reads(formula)}

    def equations(self) -> tuple[Equation, ...]:
        """The closed form at each place; () where it says it best as it is."""
        axes = [self._of_axis(k, index, n) for k, (index, n) in enumerate(self._ranges)]
        if all(places is None for places in axes):
            return ()
        whole = [
            [_Place(i, ((i, n),))] if places is None else places
            for places, (i, n) in zip(axes, self._ranges, strict=True)
        ]
        chosen = list(product(*whole))
        split = {i for (i, _), places in zip(self._ranges, axes, strict=True) if places}
        if len(chosen) > _MOST:
            return ()
        return tuple(self._equation(places, split) for places in chosen)

    def _equation(self, places: Sequence[_Place], split: set[Index]) -> Equation:
        ranges = tuple(r for place in places for r in place.ranges)
        table = {i: p.at for (i, _), p in zip(self._ranges, places, strict=True) if i in split}
        known = {**self._known, **dict(ranges)}
        there = settled(substitute(self._formula, table), known)
        there = plainly_named(there, frozenset(i.name for i, _ in ranges))
        name = str(self._lhs.base)
        return Equation(name, tuple(p.at for p in places), there, ranges)

    def _of_axis(self, axis: int, index: Index, extent: Expr) -> list[_Place] | None:
        asked = list(_asked_of(self._formula, index))
        if not asked:
            return None
        for way in (_entries, self._residues, self._digits, self._parts):
            found = way(axis, index, extent, asked)
            if found is not None:
                return found
        return None

    def _residues(self, axis: int, index: Index, extent: Expr, asked: list) -> list | None:
        """2·r and 2·r + 1, where it is asked whether 2 divides."""
        numbers = {c.args[0] for c in asked if isinstance(c, Divides)}
        number = numbers.pop() if len(numbers) == 1 else None
        if number is None or not number.is_Integer or not 2 <= number <= 3:
            return None
        count = whole_ratio(extent, number)
        if count is None:
            return None
        low = self._named(axis, number)
        return [_Place(number * low + k, ((low, count),)) for k in range(int(number))]

    def _digits(self, axis: int, index: Index, extent: Expr, asked: list) -> list | None:
        """A·g + a, where ⌊p/A⌋ or p mod A is read."""
        if not all(isinstance(n, FloorQuotient | Remainder) for n in asked):
            return None
        bases = {n.args[1] for n in asked if _of_digits(n, index)}
        chain = sorted(
            bases, key=lambda b: sum(whole_ratio(b, other) is not None for other in bases)
        )
        steps = [Integer(1), *chain, extent]
        counts = [whole_ratio(above, below) for below, above in zip(steps, steps[1:])]
        if not all(_of_digits(n, index) for n in asked) or any(n is None or n == 1 for n in counts):
            return None
        at, ranges = Integer(0), []
        for base, count in reversed(list(zip(steps, counts, strict=False))):
            digit = self._named(axis, base)
            at += base * digit
            ranges.append((digit, count))
        return [_Place(at, tuple(ranges))]

    def _parts(self, axis: int, index: Index, extent: Expr, asked: list) -> list | None:
        """m, m + H, m + 2·H, where it is asked whether m is at least H, or at least 2·H."""
        ends: dict[Expr, None] = {}
        for condition in asked:
            split = affine(condition.args[0], (index,)) if _plain(condition, index) else None
            if split is None or split[0].get(index) not in (1, -1):
                return None
            rest = split[1]
            ends[(-rest if split[0][index] == 1 else rest + 1).expand()] = None
        order = sorted(ends, key=lambda e: sum(never_negative(e - o) for o in ends))
        steps = [Integer(0), *order, extent]
        lengths = [(b - a).expand() for a, b in zip(steps, steps[1:])]
        if any(n == 0 or not never_negative(n) or n.is_Integer for n in lengths):
            return None
        return [_Place(a + index, ((index, n),)) for a, n in zip(steps, lengths, strict=False)]

    def _named(self, axis: int, coefficient: Expr) -> Index:
        """The letter that the axis is read with at this coefficient, or one of its own."""
        for access in self._accesses:
            rests = {n: Integer(0) for n in access[axis].atoms(Remainder)}
            subscript = replaced(access[axis], rests)
            indices = tuple(free_indices(subscript))
            split = affine(subscript, indices) if indices else None
            for index, factor in split[0].items() if split else ():
                name = index.name.rstrip("′")
                if factor == coefficient and name not in self._taken:
                    self._taken.add(name)
                    return Index(name)
        found = spare(self._taken | index_names(self._formula), "rsuv")
        self._taken.add(found.name)
        return found


def steps_at_places(
    places: Sequence[Equation], lhs: Read, formula: Expr, verifier: Verifier
) -> Iterator[Step]:
    """A verified step for each place: the closed form there, and what it comes to."""
    for place in places:
        table = dict(zip(lhs.indices, place.subscripts, strict=True))
        there = substitute(formula, {i: at for i, at in table.items() if i != at})
        verified = verifier.same(there, place.rhs, place.ranges)
        detail = ", ".join(f"{text(i)} = {text(at)}" for i, at in table.items() if i != at)
        yield Step(AT_PLACES, place.lhs, place.rhs, f"Here: {detail or text(lhs)}.", "", verified)


def _entries(axis: int, index: Index, extent: Expr, asked: list) -> list[_Place] | None:
    """0, 1 and 2, where it is asked whether p = 0, and there are three."""
    if not extent.is_Integer or not all(isinstance(c, Equal) for c in asked):
        return None
    if not all((a == index or a.is_Integer) for c in asked for a in c.args):
        return None
    return [_Place(Integer(k)) for k in range(int(extent))]


def _asked_of(node: Basic, index: Index) -> Iterator[Basic]:
    """What a formula asks of a free index: conditions on it alone, its quotients and rests."""
    for part in walk(node):
        if isinstance(part, AtLeastZero | Divides | Equal) and free_indices(part) == {index}:
            yield part
        elif isinstance(part, Remainder) or type(part) is FloorQuotient:
            deeper = part.args[0].has(Remainder, FloorQuotient)
            if index in free_symbols(part) and (_of_digits(part, index) or not deeper):
                yield part


def _of_digits(node: Basic, index: Index) -> bool:
    """Whether it is ⌊p/A⌋, p mod A or ⌊(p mod B)/A⌋."""
    value = node.args[0]
    return value == index or (isinstance(value, Remainder) and value.args[0] == index)


def _plain(condition: Basic, index: Index) -> bool:
    return isinstance(condition, AtLeastZero) and free_symbols(condition) >= {index}

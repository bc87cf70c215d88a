"""Evidence: whether the digits that a cause explains say more than the search that found it.

A number of k units of its last digit is one of 2k + 1 of its size, and tells log₂(2k + 1) bits.
Among N explanations as simple as the one that is found, chance alone finds one with a probability
of N·2^−bits. A cause is asserted where that is below 1 in 100, and else only offered.

Several entries tell more than one, but those that are off by one factor, or by one amount, may
all come of a single slip before them: on their own, they tell of it together.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from deltarule.arithmetic.undefined import MinusInfinity, Undefined
from deltarule.marking.aligned_answers import Written
from deltarule.marking.explain import PAIR, Explainer
from deltarule.marking.explanation import Explanation
from deltarule.marking.mistakes import Mistake
from deltarule.marking.pairs import plain_carryings

#: So many bits more than the search takes leave less than 1 in 100 to chance.
ENOUGH = 7.0
#: The same if all entries come of one slip, which is one of several ways to be wrong.
ENOUGH_TOGETHER = 3.0


@dataclass(frozen=True)
class Evidence:
    """Bits that wrong entries tell: each by itself, and if all come of one slip before them."""

    apart: float = 0.0
    together: float = 0.0

    def __add__(self, other: Evidence) -> Evidence:
        return Evidence(self.apart + other.apart, self.together + other.together)

    def beyond(self, searched: float) -> bool:
        """Whether it is more than chance gives in a search of so many bits."""
        return self.apart - searched >= ENOUGH and self.together - searched >= ENOUGH_TOGETHER


def of_entries(
    written: Written, entries: Iterable[tuple], exact: np.ndarray, widths: np.ndarray | None = None
) -> Evidence:
    """What printed entries that are wrong tell; `exact` holds the right values.

    `widths` are those of intervals around the entries that an explanation leaves open, where they
    are wider than a unit of the last digit.
    """
    by_entry = sorted(
        ((weight(written, e, exact, 0.0 if widths is None else widths[e]), e) for e in entries),
        key=lambda found: -found[0],
    )
    apart: dict[tuple, float] = {}
    slips: list[tuple] = []
    together = 0.0
    for bits, entry in by_entry:
        printed, value = written.numbers[entry], _number(exact[entry])
        apart.setdefault((abs(printed.value), abs(value)), bits)
        if not any(_of_one_slip(printed, value, *other) for other in slips):
            slips.append((printed, value))
            together += bits
    return Evidence(sum(apart.values()), together)


def weight(written: Written, entry: tuple, exact: np.ndarray, width: float = 0.0) -> float:
    """The bits of one number: which of all numbers up to its size, or the right one's, it is.

    Numbers are told apart by a unit of their last digit, or by a `width` that is wider.
    """
    printed, value = written.numbers[entry], _number(exact[entry])
    size = max(abs(printed.value), abs(value))
    if printed.unit is None:
        shortest = Fraction(printed.value)
        return math.log2(1 + 2 * abs(shortest.numerator) * shortest.denominator)
    try:
        return math.log2(1 + 2 * float(size) / max(float(printed.unit), width))
    except (OverflowError, ZeroDivisionError):  # beyond float64
        ratio = 1 + 2 * size / max(printed.unit, Fraction(width))
        return math.log2(ratio.numerator) - math.log2(ratio.denominator)


def _number(right) -> Fraction:
    """A right value; 0 for NaN, whose size tells nothing."""
    return Fraction(0) if isinstance(right, (Undefined, MinusInfinity)) else Fraction(right)


def _of_one_slip(printed, value: Fraction, other, right: Fraction) -> bool:
    """Whether two entries are off by the same factor or by the same amount, as far as one sees."""
    units = (printed.unit or 0) + (other.unit or 0)
    if abs((printed.value - value) - (other.value - right)) <= units:
        return True
    if not value or not right:
        return False
    spread = (printed.unit or 0) / abs(value) + (other.unit or 0) / abs(right)
    return abs(printed.value / value - other.value / right) <= spread


def searched(
    explainer: Explainer,
    written: Written,
    entries: list[tuple],
    found: Explanation,
    enough: Evidence,
) -> float:
    """How many explanations as simple as the one that is found were tried, in bits.

    Explanations that print the same count once. Where already all of them together are less than
    the evidence, they are not told apart.
    """
    lists = list(_tried(explainer, written, entries, found))
    carryings = explainer.carrying.wrong(written)
    everything = math.log2(sum(map(len, lists)) * len(carryings) + 1)
    if len(found.mistakes) > 1:
        return min(2 * everything, _of_pairs(explainer, written, lists, found))
    if enough.beyond(everything):
        return everything
    printed: set[tuple] = set()
    for mistakes in lists:
        costs = np.array([m.cost for m in mistakes])
        for cost, carried, _ in carryings:
            simple = np.flatnonzero(cost + costs <= found.cost + 1e-9)
            values = explainer.values(written.quantity, carried, mistakes) if len(simple) else None
            if values is not None:
                printed.update(_cells(written, entries, values[simple]))
    return math.log2(max(len(printed), 1))


def _of_pairs(
    explainer: Explainer, written: Written, lists: list[list[Mistake]], found: Explanation
) -> float:
    """How many pairs of mistakes are as simple as the one that is found, in bits."""
    costs = np.sort([m.cost for mistakes in lists for m in mistakes])
    printed = explainer.carrying.printed_above(written.quantity)
    left = [found.cost - PAIR - cost + 1e-9 for cost, _ in plain_carryings(printed)]
    pairs = sum(int(np.searchsorted(costs, most - costs, "right").sum()) for most in left)
    return math.log2(pairs / 2 + 1)


def _tried(
    explainer: Explainer, written: Written, entries: list[tuple], found: Explanation
) -> Iterator[list[Mistake]]:
    """Lists of the single mistakes that are tried, up to where the search ends; slips of reading
    only if the explanation supposes one."""
    doubts, places = explainer.doubts, explainer.places(written.quantity)
    kinds, known = set[str](), False
    for of in (doubts.common, doubts.all, doubts.costly):
        usual = [mistakes for place in places if (mistakes := of(place))]
        yield from usual
        kinds.update(m.kind for mistakes in usual for m in mistakes)
        known = known or any(found.mistakes[0] is m for mistakes in usual for m in mistakes)
        if explainer.conclusive(written, entries, [found]) and _of_kinds(found, kinds):
            return
    if not known:
        yield doubts.otherwise(written.quantity)
    if not _of_kinds(found, kinds):
        yield from (seldom for place in places if (seldom := doubts.seldom(place)))


def _of_kinds(found: Explanation, kinds: set[str]) -> bool:
    return all(m.kind in kinds for m in found.mistakes)


def _cells(written: Written, entries: list[tuple], values: np.ndarray) -> Iterator[tuple]:
    """Where each row of values is printed among the numbers of the entries' digits."""
    printed = [written.numbers[e] for e in entries]
    units = np.array([p.rough[1] or 1e-9 for p in printed])
    numbers = np.array([p.rough[0] for p in printed])
    rows = np.stack([values[(slice(None), *e)] for e in entries], axis=1)
    with np.errstate(all="ignore"):
        away = np.round((rows - numbers) / units)
    return map(tuple, away[np.isfinite(away).all(axis=1)].tolist())

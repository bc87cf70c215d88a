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

from deltarule.marking.carrying import with_mistakes
from deltarule.marking.explain import Explainer, Explanation
from deltarule.marking.mistakes import Mistake
from deltarule.marking.paper import Written

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
        return (
            self.apart - searched >= ENOUGH and self.together - searched >= ENOUGH_TOGETHER
        )


def of_entries(written: Written, entries: Iterable[tuple], exact: np.ndarray) -> Evidence:
    """What printed entries that are wrong tell; `exact` holds the right values."""
    told = sorted(
        ((weight(written, e, exact), written.numbers[e], Fraction(exact[e])) for e in entries),
        key=lambda found: -found[0],
    )
    apart: dict[tuple, float] = {}
    slips: list[tuple] = []
    together = 0.0
    for bits, printed, value in told:
        apart.setdefault((abs(printed.value), abs(value)), bits)
        if not any(_of_one_slip(printed, value, *other) for other in slips):
            slips.append((printed, value))
            together += bits
    return Evidence(sum(apart.values()), together)


def weight(written: Written, entry: tuple, exact: np.ndarray) -> float:
    """The bits of one number: which of all numbers up to its size, or the right one's, it is."""
    printed, value = written.numbers[entry], Fraction(exact[entry])
    size = max(abs(printed.value), abs(value))
    if printed.unit is None:
        shortest = Fraction(printed.value)
        return math.log2(1 + 2 * abs(shortest.numerator) * shortest.denominator)
    return math.log2(1 + 2 * float(size / printed.unit))


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
    explainer: Explainer, written: Written, entries: list[tuple], found: Explanation,
    enough: Evidence,
) -> float:
    """How many explanations as simple as the one that is found were tried, in bits.

    Explanations that print the same count once. Where already all of them together are less than
    the evidence, they are not told apart.
    """
    least = dict(_singles(explainer, written, found))
    if len(found.mistakes) > 1:
        return 2 * math.log2(len(least) + 1)
    everything = math.log2(len(least) + 1)
    if enough.beyond(everything):
        return everything
    printed: set[tuple] = set()
    for (mistake, k), cost in least.items():
        if cost <= found.cost + 1e-9:
            _, carried, _ = _carryings(explainer, written)[k]
            values = explainer.quick(written.quantity, with_mistakes(carried, (mistake,)))
            if values is not None:
                printed.add(tuple(_cell(written, e, values) for e in entries))
    return math.log2(len(printed) + 1)


def _carryings(explainer: Explainer, written: Written) -> list[tuple]:
    return list(explainer.carrying.wrong(written))


def _singles(
    explainer: Explainer, written: Written, found: Explanation
) -> Iterator[tuple[tuple[Mistake, int], float]]:
    """Every single mistake in every way of carrying, with its cost; slips of reading only if the
    explanation supposes one."""
    doubts = explainer.doubts
    usual = {
        place: [m for of in (doubts.common, doubts.all, doubts.costly) for m in of(place)]
        for place in explainer.places(written.quantity)
    }
    kinds = {m.kind for mistakes in usual.values() for m in mistakes}
    misread = any(m.kind not in kinds for m in found.mistakes)
    carryings = _carryings(explainer, written)
    for place, mistakes in usual.items():
        for mistake in (*mistakes, *(doubts.seldom(place) if misread else ())):
            for k, (cost, _, _) in enumerate(carryings):
                yield (mistake, k), cost + mistake.cost


def _cell(written: Written, entry: tuple, values: np.ndarray) -> int | float:
    """Where a value is printed among the numbers of an entry's digits."""
    printed = written.numbers[entry]
    unit = float(printed.unit or Fraction(1, 10**9))
    away = (float(values[entry]) - float(printed.value)) / unit
    return round(away) if math.isfinite(away) else math.inf

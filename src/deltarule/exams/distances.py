"""Identifiability: how far each mistake that the engine generates lies from right working.

A mistake in a line can be seen if it changes some number that is asked by more than rounding can:
the enclosure of all right working (`enclosures.py`) is left, with as much room again for the
rounding of the wrong working itself, whether its values are carried exactly or as printed.
Distances are in units of the last digit that is asked.

Values under mistakes come from float64, all rows of a line at once; where one lies so near to what
decides that float64 might say otherwise on another machine, it is evaluated again exactly.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import flint
import numpy as np

from deltarule.exams.asked_numbers import AskedNumbers
from deltarule.exams.rounding_habits import Habits, decimals_of
from deltarule.marking.mistakes import Mistake
from deltarule.marking.session import Session
from deltarule.marking.sheet_files.sheets import Rounding
from deltarule.marking.workings.carrying import with_mistakes
from deltarule.marking.workings.hypothesis import Hypothesis
from deltarule.marking.workings.no_value import NO_VALUE
from deltarule.marking.workings.wrong_rows import WrongRows
from deltarule.spelling.names import pretty

#: What float64 loses, in units of the last digit, is far less; closer decisions are made exactly.
GUARD = 1e-3
#: The share of its size by which a value must differ to be another one.
SAME = 1e-9


@dataclass(frozen=True)
class Distance:
    """How far a mistake in a line takes a quantity, and how far rounding reaches there, in units
    of the last digit asked; of the entry that shows it best.

    `share` is how far that is beside the largest number of the quantity.
    """

    line: str
    mistake: Mistake
    quantity: str
    units: float
    reach: float
    share: float = math.inf

    @property
    def apart(self) -> bool:
        """Whether the mistake is seen in this quantity, whatever is rounded."""
        return self.units > self.reach

    @property
    def same(self) -> bool:
        """Whether the quantity is the same under the mistake, but for what float64 loses."""
        return self.units == 0.0


class Distances:
    """The distances of all mistakes on a sheet with its numbers.

    `session` is the sheet's, `balls` encloses right working, `worked` are the habits of rounding.
    """

    def __init__(
        self,
        session: Session,
        asked: AskedNumbers,
        rounding: Rounding,
        balls: Mapping[str, np.ndarray],
        worked: Habits | None = None,
    ):
        self.session, self.asked, self.rounding = session, asked, rounding
        self.balls, self.worked = balls, worked

    def _ways(self, line: str) -> list[Hypothesis]:
        """The ways in which somebody carries on who is mistaken in a line: exactly, and what is
        printed as it is printed, but for what comes of that line."""
        if self.worked is None:
            return [Hypothesis()]
        above = self.session.evaluator.ancestors
        printed = (n for n in self.asked.entries if n != line and line not in above(n))
        return [Hypothesis(), Hypothesis(frozenset(printed))]

    @cached_property
    def _explainer(self):
        explainer = self.session.explainer
        if self.worked is not None:
            self.session.evaluator.written = {
                name: _alone(self.worked.kept["printed"][name], entries)
                for name, entries in self.asked.entries.items()
            }
        return explainer

    def of_line(self, line: str, quantities: Sequence[str]) -> list[Distance]:
        """Of each mistake in a line, where in some quantities it is seen best."""
        found: list[Distance] = []
        for mistakes in self.asked.mistakes(self.session, line):
            each = [self.in_quantity(line, mistakes, q) for q in quantities]
            units, reach = (np.stack(part) for part in zip(*each, strict=True))
            beyond = np.where(np.isinf(units), np.inf, units - reach)
            best = np.argmax(beyond, axis=0)
            for row, mistake in enumerate(mistakes):
                place = int(best[row])
                at = float(units[place, row]), float(reach[place, row])
                if abs(beyond[place, row]) < GUARD:
                    at = self._exactly(mistake, quantities[place])
                share = self._share(quantities[place], at[0])
                found.append(Distance(line, mistake, quantities[place], *at, share))
        return found

    def _share(self, quantity: str, units: float) -> float:
        """So many units beside the largest number of a quantity."""
        middle, _, unit = self._right(quantity)
        size = float(np.max(np.abs(middle), initial=0.0))
        return units * float(np.max(unit)) / size if size else math.inf

    def in_quantity(
        self, line: str, mistakes: list[Mistake], quantity: str
    ) -> tuple[np.ndarray, np.ndarray]:
        """How far each mistake takes a quantity, and how far rounding reaches there, at the entry
        that shows it best; ∞ for what has no value, as nobody can have worked so."""
        return self.of_sets(line, self._explainer.sets_of(mistakes), quantity)

    def of_sets(self, line: str, sets: WrongRows, quantity: str) -> tuple[np.ndarray, np.ndarray]:
        """The same of sets of mistakes, of which the first is made in a line."""
        entries = self.asked.entries[quantity]
        middle, reach, unit = self._right(quantity)
        gaps = np.full((len(sets), len(entries)), np.inf)
        for way in self._ways(line):
            values = self._explainer.shortlist.values(quantity, way, sets)
            if values is not None:
                rows = np.stack([values[(slice(None), *e)] for e in entries], axis=1)
                with np.errstate(all="ignore"):
                    gaps = np.fmin(gaps, np.abs(rows - middle))
        gaps = np.where(gaps <= SAME * np.abs(middle) + 1e-300, 0.0, gaps)
        units = np.maximum(gaps / unit - 0.5, 0.0)
        best = np.argmax(np.where(np.isinf(units), np.inf, units - reach / unit), axis=1)
        rows = np.arange(len(sets))
        return units[rows, best], (reach / unit)[best]

    def _exactly(self, mistake: Mistake, quantity: str) -> tuple[float, float]:
        """The same of one mistake in exact arithmetic."""
        evaluator = self.session.evaluator
        _, reach, unit = self._right(quantity)
        entries = self.asked.entries[quantity]
        gaps = [math.inf] * len(entries)
        for way in self._ways(mistake.line):
            try:
                value = evaluator.value(quantity, with_mistakes(way, (mistake,)))
            except NO_VALUE:
                continue
            right = evaluator.right(quantity)
            both = zip(gaps, entries, strict=True)
            gaps = [min(g, float(abs(value[e] - right[e]))) for g, e in both]
        units = [max(g / u - 0.5, 0.0) for g, u in zip(gaps, unit, strict=True)]
        beyond = [u - r / w for u, r, w in zip(units, reach, unit, strict=True)]
        best = beyond.index(max(beyond))
        return units[best], float(reach[best] / unit[best])

    def _right(self, quantity: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Of each entry that is asked: its right value, twice how far rounding reaches, a unit."""
        if quantity not in self._known:
            floats = self.session.computation.floats.arrays[quantity]
            entries = self.asked.entries[quantity]
            middle = np.array([float(floats[e]) for e in entries])
            reach = np.array([2 * _radius(self.balls[quantity][e]) for e in entries])
            sizes = np.abs(middle)
            unit = np.array([10.0 ** -decimals_of(s, self.rounding) for s in sizes])
            self._known[quantity] = middle, reach, unit
        return self._known[quantity]

    @cached_property
    def _known(self) -> dict[str, tuple]:
        return {}


def _alone(values: np.ndarray, entries: Sequence[tuple[int, ...]]) -> np.ndarray:
    """The entries that are asked, None in the place of all others."""
    found = np.full(np.shape(values), None, dtype=object)
    for entry in entries:
        found[entry] = values[entry]
    return found


def _radius(value) -> float:
    """How far the numbers of a ball lie from the middle."""
    if not isinstance(value, flint.arb):
        return 0.0
    radius = float(value.rad())
    return radius if math.isfinite(radius) else math.inf


def in_words(distance: Distance) -> str:
    """A mistake in its line, with its distance and what rounding reaches."""
    line, words = pretty(distance.line), distance.mistake.words
    where = "" if distance.quantity == distance.line else f" (seen in {pretty(distance.quantity)})"
    if distance.same:
        return f"in {line}, {words}{where}: the same numbers"
    return (
        f"in {line}, {words}{where}: {number(distance.units)} units of the last digit away, and "
        f"rounding reaches {number(distance.reach)}"
    )


def in_words_of(mistakes: Sequence[Mistake]) -> str:
    """Mistakes in their lines."""
    return "; and ".join(f"in {pretty(m.line)}, {m.words}" for m in mistakes)


def number(units: float) -> str:
    """Units of a last digit, short."""
    if math.isinf(units):
        return "∞"
    return f"{units:.1f}" if units < 100 else f"{units:.3g}" if units >= 1e6 else f"{units:.0f}"

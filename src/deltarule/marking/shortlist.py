"""A quick look through many mistakes at once: which of them come near to what is printed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from deltarule.marking.hypotheses import NO_VALUE, Bench, Hypothesis
from deltarule.marking.mistakes import Mistake
from deltarule.marking.paper import Written
from deltarule.marking.together import Together

#: A little more room than the closer look leaves, so that rounding of the last bit costs nothing.
ROOM = 1.0 + 1e-6


class Shortlist:
    """Which sets of mistakes may explain printed entries; each set is worked out once a line.

    None that explains them is left out. What comes near is looked at again, exactly.
    """

    def __init__(self, bench: Bench):
        self.bench = bench
        # Keys are identities: the lists are kept beside, so that they live as long.
        self._together: dict[tuple, tuple] = {}
        self._near: dict[tuple, np.ndarray | None] = {}
        self._margins: dict[tuple, tuple] = {}

    def likely(
        self, written: Written, entries: Sequence[tuple], carried: Hypothesis,
        sets: Sequence[tuple[Mistake, ...]],
    ) -> np.ndarray:
        """For each set of mistakes, whether it comes near to all of the entries."""
        near = self._all_entries(written, carried, sets) if sets else None
        if near is None:
            return np.ones(len(sets), bool)
        printed = self._printed(written)[0]
        if len(entries) == len(printed):
            return near.all(axis=1)
        return near[:, [printed[e] for e in entries]].all(axis=1)

    def _all_entries(self, written, carried: Hypothesis, sets: Sequence) -> np.ndarray | None:
        """Which sets come near to which printed entries; None where that cannot be told."""
        key = (id(sets), carried.key, id(written))
        if key not in self._near:
            places, numbers, margins = self._printed(written)
            values = self.values(written.quantity, carried, sets) if places else None
            if values is None:
                self._near[key] = None
                return None
            flat = [np.ravel_multi_index(e, written.numbers.shape) if e else 0 for e in places]
            gap = np.abs(values.reshape(len(sets), -1)[:, flat] - numbers)
            rounds = carried.rounding is not None or bool(carried.rounded)
            self._near[key] = gap <= margins[rounds] * ROOM
        return self._near[key]

    def values(self, name: str, carried: Hypothesis, sets: Sequence) -> np.ndarray | None:
        """A line under each set of mistakes, a row each; None where that cannot be told."""
        together = self._worked(carried, sets)
        try:
            return None if together is None else together.value(name)
        except NO_VALUE:
            return None

    def _worked(self, carried: Hypothesis, sets: Sequence) -> Together | None:
        key = (id(sets), carried.key)
        if key not in self._together:
            rows = [{line: e for m in mistakes for line, e in m.equations} for mistakes in sets]
            try:
                found = Together(self.bench, carried, rows)
            except NO_VALUE:
                found = None
            self._together[key] = (sets, carried, found)
        return self._together[key][2]

    def _printed(self, written: Written) -> tuple:
        """The printed entries, their numbers, and how far values may lie off, rounded or not."""
        key = id(written)
        if key not in self._margins:
            printed = list(written.printed())
            numbers = np.array([float(p.value) for _, p in printed])
            units = np.array([float(p.unit) if p.unit else 1e-9 * abs(float(p.value))
                              for _, p in printed])
            margins = {
                rounds: margin(units, np.abs(numbers), rounds, bool(self.bench.groups))
                for rounds in (False, True)
            }
            places = {entry: k for k, (entry, _) in enumerate(printed)}
            self._margins[key] = (written, (places, numbers, margins))
        return self._margins[key][1]


def margin(unit, size, rounds: bool, in_time: bool):
    """How far a quick value may lie from a printed number of some size and last unit.

    Rounding on the way is left out of quick values but for recurrences, and allowed for here.
    """
    units, share = (30.0, 0.02) if rounds else (1.01, 0.0)
    return units * unit + share / (100 if in_time else 1) * size + 1e-12

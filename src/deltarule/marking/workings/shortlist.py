"""A quick look through many mistakes at once: which of them come near to what is printed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from deltarule.marking.aligned_answers import Written
from deltarule.marking.mistakes import Mistake
from deltarule.marking.nearness import CUT_OFF, margin, unit_of
from deltarule.marking.workings.carried_rows import one_order
from deltarule.marking.workings.hypotheses import Evaluator
from deltarule.marking.workings.hypothesis import Hypothesis
from deltarule.marking.workings.no_value import NO_VALUE
from deltarule.marking.workings.together import Together, quickly
from deltarule.marking.workings.wrong_rows import WrongRows

#: A little more room than the closer look leaves, so that rounding of the last bit costs nothing.
ROOM = 1.0 + 1e-6

#: So few ways of carrying earlier mistakes on are tried one after the other.
FEWEST_TOGETHER = 4

#: So many rows at most are evaluated at once.
MOST_ROWS = 1500


class PrintedNumbers:
    """The printed entries of a quantity, as numbers: `places` by entry, and their last units."""

    def __init__(self, written: Written):
        printed = list(written.printed())
        self.places = {entry: k for k, (entry, _) in enumerate(printed)}
        self._numbers = np.array([p.rough[0] for _, p in printed])
        self._units = np.array([unit_of(p) for _, p in printed])
        shape = written.numbers.shape
        self._flat = [np.ravel_multi_index(e, shape) if e else 0 for e in self.places]

    def near(self, values: np.ndarray, apart: float, rounds: bool, in_time: bool) -> np.ndarray:
        """Which rows of values come near to which entries, as `margin` tells."""
        gap = np.abs(values.reshape(len(values), -1)[:, self._flat] - self._numbers)
        sizes = np.abs(self._numbers)
        return gap <= margin(self._units, sizes, apart, rounds, in_time) * ROOM


class Shortlist:
    """Which sets of mistakes may explain printed entries; each set is evaluated once a line.

    None that explains them is left out. What comes near is looked at again, exactly. Printed
    numbers lie at most so many units `apart` from their values.
    """

    def __init__(self, evaluator: Evaluator, apart: float = CUT_OFF):
        self.evaluator, self.apart = evaluator, apart
        # Keys are identities: the lists are kept beside, so that they live as long.
        self._together: dict[tuple, tuple] = {}
        self._values: dict[tuple, tuple[Hypothesis, np.ndarray | None]] = {}
        self._near: dict[tuple, tuple] = {}
        self._shown: dict[int, tuple[Written, PrintedNumbers]] = {}
        self._earlier: dict[tuple, WrongRows] = {}

    def likely(
        self,
        written: Written,
        entries: Sequence[tuple],
        carryings: Sequence[Hypothesis],
        sets: WrongRows,
        factor: float = 1.0,
        loosely: bool = False,
    ) -> np.ndarray:
        """For each way of carrying and each set of mistakes, whether it comes near to all of the
        entries, times a factor; `loosely` if with as much room as for values that are rounded."""
        places = self._printed(written).places
        if not sets or not places:
            return np.ones((len(carryings), len(sets)), bool)
        near = self._all_entries(written, carryings, sets, factor, loosely)
        if len(entries) < len(places):
            near = near[:, :, [places[e] for e in entries]]
        return near.all(axis=2)

    def _all_entries(
        self,
        written: Written,
        carryings: Sequence[Hypothesis],
        sets: WrongRows,
        factor: float,
        loosely: bool,
    ) -> np.ndarray:
        """Which sets come near to which printed entries in each way of carrying; all of them where
        that cannot be decided."""
        key = (id(sets), id(written), factor, loosely, *(c.key for c in carryings))
        if key not in self._near:
            printed, in_time = self._printed(written), bool(self.evaluator.groups)
            self.work_out(written.quantity, carryings, sets)
            near = np.ones((len(carryings), len(sets), len(printed.places)), bool)
            for k, carried in enumerate(carryings):
                values = self.values(written.quantity, carried, sets)
                if values is not None:
                    rounds = carried.rounds or loosely
                    closely = in_time and not loosely
                    near[k] = printed.near(factor * values, self.apart, rounds, closely)
            self._near[key] = (tuple(carryings), near)
        return self._near[key][1]

    def near(
        self, written: Written, entries: Sequence[tuple], carried: Hypothesis, values: np.ndarray
    ) -> np.ndarray:
        """Which rows of values, carried on so, come near to all of the entries."""
        printed, in_time = self._printed(written), bool(self.evaluator.groups)
        near = printed.near(values, self.apart, carried.rounds, in_time)
        return near[:, [printed.places[e] for e in entries]].all(axis=1)

    def values(self, name: str, carried: Hypothesis, sets: WrongRows) -> np.ndarray | None:
        """A line under each set of mistakes, a row each; None where that cannot be decided."""
        way = quickly(self.evaluator, carried)
        self.work_out(name, [way], sets)
        return self._values[id(sets), way.key, name][1] if sets else None

    def printing_same(
        self,
        written: Written,
        entries: Sequence[tuple],
        where: tuple,
        carried: Hypothesis,
        sets: WrongRows,
        row: int,
        quick: np.ndarray | None,
    ) -> tuple:
        """What sets that print the same have in common: the same `quick` numbers to the last bit at
        the entries, which are `where`, in one way of carrying. Rounding on the way, if left out of
        quick values, may part any two sets."""
        same = written.quantity, tuple(entries), carried.key
        if quick is None or carried.rounds and not self.evaluator.groups:
            return *same, id(sets), row
        return *same, np.asarray(quick[where]).tobytes()

    def possible(
        self,
        written: Written,
        entries: Sequence[tuple],
        ways: Sequence[tuple[float, Hypothesis, tuple[Mistake, ...]]],
    ) -> np.ndarray:
        """Which ways of carrying, each with earlier mistakes, may print the entries.

        What is the same but for the mistakes is evaluated together, where it is worth it.
        """
        found = np.ones(len(ways), bool)
        of: dict[tuple, list[int]] = {}
        for k, (_, carried, _) in enumerate(ways):
            if self.evaluator.groups or not carried.rounds:
                of.setdefault(carried.key, []).append(k)
        alike: dict[tuple, list[list[int]]] = {}
        for places in of.values():
            key = tuple(tuple(map(id, ways[k][2])) for k in places)
            alike.setdefault(key, []).append(places)
        for key, several in alike.items():
            if len(key) * len(several) < FEWEST_TOGETHER:
                continue
            if key not in self._earlier:
                self._earlier[key] = WrongRows([ways[k][2] for k in several[0]])
            carryings = [ways[places[0]][1] for places in several]
            near = self.likely(written, entries, carryings, self._earlier[key])
            found[np.array(several)] = near
        return found

    def work_out(self, name: str, carryings: Sequence[Hypothesis], sets: WrongRows) -> None:
        """Work out a line under each set of mistakes, several ways of carrying at once."""
        tried = {w.key: w for w in (quickly(self.evaluator, c) for c in carryings)}
        left = [w for key, w in tried.items() if (id(sets), key, name) not in self._values]
        if not sets or not left:
            return
        changed = frozenset(sets.by_line)
        most = max(MOST_ROWS // len(sets), 1)
        alike: dict[tuple, list[Hypothesis]] = {}
        for way in left:
            alike.setdefault(one_order(self.evaluator, way, changed), []).append(way)
        for ways in alike.values():
            for begin in range(0, len(ways), most):
                self._work_out(name, ways[begin : begin + most], sets)

    def _work_out(self, name: str, ways: list[Hypothesis], sets: WrongRows) -> None:
        together = self._worked(ways, sets)
        try:
            found = None if together is None else together.value(name)
        except NO_VALUE:
            found = None
        if found is None and len(ways) > 1:
            for way in ways:
                self._work_out(name, [way], sets)
            return
        for k, way in enumerate(ways):
            own = None if found is None else found[k * len(sets) : (k + 1) * len(sets)]
            self._values[id(sets), way.key, name] = (way, own)

    def _worked(self, ways: list[Hypothesis], sets: WrongRows) -> Together | None:
        key = (id(sets), *(way.key for way in ways))
        if key not in self._together:
            try:
                found = Together(self.evaluator, ways, sets)
            except NO_VALUE:
                found = None
            self._together[key] = (sets, ways, found)
        return self._together[key][2]

    def _printed(self, written: Written) -> PrintedNumbers:
        key = id(written)
        if key not in self._shown:
            self._shown[key] = (written, PrintedNumbers(written))
        return self._shown[key][1]

"""Explanations of a printed quantity, ranked by how little has to be supposed.

First come right formulas: carried exactly, with printed values carried on, with rounding on the
way. Only when none of them prints the digits is a mistake looked for: one in the line or in the
unprinted lines before it, then two.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from deltarule.arithmetic.exact import Rounded
from deltarule.marking.hypotheses import Bench, Circular, Hypothesis, digits
from deltarule.marking.mistakes import Mistake
from deltarule.marking.paper import Paper, Written
from deltarule.notation.errors import DeltaruleError


@dataclass(frozen=True)
class Explanation:
    """A hypothesis that prints what is printed, with its cost and the values it gives."""

    hypothesis: Hypothesis
    cost: float
    mistakes: tuple[Mistake, ...]
    values: np.ndarray

    @property
    def carried(self) -> bool:
        """Whether rounded or printed values were carried on."""
        h = self.hypothesis
        return bool(h.held or h.rounding or h.rounded)


#: What it costs to suppose that values were carried in some way.
ONE_HELD, RIGHT_HELD, ALL_HELD, ROUNDED_BETWEEN, ONE_ROUNDED = 1.0, 1.4, 1.5, 0.5, 1.2
PAIR = 1.0

#: How many pairs of mistakes are tried; working out a recurrence takes its time.
MOST_PAIRS, MOST_PAIRS_IN_TIME = 6000, 300

#: How many lines of gradients are doubted between a quantity and what is printed before it.
MOST_LINES_IN_TIME = 12


class Explainer:
    """Looks for explanations of one quantity after the other.

    If it is not `thorough`, two mistakes are supposed only where one explains nothing.
    """

    def __init__(
        self,
        bench: Bench,
        paper: Paper,
        mistakes: Callable[[str], list[Mistake]],
        thorough: bool = True,
    ):
        self.thorough = thorough
        self.bench, self.paper, self._mistakes = bench, paper, mistakes
        self.not_right: set[str] = set()
        self._known: dict[tuple, np.ndarray | None] = {}
        self._ways: dict[str, tuple[Iterator, list]] = {}
        self._held = {name: w for name, w in paper.written.items() if name in bench.equations}

    # ---- right formulas -------------------------------------------------------------------
    def right(self, written: Written, entries: list[tuple]) -> Explanation | None:
        """The simplest hypothesis without a mistake that prints the entries; None if none does."""
        for cost, hypothesis, values in self._carried_values(written):
            if values is not None and self._prints(written, entries, values):
                return Explanation(hypothesis, cost, (), values)
        return None

    def _carried_values(self, written: Written) -> Iterator[tuple[float, Hypothesis, Any]]:
        """The values of a right formula under each way of carrying, worked out once."""
        name = written.quantity
        if name not in self._ways:
            self._ways[name] = (iter(list(self._carryings(name, written))), [])
        waiting, done = self._ways[name]
        yield from list(done)
        for cost, hypothesis in waiting:
            done.append((cost, hypothesis, self._value(name, hypothesis)))
            yield done[-1]

    def _carryings(self, name: str, written: Written) -> Iterator[tuple[float, Hypothesis]]:
        """Ways of carrying values, simplest first."""
        printed = self._printed_above(name)
        between = self._between(name)
        roundings = self._roundings(written)
        yield 0.0, Hypothesis()
        for one in sorted(printed, key=lambda p: self._distance(name, p)):
            yield ONE_HELD, Hypothesis(frozenset([one]))
        for one in between:
            for rounding in roundings:
                yield ONE_ROUNDED, Hypothesis(rounded={one: rounding})
        right = frozenset(printed) - self.not_right
        for cost, held in ((RIGHT_HELD, right), (ALL_HELD, frozenset(printed))):
            yield cost, Hypothesis(held)
            for one in between:
                for rounding in roundings:
                    yield cost + ONE_ROUNDED, Hypothesis(held, rounded={one: rounding})
            for rounding in roundings:
                yield cost + ROUNDED_BETWEEN, Hypothesis(held, rounding)
        for rounding in roundings:
            yield ALL_HELD + ROUNDED_BETWEEN, Hypothesis(rounding=rounding)

    def _distance(self, name: str, ancestor: str) -> int:
        return len(self.bench.ancestors(name)) - len(self.bench.ancestors(ancestor))

    def _printed_above(self, name: str) -> list[str]:
        return [n for n in self.bench.ancestors(name) if n in self._held]

    def _between(self, name: str) -> list[str]:
        """The unprinted lines between a line and the printed ones before it, nearest first."""
        found: dict[str, None] = {}
        queue = [name]
        while queue:
            for needed in sorted(self.bench.needs[queue.pop(0)]):
                known = needed in self._held or needed in found
                if needed in self.bench.equations and not known:
                    found[needed] = None
                    queue.append(needed)
        return list(found)

    def _roundings(self, written: Written) -> list[Rounded]:
        """How lines in between may have been rounded: as the sheet says, and as printed here."""
        policy = self.paper.rounding
        found = []
        if not policy.exact:
            found.append(Rounded(policy.decimals, policy.significant, policy.rule))
        if written.decimals is not None and written.decimals != policy.decimals:
            found.append(Rounded(written.decimals, None, policy.rule))
        return found

    def _value(self, name: str, hypothesis: Hypothesis) -> np.ndarray | None:
        try:
            return self.bench.value(name, hypothesis)
        except (Circular, DeltaruleError, ZeroDivisionError, OverflowError):
            return None

    def _prints(self, written: Written, entries: list[tuple], values: np.ndarray) -> bool:
        return all(self.paper.matches(written.numbers[e], values[e]) for e in entries)

    # ---- mistakes -------------------------------------------------------------------------
    def wrong(self, written: Written, entries: list[tuple]) -> list[Explanation]:
        """All explanations with one mistake, ranked; with two where no single one explains the

        value without rounding on top of it, and the digits can tell.
        """
        name = written.quantity
        places = self.places(name)
        carryings = list(self._wrong_carryings(name, written))
        single: list[Explanation] = []
        for place in places:
            for mistake in self._mistakes(place):
                for cost, carried in carryings:
                    found = self._with(written, entries, carried, cost, (mistake,))
                    if found is not None:
                        single.append(found)
                        break
        pairs: list[Explanation] = []
        enough = any(not (found.carried and self.thorough) for found in single)
        if not enough and self._can_tell_pairs(written, entries, places):
            pairs = list(self._pairs(written, entries, places))
        return sorted(single + pairs, key=lambda e: e.cost)

    def places(self, name: str) -> list[str]:
        """The lines where a mistake is looked for; through time, the gradients' lines too."""
        between = self._between(name)
        if not self.bench.groups.keys() & self.bench.ancestors(name):
            return [name, *between[:4]]
        gradients = [n for n in between if "/d" in n]
        return [name, *dict.fromkeys([*between[:4], *gradients[:MOST_LINES_IN_TIME]])]

    def _wrong_carryings(self, name: str, written: Written) -> Iterator[tuple[float, Hypothesis]]:
        printed = frozenset(self._printed_above(name))
        yield 0.0, Hypothesis()
        seen = set()
        for cost, held in ((RIGHT_HELD, printed - self.not_right), (ALL_HELD, printed)):
            if held and held not in seen:
                seen.add(held)
                yield cost, Hypothesis(held)
        for rounding in self._roundings(written):
            for held in seen or {frozenset()}:
                yield ALL_HELD + ROUNDED_BETWEEN, Hypothesis(held, rounding)

    def _with(
        self, written: Written, entries: list, carried: Hypothesis, cost: float,
        mistakes: tuple[Mistake, ...],
    ) -> Explanation | None:
        hypothesis = carried
        for mistake in mistakes:
            hypothesis = hypothesis.with_variant(mistake.line, mistake.equation)
        if not self._nearly(written, entries, hypothesis):
            return None
        values = self._value(written.quantity, hypothesis)
        if values is None or not self._prints(written, entries, values):
            return None
        total = cost + sum(m.cost for m in mistakes) + PAIR * (len(mistakes) - 1)
        return Explanation(hypothesis, total, mistakes, values)

    def _nearly(self, written: Written, entries: list, hypothesis: Hypothesis) -> bool:
        """A quick look in float64, so that only likely hypotheses are worked out exactly.

        Rounding on the way is left out here but for recurrences, and allowed for by a margin.
        """
        values = self.quick(written.quantity, hypothesis)
        if values is None:
            return False
        units, share = (1.01, 0.0) if hypothesis.rounding is None else (30.0, 0.02)
        if self.bench.groups:
            share /= 100
        for entry in entries:
            printed = written.numbers[entry]
            size = abs(float(printed.value))
            unit = float(printed.unit) if printed.unit else 1e-9 * size
            margin = units * unit + share * size + 1e-12
            if not abs(float(values[entry]) - float(printed.value)) <= margin:
                return False
        return True

    def quick(self, name: str, hypothesis: Hypothesis) -> np.ndarray | None:
        """Values in float64 are kept: they serve all ways of rounding, and every entry."""
        wrong = tuple((line, id(equation)) for line, equation in hypothesis.variants.items())
        through_time = bool(self.bench.groups)
        key = (name, hypothesis.held, wrong, through_time and digits(hypothesis.rounding))
        if key not in self._known:
            try:
                found = self.bench.quick(name, hypothesis)
            except (Circular, DeltaruleError, ZeroDivisionError, OverflowError):
                found = None
            self._known[key] = found
        return self._known[key]

    def _can_tell_pairs(self, written: Written, entries: list[tuple], places: list[str]) -> bool:
        """Whether the printed digits carry enough information for a choice among pairs."""
        number = sum(len(self._mistakes(p)) for p in places)
        return written.bits(entries) >= 2 * math.log2(number + 1) + 1

    def _pairs(self, written, entries, places) -> Iterator[Explanation]:
        """Two mistakes, in different lines, everything carried exactly or as printed."""
        held = frozenset(self._printed_above(written.quantity))
        carryings = [(0.0, Hypothesis())]
        if held:
            carryings.append((ALL_HELD, Hypothesis(held)))
        most = MOST_PAIRS if not self.bench.groups else MOST_PAIRS_IN_TIME
        for a, b in islice(self._couples(places), most):
            for cost, carried in carryings:
                found = self._with(written, entries, carried, cost, (b, a))
                if found is not None:
                    yield found
                    break

    def _couples(self, places: list[str]) -> Iterator[tuple[Mistake, Mistake]]:
        """Common mistakes in two different lines."""
        for k, first in enumerate(places):
            for second in places[k + 1:]:
                for a in _simple(self._mistakes(first)):
                    for b in _simple(self._mistakes(second)):
                        yield a, b


def _simple(mistakes: Iterable[Mistake]) -> list[Mistake]:
    """The mistakes that are common enough to be supposed together with another one."""
    return [m for m in mistakes if m.cost <= 5.0]



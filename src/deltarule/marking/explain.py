"""Explanations of a printed quantity, ranked by how little has to be supposed.

First come right formulas: carried exactly, with printed values carried on, with rounding on the
way. Then earlier mistakes are carried on, so that nobody pays twice for one. Only when none of this
prints the digits is a new mistake looked for: one in the line or in the unprinted lines before it,
then two.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Set
from itertools import compress

import numpy as np

from deltarule.expressions.gradient_names import is_gradient
from deltarule.marking.aligned_answers import Aligned, Written
from deltarule.marking.explanation import Explanation
from deltarule.marking.mistakes import Mistake
from deltarule.marking.nearness import CUT_OFF, most_apart, near
from deltarule.marking.pairs import of_two
from deltarule.marking.reach import within_reach
from deltarule.marking.workings.carrying import Carrying, with_mistakes
from deltarule.marking.workings.doubts import Doubts
from deltarule.marking.workings.hypotheses import Evaluator
from deltarule.marking.workings.hypothesis import Hypothesis
from deltarule.marking.workings.kept_values import KeptValues
from deltarule.marking.workings.shortlist import Shortlist
from deltarule.marking.workings.sure_values import SureValues
from deltarule.marking.workings.wrong_rows import WrongRows

#: What it costs to suppose two mistakes rather than one.
PAIR = 1.0

#: An explanation of so many bits is no chance hit: 20 more than the mistakes tried are worth.
CONCLUSIVE = 32.0

#: What costs no more than this is as simple as anything that is looked for later.
SIMPLE = 4.2

#: So many bits more than there are slips of reading leave hardly one to chance: they are tried.
CHANCE = 3.0

#: How many lines of gradients are doubted between a quantity and what is printed before it.
MOST_LINES_IN_TIME = 12


class Explainer:
    """Looks for explanations of one quantity after the other."""

    def __init__(self, evaluator: Evaluator, aligned: Aligned, doubts: Doubts):
        self.evaluator, self.aligned, self.doubts = evaluator, aligned, doubts
        self.carrying = Carrying(evaluator, aligned)
        self._kept = KeptValues(evaluator)
        self._sure = SureValues(evaluator)
        self.pairs_in: dict[tuple, WrongRows] = {}
        self.apart = most_apart(aligned.rounding.rule)
        self.shortlist = Shortlist(evaluator, self.apart)
        self._refuted: set[tuple] = set()

    def right(
        self, written: Written, entries: list[tuple], without: Set[str] = frozenset()
    ) -> Explanation | None:
        """The simplest hypothesis without a mistake that prints the entries; None if none does.

        Nothing is taken as printed that is among `without`.
        """
        for cost, hypothesis in self.carrying.right(written):
            if hypothesis.as_printed & without:
                continue
            found = self._if_printed(written, entries, hypothesis, cost)
            if found is not None:
                return found
        return None

    def right_working(
        self, written: Written, entries: list[tuple], fits: Callable[[np.ndarray], bool]
    ) -> tuple[Hypothesis, np.ndarray] | None:
        """The first right working whose values fit, of those near what is printed, and they."""
        for _, hypothesis in self.carrying.right(written):
            if not self._possibly(written, entries, hypothesis, CUT_OFF):
                continue
            values = self._kept.exact(written.quantity, hypothesis)
            if values is not None and fits(values):
                return hypothesis, values
        return None

    def plain_workings(
        self, written: Written, entries: list, apart: float, times: tuple[float, ...] = (1.0,)
    ) -> Iterator[np.ndarray]:
        """The values by right working from right values, or from printed ones, not rounded, of
        which a multiple lies at most so many units from the entries."""
        printed = frozenset(self.carrying.printed_above(written.quantity))
        for as_printed in dict.fromkeys((frozenset(), printed - self.carrying.not_right, printed)):
            plain, values = Hypothesis(as_printed), None
            if any(self._nearly(written, entries, plain, apart, k) for k in times):
                values = self._kept.exact(written.quantity, plain)
            if values is not None:
                yield values

    def by_convention(self, written: Written, entries: list[tuple]) -> Explanation | None:
        """Right working by another convention at ties and kinks that prints the entries."""
        ways = self.carrying.by_convention(written)
        tried = (self._if_printed(written, entries, h, cost, found) for cost, h, found in ways)
        return next(filter(None, tried), None)

    def following(self, written: Written, entries: list[tuple]) -> Explanation | None:
        """The simplest way in which earlier mistakes, carried on, print the entries."""
        for ways in self.carrying.following(written):
            near = self.shortlist.possible(written, entries, ways)
            for cost, carried, earlier in compress(ways, near):
                wrong = with_mistakes(carried, earlier)
                found = self._if_printed(written, entries, wrong, cost, (), earlier)
                if found is not None:
                    return found
        return None

    def reached(self, written: Written, entries: list[tuple]) -> list[str]:
        """The wrong lines from which entries follow to the digits that are printed of them."""
        for hypothesis in self.carrying.from_wrong_prints(written.quantity):
            wrong = hypothesis.as_printed & self.carrying.not_right
            if within_reach(self.evaluator, self.aligned, written, entries, hypothesis, wrong):
                return sorted(wrong, key=list(self.evaluator.equations).index)
        return []

    def _if_printed(
        self,
        written: Written,
        entries: list,
        hypothesis: Hypothesis,
        cost: float,
        mistakes: tuple[Mistake, ...] = (),
        earlier: tuple[Mistake, ...] = (),
    ) -> Explanation | None:
        """The explanation, if the hypothesis prints the entries."""
        if not self._possibly(written, entries, hypothesis, self.apart):
            return None
        quick, rule = self.quick(written.quantity, hypothesis), self.aligned.rounding.rule
        prints = self._sure.decided(written, entries, hypothesis, quick, rule)
        if prints is None:
            values = self._kept.exact(written.quantity, hypothesis)
            prints = values is not None and not self.aligned.unlike(written, values, entries)
        if not prints:
            return None
        return Explanation(hypothesis, cost, mistakes, earlier)

    def _possibly(
        self, written: Written, entries: list, hypothesis: Hypothesis, apart: float
    ) -> bool:
        """A quick look that rules out no hypothesis whose values lie so many units apart."""
        if hypothesis.rounds and not self.evaluator.groups:
            return not self._sure.far(written, entries, hypothesis, apart)
        if not self._nearly(written, entries, hypothesis, apart):
            return False
        return not hypothesis.rounds or not self._sure.far(written, entries, hypothesis, apart)

    def wrong(self, written: Written, entries: list[tuple]) -> list[Explanation]:
        """All explanations with one mistake, ranked; with two where none explains the value alone.

        Common mistakes come first; what explains many digits to the last ends the search.
        """
        places = self.places(written.quantity)
        single: list[Explanation] = []
        for mistakes in (self.doubts.common, self.doubts.all, self.doubts.costly):
            single += self._singles(written, entries, places, mistakes)
            if self.conclusive(written, entries, single):
                break
        single = self._by_own_steps(written, entries, single)
        if self.conclusive(written, entries, single):
            return sorted(single, key=lambda e: e.cost)
        if all(e.carried for e in single) and self._can_tell_seldom(written, entries, places):
            single += self._singles(written, entries, places, self.doubts.seldom)
        pairs: list[Explanation] = []
        if not single and self.tries_pairs(written, entries):
            pairs = list(self._pairs(written, entries, places))
        return sorted(single + pairs, key=lambda e: e.cost)

    def _by_own_steps(
        self, written: Written, entries: list[tuple], single: list[Explanation]
    ) -> list[Explanation]:
        """The explanations by a line's other right formulas, where nothing else explains it, or
        where gradients are printed that these alone go on from; else those there are."""
        if single and not any(way.gained for way in self.carrying.other_ways.to(written.quantity)):
            return single
        found = self._singles(written, entries, [written.quantity], self.doubts.otherwise)
        costs = [min((e.cost for e in some), default=math.inf) for some in (found, single)]
        return found if costs[0] <= costs[1] else single

    def _singles(
        self,
        written: Written,
        entries: list,
        places: list[str],
        mistakes: Callable[[str], list[Mistake]],
    ) -> list[Explanation]:
        """The explanations with one mistake, place by place, until one leaves no doubt."""
        carryings = self.carrying.wrong(written)
        ways = [carried for _, carried, _ in carryings]
        where = tuple(np.transpose(entries)) if entries[0] else ()
        single: list[Explanation] = []
        for place in places:
            sets = self.sets_of(mistakes(place))
            likely = self.shortlist.likely(written, entries, ways, sets)
            for chosen in np.flatnonzero(np.any(likely, axis=0)):
                for cost, carried, earlier in compress(carryings, likely[:, chosen]):
                    values = self.shortlist.values(written.quantity, carried, sets)
                    quick = None if values is None else values[chosen]
                    same = self.shortlist.printing_same(
                        written, entries, where, carried, sets, chosen, quick
                    )
                    found = same not in self._refuted and self.explanation(
                        written, entries, carried, cost, sets.sets[chosen], earlier, quick
                    )
                    if found:
                        single.append(found)
                        break
                    self._refuted.add(same)
            if self.conclusive(written, entries, single):
                break
        return single

    def values(self, name: str, carried: Hypothesis, mistakes: list[Mistake]) -> np.ndarray | None:
        """A line under each mistake, in float64, a row each; None where that cannot be decided."""
        return self.shortlist.values(name, carried, self.sets_of(mistakes))

    def sets_of(self, mistakes: list[Mistake]) -> WrongRows:
        """The mistakes, each by itself; kept for all who work with the same numbers."""
        kept = self.evaluator.quick_lines.kept
        if id(mistakes) not in kept:
            kept[id(mistakes)] = (mistakes, WrongRows([(m,) for m in mistakes]))
        return kept[id(mistakes)][1]

    def conclusive(self, written: Written, entries: list, found: list[Explanation]) -> bool:
        """Whether a simple explanation meets so many digits exactly that no chance is left."""
        exactly = any(not e.carried and e.cost <= SIMPLE for e in found)
        return exactly and written.bits(entries) >= CONCLUSIVE

    def places(self, name: str) -> list[str]:
        """The lines where a mistake is looked for; through time, the gradients' lines too."""
        between = self.carrying.between(name)
        if not self.evaluator.groups.keys() & self.evaluator.ancestors(name):
            return [name, *between[:4]]
        gradients = [n for n in between if is_gradient(n)]
        return [name, *dict.fromkeys([*between[:4], *gradients[:MOST_LINES_IN_TIME]])]

    def explanation(
        self,
        written: Written,
        entries: list,
        carried: Hypothesis,
        cost: float,
        mistakes: tuple[Mistake, ...],
        earlier: tuple[Mistake, ...] = (),
        quick: np.ndarray | None = None,
    ) -> Explanation | None:
        """The explanation by new mistakes, if they print the entries; `quick` is the value in
        float64 where it is known already."""
        hypothesis = with_mistakes(carried, mistakes)
        if quick is not None:
            self._kept.put_quick(written.quantity, hypothesis, quick)
        if not self._nearly(written, entries, hypothesis, self.apart):
            return None
        total = cost + sum(m.cost for m in mistakes) + PAIR * (len(mistakes) - 1)
        return self._if_printed(written, entries, hypothesis, total, mistakes, earlier)

    def _nearly(
        self, written: Written, entries: list, hypothesis: Hypothesis, apart: float, times=1.0
    ) -> bool:
        """A quick look in float64, so that only likely hypotheses are evaluated exactly."""
        values, in_time = self.quick(written.quantity, hypothesis), bool(self.evaluator.groups)
        return values is not None and near(
            written, entries, times * values, apart, hypothesis.rounds, in_time
        )

    def quick(self, name: str, hypothesis: Hypothesis) -> np.ndarray | None:
        """Values in float64 are kept: they serve all ways of rounding, and every entry."""
        return self._kept.quick(name, hypothesis)

    def tries_pairs(self, written: Written, entries: list[tuple]) -> bool:
        """Whether two mistakes are tried together where none alone explains entries."""
        # The printed digits have to carry enough information for a choice among pairs.
        number = sum(len(self.doubts.all(p)) for p in self.places(written.quantity))
        return written.bits(entries) >= 2 * math.log2(number + 1) + 1

    def _can_tell_seldom(self, written: Written, entries: list[tuple], places: list[str]) -> bool:
        """Whether a number read wrongly, one of very many, would be no chance hit."""
        bits, usual = written.bits(entries), sum(len(self.doubts.all(p)) for p in places)
        if bits < math.log2(usual + 1) + CHANCE:  # those that are seldom need not be made
            return False
        number = usual + sum(len(self.doubts.seldom(p)) for p in places)
        return bits >= math.log2(number + 1) + CHANCE

    def _pairs(self, written, entries, places) -> Iterator[Explanation]:
        """Two mistakes, everything carried exactly or as printed."""
        return of_two(self, written, entries, places)

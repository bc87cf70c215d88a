"""Pairs of mistakes: two that are common, in two different lines, or in one.

In one line the second may be a slip that comes on top of any other, a sign or a factor 2; or any
whose change is to be seen behind that of the first.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Protocol

import numpy as np
from sympy import Expr, Integer, Rational

from deltarule.marking.aligned_answers import Written
from deltarule.marking.explanation import Explanation
from deltarule.marking.mistakes import Mistake
from deltarule.marking.pairs_in_line import pairs_in_line
from deltarule.marking.workings.carrying import ALL_PRINTED, Carrying
from deltarule.marking.workings.doubts import Doubts
from deltarule.marking.workings.hypotheses import Evaluator
from deltarule.marking.workings.hypothesis import Hypothesis
from deltarule.marking.workings.shortlist import Shortlist
from deltarule.marking.workings.wrong_rows import WrongRows
from deltarule.networks.equations import Equation

#: How many pairs are tried; evaluating a recurrence takes its time.
MOST_PAIRS, MOST_PAIRS_IN_TIME = 6000, 300

#: A mistake that costs no more is common enough to be supposed together with another one.
COMMON = 5.0


#: So many explanations by two mistakes are enough, those that suppose least: an entry that the
#: second of them does not reach has hundreds.
MOST_FOUND = 24

#: So many bits more than the search takes: two slips in one line are not supposed on less.
PROVED = 7.0

#: A kind of slip, by which factor it changes a result, and the words for it.
Slip = tuple[str, Expr, str]

#: What may come on top of any mistake.
ON_TOP: tuple[Slip, ...] = (
    ("sign", Integer(-1), "the sign is turned round"),
    ("constant factor", Integer(2), "a factor 2 too much"),
    ("constant factor", Rational(1, 2), "a factor ½ too much"),
)


def couples(
    mistakes: Callable[[str], Iterable[Mistake]], places: Sequence[str], in_time: bool
) -> Iterator[tuple[Mistake, Mistake]]:
    """Common mistakes in two of the lines, that of the later line second."""
    return islice(_all(mistakes, places), MOST_PAIRS_IN_TIME if in_time else MOST_PAIRS)


def with_slip(mistake: Mistake, slip: Slip) -> tuple[Mistake, ...]:
    """A mistake and a slip on top of it in the same line; empty where that is no pair."""
    kind, factor, words = slip
    if mistake.cost > COMMON or mistake.kind in {k for k, *_ in ON_TOP}:
        return ()
    own = mistake.equation
    then = Equation(own.name, own.subscripts, factor * own.rhs, own.ranges, own.place, own.layer)
    return mistake, replace(mistake, kind=kind, equation=then, words=words)


class Search(Protocol):
    """What looks for explanations, as far as pairs need it."""

    evaluator: Evaluator
    doubts: Doubts
    carrying: Carrying
    shortlist: Shortlist
    pairs_in: dict[tuple, WrongRows]

    def sets_of(self, mistakes: list[Mistake]) -> WrongRows:
        """The mistakes, each by itself."""
        ...

    def quick(self, name: str, hypothesis: Hypothesis) -> np.ndarray | None:
        """A line under a hypothesis, in float64."""
        ...

    def explanation(
        self,
        written: Written,
        entries: list,
        carried: Hypothesis,
        cost: float,
        mistakes: tuple[Mistake, ...],
    ) -> Explanation | None:
        """The explanation by new mistakes, if they print the entries."""
        ...


def of_two(
    search: Search, written: Written, entries: list[tuple], places: list[str]
) -> Iterator[Explanation]:
    """Explanations by two mistakes: in this line a mistake and a slip on top, or in two lines."""
    doubts, in_time = search.doubts, bool(search.evaluator.groups)
    alone = search.sets_of(doubts.all(written.quantity))
    if written.bits(entries) >= 2 * math.log2(len(alone) + 1) + PROVED:
        for slip in ON_TOP:
            yield from _likely(search, written, entries, alone, slip)
        yield from _in_line(search, written, entries, alone)
    key = (written.quantity, *places)
    if key not in search.pairs_in:
        search.pairs_in[key] = WrongRows(list(couples(doubts.all, places, in_time)))
    yield from _likely(search, written, entries, search.pairs_in[key])


def _in_line(
    search: Search, written: Written, entries: list[tuple], alone: WrongRows
) -> Iterator[Explanation]:
    """Two mistakes in this line, neither of them a slip that comes on top of the other."""
    name = written.quantity
    places = [k for k, (m,) in enumerate(alone.sets) if m.cost <= COMMON and not m.also]
    common = [alone.sets[k][0] for k in places]
    for cost, carried in plain_carryings(search.carrying.printed_above(name)):
        values = search.shortlist.values(name, carried, alone)
        right = search.quick(name, carried)
        if values is None or right is None:
            continue

        def near(tried: np.ndarray, carried: Hypothesis = carried) -> np.ndarray:
            return search.shortlist.near(written, entries, carried, tried)

        again = search.doubts.again
        for pair in pairs_in_line(common, values[places], right, near, again):
            if not _on_top(*pair) and (
                found := search.explanation(written, entries, carried, cost, pair)
            ):
                yield found


def _on_top(first: Mistake, second: Mistake) -> bool:
    """Whether one of two mistakes is a slip that is tried on top of every other one."""
    kinds, words = {kind for kind, *_ in ON_TOP}, {words for *_, words in ON_TOP}
    return (first.words in words and second.kind not in kinds) or (
        second.words in words and first.kind not in kinds
    )


def _likely(
    search: Search,
    written: Written,
    entries: list[tuple],
    sets: WrongRows,
    slip: Slip | None = None,
) -> Iterator[Explanation]:
    """The sets that print the entries, each with a slip on top of it if there is one."""
    factor = 1.0 if slip is None else float(slip[1])
    carryings = plain_carryings(search.carrying.printed_above(written.quantity))
    ways = [carried for _, carried in carryings]
    likely = search.shortlist.likely(written, entries, ways, sets, factor)
    found: dict[int, Explanation] = {}
    for cost, chosen, way, pair in _cheapest_first(likely, carryings, sets, slip):
        if chosen not in found and len(found) < MOST_FOUND:
            explained = search.explanation(written, entries, carryings[way][1], cost, pair)
            if explained:
                found[chosen] = explained
    yield from (found[chosen] for chosen in sorted(found))


def _cheapest_first(
    likely: np.ndarray,
    carryings: Sequence[tuple[float, Hypothesis]],
    sets: WrongRows,
    slip: Slip | None,
) -> list[tuple[float, int, int, tuple[Mistake, ...]]]:
    """The likely sets with a way of carrying on: what the latter costs, the places of both, and
    the mistakes; first what supposes least in all."""
    tried = []
    for way, chosen in np.argwhere(likely).tolist():
        pair = sets.sets[chosen] if slip is None else with_slip(*sets.sets[chosen], slip)
        if pair:
            tried.append((carryings[way][0], chosen, way, pair))
    return sorted(tried, key=lambda one: (one[0] + sum(m.cost for m in one[3]), *one[1:3]))


def plain_carryings(printed: Iterable[str]) -> list[tuple[float, Hypothesis]]:
    """Everything carried exactly, or all that is printed as it is printed."""
    as_printed = frozenset(printed)
    rest = [(ALL_PRINTED, Hypothesis(as_printed))] if as_printed else []
    return [(0.0, Hypothesis()), *rest]


def _all(mistakes, places) -> Iterator[tuple[Mistake, Mistake]]:
    for k, first in enumerate(places):
        for second in places[k + 1 :]:
            for a in _common(mistakes(first)):
                for b in _common(mistakes(second)):
                    yield b, a


def _common(mistakes: Iterable[Mistake]) -> list[Mistake]:
    return [m for m in mistakes if m.cost <= COMMON]

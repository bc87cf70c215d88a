"""Mistakes on top of wrong values that were carried on with more digits than are printed.

From the printed wrong values such a mistake gives what is printed but for the last digits: it is
looked for within the reach of the digits that were left out, where nothing explains a line exactly.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from deltarule.arithmetic.floats import nearest_float
from deltarule.marking.aligned_answers import Written
from deltarule.marking.evidence import Evidence, of_entries
from deltarule.marking.explain import Explainer
from deltarule.marking.explanation import Explanation
from deltarule.marking.mistakes import Mistake
from deltarule.marking.reach import last_unit, reach
from deltarule.marking.workings.carrying import EARLIER
from deltarule.marking.workings.hypothesis import Hypothesis
from deltarule.marking.workings.no_value import NO_VALUE

#: So many mistakes that come near are looked at with the reach of the printed digits.
MOST_NEAR = 24

#: Nothing is proved by entries of which so few bits are left.
FEWEST_BITS = 3.0


def explanations(
    explainer: Explainer, written: Written, entries: list[tuple], rest: list[tuple]
) -> list[tuple[Explanation, Evidence]]:
    """Single mistakes from printed wrong values that explain entries to the digits that are printed
    of these, simplest first, each with what `rest`, the wrong ones among them, tell then."""
    name, ways = written.quantity, _from_wrong_values(explainer, written)
    if not ways:
        return []
    found: list[tuple[Explanation, Evidence]] = []
    doubts = explainer.doubts
    for mistakes in (doubts.common, doubts.all):
        near = list(_near(explainer, written, entries, ways, mistakes))
        for way, mistake in sorted(near, key=lambda n: n[1].cost)[:MOST_NEAR]:
            one = _within(explainer, written, entries, way, mistake)
            if one is not None:
                explained, widths = one
                evidence = of_entries(written, rest, explainer.evaluator.right(name), 2 * widths)
                found += [(explained, evidence)] if evidence.apart >= FEWEST_BITS else []
        if found:
            break
    return sorted(found, key=lambda f: f[0].cost)


def _from_wrong_values(explainer: Explainer, written: Written) -> list[Hypothesis]:
    """All printed lines before a quantity that are not as they should be, taken as printed."""
    evaluator, aligned, name = explainer.evaluator, explainer.aligned, written.quantity
    wrong = frozenset(
        line
        for line in explainer.carrying.printed_before(name)
        if aligned.unlike(aligned.written[line], evaluator.right(line))
    )
    if not wrong:
        return []
    itself = name in evaluator.needs[name]
    return [Hypothesis(wrong), *([Hypothesis(wrong | {name})] if itself else [])]


def _near(explainer, written, entries, ways, mistakes) -> Iterator[tuple[Hypothesis, Mistake]]:
    """Mistakes that come near to what is printed, as far as a quick look tells."""
    for place in explainer.places(written.quantity):
        sets = explainer.sets_of(mistakes(place))
        likely = explainer.shortlist.likely(written, entries, ways, sets, loosely=True)
        for chosen in np.flatnonzero(np.any(likely, axis=0)):
            for way, near in zip(ways, likely, strict=True):
                if near[chosen]:
                    yield way, sets.sets[chosen][0]
                    break


def _within(
    explainer: Explainer, written: Written, entries: list[tuple], way: Hypothesis, mistake: Mistake
) -> tuple[Explanation, np.ndarray] | None:
    """A mistake, if it explains entries within reach, and how far from it each may lie."""
    evaluator, aligned, name = explainer.evaluator, explainer.aligned, written.quantity
    wrong = way
    for line, equation in mistake.equations:
        wrong = wrong.with_variant(line, equation)
    try:
        values = np.asarray(evaluator.quick(name, wrong), dtype=float)
        room = reach(evaluator, aligned, name, wrong, way.as_printed - {name})
    except NO_VALUE:
        return None
    widths = np.zeros(values.shape)
    for entry in entries:
        printed = written.numbers[entry]
        widths[entry] = room[entry] + nearest_float(last_unit(printed, aligned.rounding))
        if not abs(values[entry] - printed.rough[0]) <= widths[entry] * 1.000001:
            return None
    return Explanation(way, EARLIER + mistake.cost, (mistake,)), widths

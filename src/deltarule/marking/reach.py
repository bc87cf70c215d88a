"""How far a value may lie from what printed wrong values give, if those had more digits.

A wrong value is printed with a few digits, and worked on with all of them. What comes after it is
known to the change that these digits make, and to one unit in its own last place.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import numpy as np

from deltarule.marking.aligned_answers import Aligned, Written
from deltarule.marking.hypotheses import NO_VALUE, Evaluator
from deltarule.marking.hypothesis import Hypothesis

#: So many wrong entries at most are followed one by one.
MOST_ENTRIES = 60


def within_reach(
    evaluator: Evaluator,
    aligned: Aligned,
    written: Written,
    entries: Iterable[tuple],
    hypothesis: Hypothesis,
    wrong: frozenset[str],
) -> bool:
    """Whether entries can come of the `wrong` held lines, carried on with more digits."""
    name = written.quantity
    try:
        values = np.asarray(evaluator.quick(name, hypothesis), dtype=float)
        room = reach(evaluator, aligned, name, hypothesis, wrong)
    except NO_VALUE:
        return False
    for entry in entries:
        printed = written.numbers[entry]
        unit = float(printed.unit or 0)
        gap = abs(values[entry] - float(printed.value))
        if not gap <= room[entry] + unit * 1.000001:
            return False
    return True


def reach(
    evaluator: Evaluator, aligned: Aligned, name: str, hypothesis: Hypothesis, wrong: frozenset[str]
) -> np.ndarray:
    """How much each entry changes, at most, with the digits that were not printed."""
    values = np.asarray(evaluator.quick(name, hypothesis), dtype=float)
    room = np.zeros(values.shape)
    share = Fraction(1) if aligned.rounding.rule == "truncate" else Fraction(1, 2)
    places = [(line, e, p) for line in sorted(wrong) for e, p in aligned.written[line].printed()]
    if len(places) > MOST_ENTRIES:
        return room
    for line, entry, printed in places:
        if printed.unit is not None:
            moved = np.array(evaluator.printed(line))
            moved[entry] = printed.value + share * printed.unit
            other = evaluator.printing({line: moved}).quick(name, hypothesis)
            room += np.abs(np.asarray(other, dtype=float) - values)
    return room

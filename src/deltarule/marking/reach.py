"""How far a value may lie from what printed wrong values give, if those had more digits.

A wrong value is printed with a few digits, and worked on with all of them. What comes after it is
known to the change that these digits make, and to one unit in its own last place. Last digits are
those that the sheet asks for, or those that are printed where there are more: who writes 3 where
four decimals are asked means 3. An interval in which almost any number lies tells nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import numpy as np

from deltarule.arithmetic.floats import nearest_float
from deltarule.arithmetic.printed import Printed
from deltarule.marking.aligned_answers import Aligned, Written
from deltarule.marking.digit_habits import decimals_asked
from deltarule.marking.sheet_files.sheets import Rounding
from deltarule.marking.workings.hypotheses import Evaluator
from deltarule.marking.workings.hypothesis import Hypothesis
from deltarule.marking.workings.moved_prints import MovedPrints
from deltarule.marking.workings.no_value import NO_VALUE
from deltarule.marking.workings.together import Tangled
from deltarule.networks.reachability import reachable

#: So many wrong entries at most are followed one by one.
MOST_ENTRIES = 60

#: So many bits at least a value must tell by lying within reach: chance does so 1 time in 8.
FEWEST_BITS = 3.0


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
    bits = 0.0
    for entry in entries:
        printed = written.numbers[entry]
        number = printed.rough[0]
        near = room[entry] + nearest_float(last_unit(printed, aligned.rounding)) * 1.000001
        if not abs(values[entry] - number) <= near:
            return False
        size = max(abs(number), abs(values[entry]))
        bits += max(float(np.log2(size / near)), 0.0) if size and near else 0.0
    return bits >= FEWEST_BITS


def reach(
    evaluator: Evaluator, aligned: Aligned, name: str, hypothesis: Hypothesis, wrong: frozenset[str]
) -> np.ndarray:
    """How much each entry changes, at most, with the digits that were not printed."""
    values = np.asarray(evaluator.quick(name, hypothesis), dtype=float)
    room = np.zeros(values.shape)
    share = Fraction(1) if aligned.rounding.rule == "truncate" else Fraction(1, 2)
    read = sorted(wrong & _read_as_printed(evaluator, name, hypothesis))
    places = [(line, e, p) for line in read for e, p in aligned.written[line].printed()]
    if len(places) > MOST_ENTRIES:
        return room
    units = [(line, e, p, last_unit(p, aligned.rounding)) for line, e, p in places]
    moved = [(line, e, p.value + share * unit) for line, e, p, unit in units if unit]
    if not moved:
        return room
    try:
        rows = MovedPrints(evaluator, hypothesis, [(l, e, float(v)) for l, e, v in moved])
        found = rows.value(name)
    except Tangled:
        found = [_with(evaluator, hypothesis, name, *one) for one in moved]
    with np.errstate(invalid="ignore"):  # where a value is ∞, so is what it is moved from
        return np.abs(np.asarray(found) - values).sum(axis=0)


def _read_as_printed(evaluator: Evaluator, name: str, hypothesis: Hypothesis) -> frozenset[str]:
    """The lines whose printed values a line comes to read: all before them no longer counts."""
    variants, as_printed = hypothesis.variants, hypothesis.as_printed

    def reads(line: str) -> frozenset[str]:
        if line in as_printed and line != name:
            return frozenset()
        wrong = variants.get(line)
        own = evaluator.needs.get(line, frozenset())
        return own if wrong is None else own | wrong.read_names()

    return frozenset(reachable([name], reads)) & as_printed


def _with(
    evaluator: Evaluator,
    hypothesis: Hypothesis,
    name: str,
    line: str,
    entry: tuple,
    value: Fraction,
) -> np.ndarray:
    """A line with another value for one printed entry before it."""
    printed = np.array(evaluator.printed(line))
    printed[entry] = value
    other = evaluator.printing({line: printed}).quick(name, hypothesis)
    return np.asarray(other, dtype=float)


def last_unit(printed: Printed, policy: Rounding) -> Fraction:
    """One unit of the last digit that is asked for, or printed if that is finer; 0 if exact."""
    if printed.unit is None or printed.decimals is None:
        return Fraction(printed.unit or 0)
    decimals = max(printed.decimals, decimals_asked(printed, policy))
    return min(Fraction(printed.unit), Fraction(1, 10) ** decimals)

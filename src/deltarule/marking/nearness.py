"""How far from a printed number a value in float64 may lie, if it is to be printed so.

A quick look with this much room rules out no value that exact numbers would print.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from deltarule.arithmetic.printed import Printed
from deltarule.marking.aligned_answers import Written

#: So many units of the last digit a value lies at most from itself rounded, or cut off.
ROUNDED, CUT_OFF = 0.5, 1.0

#: So much of a last unit is left to what float64 loses on the way.
LOST = 0.01

#: So much of it, and a share of the number, keeps values apart that lie beside a tie.
SURE = 0.001


def most_apart(rule: str) -> float:
    """How many units of its last digit a printed number lies at most from the value, by a rule."""
    return CUT_OFF if rule == "truncate" else ROUNDED


def decided(
    written: Written, entries: Sequence[tuple], values: np.ndarray, rule: str
) -> bool | None:
    """Whether all entries are printed of these values by a rule; None where some lie so near to a
    tie that float64 cannot tell."""
    verdict: bool | None = True
    for entry in entries:
        printed = written.numbers[entry]
        number, unit = printed.rough
        gap, lost = float(values[entry]) - number, SURE * unit + 1e-12 * (1 + abs(number))
        high = most_apart(rule) * unit
        low = 0.0 if rule == "truncate" and number else -high
        inside = min(gap - low, high - gap) if number >= 0 else min(-gap - low, high + gap)
        if inside < -lost - LOST * unit:
            return False
        if not inside >= lost:
            verdict = None
    return verdict


def unit_of(printed: Printed) -> float:
    """One unit in the last place; of a number written as a fraction, about what floats leave."""
    value, unit = printed.rough
    return unit or 2e-9 * abs(value)


def margin(unit, size, apart: float, rounds: bool = False, in_time: bool = False):
    """How far a quick value may lie from a printed number of some size and last unit that exact
    values lie at most so many units `apart` from.

    Rounding on the way is left out of quick values but for recurrences, and allowed for here.
    """
    units, share = (30.0, 0.02) if rounds else (apart + LOST, 0.0)
    return units * unit + share / (100 if in_time else 1) * size + 1e-12


def near(
    written: Written,
    entries: Sequence[tuple],
    values: np.ndarray,
    apart: float,
    rounds: bool = False,
    in_time: bool = False,
) -> bool:
    """Whether all entries may be printed of these values."""
    for entry in entries:
        printed = written.numbers[entry]
        number = printed.rough[0]
        room = margin(unit_of(printed), abs(number), apart, rounds, in_time)
        if not abs(float(values[entry]) - number) <= room:
            return False
    return True

"""Values that are printed otherwise than a course of working has them, however it is rounded."""

from __future__ import annotations

import numpy as np

from deltarule.arithmetic.floats import nearest_float
from deltarule.marking.aligned_answers import Aligned, Written
from deltarule.marking.reach import last_unit
from deltarule.marking.workings.hypotheses import Evaluator
from deltarule.marking.workings.hypothesis import Hypothesis
from deltarule.marking.workings.no_value import NO_VALUE

#: Farther from a value than this share of it, and so many units in the last place, is no rounding.
FAR, FAR_UNITS = 0.3, 5


def printed_otherwise(
    evaluator: Evaluator, aligned: Aligned, written: Written, hypothesis: Hypothesis
) -> bool:
    """Whether an entry that is printed is far from its value by a hypothesis."""
    try:
        values = np.asarray(evaluator.quick(written.quantity, hypothesis), dtype=float)
    except NO_VALUE:
        return False
    for entry, printed in written.printed():
        unit, value = nearest_float(last_unit(printed, aligned.rounding)), float(values[entry])
        off = abs(printed.rough[0] - value)
        if unit and off > max(FAR * abs(value), FAR_UNITS * unit):
            return True
    return False

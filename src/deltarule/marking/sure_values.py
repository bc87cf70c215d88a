"""Values with every rounding on the way, in float64, wherever float64 is sure of each digit.

Exact values are dear, and most ways of rounding print something else: these are ruled out here.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from deltarule.arithmetic.pocket import SurelyRounded, Unsure
from deltarule.calculus.kinks import kinked
from deltarule.expressions.nodes import Max, Selection
from deltarule.marking.aligned_answers import Written
from deltarule.marking.hypotheses import NO_VALUE, Evaluator
from deltarule.marking.hypothesis import Hypothesis
from deltarule.marking.shortlist import unit_of

#: No rule makes a number so many units of its last digit away of a value.
MOST_UNITS = 2.01


class SureValues:
    """The values of one evaluator, each hypothesis evaluated once."""

    def __init__(self, evaluator: Evaluator):
        self.evaluator = evaluator
        # Keys are identities: hypotheses are kept beside, so that they live as long.
        self._known: dict[tuple, tuple[Hypothesis, np.ndarray | None]] = {}

    def far(self, written: Written, entries: list[tuple], hypothesis: Hypothesis) -> bool:
        """Whether some entry is surely not made of a hypothesis's value, rounded in any way."""
        values = self.value(written.quantity, hypothesis)
        if values is None:
            return False
        for entry in entries:
            printed = written.numbers[entry]
            room = MOST_UNITS * unit_of(printed) + 1e-12
            if abs(float(values[entry]) - printed.rough[0]) > room:
                return True
        return False

    def value(self, name: str, hypothesis: Hypothesis) -> np.ndarray | None:
        """The value of a line; None where float64 cannot tell how a number is rounded on the way,
        or on which side of a kink it lies."""
        key = (name, *hypothesis.key)
        if key not in self._known:
            self._known[key] = (hypothesis, self._value(name, hypothesis))
        return self._known[key][1]

    def _value(self, name: str, hypothesis: Hypothesis) -> np.ndarray | None:
        extra = self.evaluator.extra_values.keys()
        if self._ordered or any(e.read_names() & extra for e in hypothesis.variants.values()):
            return None
        work = self.evaluator.work(hypothesis, SurelyRounded(hypothesis.rounding))
        try:
            found = np.asarray(work.compute(name), dtype=float)
        except (Unsure, *NO_VALUE):
            return None
        return found if np.isfinite(found).all() else None

    @cached_property
    def _ordered(self) -> bool:
        """Whether some line depends on an order of values."""
        equations = [e for of_line in self.evaluator.equations.values() for e in of_line]
        return any(kinked(e.rhs) or e.rhs.has(Max, Selection) for e in equations)

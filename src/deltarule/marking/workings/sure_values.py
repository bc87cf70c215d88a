"""Values with every rounding on the way, in float64, wherever float64 is sure of each digit.

Exact values are dear, and most ways of rounding print something else: these are ruled out here.
"""

from __future__ import annotations

from functools import cached_property, lru_cache

import numpy as np
from sympy import Expr

from deltarule.arithmetic.pocket import SurelyRounded, Unsure
from deltarule.calculus.kinks import kinked
from deltarule.expressions.nodes import Max, Selection
from deltarule.marking.aligned_answers import Written
from deltarule.marking.nearness import decided, near
from deltarule.marking.workings.hypotheses import Evaluator
from deltarule.marking.workings.hypothesis import Hypothesis
from deltarule.marking.workings.near_ties import NearTies
from deltarule.marking.workings.no_value import NO_VALUE


class SureValues:
    """The values of one evaluator, each hypothesis evaluated once."""

    def __init__(self, evaluator: Evaluator):
        self.evaluator, self._near_ties = evaluator, NearTies(evaluator)
        # Keys are identities: hypotheses are kept beside, so that they live as long.
        self._known: dict[tuple, tuple[Hypothesis, np.ndarray | None]] = {}

    def far(
        self, written: Written, entries: list[tuple], hypothesis: Hypothesis, apart: float
    ) -> bool:
        """Whether some entry surely lies more units `apart` from a hypothesis's value."""
        values = self.value(written.quantity, hypothesis)
        return values is not None and not near(written, entries, values, apart)

    def decided(
        self,
        written: Written,
        entries: list[tuple],
        hypothesis: Hypothesis,
        unrounded: np.ndarray | None,
        rule: str,
    ) -> bool | None:
        """Whether all entries are printed of a hypothesis's values by a rule, None where float64
        cannot tell; `unrounded` are these in float64, nothing being rounded on the way."""
        if self._ordered or any(_ordered(e.rhs) for e in hypothesis.variants.values()):
            return None
        found = self.value(written.quantity, hypothesis) if hypothesis.rounds else unrounded
        return None if found is None else decided(written, entries, found, rule)

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
        near_ties = self._near_ties.under(hypothesis)
        arithmetic = SurelyRounded(hypothesis.rounding, near_ties)
        work = self.evaluator.work(hypothesis, arithmetic)
        try:
            found = np.asarray(work.compute(name), dtype=float)
        except (Unsure, *NO_VALUE):
            return None
        return found if np.isfinite(found).all() else None

    @cached_property
    def _ordered(self) -> bool:
        """Whether some line depends on an order of values."""
        equations = [e for of_line in self.evaluator.equations.values() for e in of_line]
        return any(_ordered(e.rhs) for e in equations)


@lru_cache(maxsize=1 << 12)
def _ordered(formula: Expr) -> bool:
    """Whether a formula depends on an order of values."""
    return kinked(formula) or formula.has(Max, Selection)

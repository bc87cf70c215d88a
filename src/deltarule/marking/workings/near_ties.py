"""Lines near a tie, evaluated exactly from the digits that were kept of what they read.

Float64 cannot tell whether 0.125 goes up or down. Where every line is rounded, all that a line
reads is known exactly, however it came about: the line alone is evaluated again.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import numpy as np

from deltarule.arithmetic.base import entrywise
from deltarule.arithmetic.evaluate import Values, evaluate
from deltarule.arithmetic.exact import Rounded
from deltarule.arithmetic.pocket import Exactly, Unsure
from deltarule.expressions.symbols import Index
from deltarule.marking.bounded_dict import Bounded
from deltarule.marking.workings.hypotheses import Evaluator
from deltarule.marking.workings.hypothesis import Hypothesis, digits
from deltarule.networks.equations import Equation


class NearTies:
    """Single lines of one evaluator, each evaluated once for the same numbers."""

    def __init__(self, evaluator: Evaluator):
        self.evaluator = evaluator
        # Keys are identities: equations are kept beside, so that they live as long.
        self._known: dict[tuple, tuple[Equation, np.ndarray]] = Bounded()

    def under(self, hypothesis: Hypothesis) -> Exactly | None:
        """What evaluates a line near a tie; None where not every line before it is rounded."""
        like = hypothesis.rounding
        if like is None or hypothesis.rounded:
            return None

        def exactly(equation: Equation, values: Values, at: Mapping[Index, int]) -> np.ndarray:
            names = equation.read_names()
            printed = hypothesis.as_printed & names
            if equation.name in printed or names & self.evaluator.extra_values.keys():
                raise Unsure
            read = tuple((name, np.asarray(values.arrays[name]).tobytes()) for name in names)
            key = (id(equation), digits(like), printed, *at.values(), *read)
            if key not in self._known:
                arrays = {n: self._exact(n, values.arrays[n], n in printed, like) for n in names}
                known = Values(arrays, values.sizes, values.scalars, values.tensors)
                found = evaluate(equation.rhs, equation.ranges, known, like, at)
                self._known[key] = equation, entrywise(float, like.settle(found)).astype(float)
            return self._known[key][1]

        return exactly

    def _exact(self, name: str, kept: np.ndarray, printed: bool, like: Rounded) -> np.ndarray:
        """What a line reads, exactly: a given, what is printed, or the digits that were kept."""
        if printed:
            numbers = self.evaluator.printed(name)
            if any(n is None for n in numbers.ravel()):
                raise Unsure
            return like.array(numbers)
        if name not in self.evaluator.equations:
            return self.evaluator.exact(name)
        return like.array(entrywise(lambda value: _kept(float(value), like), np.asarray(kept)))


def _kept(value: float, like: Rounded) -> Fraction:
    """The number of so many digits that a float stands for."""
    if like.decimals is not None:
        scale = Fraction(10) ** like.decimals
        return Fraction(round(Fraction(value) * scale)) / scale
    return Fraction(Decimal(f"{value:.{(like.significant or 1) - 1}e}"))

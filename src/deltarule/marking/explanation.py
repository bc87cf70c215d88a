"""One explanation of a printed quantity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from deltarule.marking.hypotheses import Hypothesis
from deltarule.marking.mistakes import Mistake


@dataclass(frozen=True)
class Explanation:
    """A hypothesis that prints what is printed, with its cost and the values it gives.

    `mistakes` are new ones; `earlier` ones were charged before and are carried on.
    """

    hypothesis: Hypothesis
    cost: float
    mistakes: tuple[Mistake, ...]
    values: np.ndarray
    earlier: tuple[Mistake, ...] = ()

    @property
    def carried(self) -> bool:
        """Whether rounded or printed values were carried on."""
        h = self.hypothesis
        return bool(h.as_printed) or h.rounds

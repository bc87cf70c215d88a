"""One explanation of a printed quantity."""

from __future__ import annotations

from dataclasses import dataclass

from deltarule.marking.mistakes import Mistake
from deltarule.marking.workings.hypotheses import Hypothesis


@dataclass(frozen=True)
class Explanation:
    """A hypothesis that prints what is printed, with its cost.

    `mistakes` are new ones; `earlier` ones were charged before and are carried on.
    """

    hypothesis: Hypothesis
    cost: float
    mistakes: tuple[Mistake, ...]
    earlier: tuple[Mistake, ...] = ()

    @property
    def carried(self) -> bool:
        """Whether rounded or printed values were carried on."""
        h = self.hypothesis
        return bool(h.as_printed) or h.rounds

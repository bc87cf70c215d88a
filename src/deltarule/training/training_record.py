"""What came of a course of training."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from deltarule.training.handwritten_digits import Labelled
from deltarule.training.plan import Plan
from deltarule.training.unit_responses import UnitResponse

#: A loss that is next to nothing: the right classes have probabilities of 99 % or so.
NEXT_TO_NOTHING = 0.01


@dataclass(frozen=True)
class ByHeart:
    """How learning a few samples by heart went."""

    samples: int
    steps: int
    first_loss: float
    loss: float
    right: int

    @property
    def known(self) -> bool:
        """Whether the loss is next to nothing, and every sample right."""
        return self.loss < NEXT_TO_NOTHING and self.right == self.samples


@dataclass(frozen=True)
class Epoch:
    """Once through all samples: their mean loss, and how many held-out ones are right then."""

    number: int
    loss: float
    right: int
    seconds: float


@dataclass
class Result:
    """`samples` are those held out, as small as they came; `probabilities` [n, c] theirs.

    Where a few samples could not be learnt by heart, that is all there is. `responses` say what
    the units of hidden layers respond to, in the places of `samples`.
    """

    plan: Plan
    rate: float | None
    parameters: int
    learnt_from: int
    samples: Labelled
    by_heart: ByHeart | None = None
    epochs: list[Epoch] = field(default_factory=list)
    probabilities: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))
    seconds: dict[str, float] = field(default_factory=dict)
    responses: tuple[UnitResponse, ...] = ()

    @property
    def stopped(self) -> bool:
        """Whether a few samples could not be learnt by heart."""
        return self.by_heart is not None and not self.by_heart.known

    @property
    def taken_for(self) -> np.ndarray:
        """The most probable class of each held-out sample."""
        return self.probabilities.argmax(axis=1)

    @property
    def right(self) -> int:
        """How many held-out samples are right."""
        return int((self.taken_for == self.samples.labels).sum())

    @property
    def confusion(self) -> np.ndarray:
        """[c, k]: how many samples of class c were taken for k."""
        classes = self.probabilities.shape[1]
        counts = np.zeros((classes, classes), np.int64)
        np.add.at(counts, (self.samples.labels, self.taken_for), 1)
        return counts

    def least_certain(self, count: int) -> list[int]:
        """The places of the held-out samples whose most probable class is least so."""
        return [int(n) for n in np.argsort(self.probabilities.max(axis=1), kind="stable")[:count]]

"""Values of lines under hypotheses, each evaluated once; None where a hypothesis gives none."""

from __future__ import annotations

import numpy as np

from deltarule.marking.workings.hypotheses import Evaluator
from deltarule.marking.workings.hypothesis import Hypothesis
from deltarule.marking.workings.no_value import NO_VALUE


class KeptValues:
    """The values of one evaluator, in float64 and exact."""

    def __init__(self, evaluator: Evaluator):
        self.evaluator = evaluator
        # Keys are identities: hypotheses are kept beside, so that their equations live as long.
        self._quick: dict[tuple, tuple[Hypothesis, np.ndarray | None]] = {}
        self._exact: dict[tuple, tuple[Hypothesis, np.ndarray | None]] = {}

    def quick(self, name: str, hypothesis: Hypothesis) -> np.ndarray | None:
        """The value in float64: it serves all ways of rounding but through time."""
        key = self._key(name, hypothesis)
        if key not in self._quick:
            try:
                found = self.evaluator.quick(name, hypothesis)
            except NO_VALUE:
                found = None
            self._quick[key] = hypothesis, found
        return self._quick[key][1]

    def put_quick(self, name: str, hypothesis: Hypothesis, values: np.ndarray) -> None:
        """Keep a value in float64 that was evaluated together with others."""
        self._quick.setdefault(self._key(name, hypothesis), (hypothesis, values))

    def _key(self, name: str, hypothesis: Hypothesis) -> tuple:
        as_printed, rounding, _, wrong = hypothesis.key
        return name, as_printed, wrong, bool(self.evaluator.groups) and rounding

    def exact(self, name: str, hypothesis: Hypothesis) -> np.ndarray | None:
        """The exact value, as fractions."""
        key = (name, *hypothesis.key)
        if key not in self._exact:
            try:
                found = self.evaluator.value(name, hypothesis)
            except NO_VALUE:
                found = None
            self._exact[key] = hypothesis, found
        return self._exact[key][1]

"""Round values: zeros behind short numbers say little where everything that may come out is round.

On a sheet of integers and halves nearly every wrong way ends in halves too, and 0.5000 is one
of few values. How round values are is seen from the wrong workings that were tried: a share q of
them lies on a grid of some step. A value on that grid tells log₂(1/q) bits by lying there, and then
which of the numbers of the grid it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from deltarule.marking.aligned_answers import Written
from deltarule.marking.evidence import Evidence, of_entries
from deltarule.marking.explain import Explainer
from deltarule.marking.workings.hypothesis import Hypothesis

#: Steps of grids, each times powers of ten.
STEPS = (Fraction(1, 4), Fraction(1, 2), Fraction(1))
#: The coarsest step, and how many times finer the finest one is by powers of ten.
COARSEST, MOST_FINER = Fraction(1000), 12
#: Where fewer wrong workings end in different values, the simplest of them is meant; of pairs of
#: mistakes there are many even then.
FEWEST_WORKINGS = 16
#: So close to a multiple of a step, in units of it, a float is one.
CLOSE = 1e-6


def of_round_entries(
    explainer: Explainer,
    written: Written,
    entries: list[tuple],
    exact: np.ndarray,
    mistakes: int = 1,
) -> Evidence:
    """What wrong entries tell of so many mistakes, at most as much as their roundness leaves."""
    evidence = of_entries(written, entries, exact)
    steps = list(_steps(written, entries))
    rows = _wrong_workings(explainer, written, entries) if steps else np.zeros((0, 1))
    if len(rows) < (FEWEST_WORKINGS if mistakes == 1 else 1):
        return evidence
    for step in steps:
        on_grid = np.abs(rows / float(step) - np.round(rows / float(step))).max(1) <= CLOSE
        share = (np.count_nonzero(on_grid) + 1) / (len(rows) + 2)
        widths = np.full(written.numbers.shape, float(step))
        by_lying_there = Evidence(-math.log2(share), -math.log2(share))
        on_it = of_entries(written, entries, exact, widths) + by_lying_there
        evidence = Evidence(
            min(evidence.apart, on_it.apart), min(evidence.together, on_it.together)
        )
    return evidence


def _steps(written: Written, entries: list[tuple]) -> Iterator[Fraction]:
    """The steps, wider than a last digit, of which all entries are multiples."""
    printed = [written.numbers[e] for e in entries]
    unit = max((p.unit or Fraction(0) for p in printed), default=Fraction(0))
    largest = max(abs(p.value) for p in printed)
    for power in range(MOST_FINER):
        for share in STEPS:
            step = share * COARSEST / 10**power
            if unit < step <= max(largest, unit * 10) and all(
                (p.value / step).denominator == 1 for p in printed
            ):
                yield step


def _wrong_workings(explainer: Explainer, written: Written, entries: list[tuple]) -> np.ndarray:
    """The entries by each wrong working that is tried, a row each; equal rows once."""
    found = []
    for place in explainer.places(written.quantity):
        mistakes = explainer.doubts.all(place)
        values = explainer.values(written.quantity, Hypothesis(), mistakes) if mistakes else None
        if values is not None:
            found.append(np.stack([values[(slice(None), *e)] for e in entries], axis=1))
    if not found:
        return np.zeros((0, len(entries)))
    rows = np.concatenate(found)
    rows = rows[np.isfinite(rows).all(1)]
    return np.unique(np.round(rows, 9), axis=0)

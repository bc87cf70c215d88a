"""Pairs of mistakes: two that are common, in two different lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from deltarule.marking.mistakes import Mistake

#: How many pairs are tried; evaluating a recurrence takes its time.
MOST_PAIRS, MOST_PAIRS_IN_TIME = 6000, 300

#: A mistake that costs no more is common enough to be supposed together with another one.
COMMON = 5.0


def couples(
    mistakes: Callable[[str], Iterable[Mistake]], places: Sequence[str], in_time: bool
) -> Iterator[tuple[Mistake, Mistake]]:
    """Common mistakes in two of the lines, that of the later line second."""
    return islice(_all(mistakes, places), MOST_PAIRS_IN_TIME if in_time else MOST_PAIRS)


def _all(mistakes, places) -> Iterator[tuple[Mistake, Mistake]]:
    for k, first in enumerate(places):
        for second in places[k + 1 :]:
            for a in _common(mistakes(first)):
                for b in _common(mistakes(second)):
                    yield b, a


def _common(mistakes: Iterable[Mistake]) -> list[Mistake]:
    return [m for m in mistakes if m.cost <= COMMON]

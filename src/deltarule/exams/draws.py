"""One draw: givens, whether they make a fair paper, and which mistakes they let one see.

A draw is fair if no tie or kink lies within what rounding reaches, and no number that is asked lies
where its last digit would turn, by any habit of rounding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from deltarule.exams.asked_numbers import AskedNumbers
from deltarule.exams.distances import Distance, Distances
from deltarule.exams.enclosures import enclosed
from deltarule.exams.rounding_habits import HABITS, Habits, from_a_tie, habits
from deltarule.marking.aligned_answers import Aligned
from deltarule.marking.mistakes import Mistake
from deltarule.marking.session import Session, with_same_lines
from deltarule.marking.sheet_files.sheets import Rounding
from deltarule.tracing.computation import Computation

#: Nearer than this to where a digit turns, in units of that digit, no number may lie.
FROM_A_TIE = Fraction(1, 1000)

#: Which mistake of which line: the line, and the place in the lists of its mistakes.
Key = tuple[str, int]


@dataclass
class Draw:
    """Givens for one paper, on a sheet that `first` has opened; `ties` if these are wanted."""

    first: Session
    asked: AskedNumbers
    givens: Mapping[str, np.ndarray]
    ties: bool = False

    @cached_property
    def computation(self) -> Computation:
        return self.first.computation.with_same_lines(self.givens)

    @cached_property
    def session(self) -> Session:
        """The session of these givens, with the mistakes of the first one."""
        run = self.first.run
        session = with_same_lines(self.first, self.computation, run, Aligned(rounding=run.rounding))
        costly = self.first.kept["costly"]
        for line in costly:
            session.costly_mistakes(line)  # which works out what only wrong lines read
        session.kept["costly"] = costly
        return session

    def enclosures(self, rounding: Rounding) -> dict[str, np.ndarray] | None:
        """The balls of all lines; None at a tie or a kink, and where there is no value."""
        return enclosed(self.computation, rounding, self.ties)

    def habits(self, rounding: Rounding) -> Habits:
        """The lines by all habits of rounding."""
        return habits(self.computation, self.asked.entries.keys(), rounding)

    def clear(self, worked: Habits, rounding: Rounding) -> bool:
        """Whether no number that is asked lies where its last digit would turn.

        Half of a printed number may lie exactly there, and is right either way.
        """
        return all(
            from_a_tie((worked.raw[habit][name][e] for e in entries), rounding, habit == "exact")
            >= FROM_A_TIE
            for name, entries in self.asked.entries.items()
            for habit in HABITS
        )

    def distances(
        self, rounding: Rounding, balls: Mapping[str, np.ndarray], worked: Habits | None = None
    ) -> Distances:
        """How far all mistakes lie, carried exactly or, with habits that are `worked`, as
        printed too."""
        return Distances(self.session, self.asked, rounding, balls, worked)

    def decisive(self, found: Distances) -> Iterator[tuple[Key, Distance]]:
        """Of each mistake, where it is seen best of where it is looked for."""
        for line, quantities in self.asked.seen_in.items():
            for place, distance in enumerate(found.of_line(line, quantities)):
                yield (line, place), distance


def mistake_of(draw_session: Session, asked: AskedNumbers, key: Key) -> Mistake:
    """The mistake that a key names."""
    line, place = key
    return [m for found in asked.mistakes(draw_session, line) for m in found][place]

"""The lines of a computation as they are evaluated many times over: prepared once, in float64."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy

import numpy as np

from deltarule.arithmetic.open_reads import OpenLine, open_line
from deltarule.arithmetic.prepared import Prepared, Unprepared
from deltarule.arithmetic.prepared_program import value_at, whole_line
from deltarule.marking.bounded_dict import Bounded
from deltarule.marking.mistakes.reread import Reread
from deltarule.networks.equations import Equation
from deltarule.networks.reachability import reachable
from deltarule.tracing.computation import Computation


class QuickLines:
    """Lines, right and wrong ones, prepared for a computation's givens.

    `needs` are the names that each line reads, `extra_values` what only wrong lines read.
    """

    def __init__(
        self,
        computation: Computation,
        needs: Mapping[str, frozenset[str]],
        extra_values: Mapping[str, np.ndarray],
    ):
        self.computation, self.needs, self.extra_values = computation, needs, extra_values
        self._behind: dict[tuple, frozenset[str]] = {}
        self._ranks: dict[str, int] = {}
        #: Stands for the sizes that lines are prepared for; what is copied has the same.
        self.sizes = object()
        # Keys are identities: the equations are kept beside, so that they live as long.
        self._lines: dict[int, tuple] = Bounded()
        self._times: dict[tuple, tuple] = Bounded()
        self._parts: dict[tuple, Prepared] = Bounded()
        self._open: dict[tuple, tuple[Equation, OpenLine | None]] = Bounded()
        self._filled: dict[tuple, tuple] = Bounded()
        #: What is kept of lists of mistakes (by `id`), each beside its list.
        self.kept: dict[int, tuple] = {}

    def copied(self) -> QuickLines:
        """The same, to which more is added for other answers; what is prepared is not again."""
        other = copy(self)
        for name, kept in vars(self).items():
            if isinstance(kept, dict) and name not in ("needs", "extra_values"):
                setattr(other, name, copy(kept))
        return other

    def rank(self, name: str) -> int:
        """The number of axes of a line or given."""
        if name not in self._ranks:
            known = self.extra_values.get(name)
            array = self.computation.floats.arrays[name] if known is None else known
            self._ranks[name] = np.ndim(array)
        return self._ranks[name]

    def depending(self, name: str, as_printed: frozenset[str]) -> frozenset[str]:
        """The lines that depend on a line, but for those behind what is held."""
        key = (name, as_printed)
        if key not in self._behind:

            def readers(line: str) -> list[str]:
                stop = line in as_printed and line != name
                return [] if stop else [n for n, needs in self.needs.items() if line in needs]

            self._behind[key] = frozenset(reachable([name], readers))
        return self._behind[key]

    def whole(self, equation: Equation) -> Prepared | None:
        """A line prepared for many evaluations, if it can be."""
        key = id(equation)
        if key not in self._lines:
            self._lines[key] = (
                equation,
                whole_line(equation, self.computation.floats, self._parts),
            )
        return self._lines[key][1]

    def at_time(self, equation: Equation, at: Mapping) -> tuple[Prepared, tuple] | None:
        """A line of a recurrence prepared at one time, and where its value belongs."""
        key = (id(equation), *at.values())
        if key not in self._times:
            self._times[key] = (
                equation,
                value_at(equation, self.computation.floats, at, self._parts),
            )
        return self._times[key][1]

    def _opened(self, wrong: Reread, at: Mapping) -> OpenLine | None:
        key = (id(wrong.right), wrong.opened, *at.values())
        if key not in self._open:
            found = open_line(wrong.right, wrong.opened, self.computation.floats, at, self._parts)
            self._open[key] = (wrong.right, found)
        return self._open[key][1]

    def filled(self, wrong: Reread, at: Mapping) -> tuple[OpenLine, list[Prepared]] | None:
        """The right line with openings where a wrong one reads something else, and what it reads
        in them; None where that cannot be prepared."""
        key = (id(wrong), *at.values())
        if key not in self._filled:
            self._filled[key] = (wrong, self._fill(wrong, at))
        return self._filled[key][1]

    def _fill(self, wrong: Reread, at: Mapping) -> tuple[OpenLine, list[Prepared]] | None:
        line = self._opened(wrong, at)
        if line is None:
            return None
        try:
            return line, [o.filled(wrong.table[o.access]) for o in line.openings]
        except Unprepared:
            return None

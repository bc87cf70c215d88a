"""The wrong workings that are evaluated together: a row for each, by the lines that are wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from deltarule.marking.mistakes import Mistake
from deltarule.marking.workings.filled_rows import Filled, InRows, grouped
from deltarule.marking.workings.quick_lines import QuickLines
from deltarule.marking.workings.same_time import Place
from deltarule.networks.equations import Equation
from deltarule.networks.recurrences import Recurrence


class WrongRows:
    """Sets of mistakes, a row for each; what all ways of carrying have in common is kept."""

    def __init__(self, sets: Sequence[tuple[Mistake, ...]]):
        self.sets = sets
        self.by_line: dict[str, list[InRows]] = {}
        self._rest: dict[str, np.ndarray] = {}
        # Keys are identities: what they are of is kept beside, so that it lives as long.
        self._grouped: dict[tuple, tuple] = {}
        self._judged: dict[tuple, tuple] = {}
        found: dict[str, dict[int, tuple[Equation, list[int]]]] = {}
        for row in range(len(sets)):
            for line, equation in self.row(row).items():
                of = found.setdefault(line, {}).setdefault(id(equation), (equation, []))
                of[1].append(row)
        for line, of_line in found.items():
            self.by_line[line] = [(e, np.array(where)) for e, where in of_line.values()]

    def __len__(self) -> int:
        return len(self.sets)

    def row(self, row: int) -> dict[str, Equation]:
        """The wrong lines of a row with their equations."""
        return {line: e for mistake in self.sets[row] for line, e in mistake.equations}

    def halves(self) -> tuple[WrongRows, WrongRows]:
        """The first rows, and the others."""
        half = len(self.sets) // 2
        return WrongRows(self.sets[:half]), WrongRows(self.sets[half:])

    def rest(self, line: str) -> np.ndarray:
        """The rows in which a line is right."""
        if line not in self._rest:
            right = np.ones(len(self.sets), bool)
            for _, where in self.by_line.get(line, ()):
                right[where] = False
            self._rest[line] = np.flatnonzero(right)
        return self._rest[line]

    def grouped(
        self, changed: Sequence[InRows], lines: QuickLines, at: Mapping
    ) -> tuple[list[Filled], list[InRows]]:
        """Wrong equations of a line: by what they leave open to read, and all others.

        They are prepared for the sizes of `lines`; the same rows may be worked at others, too.
        """
        key = (lines.sizes, tuple(id(wrong) for wrong, _ in changed), *at.values())
        if key not in self._grouped:
            self._grouped[key] = (changed, grouped(changed, lines, at))
        return self._grouped[key][1]

    def in_time(self, block: Recurrence, right: Equation) -> list[bool | None]:
        """Whether each wrong version of a line finds all in time that it reads of a recurrence."""
        key = (id(block), id(right))
        if key not in self._judged:
            place, of_line = Place(block, right), self.by_line.get(right.name, ())
            self._judged[key] = (block, right, [place.in_time(wrong) for wrong, _ in of_line])
        return self._judged[key][2]

"""A line for many printed values at once: in each row one printed entry before it is another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from deltarule.marking.workings.hypotheses import Evaluator
from deltarule.marking.workings.hypothesis import Hypothesis
from deltarule.marking.workings.together import Tangled, Together
from deltarule.marking.workings.wrong_rows import WrongRows

#: A printed line, one of its entries, and the value that stands there instead.
Moved = tuple[str, tuple[int, ...], float]


class MovedPrints(Together):
    """What a line comes to from printed values, a row for each of `moved`."""

    def __init__(self, evaluator: Evaluator, way: Hypothesis, moved: Sequence[Moved]):
        super().__init__(evaluator, [way], WrongRows([()] * len(moved)))
        lines = list(dict.fromkeys(line for line, _, _ in moved))
        self._prints = {
            line: np.repeat(np.asarray(self.carried.provided(line), float)[None], len(moved), 0)
            for line in lines
        }
        for row, (line, entry, value) in enumerate(moved):
            self._prints[line][(row, *entry)] = value
        behind = (self.lines.depending(line, self.as_printed) for line in lines)
        self.moving = frozenset().union(*behind)

    def value(self, name: str) -> np.ndarray:
        """The line in each row, evaluated one by one where that cannot be done at once."""
        if any(self._partly_printed(line) for line in self.as_printed & self.moving):
            return self._in_halves(name)
        return super().value(name)

    def _partly_printed(self, line: str) -> bool:
        """Whether entries of a line are evaluated that lie between what is printed and the rows."""
        printed = self.evaluator.printed(line)
        return line not in self.evaluator.groups and any(p is None for p in printed.ravel())

    def _in_halves(self, name: str) -> np.ndarray:
        raise Tangled(name)

    def _input(self, name: str) -> np.ndarray:
        return self._prints[name] if name in self._prints else super()._input(name)

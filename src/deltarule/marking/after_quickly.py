"""Values after updates under many mistakes at once, in float64: a look before the close one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from deltarule.marking.aligned_answers import Written
from deltarule.marking.hypotheses import NO_VALUE, Bench
from deltarule.marking.hypothesis import Hypothesis
from deltarule.marking.mistakes import Mistake
from deltarule.marking.shortlist import PrintedNumbers
from deltarule.marking.together import Together
from deltarule.tracing.computation import Course


class QuickUpdates:
    """What quantities are after some numbers of updates, the first of them under each mistake."""

    def __init__(self, course: Course, bench: Bench, mistakes: Sequence[Mistake]):
        self.course, self.lines, self.mistakes = course, bench.quick_lines, mistakes
        rows = [dict(m.equations) for m in mistakes]
        self.now = Together(bench, Hypothesis(), rows)
        self._kept: dict[int, dict[str, np.ndarray]] = {}

    def likely(self, written: Written, counts: Sequence[int]) -> list[Mistake]:
        """The mistakes under which what is printed may come about; all where that is not told."""
        printed = PrintedNumbers(written)
        near = np.zeros(len(self.mistakes), bool)
        for count in counts:
            try:
                values = self._after(written.quantity, count)
            except NO_VALUE:
                values = None
            if values is None:
                return list(self.mistakes)
            near |= printed.near(values, rounds=False, in_time=False).all(axis=1)
        return [m for m, chosen in zip(self.mistakes, near, strict=True) if chosen]

    def _after(self, name: str, count: int) -> np.ndarray | None:
        """A quantity after so many updates, the mistakes in front; None for a recurrence."""
        if not count:
            return self.now.value(name)
        kept = self._updated(count)
        return None if kept is None else self._worked(name, kept)

    def _updated(self, count: int) -> dict[str, np.ndarray] | None:
        """What updates hand on, after so many of them: the later ones are made rightly."""
        if count not in self._kept:
            if count == 1:
                self._kept[1] = {n: self.now.value(f"{n} after") for n in self.course.kept}
            else:
                before = self._updated(count - 1)
                found = {n: before and self._worked(f"{n} after", before) for n in self.course.kept}
                if any(v is None for v in found.values()):
                    return None
                self._kept[count] = found
        return self._kept[count]

    def _worked(self, name: str, kept: dict[str, np.ndarray]) -> np.ndarray | None:
        """A line worked out from updated values."""
        arrays = {**self.course.floats.arrays, **kept}
        with self.now.arithmetic.context():
            for line in self.course.needed([name]):
                prepared = self.lines.whole(line.equation)
                if prepared is None or line.quantity in line.equation.read_names():
                    return None
                arrays[line.quantity] = prepared(arrays)
        found = arrays[name]
        shape = np.shape(self.course.floats.arrays[name])
        return np.broadcast_to(found, (len(self.mistakes), *shape))

"""Values after updates under many mistakes at once, in float64: a look before the close one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from deltarule.marking.aligned_answers import Written
from deltarule.marking.mistakes import Mistake
from deltarule.marking.nearness import CUT_OFF
from deltarule.marking.workings.hypotheses import Evaluator
from deltarule.marking.workings.hypothesis import Hypothesis
from deltarule.marking.workings.no_value import NO_VALUE
from deltarule.marking.workings.shortlist import PrintedNumbers
from deltarule.marking.workings.together import Together
from deltarule.marking.workings.wrong_rows import WrongRows
from deltarule.networks.equations import Equation
from deltarule.tracing.computation import Computation


class QuickUpdates:
    """What quantities are after some numbers of updates, all of them under each mistake."""

    def __init__(self, computation: Computation, evaluator: Evaluator, mistakes: Sequence[Mistake]):
        self.computation, self.lines, self.mistakes = computation, evaluator.quick_lines, mistakes
        self.now = Together(evaluator, [Hypothesis()], WrongRows([(m,) for m in mistakes]))
        self._kept: dict[int, dict[str, np.ndarray]] = {}
        self._wrong: dict[str, list[tuple[int, Equation]]] = {}
        for row, mistake in enumerate(mistakes):
            for line, equation in mistake.equations:
                self._wrong.setdefault(line, []).append((row, equation))
        # Those that cannot be evaluated together with the others are looked at one by one.
        self._alone = np.zeros(len(mistakes), bool)

    def likely(self, written: Written, counts: Sequence[int], times: int) -> list[Mistake]:
        """The mistakes under which what is printed may come about; all where that is not said.

        Those that cannot be evaluated together with others are all likely where more than one
        update is asked for; that such a mistake and a miscount came together is not supposed.
        """
        printed = PrintedNumbers(written)
        near = np.zeros(len(self.mistakes), bool)
        for count in counts:
            try:
                values = self._after(written.quantity, count)
            except NO_VALUE:
                values = None
            if values is None:
                return list(self.mistakes)
            near |= printed.near(values, CUT_OFF, rounds=False, in_time=False).all(axis=1)
        if times > 1:
            near |= self._alone
        return [m for m, chosen in zip(self.mistakes, near, strict=True) if chosen]

    def _after(self, name: str, count: int) -> np.ndarray | None:
        """A quantity after so many updates, the mistakes in front; None for a recurrence."""
        if not count:
            return self.now.value(name)
        kept = self._updated(count)
        return None if kept is None else self._worked(name, kept)

    def _updated(self, count: int) -> dict[str, np.ndarray] | None:
        """What updates hand on, after so many of them, each with the mistake of its row."""
        if count not in self._kept:
            if count == 1:
                self._kept[1] = {n: self.now.value(f"{n} after") for n in self.computation.kept}
            else:
                before = self._updated(count - 1)
                found = {
                    n: before and self._worked(f"{n} after", before, wrong=True)
                    for n in self.computation.kept
                }
                if any(v is None for v in found.values()):
                    return None
                self._kept[count] = found
        return self._kept[count]

    def _worked(
        self, name: str, kept: dict[str, np.ndarray], wrong: bool = False
    ) -> np.ndarray | None:
        """A line evaluated from updated values, rightly, or with the mistake of each row."""
        arrays = {**self.computation.floats.arrays, **kept}
        done = set(self.computation.givens) | kept.keys()
        with self.now.carried.context():
            for line in self.computation.needed([name]):
                prepared = self.lines.whole(line.equation)
                if prepared is None or line.quantity in line.equation.read_names():
                    return None
                found = prepared(arrays)
                if wrong and line.quantity in self._wrong:
                    found = self._by_row(line.quantity, found, arrays, done)
                arrays[line.quantity] = found
                done.add(line.quantity)
        return self._rows(name, arrays[name])

    def _by_row(self, name: str, right: np.ndarray, arrays: dict, done: set[str]) -> np.ndarray:
        """A line by its right equation, and in some rows by a wrong one."""
        found = np.array(self._rows(name, right))
        for row, equation in self._wrong[name]:
            prepared = self.lines.whole(equation)
            needed = equation.read_names()
            if prepared is None or not needed <= done:
                self._alone[row] = True
                continue
            mine = {
                n: arrays[n][row] if np.ndim(arrays[n]) > self.lines.rank(n) else arrays[n]
                for n in needed
            }
            found[row] = prepared(mine)
        return found

    def _rows(self, name: str, values: np.ndarray) -> np.ndarray:
        """A line's values, a row for each mistake."""
        shape = np.shape(self.computation.floats.arrays[name])
        return np.broadcast_to(values, (len(self.mistakes), *shape))

"""What a task's values come to if one line of its derivation is evaluated wrongly.

Mistakes are made once for a task; at each setting all those of a line are evaluated together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from deltarule.marking.mistakes import Mistake, contexts, mistakes_in
from deltarule.marking.mistakes.generators import ROWS
from deltarule.marking.mistakes.times import nothing_carried
from deltarule.marking.workings.hypotheses import Evaluator
from deltarule.marking.workings.hypothesis import Hypothesis
from deltarule.marking.workings.no_value import NO_VALUE
from deltarule.marking.workings.shortlist import Shortlist
from deltarule.marking.workings.wrong_rows import WrongRows
from deltarule.submissions.axis_mistakes import AXIS_ROWS
from deltarule.submissions.chain_rule_lines import chain_rule_mistakes
from deltarule.submissions.chosen_windows import chosen_windows
from deltarule.submissions.classifier_mistakes import CLASSIFIER_ROWS
from deltarule.submissions.code_functions import FUNCTION_ROWS
from deltarule.submissions.code_mistakes import CODE_ROWS
from deltarule.submissions.exposing_settings import Setting
from deltarule.submissions.gate_mistakes import GATE_ROWS
from deltarule.submissions.joint_mistakes import joint_mistakes
from deltarule.submissions.loop_mistakes import LOOP_ROWS
from deltarule.submissions.mask_mistakes import MASK_ROWS
from deltarule.submissions.operation_mistakes import OPERATION_ROWS
from deltarule.submissions.right_task import RightTask
from deltarule.submissions.right_values import RightValues
from deltarule.submissions.uneven_windows import UNEVEN_ROWS
from deltarule.submissions.untangled_rows import untangled
from deltarule.tracing.computation import Computation

#: What is raised where a wrong line has no value, or none at the sizes of a setting.
_UNFIT = (*NO_VALUE, ValueError, IndexError)

#: In the place of a line's name: what is wrong in several lines at once.
JOINT = ""

#: The kinds of mistakes of code, beside those of formulas.
OWN_ROWS = (
    *(*CODE_ROWS, *MASK_ROWS, *FUNCTION_ROWS),
    *(*CLASSIFIER_ROWS, *GATE_ROWS, *AXIS_ROWS),
    *(*LOOP_ROWS, *UNEVEN_ROWS, *OPERATION_ROWS),
)

#: Nothing is wrong.
RIGHT = Hypothesis()


def with_mistake(hypothesis: Hypothesis, mistake: Mistake) -> Hypothesis:
    """A hypothesis with a mistake more."""
    for line, equation in mistake.equations:
        hypothesis = hypothesis.with_variant(line, equation)
    return hypothesis


class WrongLines:
    """The wrong versions of a task's lines, and the values that they lead to."""

    def __init__(self, right: RightTask, rights: Mapping[Setting, RightValues] | None = None):
        self.right, self.rights = right, rights or {}
        self._at: dict[Setting, tuple[Evaluator, Shortlist]] = {}
        self._mistakes: dict[str, list[Mistake]] = {}
        self._groups: dict[str, list[tuple[list[int], WrongRows]]] = {}
        self._values: dict[tuple, np.ndarray | None] = {}
        usual = [s for s in right.settings if s.numbers == "usual"] or [*right.settings]
        # Where all sizes differ, none is taken for another.
        own = {str(a) for t in right.network.tensors.values() for a in t.axes}
        self._first = max(usual, key=lambda s: (*_distinct(s, own), s is usual[0]))

    @property
    def lines(self) -> list[str]:
        """The names of all lines, in their order."""
        return list(self._evaluator(self._first).equations)

    def above(self, name: str) -> frozenset[str]:
        """All lines that a line depends on, itself included."""
        return self._evaluator(self._first).ancestors(name) | {name}

    def mistakes(self, name: str) -> list[Mistake]:
        """The wrong versions of a line, simplest first; those of `JOINT` are of several lines."""
        if name == JOINT and name not in self._mistakes:
            computation = self.computation(self._first)
            found = joint_mistakes(self.right.task, computation, self.mistakes)
            found += chosen_windows(computation)
            found += chain_rule_mistakes(computation, (*ROWS, *OWN_ROWS))
            self._mistakes[name] = sorted(found, key=lambda m: m.cost)
        if name not in self._mistakes:
            computation = self.computation(self._first)
            found = [
                m
                for context in contexts(computation, name)
                for m in (*mistakes_in(context), *mistakes_in(context, OWN_ROWS))
            ]
            lines = {line.quantity: line.equation for line in computation.lines}
            if name in self._evaluator(self._first).groups:
                found += nothing_carried(lines, name)
            self._mistakes[name] = sorted(found, key=lambda m: m.cost)
        return self._mistakes[name]

    def computation(self, setting: Setting) -> Computation:
        """The computation of a setting, with its own givens."""
        right = self.rights.get(setting) or self.right.right(setting)
        if setting.numbers != "edges":
            return right.computation
        givens = {n: right.arrays[n] for n in right.computation.givens if n in right.arrays}
        return right.computation.with_givens(givens)

    def values(
        self, setting: Setting, line: str, output: str, base: Hypothesis = RIGHT
    ) -> np.ndarray | None:
        """An output under each wrong version of a line, a row each; None if it has no value."""
        key = (setting, line, output, base.key)
        if key not in self._values:
            with np.errstate(all="ignore"):
                self._values[key] = self._at_once(setting, line, output, base)
        return self._values[key]

    def _at_once(
        self, setting: Setting, line: str, output: str, base: Hypothesis
    ) -> np.ndarray | None:
        """The same, the mistakes of each group together."""
        evaluator, shortlist = self._worker(setting)
        mistakes = self.mistakes(line)
        if line not in self._groups:
            own = [[*range(len(mistakes))]] if line != JOINT else untangled(evaluator, mistakes)
            self._groups[line] = [(g, WrongRows([(mistakes[k],) for k in g])) for g in own]
        parts = []
        for numbers, rows in self._groups[line]:
            try:
                found = shortlist.values(output, base, rows)
            except _UNFIT:
                found = self._one_by_one(setting, [mistakes[k] for k in numbers], output, base)
            if found is None:
                return None
            parts.append((numbers, found))
        if not parts:
            return None
        whole = np.empty((len(mistakes), *parts[0][1].shape[1:]))
        for numbers, found in parts:
            whole[numbers] = found
        return whole

    def value(self, setting: Setting, output: str, hypothesis: Hypothesis) -> np.ndarray | None:
        """An output under one hypothesis."""
        with np.errstate(all="ignore"):
            try:
                found = self._evaluator(setting).quick(output, hypothesis)
                return np.asarray(found, dtype=float)
            except _UNFIT:
                return None

    def _one_by_one(
        self, setting: Setting, mistakes: Sequence[Mistake], output: str, base: Hypothesis
    ) -> np.ndarray:
        """The same where some version has no value at the sizes of a setting: there it is NaN."""
        shape = np.shape(self._evaluator(setting).computation.floats.arrays[output])
        found = np.full((len(mistakes), *shape), np.nan)
        for row, mistake in enumerate(mistakes):
            value = self.value(setting, output, with_mistake(base, mistake))
            if value is not None and value.shape == shape:
                found[row] = value
        return found

    def _evaluator(self, setting: Setting) -> Evaluator:
        return self._worker(setting)[0]

    def _worker(self, setting: Setting) -> tuple[Evaluator, Shortlist]:
        if setting not in self._at:
            evaluator = Evaluator(self.computation(setting), {})
            self._at[setting] = evaluator, Shortlist(evaluator)
        return self._at[setting]


def _distinct(setting: Setting, axes: set[str]) -> tuple[int, bool, int, int]:
    """How well a setting shows what is taken for another: strides and paddings that are not 1 or
    0, no size of 1, few sizes that are equal, large ones."""
    beside = [setting.sizes[name] for name in setting.attributes if name in setting.sizes]
    numbers = [n for name, n in setting.sizes.items() if name in axes]
    least = min(numbers, default=0)
    return min(beside, default=0), least > 1, len(set(numbers)) - len(numbers), least


@lru_cache(maxsize=256)
def wrong_lines(right: RightTask) -> WrongLines:
    """The wrong versions of a task's lines, made once in a process."""
    return WrongLines(right)

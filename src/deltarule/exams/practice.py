"""Practice: one quantity after the other, marked at once, with hints in three grades.

The numbers are a variant's, another one for every seed. What was answered wrongly is carried on by
the marker, as in an exam; what is given up is not, as its right value is shown then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from deltarule.arithmetic.printed import Printed
from deltarule.errors import DeltaruleError, in_one_line
from deltarule.exams.drawn_variants import Variants
from deltarule.exams.paper import matrix_line, right_matrices
from deltarule.exams.practice_hints import hint
from deltarule.marking.open_sheet import OpenSheet
from deltarule.marking.sheet_files.answers import Answers
from deltarule.marking.sheet_files.arrays import Numbers, read_numbers, shape
from deltarule.marking.sheet_files.sheets import Run, Sheet
from deltarule.marking.verdicts import FOLLOWS, RIGHT, TRIVIAL, UNREADABLE, Verdict
from deltarule.spelling.counted import counted
from deltarule.spelling.names import pretty
from deltarule.tracing.trace import Trace, trace_computation

#: So many tries a quantity has; then its right value is shown.
TRIES = 3
_APART = re.compile(r"\s*;\s*|\s*,\s+|\s+")
_NUMBER = re.compile(r"[-+−–.,0-9/%½¼¾eE·×^ ;\[\](){}⁻⁰¹²³⁴-⁹]+")


@dataclass
class Attempt:
    """What was typed for a quantity, and what was said of it."""

    typed: str
    verdict: str
    finding: str
    expected: str
    causes: tuple[str, ...] = ()

    @property
    def fine(self) -> bool:
        """Whether nothing new is wrong in it."""
        return self.verdict.startswith(RIGHT) or self.verdict in (FOLLOWS, TRIVIAL)


@dataclass
class Step:
    """One quantity that is asked: its extents, what was tried, how many hints were taken."""

    quantity: str
    extents: tuple[int, ...]
    attempts: list[Attempt] = field(default_factory=list)
    hints: int = 0
    skipped: bool = False

    @property
    def fine(self) -> bool:
        """Whether it ended right."""
        return bool(self.attempts) and self.attempts[-1].fine

    @property
    def over(self) -> bool:
        """Whether it is right, given up, or tried often enough."""
        return self.fine or self.skipped or len(self.attempts) >= TRIES


class Practice:
    """A run with numbers of its own, asked step by step. Raises DeltaruleError as Variants."""

    def __init__(self, run: Run, seed: str):
        self.seed, variants = seed, Variants(run, seed)
        self.variant = variants.draw("practice", allow_hidden=True)
        self.run = replace(self.variant.run, formulas={})
        self._sheet = OpenSheet(Sheet(run.title, "", "practice", (self.run,)))
        self._values: dict[str, Numbers] = {}
        computation = self.variant.distances.session.computation
        self.trace: Trace = trace_computation(computation, checks=False)
        arrays = computation.floats.arrays
        self.steps = [Step(q, np.shape(arrays[q])) for q in variants.asked.entries]

    def answer(self, step: Step, typed: str) -> Attempt:
        """Mark what was typed, numbers or a formula, and note it."""
        try:
            attempt = self._marked(step, typed)
        except DeltaruleError as error:
            return Attempt(typed, UNREADABLE, in_one_line(error), "")  # it costs no try
        if attempt.verdict == UNREADABLE:
            return attempt
        step.attempts.append(attempt)
        if step.over and not step.fine:
            self._values.pop(step.quantity, None)
        return attempt

    def _marked(self, step: Step, typed: str) -> Attempt:
        values, formulas = dict(self._values), {}
        if _NUMBER.fullmatch(typed):
            self._values[step.quantity] = values[step.quantity] = _numbers(typed, step)
        else:
            values.pop(step.quantity, None)
            formulas[step.quantity] = typed
        answers = Answers(None, "", values, "practice", formulas=formulas)
        found = self._sheet.mark(answers).verdicts
        own = [v for v in found if v.quantity == step.quantity and v.verdict != "missing"]
        said = next((v for v in own if not v.right), own[0] if own else None)
        if said is None:
            raise DeltaruleError("nothing was read", remedy="type a number or a formula")
        return _attempt(typed, said)

    def hint(self, step: Step) -> str:
        """The next hint: in words, then the formula, then the numbers put in."""
        step.hints = min(step.hints + 1, 3)
        return hint(self.trace, step.quantity, step.hints)

    def right(self, step: Step) -> str:
        """The right value in the digits that are asked."""
        computation, digits = self.trace.computation, self.run.rounding
        return "; ".join(map(matrix_line, right_matrices(step.quantity, computation, digits)))

    def skip(self, step: Step) -> None:
        """Give a quantity up."""
        step.skipped = True
        self._values.pop(step.quantity, None)

    def to_revise(self) -> Iterator[tuple[str, str]]:
        """What to look at again: quantities, and each thing that was found of them."""
        for step in self.steps:
            wrong = [a.finding or "wrong" for a in step.attempts if not a.fine]
            if wrong:
                for finding in dict.fromkeys(wrong):
                    yield pretty(step.quantity), finding
            elif step.skipped:
                yield pretty(step.quantity), "skipped"
            elif step.hints > 1:
                yield pretty(step.quantity), "worked out with its formula given"


def _attempt(typed: str, verdict: Verdict) -> Attempt:
    expected = "" if verdict.right else verdict.expected
    return Attempt(typed, verdict.verdict, verdict.finding, expected, verdict.mistakes)


def _numbers(typed: str, step: Step) -> Numbers:
    """Numbers in the shape of a quantity, however they are parted."""
    count = int(np.prod(step.extents))
    if typed.strip()[:1] in "[(":
        read = read_numbers(typed.strip().translate(str.maketrans("()", "[]")), step.quantity)
        if isinstance(read, tuple) and shape(read) == step.extents:
            return read
        typed = re.sub(r"[\[\]()]", " ", typed)
    texts = [t for t in _APART.split(typed.strip()) if t]
    texts = [t.rstrip(",") for t in texts]
    if len(texts) != count:
        raise DeltaruleError(
            f"{counted(len(texts), 'number')} for {count}",
            step.quantity,
            "part numbers by blanks, row by row",
        )
    array = np.empty(count, dtype=object)
    array[:] = [Printed(t, step.quantity) for t in texts]
    return _nested(array.reshape(step.extents))


def _nested(array: np.ndarray) -> Numbers:
    if array.ndim == 0:
        return array.item()
    return tuple(_nested(np.asarray(row, dtype=object)) for row in array)

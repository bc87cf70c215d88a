"""Remarks on the runs of an exam: names, numbers that are given, values that are asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

import numpy as np

from deltarule.arithmetic.exact import fraction
from deltarule.errors import DeltaruleError
from deltarule.exams.exam import NUMBERS, Exam, Question
from deltarule.exams.exam_places import ExamPlaces
from deltarule.exams.lint_remarks import Remark, error_of, warning
from deltarule.exams.question_text import quantities_in, question_text
from deltarule.exams.value_kinds import Path
from deltarule.expressions.gradient_names import tensor_of
from deltarule.marking.answer_template import everything
from deltarule.marking.run_computations import Known, run_computation
from deltarule.marking.sheet_files.other_names import own_name
from deltarule.marking.sheet_files.sheets import Rounding, Run
from deltarule.networks.reachability import reachable
from deltarule.spelling.names import pretty
from deltarule.tracing.computation import Computation
from deltarule.tracing.format_numbers import finite, shown


def of_runs(exam: Exam, where: ExamPlaces) -> Iterator[Remark]:
    """What is said of every run, its derivation evaluated."""
    runs = [_Run(exam, number, run, where) for number, run in enumerate(exam.sheet.runs, start=1)]
    for run in runs:
        yield from run.remarks()
    used = {name for run in runs for name in run.used}
    for run in runs:
        yield from (remark for name, remark in run.unused.items() if name not in used)
    if not exam.sheet.runs:
        for number, question in enumerate(exam.questions):
            yield from _of_texts(question, number, None, {}, where)


class _Run:
    """One run, and the questions about it."""

    def __init__(self, exam: Exam, number: int, run: Run, where: ExamPlaces):
        self.exam, self.number, self.run, self.where = exam, number, run, where
        self.known: Known = {}
        self.used: set[str] = set()
        self.unused: dict[str, Remark] = {}
        self.questions = [
            (k, q) for k, q in enumerate(exam.questions) if q.run == number and q.asked
        ]

    def at(self, *keys: str) -> str:
        """The place of a key of the run."""
        several = len(self.exam.sheet.runs) > 1
        path: Path = ("run", self.number - 1, *keys) if several else keys
        return self.where(path)

    def remarks(self) -> Iterator[Remark]:
        """Errors of names and numbers; without such, what is odd about the values."""
        try:
            run_computation(self.run, (), self.known)
        except DeltaruleError as error:
            yield error_of(error, self.at())
            return
        bad = list(self._unknown())
        yield from bad
        if bad:
            return
        asked = tuple(dict.fromkeys(r for _, q in self.questions for r in q.asked))
        computation = run_computation(self.run, asked, self.known)
        self._note_givens(computation, asked)
        yield from self._of_rate(computation, asked)
        for k, question in self.questions:
            if question.kind == NUMBERS:
                yield from self._values(computation, question, k)
        for k, question in enumerate(self.exam.questions):
            if question.run == self.number and not self.exam.plain:
                yield from _of_texts(question, k, self.run, self.known, self.where)

    def _unknown(self) -> Iterator[Remark]:
        """Quantities that are asked, and that the network does not have."""
        for k, question in self.questions:
            for name in question.asked:
                try:
                    run_computation(self.run, (name,), self.known).locate(name)
                except DeltaruleError as error:
                    place = self._asked_at(k)
                    yield Remark(True, error.fact, place, error.remedy or "")

    def _asked_at(self, question: int) -> str:
        return self.at("asked") if self.exam.plain else self.where(("question", question, "asked"))

    def _note_givens(self, computation: Computation, asked: Iterable[str]) -> None:
        """Note the numbers that something that is asked depends on, and the others."""
        wanted = [computation.locate(name)[0] for name in asked] or everything(computation)
        reads: dict[str, set[str]] = {}
        for line in computation.lines:
            reads.setdefault(line.quantity, set()).update(line.equation.read_names())
        used = {*reachable(wanted, lambda n: reads.get(n, ())), *wanted}
        wrt = {tensor_of(name).partition(" ")[0].partition("[")[0] for name in used}
        for name in self.run.given:
            if name in used | wrt or name not in computation.givens:
                self.used.add(name)
            else:
                self.unused[name] = warning(
                    f"{pretty(name)} is given, and nothing that is asked depends on it",
                    self.at("given", name),
                    "leave it out, or ask for more",
                )

    def _of_rate(self, computation: Computation, asked: Iterable[str]) -> Iterator[Remark]:
        """A learning rate that nothing that is asked depends on."""
        names = [computation.locate(name)[0] for name in asked]
        before = bool(names) and not any(name.endswith(" after") for name in names)
        if before and self.run.rate is not None and self.run.at == "before":
            yield warning(
                "a learning rate is given, and no value after the update is asked",
                self.at("rate"),
                'leave it out, or ask for "Theta2 after"',
            )

    def _values(
        self, computation: Computation, question: Question, number: int
    ) -> Iterator[Remark]:
        """Values that are none, and values that rounding makes 0."""
        for reference in question.asked:
            name, entry = computation.locate(reference)
            array = np.asarray(computation.carried.arrays[name], dtype=object)
            values = [fraction(array[entry])] if entry else [fraction(v) for v in array.ravel()]
            if not all(finite(v) for v in values):
                yield Remark(
                    True,
                    f"{pretty(reference)} has no value: {shown(values[0])}",
                    self._asked_at(number),
                    "change a given, or do not ask for it",
                )
                continue
            numbers = [v for v in values if isinstance(v, Fraction)]
            lost = [v for v in numbers if v and not _rounded(v, self.run.rounding)]
            if lost:
                of = f" in {len(lost)} of {len(values)} entries" if len(values) > 1 else ""
                yield warning(
                    f"{pretty(reference)} rounds to 0{of}, and is {shown(lost[0])}",
                    self._asked_at(number),
                    "round to more decimals or to significant figures, or change a given",
                )


def _rounded(value: Fraction, rounding: Rounding) -> bool:
    """Whether something is left of a value when it is rounded."""
    if rounding.decimals is None:
        return True
    unit = Fraction(1, 10**rounding.decimals)
    return abs(value) >= (unit if rounding.rule == "truncate" else unit / 2)


def _of_texts(
    question: Question, number: int, run: Run | None, known: Known, where: ExamPlaces
) -> Iterator[Remark]:
    """Quantities in the texts of a question that there are not, and numbers that are not given."""
    texts = [("text", question.text)]
    if question.choice is not None:
        texts += [("choices", t) for t in question.choice.choices.values()]
        texts += [("explanation", question.choice.explanation)]
    for key, text in texts:
        place = where(("question", number, key))
        try:
            question_text(text, run)
        except DeltaruleError as error:
            yield Remark(True, error.fact, place, error.remedy or "")
            continue
        for part in quantities_in(text):
            if part.numbers or part.name == "rate":
                continue
            if not _there_is(part.name, run, known):
                yield warning(
                    f"the text names {pretty(part.name)}, and there is no such quantity",
                    place,
                    "name one of the network's, or write {{ }} for braces",
                )


def _there_is(name: str, run: Run | None, known: Known) -> bool:
    if run is None:
        return False
    try:
        run_computation(run, (own_name(name, run.names),), known).locate(own_name(name, run.names))
    except DeltaruleError:
        return False
    return True

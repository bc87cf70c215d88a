"""Exams: a sheet, and questions about its runs. A plain sheet asks for its quantities, one each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from deltarule.marking.sheets import Run, Sheet, load_sheet
from deltarule.spelling.names import parse_reference

NUMBERS, FORMULA, CODE, COUNTING, CHOICE = KINDS = (
    "numbers",
    "formula",
    "code",
    "counting",
    "choice",
)


@dataclass(frozen=True)
class Question:
    """One question: `run` counts the sheet's runs from 1, `asked` are canonical quantities, and
    `steps` the marks of each of them, which add up to `marks`.
    """

    id: str
    kind: str
    marks: Fraction = Fraction(1)
    text: str = ""
    run: int = 1
    asked: tuple[str, ...] = ()
    steps: Mapping[str, Fraction] = field(default_factory=dict)


@dataclass(frozen=True)
class Exam:
    """An exam: `path` is where it was read, as the person would name it.

    `plain`: a sheet without questions of its own, whose quantities are its questions; of one that
    asks for nothing, whatever is answered.
    """

    title: str
    path: str
    sheet: Sheet
    questions: tuple[Question, ...]
    plain: bool = True

    def question(self, id: str) -> Question | None:
        """The question with an id; None for none."""
        return next((q for q in self.questions if q.id == id), None)


def load_exam(name_or_path: str | Path) -> Exam:
    """The exam at a path, or an example of the library by its bare name.

    Raises DeltaruleError naming file, line and key for whatever is not as it should be.
    """
    return exam_of(load_sheet(name_or_path))


def exam_of(sheet: Sheet) -> Exam:
    """A plain sheet as an exam."""
    several = len(sheet.runs) > 1
    questions = [
        question
        for number, run in enumerate(sheet.runs, start=1)
        for question in _plain_questions(run, number, several)
    ]
    return Exam(sheet.title, sheet.path, sheet, tuple(questions))


def plain_id(quantity: str, run: int, several: bool) -> str:
    """The id of a plain sheet's question: its quantity, and of several runs, which one."""
    return f"{quantity} of run {run}" if several else quantity


def _plain_questions(run: Run, number: int, several: bool) -> list[Question]:
    """A question for each quantity; the entries of one that are asked apart are its steps."""
    found: dict[str, dict[str, Fraction]] = {}
    for reference in run.asked:
        printed = run.marks.get(reference)
        steps = found.setdefault(parse_reference(reference).name, {})
        steps[reference] = Fraction(1) if printed is None else printed.value
    return [_plain(name, steps, run, number, several) for name, steps in found.items()]


def _plain(
    name: str, steps: Mapping[str, Fraction], run: Run, number: int, several: bool
) -> Question:
    formula = name in run.formulas and name not in run.published
    marks = sum(steps.values(), start=Fraction(0)) if run.marks else Fraction(1)
    id = plain_id(name, number, several)
    return Question(
        id, FORMULA if formula else NUMBERS, marks, "", number, tuple(steps), dict(steps)
    )

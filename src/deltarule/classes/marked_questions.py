"""The marks of an exam by question: what is asked, what is earned, what is said of the whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from deltarule.errors import DeltaruleError
from deltarule.exams.exam import Exam, Question
from deltarule.exams.exam_marking import ExamMarking, QuestionMark
from deltarule.exams.joined_verdicts import gravest
from deltarule.exams.question_text import RATE, quantities_in, question_text
from deltarule.marking.sheet_files.sheets import Run
from deltarule.marking.verdicts import FOLLOWS, MISSING, TRIVIAL
from deltarule.spelling.names import pretty


@dataclass(frozen=True)
class MarkedQuestion:
    """One question and its marks: one for each quantity that it asks for, else one."""

    id: str
    text: str
    marks: tuple[QuestionMark, ...]

    @property
    def points(self) -> Fraction:
        return sum((m.points for m in self.marks), Fraction(0))

    @property
    def of(self) -> Fraction:
        return sum((m.of for m in self.marks), Fraction(0))

    @property
    def open(self) -> Fraction:
        return sum((m.open for m in self.marks), Fraction(0))

    @property
    def verdict(self) -> str:
        """The gravest verdict on its parts."""
        return gravest(m.verdict for m in self.marks)

    @property
    def right(self) -> bool:
        """Whether all of it counts as right."""
        return all(m.right for m in self.marks)

    @property
    def answered(self) -> bool:
        """Whether anything of it was answered."""
        return any(m.verdict != MISSING for m in self.marks)

    @property
    def causes(self) -> tuple[str, ...]:
        """The mistakes found in it, each once."""
        return tuple(dict.fromkeys(cause for m in self.marks for cause in m.causes))

    @property
    def label(self) -> str:
        """What it is called before people: its id, as quantities are spelled."""
        return shown_name(self.id)


def by_question(marking: ExamMarking, texts: Mapping[str, str] = {}) -> list[MarkedQuestion]:
    """The questions of a marking in their order. `texts` are what they ask, by their ids."""
    found: dict[str, list[QuestionMark]] = {}
    for mark in marking.marks:
        found.setdefault(mark.question, []).append(mark)
    return [MarkedQuestion(id, texts.get(id, ""), tuple(marks)) for id, marks in found.items()]


@lru_cache(4096)
def shown_name(text: str) -> str:
    """A quantity as the engine spells it; what is the name of nothing, as it is."""
    name, of_run, run = text.partition(" of run ")
    try:
        return pretty(name) + of_run + run
    except DeltaruleError:
        return text


def texts_of(exam: Exam) -> dict[str, str]:
    """What the questions of an exam ask, by their ids, their quantities spelled by the engine."""
    return {q.id: question_text(q.text, _run(exam, q)) for q in exam.questions if q.text}


def has_numbers(text: str) -> bool:
    """Whether numbers of a sheet are put into a text."""
    return any(part.numbers or part.name == RATE for part in quantities_in(text))


def _run(exam: Exam, question: Question) -> Run | None:
    runs = exam.sheet.runs
    return runs[question.run - 1] if question.run <= len(runs) else None


def follows_from(mark: QuestionMark, marking: ExamMarking) -> list[QuestionMark]:
    """Of a value that follows from earlier ones, their marks, in the order of the exam."""
    if mark.verdict not in (FOLLOWS, TRIVIAL):
        return []
    names = {shown_name(m.quantity): m for m in marking.marks if m.quantity and m is not mark}
    said = mark.finding.partition(" as printed")[0]
    found = set(_named(said, names))
    return [m for name, m in names.items() if name in found]


def _named(text: str, names: Iterable[str]) -> Iterator[str]:
    """The names that stand in a text by themselves: not Θ₂ within ∂E/∂Θ₂."""
    either = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    if either:
        yield from (found[0] for found in re.finditer(rf"(?<![\w∂/])(?:{either})(?!\w)", text))

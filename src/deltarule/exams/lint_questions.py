"""Remarks on the questions of an exam: marks, texts, choices, functions, figures."""

from __future__ import annotations

import re
from collections.abc import Iterator

from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.exams.exam import ChoiceTask, CodeTask, Exam, Question
from deltarule.exams.exam_places import ExamPlaces
from deltarule.exams.lint_remarks import Remark, error_of, warning
from deltarule.exams.right_counts import right_count
from deltarule.language.load import network_of
from deltarule.marking.points import points_text
from deltarule.submissions.accepted_verdicts import accepted_verdicts
from deltarule.submissions.convention_files import convention

#: LaTeX in a text, and what stands in braces there that no command has.
_LATEX = re.compile(r"\$[^$]*\$")
_IN_LATEX = re.compile(r"(?<![\\\w^_}\]{])\{(rate|[^{}\\]+ =\s*|[^{}\\]*/d[^{}\\]*)\}(?!\})")


def of_all_questions(exam: Exam, where: ExamPlaces) -> Iterator[Remark]:
    """What the questions say together."""
    if exam.total is not None and exam.total != exam.marks:
        yield warning(
            f"the marks add up to {points_text(exam.marks)}, and the total is said to be "
            f"{points_text(exam.total)}",
            where(("total",)),
            "change the total, or the marks of a question",
        )
    marked = [q.marked for q in exam.questions]
    if any(marked) or exam.total is not None:
        for number, question in enumerate(exam.questions):
            if not question.marked:
                yield warning(
                    f"question {question.id} has no marks, and counts "
                    f"{points_text(question.marks)}",
                    _place(exam, number, where),
                    "write marks = 1, or what it is worth",
                )
    asked: dict[tuple[int, str, str], str] = {}
    for number, question in enumerate(exam.questions):
        for name in question.asked:
            first = asked.setdefault((question.run, question.kind, name), question.id)
            if first != question.id:
                yield warning(
                    f"{name} is asked in {first} already",
                    where(("question", number, "asked")),
                    "ask it once: a mistake would be charged twice",
                )


def _place(exam: Exam, number: int, where: ExamPlaces) -> str:
    return where(("marks",)) if exam.plain else where(("question", number, "id"))


def of_question(exam: Exam, question: Question, number: int, where: ExamPlaces) -> Iterator[Remark]:
    """What one question says."""
    if exam.plain:
        return
    place = where(("question", number))
    for dead in _IN_LATEX.findall(" ".join(_LATEX.findall(question.text))):
        yield warning(
            f"{{{dead}}} stands between two $, where it is LaTeX and not put in",
            where(("question", number, "text")),
            f"close the $ before {{{dead}}}",
        )
    if question.marks == 0:
        yield warning(
            f"question {question.id} is worth nothing",
            where(("question", number, "marks")),
            "give it marks, or leave it out",
        )
    if question.code is not None:
        yield from _of_code(question.code, number, where)
    if question.counting is not None:
        try:
            right_count(question)
        except DeltaruleError as error:
            yield error_of(error, place)
    if question.choice is not None:
        yield from _of_choice(question.choice, number, where)


def _of_choice(task: ChoiceTask, number: int, where: ExamPlaces) -> Iterator[Remark]:
    seen: dict[str, str] = {}
    for key, text in task.choices.items():
        first = seen.setdefault(" ".join(text.lower().split()), key)
        if first != key:
            yield warning(
                f"the choices {first} and {key} say the same",
                where(("question", number, "choices")),
                "change one of them: who chose the other is marked wrong",
            )


def _of_code(task: CodeTask, number: int, where: ExamPlaces) -> Iterator[Remark]:
    try:
        accepted_verdicts(task.accept or "", where(("question", number, "accept")))
    except DeltaruleError as error:
        yield error_of(error)
    if task.like:
        try:
            network_of(task.like, **task.options)
        except DeltaruleError as error:
            yield error_of(error, where(("question", number, "like")))
        return
    try:
        known = convention(task.convention).functions
    except DeltaruleError as error:
        at = where(("question", number, "convention"))
        yield Remark(True, error.fact, at, error.remedy or "")
        return
    for name in task.functions:
        if name not in known:
            yield warning(
                f"{task.convention} has no function {name}",
                where(("question", number, "function")),
                did_you_mean(name, known)
                or f"check --conventions {task.convention} lists them; or write like = …",
            )

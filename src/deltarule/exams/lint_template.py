"""Remarks on the answers file of an exam: whether what is filled in arrives at its question."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from deltarule.errors import DeltaruleError
from deltarule.exams.exam import CODE, Exam
from deltarule.exams.exam_answers import SECTIONS, sorted_answers
from deltarule.exams.exam_places import ExamPlaces
from deltarule.exams.exam_submission import Submission
from deltarule.exams.exam_template import exam_template
from deltarule.exams.lint_remarks import Remark, error_of, warning
from deltarule.marking.sheet_files.lenient import read_leniently
from deltarule.spelling.names import parse_reference


def of_template(exam: Exam, where: ExamPlaces) -> Iterator[Remark]:
    """Questions whose answer would not be found in the template when it is filled in."""
    if exam.plain:
        return
    try:
        text = exam_template(exam)
    except DeltaruleError as error:
        yield error_of(error, where(()))
        return
    filled = re.sub(r'(?<!\\)""', '"1"', text)
    submission = sorted_answers(exam, read_leniently(filled, "the template", SECTIONS))
    for number, question in enumerate(exam.questions):
        if question.kind != CODE and not _arrives(question, submission):
            yield Remark(
                True,
                f"an answer to question {question.id} would not be found in the answers file",
                where(("question", number, "id")),
                "give it another id",
            )
    quantities = {parse_reference(r).name: q for q in exam.questions for r in q.asked}
    for number, question in enumerate(exam.questions):
        other = quantities.get(question.id)
        if other is not None and other.id != question.id:
            yield warning(
                f"question {question.id} has the name of a quantity that {other.id} asks for",
                where(("question", number, "id")),
                "give it another id",
            )


def _arrives(question, submission: Submission) -> bool:
    if not question.asked:
        return question.id in {**submission.choices, **submission.counts}
    answers = submission.of_run(question.run)
    if answers is None:
        return False
    table = answers.formulas if question.kind == "formula" else answers.values
    found = {str(replace(parse_reference(n))) for n in table}
    return all(name in found for name in question.asked)

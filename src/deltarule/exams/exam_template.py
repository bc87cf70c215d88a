"""An empty answers file for an exam: its questions as comments, with room for every answer."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator

import numpy as np

from deltarule.errors import DeltaruleError
from deltarule.exams.exam import CODE, FORMULA, ChoiceTask, CodeTask, CountTask, Exam, Question
from deltarule.exams.question_text import question_text
from deltarule.exams.right_counts import figure_words
from deltarule.marking.answer_template import blank
from deltarule.marking.points import points_text
from deltarule.marking.run_computations import Known, run_computation
from deltarule.marking.sheet_files.answers import blank_value
from deltarule.marking.sheet_files.sheets import Run
from deltarule.spelling.names import pretty

_WIDTH = 90


def exam_template(exam: Exam, name: str = "", run: int = 1) -> str:
    """The text of the file. `name` is what it calls the exam; a plain sheet has one for each
    `run`.

    Raises DeltaruleError for an exam that cannot be evaluated.
    """
    if exam.plain:
        return blank(exam.sheet, run, name)
    known: Known = {}
    lines = [
        f"# {exam.title}",
        "# Write each answer between its quotes, or instead of them. Empty means no answer.",
        '# Numbers: "0.62", "−0,38", "3/4", "1.2e-3". Print the digits that you worked with.',
        *([f"sheet = {json.dumps(name)}"] if name else []),
        'who = ""',
        *_comment(exam.instructions),
    ]
    for question in exam.questions:
        lines += ["", *_question(question, exam, known)]
    return "\n".join(lines) + "\n"


def _question(question: Question, exam: Exam, known: Known) -> Iterator[str]:
    runs = exam.sheet.runs
    run = runs[question.run - 1] if question.run <= len(runs) else None
    points = points_text(question.marks)
    yield f"# Question {question.id} ({points} point{'' if question.marks == 1 else 's'})"
    yield from _comment(_wording(question, run))
    if question.choice is not None:
        yield from _choices(question.choice, run)
    if question.kind == CODE:
        return
    yield f"[answers.{question.id}]"
    if run is not None and question.asked:
        yield from _quantities(question, run, known)
    else:
        yield 'answer = ""'


def _wording(question: Question, run: Run | None) -> str:
    """The question's text, or else what it asks for."""
    if question.text:
        return question_text(question.text, run)
    return wording(question)


def wording(question: Question) -> str:
    """What a question asks for, where it has no text of its own."""
    if isinstance(question.counting, CountTask):
        return f"{figure_words(question.counting)}?"
    if isinstance(question.code, CodeTask):
        like = f" like {question.code.like}" if question.code.like else ""
        return f"Hand in a file with {' and '.join(question.code.functions)}{like}."
    names = ", ".join(pretty(name) for name in question.asked)
    return f"{names}, as a formula" if question.kind == FORMULA else names


def _choices(task: ChoiceTask, run: Run | None) -> Iterator[str]:
    for key, text in task.choices.items():
        yield from _comment(f"{key}: {question_text(text, run)}", "#   ")


def _quantities(question: Question, run: Run, known: Known) -> Iterator[str]:
    computation = run_computation(run, question.asked, known)
    for reference in question.asked:
        name, entry = computation.locate(reference)
        if name not in computation.floats.arrays:
            raise DeltaruleError(f"{reference} has no value", remedy="ask for another quantity")
        shape = () if entry or question.kind == FORMULA else computation.floats.arrays[name].shape
        extent = tuple(n for n in np.atleast_1d(shape).astype(int).tolist() if n != 1)
        key = reference if reference.isidentifier() and reference.isascii() else None
        yield f"{key or json.dumps(reference)} = {blank_value(extent)}"


def _comment(text: str, lead: str = "# ") -> list[str]:
    """A text as lines of comments."""
    return [
        f"{lead}{line}"
        for paragraph in text.splitlines()
        for line in textwrap.wrap(paragraph, _WIDTH)
    ]

"""Help with an answer that is not right, one rung after the other: hints first, causes then.

How far it goes is what students may see: with `verdicts` there is none, with `causes` the hint in
words, what went wrong and the formula, with `right` the numbers put in and the right value too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from deltarule.classes.revealing import CAUSES, RIGHT_VALUES, finding_shown
from deltarule.errors import DeltaruleError
from deltarule.exams.exam import FORMULA, NUMBERS, Exam
from deltarule.exams.exam_marking import QuestionMark
from deltarule.exams.paper import matrix_line, right_matrices
from deltarule.exams.practice_hints import hint
from deltarule.marking.run_computations import run_computation
from deltarule.marking.sheet_files.sheets import Run
from deltarule.spelling.names import parse_reference
from deltarule.tracing.computation import Computation
from deltarule.tracing.trace import trace_computation

#: What a rung is called above what it says.
HINT, WRONG, THE_FORMULA, PUT_IN, RIGHT = (
    "hint", "what went wrong", "the formula", "with the numbers put in", "right is"
)  # fmt: skip


def rungs(kind: str, reveal: str) -> tuple[str, ...]:
    """The rungs of help with a question of a kind, the first first."""
    asked = kind in (NUMBERS, FORMULA)
    if reveal == CAUSES:
        return (
            (HINT, WRONG, THE_FORMULA) if kind == NUMBERS else (HINT, WRONG) if asked else (WRONG,)
        )
    if reveal == RIGHT_VALUES:
        if kind == NUMBERS:
            return HINT, WRONG, THE_FORMULA, PUT_IN, RIGHT
        return (HINT, WRONG, RIGHT) if asked else (WRONG, RIGHT)
    return ()


def help_on(exam: Exam, job: Mapping[str, Any]) -> dict[str, Any]:
    """The first `count` rungs for a mark, as pairs of what they are called and texts."""
    mark = QuestionMark.from_json(job["mark"])
    names = rungs(mark.kind, job["reveal"])[: job["count"]]
    said = ((name, _said(name, exam, mark, job["reveal"])) for name in names)
    return {"help": [[name, text] for name, text in said]}


def _said(name: str, exam: Exam, mark: QuestionMark, reveal: str) -> str:
    if name == WRONG:
        return finding_shown(mark, reveal) or "nothing more is known: go through it line by line"
    if name == RIGHT and mark.expected:
        return mark.expected
    run = _run(exam, mark)
    if run is None or not mark.quantity:
        return "there is none"
    try:
        return "\n".join(_of_line(name, run, mark))
    except DeltaruleError:
        return "there is none for this quantity"


def _run(exam: Exam, mark: QuestionMark) -> Run | None:
    question = exam.question(mark.question)
    runs = exam.sheet.runs
    number = question.run if question is not None else 1
    return runs[number - 1] if number <= len(runs) else None


def _supposed(computation: Computation, mark: QuestionMark) -> Computation:
    """The computation with those numbers for what the sheet leaves open that the verdict takes."""
    changed: dict[str, np.ndarray] = {}
    for name, entry, value in mark.taken:
        array = changed.setdefault(name, computation.givens[name].copy())
        array[entry] = value
    return computation.with_givens(changed)


def _of_line(name: str, run: Run, mark: QuestionMark) -> Iterator[str]:
    computation = _supposed(run_computation(run, (mark.quantity,), {}), mark)
    if name == RIGHT:
        yield from map(matrix_line, right_matrices(mark.quantity, computation, run.rounding))
        return
    grade = {HINT: 1, THE_FORMULA: 2, PUT_IN: 3}[name]
    found = trace_computation(computation, checks=False)
    line, _ = computation.locate(str(parse_reference(mark.quantity)))
    if line not in found.by_name:
        raise DeltaruleError(f"{mark.quantity} is no line")
    yield hint(found, line, grade)

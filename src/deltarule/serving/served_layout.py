"""How an exam is laid out on a page to be answered: its givens, and room for each answer.

It is made once for each paper where exams are opened, and holds plain values alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from deltarule.exams.exam import FORMULA, NUMBERS, Exam, Question
from deltarule.exams.exam_files import plain_id
from deltarule.exams.paper import Matrix, given_lines, paper
from deltarule.exams.question_text import question_text
from deltarule.marking.run_computations import run_computation
from deltarule.marking.sheet_files.sheets import Run
from deltarule.pages.blocks_html import displayed, equation_html
from deltarule.pages.mathml import mathml, number_mathml
from deltarule.pages.mathml_names import mathml_name, places, sign

#: An array of more numbers than this is written into one field, as it is pasted.
MOST_FIELDS = 36


def laid_out(exam: Exam) -> dict[str, Any]:
    """The title, the givens of each run and the equations as HTML, and the questions.

    Raises DeltaruleError for an exam that cannot be evaluated.
    """
    found = paper(exam)
    runs = exam.sheet.runs
    by_id = {q.id: q for q in exam.questions}
    return {
        "title": exam.title,
        "source": exam.sheet.source,
        "plain": exam.plain,
        "instructions": exam.instructions,
        "sentences": list(dict.fromkeys(found.sentences)),
        "equations": [equation_html(left, right) for left, right in found.equations],
        "runs": [_run(run, number, runs) for number, run in enumerate(runs, start=1)],
        "givens": [_matrix(m) for m in found.givens],
        "total": found.total,
        "questions": [_question(q, by_id.get(q.id), exam) for q in found.questions],
    }


def _run(run: Run, number: int, runs: Sequence[Run]) -> dict[str, Any]:
    """A run's title, and of a further run what is given otherwise than in the first."""
    first = set(given_lines(runs[0]))
    lines = [line for line in given_lines(run) if line not in first]
    return {"title": f"{number}: {run.title}" if len(runs) > 1 else "", "lines": lines}


def _question(found: Any, asked: Question | None, exam: Exam) -> dict[str, Any]:
    """A question: its text, and a field or fields for each answer."""
    run = found.run
    shown = question_text(found.text, run) if found.text else ""
    names = (
        list(asked.asked) if asked is not None else list(dict.fromkeys(m.name for m in found.room))
    )
    code = asked.code if asked is not None else None
    number = asked.run if asked is not None else 1
    return {
        "id": found.id,
        "kind": found.kind,
        "text": shown,
        "marks": found.marks,
        "run": number,
        "quantities": [_quantity(name, found, exam, number) for name in names],
        "choices": [[key, question_text(words, run)] for key, words in found.choices],
        "functions": list(code.functions) if code is not None else [],
    }


def _quantity(name: str, found: Any, exam: Exam, number: int) -> dict[str, Any]:
    """One quantity of a question: its name, whose marks are its own, the matrices of its fields."""
    own = [m for m in found.room if m.name == name] if found.kind == NUMBERS else []
    line, _ = run_computation(found.run, (name,), {}).locate(name)
    id = plain_id(line, number, len(exam.sheet.runs) > 1) if exam.plain else found.id
    count = sum(len(row) for m in own for row in m.rows)
    return {
        "name": name,
        "marks": [[id, line], [id, name]],
        "label": mathml(mathml_name(name), block=False),
        "matrices": [] if count > MOST_FIELDS else [_fields(m) for m in own],
        "pasted": count > MOST_FIELDS,
        "extents": _extents(own),
        "formula": found.kind == FORMULA or exam.plain,
    }


def _extents(own: list[Matrix]) -> list[int]:
    """The lengths of the axes of an answer, as its matrices have them."""
    if not own:
        return []
    leading = [n + 1 for n in own[-1].at]
    rows, columns = len(own[0].rows), len(own[0].rows[0])
    if rows > 1 or leading:
        return [*leading, rows, columns]
    return [columns] if columns > 1 else []


def _fields(matrix: Matrix) -> dict[str, Any]:
    """The places of a matrix, row by row, each as its indices."""
    several = len(matrix.rows) > 1 or matrix.at
    return {
        "at": list(matrix.at),
        "rows": [
            [
                [*matrix.at, r, c] if several else [c] if len(row) > 1 else []
                for c, _ in enumerate(row)
            ]
            for r, row in enumerate(matrix.rows)
        ],
    }


def _matrix(matrix: Matrix) -> str:
    """Given numbers as a displayed formula."""
    name = f"{mathml_name(matrix.name)}{places(matrix.at)}"
    return displayed(f"{name}{sign('=')}{numbers_mathml(matrix.rows)}")


def numbers_mathml(rows: tuple[tuple[str, ...], ...]) -> str:
    """Numbers in brackets, row by row; a single one without."""
    if sum(map(len, rows)) == 1:
        return number_mathml(rows[0][0])
    cells = "".join(f"<mtr>{''.join(_cells(row))}</mtr>" for row in rows)
    return f"<mrow><mo>(</mo><mtable>{cells}</mtable><mo>)</mo></mrow>"


def _cells(row: tuple[str, ...]) -> Iterator[str]:
    return (f"<mtd>{number_mathml(number)}</mtd>" for number in row)


def nested_texts(texts: dict[tuple[int, ...], str], extents: list[int]) -> Any:
    """Texts by their indices as nested lists; what is missing is empty."""
    if not extents:
        return texts.get((), "")
    array = np.full(extents, "", dtype=object)
    for index, typed in texts.items():
        array[index] = typed
    return array.tolist()

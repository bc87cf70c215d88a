"""A paper: what a student is handed, as blocks that each format sets in its own way.

Nothing is typed in: givens and questions are the exam's, equations the network's, names and shapes
the engine's. The key is the same paper's trace, with every line worked and the answers first.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from sympy import Expr

from deltarule.exams.counting_questions import value_text
from deltarule.exams.exam import FORMULA, NUMBERS, Exam, Question
from deltarule.exams.right_counts import right_count
from deltarule.exams.rounding_habits import rounded
from deltarule.marking.answer_template import everything
from deltarule.marking.points import points_text
from deltarule.marking.run_computations import Known, derivation_for_numbers, run_computation
from deltarule.marking.sheet_files.arrays import Numbers, entries, shape
from deltarule.marking.sheet_files.sheets import Rounding, Run, Sheet
from deltarule.marking.worked_sheets import policy, work
from deltarule.networks.network import Network
from deltarule.spelling.counted import counted
from deltarule.spelling.names import pretty
from deltarule.spelling.text import text
from deltarule.tracing.computation import Computation
from deltarule.tracing.format_numbers import shown, with_decimals
from deltarule.tracing.trace import Trace


@dataclass(frozen=True)
class Matrix:
    """Numbers in rows, as texts: `name` is the quantity's, `at` the leading indices of a slice.

    An empty text is room for an answer.
    """

    name: str
    at: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class PaperQuestion:
    """A question as it stands on paper: its text with braces still in, and room for answers."""

    id: str
    kind: str
    text: str
    marks: str
    run: Run | None
    room: tuple[Matrix, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    lines: int = 0
    answer: str = ""


@dataclass(frozen=True)
class Paper:
    """One student's paper, or with `key` its worked key: `traces` has the lines of each run."""

    title: str
    student: str
    instructions: str
    sentences: tuple[str, ...]
    equations: tuple[tuple[Expr, Expr], ...]
    givens: tuple[Matrix, ...]
    questions: tuple[PaperQuestion, ...]
    total: str
    key: bool = False
    traces: tuple[Trace, ...] = ()


def paper(exam: Exam, student: str = "", key: bool = False) -> Paper:
    """The paper of an exam, or its key. Raises DeltaruleError for what cannot be evaluated."""
    known: Known = {}
    runs = exam.sheet.runs
    computations = [_computation(run, known) for run in runs]
    questions = exam.questions or _everything(computations)
    traces = tuple(_traces(exam)) if key else ()
    return Paper(
        exam.title,
        unicodedata.normalize("NFC", student),
        exam.instructions,
        tuple(s for run in runs for s in _sentences(run)),
        tuple(_equations(derivation_for_numbers(runs[0], known).network)) if runs else (),
        tuple(m for run in runs[:1] for name, n in run.given.items() for m in _matrices(name, n)),
        tuple(_question(q, runs, computations, key) for q in questions),
        points_text(sum((q.marks for q in questions), start=Fraction(0))),
        key,
        traces,
    )


def _computation(run: Run, known: Known) -> Computation:
    wanted = tuple(r for r in run.asked if r in run.published or r not in run.formulas)
    return run_computation(run, wanted, known)


def _everything(computations) -> list[Question]:
    """The questions of a sheet that asks for nothing by name: all that is computed."""
    return [
        Question(name, NUMBERS, run=number, asked=(name,))
        for number, computation in enumerate(computations, start=1)
        for name in everything(computation)
    ]


def _traces(exam: Exam) -> Iterator[Trace]:
    for run in exam.sheet.runs:
        bare = Sheet(exam.title, "", exam.path, (_bare(run),))
        (worked,) = work(bare, policy(run.rounding), checks=False, as_printed=True)
        yield worked.trace


def _bare(run: Run) -> Run:
    """A run without what its sheet publishes."""
    return replace(run, published={}, restated={})


def _equations(network: Network) -> Iterator[tuple[Expr, Expr]]:
    return ((e.lhs, e.rhs) for e in network.equations)


def _sentences(run: Run) -> Iterator[str]:
    """What is to be known of a run besides its numbers."""
    if run.rate is not None and run.updates:
        yield f"The learning rate is {str(run.rate).replace('-', '−')}."
    digits = run.rounding
    if digits.decimals is not None:
        yield f"Write answers with {counted(digits.decimals, 'decimal')} ({digits.rule})."
    elif digits.significant is not None:
        figures = counted(digits.significant, "significant figure")
        yield f"Write answers with {figures} ({digits.rule})."


def _question(
    question: Question, runs: tuple[Run, ...], computations: list[Computation], key: bool
) -> PaperQuestion:
    run = runs[question.run - 1] if question.run <= len(runs) else None
    own = computations[question.run - 1] if run is not None else None
    room: list[Matrix] = []
    if question.kind == NUMBERS and own is not None and run is not None:
        for reference in question.asked:
            room += right_matrices(reference, own, run.rounding) if key else _blanks(reference, own)
    choices = question.choice.choices.items() if question.choice is not None else ()
    return PaperQuestion(
        question.id,
        question.kind,
        question.text or _usual_text(question),
        points_text(question.marks),
        run,
        tuple(room),
        tuple(choices),
        0 if key or room or choices else 2,
        _answer(question, own) if key else "",
    )


def _usual_text(question: Question) -> str:
    """The text of a question that has none, with quantities in braces."""
    names = ", ".join(f"{{{name}}}" for name in question.asked)
    if question.kind == NUMBERS:
        return f"Work out {names}."
    if question.kind == FORMULA:
        return f"Give a formula for {names}."
    if question.counting is not None:
        of = f" of the layer {question.counting.layer}" if question.counting.layer else ""
        return f"{question.counting.what.replace('_', ' ')}{of} of {question.counting.of}?"
    if question.code is not None:
        return f"Hand in code: {', '.join(question.code.functions)}."
    return ""


def _answer(question: Question, computation: Computation | None) -> str:
    """The right answer of a question that asks for no numbers, in words."""
    if question.choice is not None:
        task = question.choice
        return f"{task.right}: {task.choices[task.right]}"
    if question.counting is not None:
        return value_text(right_count(question).value)
    if question.kind == FORMULA and computation is not None:
        return "; ".join(_formula(name, computation) for name in question.asked)
    return ""


def _formula(reference: str, computation: Computation) -> str:
    name, _ = computation.locate(reference)
    lines = [l.equation for l in computation.lines if l.quantity == name]
    return "; ".join(f"{text(e.lhs)} = {text(e.rhs)}" for e in lines)


def _extent(reference: str, computation: Computation) -> tuple[str, tuple[int, ...]]:
    """The line of a quantity, and the shape that its answer has, without axes of length 1."""
    name, entry = computation.locate(reference)
    extents = np.shape(computation.floats.arrays[name])
    return name, () if entry else tuple(n for n in extents if n != 1)


def _blanks(reference: str, computation: Computation) -> list[Matrix]:
    _, extents = _extent(reference, computation)
    empty = np.full(extents, "", dtype=object)
    return list(_slices(reference, empty))


def right_matrices(reference: str, computation: Computation, digits: Rounding) -> list[Matrix]:
    """The right values of a quantity, in the digits that are asked."""
    name, entry = computation.locate(reference)
    values = computation.carried.arrays[name]
    found = np.asarray(values[entry] if entry else values, dtype=object)
    if not digits.exact:
        found = rounded(found, digits)
    words = np.empty(found.shape, dtype=object)
    for at in np.ndindex(found.shape):
        words[at] = (
            with_decimals(found[at], digits.decimals)
            if digits.decimals is not None
            else shown(found[at], digits.significant or 6)
        )
    return list(_slices(reference, words.reshape([n for n in words.shape if n != 1])))


def _matrices(name: str, numbers: Numbers) -> Iterator[Matrix]:
    """Given numbers, matrix by matrix, with the digits that they are printed with."""
    array = np.empty(shape(numbers), dtype=object)
    for entry, printed in entries(numbers):
        array[entry] = str(printed).replace("-", "−")
    yield from _slices(name, array)


def _slices(name: str, array: np.ndarray) -> Iterator[Matrix]:
    if array.ndim < 2:
        yield Matrix(name, (), (tuple(array.reshape(-1)),))
        return
    for at in np.ndindex(array.shape[:-2]):
        yield Matrix(name, at, tuple(tuple(row) for row in array[at]))


def given_lines(run: Run) -> Iterator[str]:
    """The givens as lines of text, and what else is to be known."""
    for name, numbers in run.given.items():
        yield from map(matrix_line, _matrices(name, numbers))
    yield from _sentences(run)


def matrix_line(matrix: Matrix) -> str:
    """Numbers on one line, rows parted by semicolons."""
    at = f"[{','.join(map(str, matrix.at))}]" if matrix.at else ""
    rows = "; ".join(", ".join(row) for row in matrix.rows)
    alone = len(matrix.rows) == 1 and len(matrix.rows[0]) == 1
    return f"{pretty(matrix.name)}{at} = {rows if alone else f'({rows})'}"

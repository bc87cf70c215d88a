"""What is wrong with an exam file, and what is odd about it, before anybody writes it.

`check sheet FILE` shows the remarks. An error stops the marking; a warning does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NamedTuple

from deltarule.errors import DeltaruleError
from deltarule.exams.all_faults import all_faults
from deltarule.exams.exam import Exam
from deltarule.exams.exam_files import exam_in
from deltarule.exams.exam_places import ExamPlaces
from deltarule.exams.lint_questions import of_all_questions, of_question
from deltarule.exams.lint_remarks import Remark, error_of
from deltarule.exams.lint_sheet import of_runs
from deltarule.exams.lint_template import of_template
from deltarule.marking.sheet_files.sheets import found_sheet
from deltarule.marking.sheet_files.text_files import read_text
from deltarule.marking.sheet_files.toml_text import read_toml


class Linted(NamedTuple):
    """An exam file and the remarks on it, errors first; `exam` is None where it is unreadable."""

    path: str
    exam: Exam | None
    remarks: tuple[Remark, ...]

    @property
    def errors(self) -> int:
        """How many of the remarks are errors."""
        return sum(r.error for r in self.remarks)


def lint(name_or_path: str | Path) -> Linted:
    """The remarks on an exam file, or on an example of the library.

    The derivations that it names are run: they are programs of whoever asks. Raises DeltaruleError
    for a file that there is not.
    """
    path, name = found_sheet(name_or_path)
    try:
        toml = read_toml(path, name)
        exam = exam_in(toml, path.parent if isinstance(path, Path) else Path())
    except DeltaruleError as error:
        if isinstance(path, Path) and not path.exists():
            raise
        return Linted(name, None, _all_of(path, name, error))
    except RecursionError:
        deep = Remark(True, "lists nested beyond reading", name, "nest fewer lists")
        return Linted(name, None, (deep,))
    found = dict.fromkeys(_remarks(exam, ExamPlaces(toml)))
    return Linted(name, exam, tuple(sorted(found, key=lambda r: not r.error)))


def _all_of(path: Path | Traversable, name: str, first: DeltaruleError) -> tuple[Remark, ...]:
    """All that is wrong with a file that could not be read, and not the first fault alone."""
    try:
        text = read_text(path, name)
    except DeltaruleError:
        return (error_of(first),)
    found = all_faults(text, name, path.parent if isinstance(path, Path) else Path())
    return tuple(dict.fromkeys(map(error_of, found or [first])))


def _remarks(exam: Exam, where: ExamPlaces) -> Iterator[Remark]:
    yield from of_all_questions(exam, where)
    for number, question in enumerate(exam.questions):
        yield from of_question(exam, question, number, where)
    runs = list(of_runs(exam, where))
    yield from runs
    if not any(r.error for r in runs):
        yield from of_template(exam, where)

"""The exam of a class: one for all, or a paper with numbers of their own for each student."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from deltarule.classes.exam_parts import ExamPart, parts_of
from deltarule.classes.marked_questions import has_numbers, texts_of
from deltarule.classes.roster import Roster
from deltarule.errors import DeltaruleError, did_you_mean, in_one_line
from deltarule.exams.exam import Exam
from deltarule.exams.exam_files import exam_of, load_exam
from deltarule.exams.students import file_stem
from deltarule.exams.variant_files import EXAM, VARIANTS, is_exam_folder, sheet_of, students_of
from deltarule.marking.sheet_files.sheets import Run, Sheet
from deltarule.sandbox import Sandbox


class ClassExam:
    """What students are marked by: a sheet, or the folder of an exam with its variants.

    `students` is the list in which those are found who hand in under another name than that of
    their paper. Raises DeltaruleError for an exam that cannot be read.
    """

    def __init__(self, name_or_path: str | Path, students: Roster | None = None):
        self._roster = students or Roster()
        path = self.path = Path(name_or_path)
        self._folder: Path | None = None
        if path.is_dir():
            if not is_exam_folder(path):
                sheet_of(path)
            self._folder = path if (path / VARIANTS).is_dir() else None
            path = path / EXAM
            self.exam = load_exam(path)
        else:
            self.exam = load_exam(name_or_path)
        #: Questions that are not marked, by their ids, and why.
        self.open: dict[str, str] = {}

    def leave_code_open(self) -> None:
        """Leave code questions open where this machine has no sandbox for them.

        They are marked by the next run that has one: no result says that they could not be.
        """
        code = [q for q in self.exam.questions if q.code is not None]
        try:
            if code:
                Sandbox().close()
        except DeltaruleError as error:
            self.open = dict.fromkeys((q.id for q in code), in_one_line(error))

    def _parts(self, exam: Exam) -> tuple[ExamPart, ...]:
        return tuple(p for p in parts_of(exam) if not p.questions & self.open.keys())

    @property
    def students(self) -> list[str]:
        """Those who have papers of their own, by the names of their files."""
        return students_of(self._folder) if self._folder else []

    def of(self, names: tuple[str, ...]) -> tuple[Exam | None, tuple[ExamPart, ...]]:
        """A student's own exam, None for the common one, and the parts of it.

        `names` are all that the student is called. Raises DeltaruleError where there should be a
        paper of their own, and there is none, or one that cannot be read.
        """
        if self._folder is None:
            return None, self._common
        stem = self.paper(names)
        if stem is None:
            raise self._no_paper(names[0])
        exam = self._with(sheet_of(self._folder, stem))
        return exam, self._parts(exam)

    def _no_paper(self, who: str) -> DeltaruleError:
        remedy = (
            "give the list of students with --students, in which this name stands in one line with "
            "that of the paper"
        )
        near = did_you_mean(_stem(who) or who, self.students)
        return DeltaruleError(f"there is no paper of {who}", None, near if near else remedy)

    def texts(self, who: str) -> Mapping[str, str]:
        """What the questions ask a student, by their ids, with the numbers of their own paper; of
        a student without a paper, what has no numbers in it.
        """
        if self._folder is None:
            return texts_of(self.exam)
        try:
            own, _ = self.of((who,))
        except DeltaruleError:
            own = None
        if own is not None:
            return texts_of(own)
        plain = [q for q in self.exam.questions if not has_numbers(q.text)]
        return texts_of(replace(self.exam, questions=tuple(plain)))

    @cached_property
    def _common(self) -> tuple[ExamPart, ...]:
        return self._parts(self.exam)

    def listed(self, names: tuple[str, ...]) -> str | None:
        """The id that the list of students has for whoever is called so; None for nobody in it."""
        found = (self._roster.listed(name) for name in names)
        return next((student.id for student in found if student is not None), None)

    def paper(self, names: tuple[str, ...]) -> str | None:
        """The stem of a student's paper, whichever name it is under; None for no paper."""
        if self._folder is None:
            return None
        listed = (name for said in names for name in self._roster.names(said))
        for name in dict.fromkeys((*names, *listed)):
            stem = _stem(name)
            if stem and (self._folder / VARIANTS / f"{stem}.toml").is_file():
                return stem
        return None

    def _with(self, sheet: Sheet) -> Exam:
        """The exam with a student's numbers: its questions about the sheet of a variant."""
        if self.exam.plain:
            return exam_of(sheet)
        own = self.exam.sheet
        if len(sheet.runs) != len(own.runs):
            raise DeltaruleError(
                "a paper has other runs than the exam", sheet.path, "write the exam anew"
            )
        runs = tuple(_numbers_of(run, its) for run, its in zip(own.runs, sheet.runs))
        return replace(self.exam, path=sheet.path, sheet=replace(sheet, runs=runs))


def _stem(name: str) -> str | None:
    """The name of a student's file; None where no file can be called so."""
    try:
        return file_stem(name)
    except DeltaruleError:
        return None


def _numbers_of(run: Run, variant: Run) -> Run:
    """A run of the exam with a variant's numbers."""
    return replace(
        run, given=variant.given, rate=variant.rate, published=variant.published, restated={}
    )

"""The exam of a class: one for all, or a variant for each student."""

from __future__ import annotations

from pathlib import Path

from deltarule.classes.exam_parts import ExamPart, parts_of
from deltarule.exams.exam import Exam
from deltarule.exams.exam_files import load_exam


class ClassExam:
    """What students are marked by. Raises DeltaruleError for an exam that cannot be read."""

    def __init__(self, name_or_path: str | Path):
        path = Path(name_or_path)
        self.folder = path if path.is_dir() else None
        self.exam = load_exam(path / "exam.toml" if self.folder else name_or_path)
        self._parts = parts_of(self.exam)

    def of(self, _names: tuple[str, ...]) -> tuple[Exam | None, tuple[ExamPart, ...]]:
        """A student's own exam, None for the common one, and the parts of it.

        `names` are all that the student is called.
        """
        return None, self._parts

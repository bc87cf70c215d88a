"""The exams that are served, under names of their own: nothing that a request says names a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from deltarule.classes.class_exam import ClassExam
from deltarule.classes.roster import Roster
from deltarule.errors import DeltaruleError
from deltarule.exams.exam import Exam
from deltarule.serving.drawn_exercises import exercise, is_exercise


@dataclass(frozen=True)
class ServedExam:
    """A sheet, or an exam's folder with a paper for each student, as addresses call it (`slug`)
    and as it was named on the command line (`path`).
    """

    slug: str
    path: str
    students: Roster = Roster()

    @cached_property
    def of_class(self) -> ClassExam:
        """The exam, read once. Raises DeltaruleError where it cannot be read."""
        return ClassExam(self.path, self.students)

    @property
    def title(self) -> str:
        return self.of_class.exam.title

    @property
    def papers(self) -> list[str]:
        """Who has a paper with numbers of their own; nobody where one is for all."""
        return self.of_class.students

    def paper_of(self, names: tuple[str, ...]) -> str:
        """The paper of whoever is called so; empty for the common one.

        Raises DeltaruleError where there should be one of their own, and is none.
        """
        if not self.papers:
            return ""
        own = self.of_class.paper(names)
        if own is None:
            raise DeltaruleError(
                f"there is no paper of {names[0]}",
                self.title,
                "ask your teacher; papers are drawn by deltarule exam new --students",
            )
        return own

    @property
    def has_exercises(self) -> bool:
        """Whether it is a sheet of numbers, which others can be drawn for."""
        exam = self.of_class.exam
        return exam.plain and not self.papers and bool(exam.sheet.runs)

    def exam(self, paper: str) -> Exam:
        """The exam with the numbers of a paper, or of an exercise; the common one for none.

        Raises DeltaruleError where no numbers can be drawn.
        """
        if is_exercise(paper):
            return exercise(self.of_class.exam, self.path, paper)
        own = self.of_class.of((paper,))[0] if paper else None
        return own or self.of_class.exam


def listed_title(exam: ServedExam, exams: Mapping[str, ServedExam]) -> str:
    """The title of one of these exams; with its name, where another is called the same."""
    same = [other for other in exams.values() if other.title == exam.title]
    return exam.title if len(same) == 1 else f"{exam.title} ({exam.slug})"


def served_exams(paths: Iterable[str], students: Roster) -> dict[str, ServedExam]:
    """The exams by their slugs, in their order. Raises DeltaruleError where one cannot be read."""
    found: dict[str, ServedExam] = {}
    for path in paths:
        exam = ServedExam(_slug(path, found), path, students)
        exam.of_class  # noqa: B018 - what cannot be read is said before anybody comes
        found[exam.slug] = exam
    return found


def _slug(path: str, taken: Iterable[str]) -> str:
    """A short name: the file's or the folder's, in small letters, with a number if it is taken."""
    last = [part for part in re.split(r"[/\\]", path) if part.strip(". ")][-1:] or ["sheet"]
    plain = re.sub(r"[^a-z0-9]+", "-", last[0].removesuffix(".toml").lower()).strip("-") or "sheet"
    name, number = plain, 2
    while name in taken:
        name, number = f"{plain}-{number}", number + 1
    return name

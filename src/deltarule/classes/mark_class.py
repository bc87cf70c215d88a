"""A class marked: collected, marked where the journal has no result, and assembled from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from deltarule.classes.class_exam import ClassExam
from deltarule.classes.class_worker import ClassWorker, Outcome, Task
from deltarule.classes.collected import Collected, collect
from deltarule.classes.exam_fields import ExamFields
from deltarule.classes.handed_in import HandedIn
from deltarule.classes.journal import FAILED, Entry, Journal
from deltarule.errors import DeltaruleError, in_one_line
from deltarule.exams.exam import Exam
from deltarule.spelling.counted import counted

#: So many who handed in nothing are named.
_NAMED = 20


class Marks(Protocol):
    """Whatever marks tasks, in any order."""

    def outcomes(self, tasks: Iterator[Task]) -> Iterator[tuple[Task, Outcome]]: ...


class InThisProcess:
    """Marks one task after another here: without a time limit, and no crash is survived."""

    def __init__(self, exam: Exam):
        self._worker = ClassWorker(exam)

    def __enter__(self) -> InThisProcess:
        return self

    def __exit__(self, *_error: object) -> None:
        self._worker.close()

    def outcomes(self, tasks: Iterator[Task]) -> Iterator[tuple[Task, Outcome]]:
        """The outcome of each task, in their order."""
        for task in tasks:
            yield task, self._worker.marked(task)


@dataclass(frozen=True)
class Marked:
    """How much was done: `newly` of all `students` had something to be marked."""

    students: int
    newly: int
    notes: tuple[str, ...] = ()


def handed_in(words: Sequence[str | Path], exam: ClassExam, out: Path) -> Collected:
    """What is in folders and archives, without the exam and what is written into `out`.

    Raises DeltaruleError where there is nothing.
    """
    return collect(words, ExamFields(exam.exam).knows, (out, exam.path))


def mark_class(
    found: Collected,
    exam: ClassExam,
    journal: Journal,
    marks: Callable[[Exam], AbstractContextManager[Marks]],
    tell: Callable[[int, int], None] = lambda done, of: None,
) -> Marked:
    """Mark what was handed in, and keep all results in the journal.

    `marks` makes what marks, if there is anything to mark; `tell` hears how many are done. What
    cannot be marked stops nothing else. Raises DeltaruleError where the journal takes nothing.
    """
    journal.begin(_entry(student, exam) for student in found.students)
    students = {s.who: s for s in found.students}
    left = list(journal.missing())
    done = len(students) - len(left)
    tell(done, len(students))
    if left:
        with marks(exam.exam) as marking:
            for task, outcome in marking.outcomes(_tasks(left, students, exam)):
                _keep(journal, task, outcome)
                done += 1
                tell(done, len(students))
    notes = (*found.notes, *_twice(found, exam), *_absent(found, exam))
    return Marked(len(students), len(left), notes)


def _entry(student: HandedIn, exam: ClassExam) -> Entry:
    digest = student.read().digest
    try:
        _, parts = exam.of((student.who, *student.also))
    except DeltaruleError as error:
        return Entry(student.who, digest, (), student.notes, in_one_line(error))
    return Entry(student.who, digest, tuple(p.key for p in parts), student.notes)


def _tasks(
    left: Iterable[tuple[str, tuple[str, ...]]], students: dict[str, HandedIn], exam: ClassExam
) -> Iterator[Task]:
    for who, wanted in left:
        student = students[who]
        handed = student.read()
        own, _ = exam.of((who, *student.also))
        yield Task(who, handed.digest, handed, wanted, own)


def _absent(found: Collected, exam: ClassExam) -> list[str]:
    """That students with papers of their own have handed in nothing."""
    there = {exam.paper((s.who, *s.also)) for s in found.students}
    absent = [stem for stem in exam.students if stem not in there]
    if not absent:
        return []
    named = ", ".join(absent[:_NAMED]) + (", …" if len(absent) > _NAMED else "")
    return [f"{counted(len(absent), 'student')} handed in nothing: {named}"]


def _twice(found: Collected, exam: ClassExam) -> list[str]:
    """That what was handed in under several names is, by the list of students, one student's."""
    called: dict[str, list[str]] = {}
    for student in found.students:
        if (id := exam.listed((student.who, *student.also))) is not None:
            called.setdefault(id, []).append(student.who)
    return [
        f"{id} has handed in as {' and as '.join(names)}, and stands in the marks with each"
        for id, names in called.items()
        if len(names) > 1
    ]


def _keep(journal: Journal, task: Task, outcome: Outcome) -> None:
    if not outcome.failed:
        journal.keep(task.submission, outcome.results)
    elif outcome.final:
        journal.keep(task.submission, {part: {FAILED: outcome.failed} for part in task.wanted})
    else:
        journal.fail(task.who, outcome.failed)

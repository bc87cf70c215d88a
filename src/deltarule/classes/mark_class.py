"""A class marked: collected, marked where the journal has no result, and assembled from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

from deltarule.classes.class_exam import ClassExam
from deltarule.classes.class_worker import ClassWorker, Outcome, Task
from deltarule.classes.collected import Collected, collect
from deltarule.classes.exam_fields import ExamFields
from deltarule.classes.handed_in import HandedIn
from deltarule.classes.journal import Entry, Journal
from deltarule.classes.overrides import Overrides
from deltarule.exams.exam import Exam
from deltarule.exams.exam_marking import ExamMarking, QuestionMark
from deltarule.marking.verdicts import UNDECIDED

#: What is said before the reason of a submission that nobody could mark.
UNMARKED = "could not be marked: "
#: In a result, that stands for the reason.
FAILED = "failed"


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


def mark_class(
    words: Sequence[str | Path],
    exam: ClassExam,
    journal: Journal,
    marks: Callable[[Exam], AbstractContextManager[Marks]],
    tell: Callable[[int, int], None] = lambda done, of: None,
) -> Marked:
    """Mark what is in folders and archives, and keep all results in the journal.

    `marks` makes what marks, if there is anything to mark; `tell` hears how many are done. What
    cannot be marked stops nothing else. Raises DeltaruleError where there is nothing, and where
    the journal takes nothing.
    """
    found = collect(words, ExamFields(exam.exam).knows)
    journal.begin(_entries(found, exam))
    students = {s.who: s for s in found.students}
    left = list(journal.missing())
    done = len(students) - len(left)
    tell(done, len(students))
    if left:
        with marks(exam.exam) as marking:
            tasks = (t for t in _tasks(left, students, exam) if t is not None)
            for task, outcome in marking.outcomes(tasks):
                _keep(journal, task, outcome)
                done += 1
                tell(done, len(students))
    return Marked(len(students), len(left), tuple(found.notes))


def _entries(found: Collected, exam: ClassExam) -> Iterator[Entry]:
    for student in found.students:
        _, parts = exam.of((student.who, *student.also))
        digest = student.read().digest
        yield Entry(student.who, digest, tuple(p.key for p in parts), student.notes)


def _tasks(
    left: Iterable[tuple[str, tuple[str, ...]]], students: dict[str, HandedIn], exam: ClassExam
) -> Iterator[Task]:
    for who, wanted in left:
        student = students[who]
        handed = student.read()
        own, _ = exam.of((who, *student.also))
        yield Task(who, handed.digest, handed, wanted, own)


def _keep(journal: Journal, task: Task, outcome: Outcome) -> None:
    if not outcome.failed:
        journal.keep(task.submission, outcome.results)
    elif outcome.final:
        journal.keep(task.submission, {part: {FAILED: outcome.failed} for part in task.wanted})
    else:
        journal.fail(task.who, outcome.failed)


class ClassMarkings:
    """The markings of a class in the order of the students' names, read anew by every loop.

    The teacher's overrides are in them; a submission that could not be marked has no marks, and
    says why.
    """

    def __init__(self, journal: Journal, exam: Exam, overrides: Overrides):
        self._journal, self._exam, self._overrides = journal, exam, overrides

    def __iter__(self) -> Iterator[ExamMarking]:
        order = {question.id: k for k, question in enumerate(self._exam.questions)}
        for entry in self._journal.students():
            found = self._journal.results(entry.submission, entry.parts)
            yield self._overrides.applied(self._marking(entry, found, order))

    def __len__(self) -> int:
        return self._journal.count()

    def _marking(self, entry: Entry, found: list[Any] | None, order: dict) -> ExamMarking:
        title = self._exam.title
        failed = next((p[FAILED] for p in found if FAILED in p), "") if found else entry.failed
        if found is None or failed:
            why = UNMARKED + (failed or "it was not reached")
            return ExamMarking(title, entry.who, self._undecided(why), (why, *entry.notes))
        marks = [QuestionMark.from_json(m) for part in found for m in part["marks"]]
        marks.sort(key=lambda mark: order.get(mark.question, len(order)))
        notes = (*entry.notes, *(note for part in found for note in part["notes"]))
        return ExamMarking(title, entry.who, tuple(marks), tuple(dict.fromkeys(notes)))

    def _undecided(self, why: str) -> tuple[QuestionMark, ...]:
        """Of what could not be marked, all points are open: somebody has to look at it."""
        return tuple(
            QuestionMark(q.id, q.kind, "", UNDECIDED, Fraction(0), q.marks, q.marks, why)
            for q in self._exam.questions
        )

"""The markings of a class, put together from its journal and a teacher's overrides."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from deltarule.classes.journal import FAILED, Entry, Journal
from deltarule.classes.overrides import Overrides
from deltarule.classes.read_handed_in import NOTHING
from deltarule.exams.exam import Exam
from deltarule.exams.exam_marking import ExamMarking, QuestionMark
from deltarule.marking.verdicts import UNDECIDED

#: What is said before the reason of a submission that nobody could mark.
UNMARKED = "could not be marked: "


class ClassMarkings:
    """The markings of a class in the order of the students' names, read anew by every loop.

    The teacher's overrides are in them. All points of a submission that could not be marked are
    open, and it says why; so are those of questions in `open`, by the reasons that it has for them.
    """

    def __init__(
        self,
        journal: Journal,
        exam: Exam,
        overrides: Overrides,
        open: Mapping[str, str] = MappingProxyType({}),
    ):
        self._journal, self._exam, self._overrides = journal, exam, overrides
        self._open = open

    def __iter__(self) -> Iterator[ExamMarking]:
        order = {question.id: k for k, question in enumerate(self._exam.questions)}
        for entry in self._journal.students():
            found = self._journal.results(entry.submission, entry.parts)
            yield self._overrides.applied(self._marking(entry, found, order))

    def __len__(self) -> int:
        return self._journal.count()

    def _marking(self, entry: Entry, found: list[Any] | None, order: dict) -> ExamMarking:
        title = self._exam.title
        failed = next((p[FAILED] for p in found or () if FAILED in p), entry.failed)
        if found is None or failed:
            why = UNMARKED + (failed or "it was not reached")
            # What was not even taken may be all that there is to say.
            why += f" ({entry.notes[0]})" if failed == NOTHING and entry.notes else ""
            marks = self._undecided(dict.fromkeys((q.id for q in self._exam.questions), why))
            return ExamMarking(title, entry.who, tuple(marks), (why, *entry.notes))
        marks = [QuestionMark.from_json(m) for part in found for m in part["marks"]]
        marks += self._undecided(self._open, {mark.question for mark in marks})
        marks.sort(key=lambda mark: order.get(mark.question, len(order)))
        notes = (*entry.notes, *(note for part in found for note in part["notes"]))
        return ExamMarking(title, entry.who, tuple(marks), tuple(dict.fromkeys(notes)))

    def _undecided(
        self, open: Mapping[str, str], marked: Collection[str] = ()
    ) -> list[QuestionMark]:
        """Of what could not be marked, all points are open: somebody has to look at it."""
        return [
            QuestionMark(q.id, q.kind, "", UNDECIDED, Fraction(0), q.marks, q.marks, open[q.id])
            for q in self._exam.questions
            if q.id in open and q.id not in marked
        ]

"""What came of marking a class, for the screen and as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from deltarule.classes.written_markings import UNMARKED, ClassMarkings
from deltarule.exams.exam_marking import ExamMarking
from deltarule.marking.points import points_text
from deltarule.marking.verdicts import MISSING
from deltarule.spelling.counted import counted


@dataclass(frozen=True)
class StudentLine:
    """One student: points of those there are, those left open, and whether all is right."""

    who: str
    points: Fraction
    of: Fraction
    open: Fraction
    passed: bool
    failed: bool
    words: str


@dataclass(frozen=True)
class ClassResult:
    """A marked class: `newly` submissions were marked now, all is written into the folder `out`,
    and `notes` are what is to be said of the class as a whole.
    """

    exam: str
    markings: ClassMarkings | Sequence[ExamMarking]
    newly: int
    out: str
    notes: Sequence[str] = ()
    exports: Sequence[str] = ()

    @cached_property
    def lines(self) -> list[StudentLine]:
        """A line for each student."""
        return [_line(marking) for marking in self.markings]

    @property
    def passed(self) -> bool:
        """Whether everything was marked, and is right."""
        return all(line.passed for line in self.lines)

    @property
    def kinds(self) -> str:
        """How many are all right, not right, and could not be marked."""
        right = sum(line.passed for line in self.lines)
        failed = sum(line.failed for line in self.lines)
        parts = [f"{right} all right", f"{len(self.lines) - right - failed} not all right"]
        return ", ".join([*parts, *([f"{failed} could not be marked"] if failed else [])])

    @property
    def points(self) -> Fraction | None:
        """The points of the average of those that could be marked; None where nobody was."""
        marked = [line.points for line in self.lines if not line.failed]
        return sum(marked, Fraction(0)) / len(marked) if marked else None

    @property
    def of(self) -> Fraction:
        """The points that there are, at most."""
        return max((line.of for line in self.lines), default=Fraction(0))


def _line(marking: ExamMarking) -> StudentLine:
    failed = bool(marking.notes) and marking.notes[0].startswith(UNMARKED)
    words = f"{points_text(marking.points)} of {points_text(marking.of)} points"
    if marking.open:
        words += f", {points_text(marking.open)} to be decided"
    missing = sum(mark.verdict == MISSING for mark in marking.marks if mark.points < mark.of)
    wrong = sum(mark.points < mark.of for mark in marking.marks) - missing
    words += f", {counted(wrong, 'answer')} not right" if wrong and not failed else ""
    words += f", {counted(missing, 'answer')} missing" if missing and not failed else ""
    decided = any(mark.marked is not None for mark in marking.marks)
    words += ", decided by hand" if decided else ""
    words = f"{marking.notes[0]}; {words}" if failed else words
    numbers = (marking.points, marking.of, marking.open)
    return StudentLine(marking.who, *numbers, marking.passed, failed, words)


def class_values(result: ClassResult) -> dict[str, Any]:
    """A marked class as plain values, every mark of every student in it."""
    return {**totals_values(result), "students": [marking.to_json() for marking in result.markings]}


def totals_values(result: ClassResult) -> dict[str, Any]:
    """The totals of a class as plain values; points are exact, as "3/2"."""
    failed = [line for line in result.lines if line.failed]
    average = result.points
    return {
        "exam": result.exam,
        "submissions": len(result.lines),
        "right": sum(line.passed for line in result.lines),
        "unmarked": [{"who": line.who, "why": line.words} for line in failed],
        "average": None if average is None else str(average),
        "of": str(result.of),
        "newly": result.newly,
        "out": result.out,
        "notes": list(result.notes),
        "exports": list(result.exports),
    }

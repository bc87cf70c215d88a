"""What an export needs besides the markings: who the students are, and what may be shown."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction

from deltarule.classes.marked_questions import by_question
from deltarule.classes.revealing import CAUSES
from deltarule.classes.roster import Roster
from deltarule.errors import DeltaruleError
from deltarule.exams.exam_marking import ExamMarking


@dataclass(frozen=True)
class ExportSetting:
    """`texts` are the questions' by their ids; `reveal` says what students see; `at` is the time
    that is written where a format wants one; `assignment` is what the other system calls the exam,
    empty for the exam's own title. `own_texts` gives the texts of a student's own paper.
    """

    students: Roster = field(default_factory=Roster)
    texts: Mapping[str, str] = field(default_factory=dict)
    reveal: str = CAUSES
    at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    assignment: str = ""
    own_texts: Callable[[str], Mapping[str, str]] | None = None

    def texts_for(self, who: str) -> Mapping[str, str]:
        """What the questions ask a student, by their ids."""
        return self.texts if self.own_texts is None else self.own_texts(who)

    def title(self, marking: ExamMarking) -> str:
        """What the exam is called."""
        return self.assignment or marking.exam


def time_of_export() -> datetime:
    """Now, or the time of SOURCE_DATE_EPOCH, so that an export can be made twice alike.

    Raises DeltaruleError where that counts no seconds.
    """
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    if not seconds:
        return datetime.now(UTC)
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        raise DeltaruleError(
            f"{seconds[:40]!r} is no number of seconds",
            "the environment variable SOURCE_DATE_EPOCH",
            "write the seconds since 1970, such as 1795000000, or leave it out",
        ) from None


def columns_of(markings: Iterable[ExamMarking]) -> dict[str, Fraction]:
    """The questions of all markings in their order, each with the most points that it has."""
    found: dict[str, Fraction] = {}
    for marking in markings:
        for question in by_question(marking):
            found[question.id] = max(found.get(question.id, Fraction(0)), question.of)
    return found


def headings(ids: Iterable[str], taken: Iterable[str]) -> list[str]:
    """Questions as headings of columns, none of which is another column's."""
    used = {name.casefold() for name in taken}
    found = []
    for id in ids:
        name = id
        while name.casefold() in used:
            name = f"question {name}"
        used.add(name.casefold())
        found.append(name)
    return found

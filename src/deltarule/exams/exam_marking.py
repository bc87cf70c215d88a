"""An exam of one student, marked: what all feedback, tables and exports are made from.

It holds texts and exact fractions alone, and goes through JSON without loss.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from deltarule.errors import DeltaruleError
from deltarule.marking.points import parts_in_words
from deltarule.marking.verdicts import COUNT_AS_RIGHT, UNREADABLE, EarnedPart, TakenEntry

_TEXTS = ("question", "kind", "quantity", "verdict", "finding", "expected", "given")
_POINTS = ("points", "of", "open")


@dataclass(frozen=True)
class QuestionMark:
    """What is earned for one question, or for one of the quantities that it asks for.

    `quantity` is canonical, and empty for a question that asks for no quantity by name; `verdict`
    is one of marking/verdicts.py. `points` of `of` are earned, `open` ones somebody decides by
    hand. `finding` is what is said, `causes` name the mistakes found by their kinds, `expected`
    and `given` are the right answer and the one handed in, as texts; `unread` is the part of
    `finding` that says what cannot be read, where it says more. `comment` is a teacher's;
    `marked` is what the marking gave, where a teacher decided otherwise. `taken` are the entries
    of givens that the verdict supposes, where the sheet leaves them open. `parts` are the verdicts
    on "number" and "formula", where both are written and one is better than the other, and
    `earned` the points of each, where these differ.
    """

    question: str
    kind: str
    quantity: str
    verdict: str
    points: Fraction
    of: Fraction
    open: Fraction = Fraction(0)
    finding: str = ""
    causes: tuple[str, ...] = ()
    expected: str = ""
    given: str = ""
    comment: str = ""
    marked: Fraction | None = None
    taken: tuple[TakenEntry, ...] = ()
    parts: tuple[tuple[str, str], ...] = ()
    earned: tuple[EarnedPart, ...] = ()
    unread: str = ""

    def decided(self, points: Fraction | None, comment: str = "") -> QuestionMark:
        """The mark with a teacher's comment, and with their points, unless these are None."""
        if points is None:
            return replace(self, comment=comment)
        marked = self.points if self.marked is None else self.marked
        return replace(self, points=points, open=Fraction(0), comment=comment, marked=marked)

    @property
    def right(self) -> bool:
        """Whether it counts as right."""
        return self.verdict in COUNT_AS_RIGHT

    @property
    def unreadable(self) -> str:
        """What of it cannot be read, and why, which gives nothing away; empty where all can."""
        alone = self.verdict == UNREADABLE and not self.quantity
        return self.unread or (self.finding if alone else "")

    def to_json(self) -> dict[str, Any]:
        """Plain values; points are exact, as "3/2"."""
        texts = {name: getattr(self, name) for name in _TEXTS}
        points = {name: str(getattr(self, name)) for name in _POINTS}
        marked = None if self.marked is None else str(self.marked)
        own = {"causes": list(self.causes), "comment": self.comment, "marked": marked}
        own |= {"unread": self.unread} if self.unread else {}
        if self.taken:
            own["taken"] = [[name, list(entry), str(value)] for name, entry, value in self.taken]
        if self.parts:
            own["parts"] = [list(part) for part in self.parts]
        if self.earned:
            own["earned"] = [[name, str(points)] for name, points in self.earned]
            own["in_words"] = parts_in_words(self.earned)
        return {**texts, **points, **own}

    @staticmethod
    def from_json(values: Mapping[str, Any]) -> QuestionMark:
        """The mark that `to_json` wrote. Raises DeltaruleError for anything else."""
        question, kind, quantity, verdict, finding, expected, given = (
            _text(values, name) for name in _TEXTS
        )
        points, of, open_ = (_fraction(values, name) for name in _POINTS)
        causes = tuple(map(str, _listed(values, "causes")))
        said = (points, of, open_, finding, causes, expected, given)
        marked = None if values.get("marked") is None else _fraction(values, "marked")
        teacher = (str(values.get("comment", "")), marked)
        taken = tuple(map(_taken, values.get("taken", ())))
        parts = tuple((str(name), str(of)) for name, of in values.get("parts", ()))
        earned = tuple(map(_earned, values.get("earned", ())))
        own = (taken, parts, earned, str(values.get("unread", "")))
        return QuestionMark(question, kind, quantity, verdict, *said, *teacher, *own)


@dataclass(frozen=True)
class ExamMarking:
    """All marks of one student, in the order of the exam; `exam` is its title, `comment` what a
    teacher says of the whole.
    """

    exam: str
    who: str
    marks: tuple[QuestionMark, ...]
    notes: tuple[str, ...] = ()
    comment: str = ""

    @property
    def points(self) -> Fraction:
        """The points that are earned."""
        return _total(m.points for m in self.marks)

    @property
    def of(self) -> Fraction:
        """The points that there are."""
        return _total(m.of for m in self.marks)

    @property
    def open(self) -> Fraction:
        """The points that are to be decided by hand."""
        return _total(m.open for m in self.marks)

    @property
    def passed(self) -> bool:
        """Whether something is asked, and all of it is right."""
        return bool(self.marks) and all(m.right for m in self.marks)

    def to_json(self) -> dict[str, Any]:
        """Plain values, which `from_json` reads."""
        return {
            "exam": self.exam,
            "who": self.who,
            "points": str(self.points),
            "of": str(self.of),
            "open": str(self.open),
            "marks": [m.to_json() for m in self.marks],
            "notes": list(self.notes),
            "comment": self.comment,
        }

    @staticmethod
    def from_json(values: Mapping[str, Any]) -> ExamMarking:
        """The marking that `to_json` wrote. Raises DeltaruleError for anything else."""
        marks = tuple(map(QuestionMark.from_json, _listed(values, "marks")))
        notes = tuple(map(str, _listed(values, "notes")))
        comment = str(values.get("comment", ""))
        return ExamMarking(_text(values, "exam"), _text(values, "who"), marks, notes, comment)


def _total(points: Iterable[Fraction]) -> Fraction:
    return sum(points, start=Fraction(0))


def _value(values: Mapping[str, Any], name: str) -> Any:
    if not isinstance(values, Mapping) or name not in values:
        raise DeltaruleError(
            f"a marking without {name!r}", remedy="read what ExamMarking.to_json wrote"
        )
    return values[name]


def _text(values: Mapping[str, Any], name: str) -> str:
    value = _value(values, name)
    if isinstance(value, str):
        return value
    raise _no_marking(name, value)


def _listed(values: Mapping[str, Any], name: str) -> list[Any]:
    value = _value(values, name)
    if isinstance(value, list):
        return value
    raise _no_marking(name, value)


def _fraction(values: Mapping[str, Any], name: str) -> Fraction:
    text = _text(values, name)
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise _no_marking(name, text) from None


def _taken(value: Any) -> TakenEntry:
    try:
        name, entry, number = value
        return str(name), tuple(map(int, entry)), Fraction(number)
    except (TypeError, ValueError, ZeroDivisionError):
        raise _no_marking("taken", value) from None


def _earned(value: Any) -> EarnedPart:
    try:
        name, points = value
        return str(name), Fraction(points)
    except (TypeError, ValueError, ZeroDivisionError):
        raise _no_marking("earned", value) from None


def _no_marking(name: str, value: Any) -> DeltaruleError:
    return DeltaruleError(
        f"{name} = {str(value)[:40]!r} in a marking", remedy="read what ExamMarking.to_json wrote"
    )

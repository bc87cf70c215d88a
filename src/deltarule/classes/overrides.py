"""What a teacher decides by hand: points and comments, which win over what was marked.

    who,question,quantity,points,comment
    emmy,1a,,5/2,"see me: the sign in the second line"
    emmy,,,,well done

`overrides.csv` beside the marks is the only place where they stand: it may be edited, and marking
a class again never touches it. Without `points` a line is a comment alone; without `quantity`, its
points are of the whole question; without `question`, the comment is on the whole exam.
"""

from __future__ import annotations

import csv
import io
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from deltarule.arithmetic.printed import Printed
from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.exams.exam_marking import ExamMarking, QuestionMark
from deltarule.marking.points import points_text
from deltarule.marking.sheet_files.text_files import read_text
from deltarule.whole_files import write_whole

COLUMNS = ("who", "question", "quantity", "points", "comment")
_PLACE = "--override"
_EXAMPLE = "write --override \"emmy 1a 2.5 'see me'\""


@dataclass(frozen=True)
class Override:
    """One decision; `points` None for a comment alone, `place` where it was written."""

    who: str
    question: str
    quantity: str = ""
    points: Fraction | None = None
    comment: str = ""
    place: str = ""


def read_override(said: str) -> Override:
    """`emmy 1a 2.5 'see me'`; the points may be left out, and * is the whole exam, for a comment.

    Raises DeltaruleError for less.
    """
    try:
        words = shlex.split(said)
    except ValueError as error:
        raise DeltaruleError(f"{said!r}: {error}".lower(), _PLACE, _EXAMPLE) from None
    if len(words) < 3:
        raise DeltaruleError(f"{said!r} decides nothing", _PLACE, _EXAMPLE)
    who, question, third, *rest = words
    try:
        points = _points(third, _PLACE)
    except DeltaruleError:
        points, rest = None, [third, *rest]
    return Override(who, "" if question == "*" else question, "", points, " ".join(rest), _PLACE)


def load_overrides(path: Path) -> list[Override]:
    """The decisions in a file; none where there is no file.

    Raises DeltaruleError, naming the line, for what is no decision.
    """
    if not path.exists():
        return []
    text = read_text(path, str(path))
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=";" if first.count(";") > 2 else ",")
    rows = [(reader.line_num, cells) for cells in reader if any(c.strip() for c in cells)]
    if not rows:
        return []
    head = [cell.strip().casefold() for cell in rows[0][1]]
    unknown = [name for name in head if name not in COLUMNS]
    if unknown or not {"who", "question"} <= set(head):
        raise DeltaruleError(
            "the head of the table of overrides is another",
            f"{path}, line 1: {', '.join(head)[:100]}",
            f"write {','.join(COLUMNS)}",
        )
    return [_override(path, line, dict(zip(head, cells))) for line, cells in rows[1:]]


def _override(path: Path, line: int, cells: dict[str, str]) -> Override:
    place = f"{path}, line {line}"
    who, question, quantity, points, comment = (cells.get(n, "").strip() for n in COLUMNS)
    if not who or not (points or comment) or (points and not question):
        raise DeltaruleError(
            "this line decides nothing", place, "name who, a question, and points or a comment"
        )
    number = _points(points, place) if points else None
    return Override(who, question, quantity, number, comment, place)


def _points(text: str, place: str) -> Fraction:
    points = Printed(text, place).value
    if points < 0:
        raise DeltaruleError(f"{text} points", place, "points are 0 or more")
    return points


def add_overrides(path: Path, more: Sequence[Override]) -> None:
    """Write decisions behind those that a file has; an earlier one on the same goes."""
    new = {(o.who, o.question, o.quantity) for o in more}
    kept = [o for o in load_overrides(path) if (o.who, o.question, o.quantity) not in new]
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for o in (*kept, *more):
        points = "" if o.points is None else str(o.points)
        rows.writerow((o.who, o.question, o.quantity, points, o.comment))
    write_whole(path, text.getvalue())


class Overrides:
    """The decisions on a class, by student."""

    def __init__(self, found: Iterable[Override]):
        self._of: dict[str, list[Override]] = {}
        for override in found:
            self._of.setdefault(override.who, []).append(override)

    def strangers(self, names: set[str]) -> list[str]:
        """What is said of decisions on nobody of the class."""
        return [
            f"{o.place}: there is no submission of {who!r}"
            + (f"; {hint}" if (hint := did_you_mean(who, names)) else "")
            for who, decided in self._of.items()
            if who not in names
            for o in decided
        ]

    def above(self, worth: Mapping[str, Fraction]) -> list[str]:
        """What is said of decisions of more points than a question is worth."""
        return [
            f"{o.place}: {who} gets {points_text(o.points)} of {points_text(worth[o.question])} "
            f"points for {o.question}"
            for who, decided in self._of.items()
            for o in decided
            if o.points is not None and o.points > worth.get(o.question, o.points)
        ]

    def applied(self, marking: ExamMarking) -> ExamMarking:
        """The marking with what was decided, which its findings and notes say."""
        for override in self._of.get(marking.who, ()):
            marking = _applied(override, marking)
        return marking


def _applied(override: Override, marking: ExamMarking) -> ExamMarking:
    if not override.question:
        return replace(marking, comment=override.comment)
    meant = [
        k
        for k, m in enumerate(marking.marks)
        if m.question == override.question and override.quantity in ("", m.quantity)
    ]
    if not meant:
        asked = dict.fromkeys(m.question for m in marking.marks)
        hint = did_you_mean(override.question, asked) or f"the questions are {', '.join(asked)}"
        named = f"{override.question} {override.quantity}".strip()
        return _noted(marking, f"{override.place}: there is no question {named!r}; {hint}")
    marks = list(marking.marks)
    decided = _decided(override, [marks[k] for k in meant])
    for k, mark in zip(meant, decided, strict=True):
        marks[k] = mark
    worth = sum((m.of for m in decided), Fraction(0))
    if override.points is not None and override.points > worth:
        said = f"{points_text(override.points)} points of {points_text(worth)}"
        marking = _noted(marking, f"{override.place}: {said} for {override.question}")
    return replace(marking, marks=tuple(marks))


def _noted(marking: ExamMarking, note: str) -> ExamMarking:
    return replace(marking, notes=(*marking.notes, note))


def _decided(override: Override, marks: list[QuestionMark]) -> list[QuestionMark]:
    """The marks with the points decided, shared as what they are worth, and the comment."""
    comments = [override.comment, *[""] * (len(marks) - 1)]
    if override.points is None:
        return [marks[0].decided(None, override.comment), *marks[1:]]
    worth = sum((m.of for m in marks), Fraction(0))
    return [
        mark.decided(override.points * (mark.of / worth if worth else share), comment)
        for mark, comment, share in zip(marks, comments, [Fraction(1, len(marks))] * len(marks))
    ]

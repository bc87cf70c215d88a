"""Who the students of a course are: their numbers, names and addresses, as a system wrote them.

The list is a CSV file with a header: one of one's own (`id,name,email`), or what a system gives:
Canvas's gradebook, Moodle's grading worksheet, a list of Gradescope, of nbgrader or of an LTI
platform. Columns are found by their names; the others are kept for whoever asks for them.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deltarule.errors import DeltaruleError

#: What a column may be called, capitals and spaces apart.
COLUMNS = {
    "name": ("name", "full name", "student", "student name"),
    "first": ("first name", "firstname", "given name", "first"),
    "last": ("last name", "lastname", "surname", "family name", "last"),
    "email": ("email", "email address", "e-mail", "mail"),
    "id": (
        "sis user id", "sid", "student id", "student_id", "id number", "matriculation number",
        "number", "id", "identifier", "username", "sis login id", "userid", "user_id", "who",
    ),
}  # fmt: skip
#: What else somebody may be known by.
_KEYS = (*COLUMNS["id"], "email", "email address", "login", "integration id", "github_username")
_POINTS_ROW = "points possible"


@dataclass(frozen=True)
class Student:
    """One student: `id` is what their marks are known by; `columns` has the row of the list, by
    the names of its columns in small letters.
    """

    id: str
    name: str = ""
    first: str = ""
    last: str = ""
    email: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)

    def column(self, *names: str) -> str:
        """What stands in the first of these columns that has something; else nothing."""
        return next((self.columns[n] for n in names if self.columns.get(n)), "")

    @property
    def full_name(self) -> str:
        """The name, else first and last name, else the id."""
        return self.name or " ".join(filter(None, (self.first, self.last))) or self.id

    @property
    def sortable_name(self) -> str:
        """`Noether, Emmy`, where both are known; else the name."""
        return f"{self.last}, {self.first}" if self.first and self.last else self.full_name


class Roster:
    """The students of a list, in its order, and found by whatever they are known by."""

    def __init__(self, students: Iterable[Student] = ()):
        self._students = tuple(students)
        keys = [(key, s) for s in self._students for key in _keys(s)]
        self._by_key = _of_one(keys)
        self._by_letters = _of_one([(key, s) for s in self._students for key in _squeezed(s)])

    def __iter__(self) -> Iterator[Student]:
        return iter(self._students)

    def __len__(self) -> int:
        return len(self._students)

    def of(self, who: str) -> Student:
        """The one student that is known so; somebody with this id alone where nobody is, or several
        are.
        """
        return self.listed(who) or Student(who)

    def listed(self, who: str) -> Student | None:
        """The one student of the list that is known so; None for nobody, and for several."""
        return self._by_key.get(_folded(who)) or self._by_letters.get(_letters(who))

    def names(self, who: str) -> tuple[str, ...]:
        """All that a student is known by who is known so, as the list has it; `who` comes first."""
        return tuple(dict.fromkeys((who, *filter(None, _as_written(self.of(who))))))


def _of_one(keys: Iterable[tuple[str, Student]]) -> dict[str, Student]:
    """The student of each key that no other has."""
    keys = list(keys)
    often = Counter(key for key, _ in keys)
    return {key: student for key, student in keys if often[key] == 1}


def _keys(student: Student) -> set[str]:
    return set(filter(None, map(_folded, _as_written(student))))


def _as_written(student: Student) -> tuple[str, ...]:
    ids = (student.id, student.email, *(student.columns.get(key, "") for key in _KEYS))
    names = (student.name, student.full_name, student.sortable_name)
    return (*ids, *names, student.email.partition("@")[0])


def _squeezed(student: Student) -> set[str]:
    """The name as platforms squeeze it, `noetheremmy`: from whichever word the last name begins."""
    words = student.full_name.split()
    turned = {_letters("".join(words[k:] + words[:k])) for k in range(len(words))}
    return turned - {""}


def _letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFC", text).casefold() if c.isalnum())


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def read_roster(path: str | Path) -> Roster:
    """The students of a file. Raises DeltaruleError where it cannot be read or has no such column,
    and where two students have one id.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DeltaruleError(
            f"the list of students cannot be read: {error.strerror}", str(path)
        ) from None
    except UnicodeDecodeError:
        raise DeltaruleError(
            "the list of students is not UTF-8", str(path), "save it as CSV in UTF-8"
        ) from None
    return roster_of(text, str(path))


def roster_of(text: str, place: str = "the list of students") -> Roster:
    """The students of a CSV text; commas, semicolons and tabs may stand between its columns."""
    first = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    try:
        found = [_student(row) for row in rows]
    except csv.Error as error:
        raise DeltaruleError(
            f"the list of students is no CSV: {error}", place, "save it as CSV in UTF-8"
        ) from None
    students = [s for s in found if s.id and _POINTS_ROW not in _folded(s.name)]
    if not students:
        raise DeltaruleError(
            "the list of students has nobody in it",
            place,
            "write a header such as id,name,email, and a line for each student",
        )
    for id, times in Counter(s.id for s in students).items():
        if times > 1:
            raise DeltaruleError(f"{times} students have the id {id}", place, "give each their own")
    return Roster(students)


def _student(row: Mapping[str | None, str | list[str] | None]) -> Student:
    columns = {
        _folded(name): value.strip()
        for name, value in row.items()
        if isinstance(name, str) and isinstance(value, str)
    }
    values = {
        part: next((columns[name] for name in names if columns.get(name)), "")
        for part, names in COLUMNS.items()
    }
    if not values["first"] and values["name"].count(",") == 1:
        last, first = (part.strip() for part in values["name"].split(","))
        values.update(name=f"{first} {last}", first=first, last=last)
    id = values.pop("id") or values["email"] or values["name"]
    return Student(id, **values, columns=columns)

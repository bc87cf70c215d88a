"""Who sits an exam: names from a table, or numbers, and the files that are named after them."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from deltarule.errors import DeltaruleError
from deltarule.marking.sheet_files.text_files import read_text

#: How the column is headed that names students; the first one that is there counts.
HEADS = ("student", "id", "who", "login", "username", "email", "name", "sid")
#: So many students at most, and letters of a name.
MOST_STUDENTS, LONGEST = 100_000, 100
#: So many faults of a table are named one by one.
MOST_NAMED = 12


def numbered(count: int) -> list[str]:
    """Students without names: `student-001` and so on, as wide as the count needs."""
    if not 1 <= count <= MOST_STUDENTS:
        raise DeltaruleError(f"{count} students", "--count", f"give 1 to {MOST_STUDENTS}")
    width = max(len(str(count)), 2)
    return [f"student-{k:0{width}}" for k in range(1, count + 1)]


def read_students(path: Path) -> list[str]:
    """The students of a table (CSV with commas, semicolons or tabs), in its order.

    The column is headed by one of HEADS, else it is the first one, and its first row is a student.
    Raises DeltaruleError for a table without students, and for one who stands in it twice.
    """
    rows = [row for row in _rows(read_text(path, str(path))) if any(cell.strip() for cell in row)]
    if not rows:
        raise DeltaruleError("the table has no students", str(path), "write one a line")
    heads = [cell.strip().casefold() for cell in rows[0]]
    headed = next((heads.index(head) for head in HEADS if head in heads), None)
    column, rows = (0, rows) if headed is None else (headed, rows[1:])
    found = [row[column].strip() for row in rows if len(row) > column and row[column].strip()]
    if not found:
        raise DeltaruleError("the table has no students", str(path), "write one a line")
    refuse_alike(found, str(path))
    return found


def _rows(text: str) -> list[list[str]]:
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=mark))


def refuse_alike(students: Iterable[str], place: str) -> None:
    """Raises DeltaruleError for students whose files would have one name, and for names that no
    file can have: one error for all of them."""
    known: dict[str, str] = {}
    faults: dict[str, list[str]] = {_BY_LETTERS: [], _ONCE: []}
    for student in students:
        stem = _stem(student)
        if stem is None:
            faults[_BY_LETTERS].append(f"{student[:40]!r} names no file")
            continue
        other = known.get(stem.casefold())
        if other is None:
            known[stem.casefold()] = student
        elif other == student:
            faults[_ONCE].append(f"{student} stands there twice")
        else:
            faults[_ONCE].append(f"{other} and {student} would share the file {stem}.toml")
    facts = [*dict.fromkeys(fact for found in faults.values() for fact in found)]
    if facts:
        more = [f"and {len(facts) - MOST_NAMED} more"] if len(facts) > MOST_NAMED else []
        remedies = [remedy for remedy, found in faults.items() if found]
        raise DeltaruleError("; ".join([*facts[:MOST_NAMED], *more]), place, "; ".join(remedies))


def file_stem(student: str) -> str:
    """The name of a student's file, without its ending: letters, digits and - _ . @ are kept.

    Raises DeltaruleError for a name of which nothing is left, or that is too long.
    """
    stem = _stem(student)
    if stem is None:
        raise DeltaruleError(f"{student[:40]!r} names no file", "the students", _BY_LETTERS)
    return stem


def _stem(student: str) -> str | None:
    name = unicodedata.normalize("NFC", student).strip()
    kept = "".join(c if c.isalnum() or c in "-_.@" else "_" for c in name).strip("._")
    if not kept.strip("_") or len(kept) > LONGEST:
        return None
    return kept if kept.casefold() not in _RESERVED else f"{kept}_"


#: What to do about names that are no files, and about those that are one.
_BY_LETTERS = "name them by letters and digits"
_ONCE = "name each student once, by something of their own"
#: What Windows takes for devices.
_RESERVED = {"con", "prn", "aux", "nul", *(f"{d}{k}" for d in ("com", "lpt") for k in range(1, 10))}

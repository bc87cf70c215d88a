"""Forms: tables with a row for each student, whose columns are quantities or questions.

A column that names the student (`who`, `name`, `username`, `email`, …) says whose a row is. Cells
are texts, and stay as they are until somebody's answers are read from them.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from deltarule.errors import DeltaruleError, in_one_line
from deltarule.marking.printed import shortened
from deltarule.marking.text_files import text_of
from deltarule.spelling.counted import counted

#: What is read as a table.
FORMS = (".csv", ".tsv", ".xlsx")
#: Rows and columns of a table.
MOST_ROWS, MOST_COLUMNS = 200_000, 1000

#: Heads that name a student; what stands first is what the student is called in the marks.
_WHO = (
    ("who", "student", "username", "user name", "login", "login id", "sis login id", "kennung"),
    ("student id", "studentid", "id number", "matriculation number", "matrikelnummer",
     "sis user id", "orgdefinedid", "student number", "id"),
    ("email", "e mail", "email address", "e mail address", "mail"),
    ("name", "full name", "student name", "your name", "display name"),
    ("last name", "surname", "family name", "nachname"),
    ("first name", "given name", "vorname"),
)  # fmt: skip
#: Heads of parts of a name, which are put together.
_PARTS = (*_WHO[4], *_WHO[5])
_WHEN = ("timestamp", "submitted", "submitted at", "completion time", "completed", "zeitstempel")
_YEAR_FIRST = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[T ]+(\d{1,2}):(\d\d)(?::(\d\d))?\D*?([AP]M)?(?: .*|Z)?",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True)
class Row:
    """A row: whose it is, what else that student is called, when it was handed in where that is
    known, and its cells as JSON: pairs of a head and a text.
    """

    line: int
    who: str
    also: tuple[str, ...]
    when: str
    answers: bytes


@dataclass(frozen=True)
class Form:
    """A table with a row for each student; `notes` say which columns are not read."""

    name: str
    rows: Sequence[Row]
    notes: tuple[str, ...]


def form_in(data: bytes, name: str, heads: Callable[[str], bool]) -> Form | None:
    """The form in the bytes of a file; None for a table that is one student's own.

    `heads` says whether a column's head names a quantity or a question of the exam. Raises
    DeltaruleError for what is no table.
    """
    lines = table_rows(data, name)
    first = next(lines, None)
    if first is None:
        raise DeltaruleError(f"{name} is empty", name, "export the form once more")
    head = [cell.strip() for cell in first[1]]
    naming = _naming(head)
    if not naming:
        return None
    known = [k for k, text in enumerate(head) if text and k not in naming and heads(text)]
    when = next((k for k, text in enumerate(head) if _plain(text) in _WHEN), None)
    if not known:
        error = DeltaruleError(
            f"no column of {name} is a quantity or a question of the exam",
            f"{name}, line {first[0]}: {shortened(', '.join(filter(None, head)))}",
            "head the columns with names such as yhat, dE/dTheta2, or with a question's number",
        )
        return Form(name, (), (in_one_line(error),))
    rows = [_row(line, cells, head, naming, known, when) for line, cells in lines if any(cells)]
    aside = {*naming, *known, *([] if when is None else [when])}
    notes = [
        f"{name}: the column {shortened(text)!r} is no quantity and no question of the exam, and "
        "is not read"
        for k, text in enumerate(head)
        if text and k not in aside
    ]
    return Form(name, rows, tuple(notes))


def _row(
    line: int,
    cells: Sequence[str],
    head: Sequence[str],
    naming: Sequence[int],
    known: Sequence[int],
    when: int | None,
) -> Row:
    def cell(k: int | None) -> str:
        return cells[k].strip() if k is not None and k < len(cells) else ""

    pairs = [(head[k], cell(k)) for k in known if cell(k)]
    names = [text for k in naming if (text := cell(k))]
    if len(naming) == 2 and all(_plain(head[k]) in _PARTS for k in naming):
        names = [", ".join(names)] if names else []
    who, *also = names or [""]
    answers = json.dumps(pairs, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return Row(line, " ".join(who.split()), tuple(also), _time(cell(when)), answers)


def _naming(head: Sequence[str]) -> list[int]:
    """The columns that name the student, in the order of how well they do."""
    found = sorted((_rank(text), k) for k, text in enumerate(head) if _rank(text) is not None)
    return [k for _, k in found]


def _rank(text: str) -> int | None:
    plain = _plain(text)
    return next((rank for rank, names in enumerate(_WHO) if plain in names), None)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()))


def _time(text: str) -> str:
    """A time with the year in front as text that sorts; empty for others, whose order is unsure."""
    found = _YEAR_FIRST.fullmatch(text)
    if found is None:
        return ""
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    if found[7]:
        hour = hour % 12 + 12 * (found[7].upper() == "PM")
    try:
        return datetime(year, month, day, hour, minute, second).isoformat()
    except ValueError:
        return ""


def table_rows(data: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a table with their numbers, as texts, those without text left out.

    Raises DeltaruleError for what is no table, and for one that is too large.
    """
    if name.lower().endswith(".xlsx"):
        from deltarule.classes.workbook_rows import workbook_rows

        rows = workbook_rows(data, name)
    else:
        rows = _csv_rows(data, name)
    for line, cells in rows:
        if line > MOST_ROWS or len(cells) > MOST_COLUMNS:
            raise DeltaruleError(
                f"{name} has more than {counted(MOST_ROWS, 'row')} or "
                f"{counted(MOST_COLUMNS, 'column')}",
                f"{name}, line {line}",
                "split it",
            )
        if any(cell.strip() for cell in cells):
            yield line, cells


def _csv_rows(data: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(data, name)
    lines = text.split("\n", 1)
    mark = ""
    if lines[0].strip().lower().startswith("sep=") and len(lines) > 1:
        mark, text = lines[0].strip()[4:5], lines[1]
    reader = csv.reader(io.StringIO(text), delimiter=mark or _delimiter(text))
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise DeltaruleError(
            f"{name} is no table: {error}", f"{name}, line {reader.line_num}", "export it again"
        ) from None


def _decoded(data: bytes, name: str) -> str:
    """UTF-8, UTF-16 with its mark, or what spreadsheets of the West write."""
    try:
        return text_of(data, name)
    except DeltaruleError as error:
        if "UTF-8" not in error.fact or b"\0" in data:
            raise
        return data.decode("cp1252", "replace").replace("\r\n", "\n").replace("\r", "\n")


def _delimiter(text: str) -> str:
    """What parts the cells of the first line: what stands there most often outside quotes."""
    first = re.sub(r'"[^"]*"', "", text.lstrip("\n").partition("\n")[0])
    return max((",", ";", "\t", "|"), key=first.count)

"""Forms: tables with a row for each student, whose columns are quantities or questions.

A column that names the student (`who`, `name`, `username`, `email`, …) says whose a row is. Cells
are texts, and stay as they are until somebody's answers are read from them.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from deltarule.arithmetic.printed import shortened
from deltarule.classes.form_heads import LOOKED_AT, Heads, heads_of, plain
from deltarule.errors import DeltaruleError, in_one_line
from deltarule.marking.sheet_files.text_files import text_of
from deltarule.spelling.counted import counted

#: What is read as a table.
FORMS = (".csv", ".tsv", ".xlsx")
#: Rows and columns of a table.
MOST_ROWS, MOST_COLUMNS = 200_000, 1000

#: What stands where nobody is named.
_NOBODY = ("anonymous", "anonym", "anonyme", "anónimo", "anonimo")
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


def form_in(data: bytes, name: str, knows: Callable[[str], bool]) -> Form | None:
    """The form in the bytes of a file; None for a table that is one student's own.

    `knows` says whether a column's head names a quantity or a question of the exam. Raises
    DeltaruleError for what is no table.
    """
    lines = list(table_rows(data, name))
    if not lines:
        raise DeltaruleError(f"{name} is empty", name, "export the form once more")
    heads = heads_of([cells for _, cells in lines[: LOOKED_AT + 1]], knows)
    rows = lines[heads.rows :]
    place = f"{name}, line {lines[heads.rows - 1][0]}: "
    place += shortened(", ".join(filter(None, heads.texts)))
    if not heads.naming:
        if not _has_answers_of_many(heads, rows, knows):
            return None
        error = DeltaruleError(
            f"no column of {name} says whose a row is",
            place,
            "head one with student, email, name or matriculation number",
        )
        return Form(name, (), (in_one_line(error),))
    if not heads.answers:
        error = DeltaruleError(
            f"no column of {name} is a quantity or a question of the exam",
            place,
            "head the columns with names such as yhat, dE/dTheta2, or with a question's number",
        )
        return Form(name, (), (in_one_line(error),))
    naming = _without_counter(heads, rows)
    notes = [
        f"{name}: the column {shortened(heads.texts[k])!r} is no quantity and no question of the "
        "exam, and is not read"
        for k in heads.aside
    ]
    return Form(name, [_row(line, cells, heads, naming) for line, cells in rows], tuple(notes))


def _has_answers_of_many(
    heads: Heads, rows: Sequence[tuple[int, list[str]]], knows: Callable[[str], bool]
) -> bool:
    """Whether a table in which nobody is named has a row for each of several students, unlike a
    student's own: heads and one row, or a quantity and its value in each row.
    """
    if len(rows) < 2 or len(heads.answers) < len(heads.aside):
        return False
    pairs = sum(knows(cells[0].strip()) for _, cells in rows if cells and cells[0].strip())
    return len(heads.answers) > 0 and 2 * pairs < len(rows)


def _without_counter(heads: Heads, rows: Sequence[tuple[int, list[str]]]) -> list[int]:
    """The columns that name the student, without one that counts the rows, as forms add it."""
    counted_up = [str(k) for k in range(1, len(rows) + 1)]
    left = [
        k
        for k in heads.naming
        if sorted((_cell(cells, k) for _, cells in rows), key=lambda t: (len(t), t)) != counted_up
    ]
    return left or list(heads.naming)


def _cell(cells: Sequence[str], k: int | None) -> str:
    return cells[k].strip() if k is not None and k < len(cells) else ""


def _row(line: int, cells: Sequence[str], heads: Heads, naming: Sequence[int]) -> Row:
    pairs: list[tuple[str, str | list[str]]] = []
    for columns in heads.answers:
        values = [_cell(cells, k) for k in columns]
        while values and not values[-1]:
            values.pop()
        if values:
            pairs.append((heads.texts[columns[0]], values if len(values) > 1 else values[0]))
    names = [text for k in naming if (text := _cell(cells, k)) and plain(text) not in _NOBODY]
    if heads.names_in_parts:
        names = [", ".join(names)] if names else []
    who, *also = names or [""]
    answers = json.dumps(pairs, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return Row(line, " ".join(who.split()), tuple(also), _time(_cell(cells, heads.when)), answers)


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
    text, _ = decoded(data, name)
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


def decoded(data: bytes, name: str) -> tuple[str, list[str]]:
    """The text in UTF-8, in UTF-16 with its mark, or in what programs of the West write beside
    them, which the notes say.

    Raises DeltaruleError for what is no text.
    """
    try:
        return text_of(data, name), []
    except DeltaruleError as error:
        if "UTF-8" not in error.fact or b"\0" in data:
            raise
        text = data.decode("cp1252", "replace").replace("\r\n", "\n").replace("\r", "\n")
        return text, [f"{name} is not UTF-8, and is read as Windows-1252"]


def _delimiter(text: str) -> str:
    """What parts the cells of the first line: what stands there most often outside quotes."""
    first = re.sub(r'"[^"]*"', "", text.lstrip("\n").partition("\n")[0])
    return max((",", ";", "\t", "|"), key=first.count)

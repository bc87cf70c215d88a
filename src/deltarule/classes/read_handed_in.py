"""The files of one student, read as a submission to an exam. Nothing that they name is opened."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from deltarule.classes.answer_tables import AnswerTables, as_text
from deltarule.classes.exam_fields import CHOICES, COUNTS, ExamFields
from deltarule.classes.form_tables import FORMS, table_rows
from deltarule.classes.handed_in import FileBytes, ReadFiles
from deltarule.classes.merged_answers import merged
from deltarule.errors import DeltaruleError, in_one_line
from deltarule.exams.exam_submission import Submission
from deltarule.marking.answers import KEYS, Answers, answers_in
from deltarule.marking.lenient import Lenient, read_leniently
from deltarule.marking.text_files import LARGEST, text_of
from deltarule.marking.toml_text import Digits, TomlText

_SECTIONS = ("answers", "formulas", CHOICES, COUNTS)
_HEADS = {"quantity", "name", "question", "answer", "value", "item", "what"}


def read_handed_in(who: str, handed: ReadFiles, fields: ExamFields) -> Submission:
    """What a student handed in. A file that cannot be read costs itself, and is said.

    Raises DeltaruleError where nothing can be read.
    """
    found: list[tuple[AnswerTables, list[Answers]]] = []
    code: list[tuple[str, bytes]] = []
    notes = list(handed.notes)
    for file in sorted(handed.files, key=lambda f: (f.newness, f.name)):
        if file.name.lower().endswith((".py", ".ipynb")):
            code.append((file.name, file.data))
            continue
        try:
            tables, answers = _read(file, fields)
        except DeltaruleError as error:
            notes.append(f"{file.name} is not read: {in_one_line(error)}")
        else:
            found.append((tables, answers))
            notes += tables.notes
    code += [part for tables, _ in found for part in tables.code]
    if not code and all(tables.empty and not answers for tables, answers in found):
        raise _nothing(notes)
    answers, said = merged([a for _, own in found for a in own])
    choices: dict[str, str] = {}
    counts: dict[str, str] = {}
    for tables, _ in found:
        choices |= tables.choices
        counts |= tables.counts
    return Submission(who, answers, choices, counts, tuple(code), (*notes, *said))


def _nothing(notes: Sequence[str]) -> DeltaruleError:
    return DeltaruleError("; ".join(notes[:3]) or "nothing is handed in that can be read")


def _read(file: FileBytes, fields: ExamFields) -> tuple[AnswerTables, list[Answers]]:
    """What one file answers. Raises DeltaruleError where it cannot be read."""
    if file.form:
        return _of_pairs(file.name, json.loads(file.data), fields)
    suffix = "." + file.name.lower().rpartition(".")[2]
    if suffix in FORMS:
        return _of_pairs(file.name, _own_table(file, fields), fields)
    if len(file.data) > LARGEST:
        raise DeltaruleError(f"it is larger than {LARGEST // 1000} kB", None, "answers alone")
    read: Callable = _of_json if suffix == ".json" else _of_toml
    return read(file.name, text_of(file.data, file.name), fields)


def _of_pairs(
    name: str, pairs: Sequence[tuple[str, Any]], fields: ExamFields, run: int | None = None
) -> tuple[AnswerTables, list[Answers]]:
    tables = AnswerTables(name)
    tables.take(pairs, fields, run)
    return tables, tables.answers()


def _of_toml(name: str, text: str, fields: ExamFields) -> tuple[AnswerTables, list[Answers]]:
    """An answers file, of which choices and counts are read here, the rest by marking."""
    read = read_leniently(text, name, _SECTIONS)
    return _of_sections(read, fields)


def _of_sections(read: Lenient, fields: ExamFields) -> tuple[AnswerTables, list[Answers]]:
    data = dict(read.toml.data)
    tables = AnswerTables(read.toml.name)
    for section in (CHOICES, COUNTS):
        own = data.pop(section, {})
        pairs = own.items() if isinstance(own, dict) else ()
        for said, value in pairs:
            found = fields.field(said)
            if found is None or found.table != section:
                tables.take([(said, value)], fields, None)
            else:
                tables.texts(section)[found.name] = as_text(value).strip()
    others = {"answers", "formulas"} & data.keys() or read.lost or tables.empty
    rest = Lenient(TomlText(read.toml.name, read.toml.text, data), read.notes, read.lost)
    return tables, [answers_in(rest)] if others else []


def _of_json(name: str, text: str, fields: ExamFields) -> tuple[AnswerTables, list[Answers]]:
    """Answers as JSON: the tables of an answers file, or names and values without tables."""
    twice: list[str] = []
    data = _parsed(name, text, twice)
    notes = [f"{name}: {said!r} stands there twice; the last one counts" for said in twice]
    if not isinstance(data, dict):
        raise DeltaruleError("its JSON is no object", name, 'write {"yhat": 0.62, "E": "0.072"}')
    if data.keys() & set(_SECTIONS):
        tables, answers = _of_sections(Lenient(TomlText(name, "", data)), fields)
    else:
        run = data.get("run")
        pairs = [(k, v) for k, v in data.items() if k not in KEYS]
        tables, answers = _of_pairs(name, pairs, fields, run if type(run) is int else None)
    tables.notes += notes
    return tables, answers


def _parsed(name: str, text: str, twice: list[str]) -> Any:
    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        table: dict[str, Any] = {}
        for key, value in found:
            if key in table:
                twice.append(key[:80])
            table[key] = "" if value is None else value
        return table

    def whole(digits: str) -> int | Digits:
        return int(digits) if len(digits) < 100 else Digits(digits)

    try:
        return json.loads(
            text,
            parse_float=Digits,
            parse_int=whole,
            parse_constant=Digits,
            object_pairs_hook=pairs,
        )
    except RecursionError:
        raise DeltaruleError("lists nested beyond reading", name, "nest fewer lists") from None
    except ValueError as error:
        raise DeltaruleError(f"it is no JSON: {error}", name, 'write {"yhat": 0.62}') from None


def _own_table(file: FileBytes, fields: ExamFields) -> list[tuple[str, Any]]:
    """A student's own table: a quantity and its value in each row, or quantities as heads."""
    rows = [cells for _, cells in table_rows(file.data, file.name)][:1000]
    head = [cell.strip() for cell in rows[0]] if rows else []
    if len(rows) > 1 and len(head) > 2 and sum(fields.knows(h) for h in head if h) * 2 > len(head):
        return [(h, cell) for h, cell in zip(head, rows[1]) if h and cell.strip()]
    if head and head[0].casefold() in _HEADS and not fields.knows(head[0]):
        rows = rows[1:]
    pairs: list[tuple[str, Any]] = []
    for cells in rows:
        values = [cell.strip() for cell in cells[1:]]
        while values and not values[-1]:
            values.pop()
        if cells[0].strip() and values:
            pairs.append((cells[0].strip(), values[0] if len(values) == 1 else values))
    return pairs

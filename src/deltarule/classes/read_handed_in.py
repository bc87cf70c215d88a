"""The files of one student, read as a submission to an exam. Nothing that they name is opened."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from deltarule.classes.answer_tables import AnswerTables
from deltarule.classes.exam_fields import ExamFields
from deltarule.classes.form_tables import FORMS, decoded, table_rows
from deltarule.classes.handed_in import FileBytes, ReadFiles
from deltarule.classes.merged_answers import merged
from deltarule.errors import DeltaruleError, in_one_line
from deltarule.exams.exam import CODE
from deltarule.exams.exam_answers import SECTIONS, TOP, sorted_answers
from deltarule.exams.exam_submission import Submission
from deltarule.marking.sheet_files.lenient import Lenient, read_leniently
from deltarule.marking.sheet_files.text_files import LARGEST
from deltarule.marking.sheet_files.toml_text import Digits, TomlText

#: What is said where there is no more to say.
NOTHING = "nothing is handed in that can be read"
_HEADS = {"quantity", "name", "question", "answer", "value", "item", "what"}


def read_handed_in(who: str, handed: ReadFiles, fields: ExamFields) -> Submission:
    """What a student handed in. A file that cannot be read costs itself, and is said.

    Raises DeltaruleError where nothing can be read.
    """
    found: list[Submission] = []
    notes = list(handed.notes)
    for file in sorted(handed.files, key=lambda f: (f.newness, f.name)):
        if file.name.lower().endswith((".py", ".ipynb")):
            found.append(Submission(code=((file.name, file.data),)))
            continue
        try:
            found += _read(file, fields)
        except DeltaruleError as error:
            notes.append(f"{file.name} is not read: {in_one_line(error)}")
    wants_code = any(q.kind == CODE for q in fields.exam.questions)
    if not any(s.answers or s.choices or s.counts or (s.code and wants_code) for s in found):
        notes += [note for s in found for note in s.notes]
        notes += [f"{name} is code, which the exam does not ask for" for name in _code(found)]
        raise DeltaruleError("; ".join(notes[:3]) or NOTHING)
    if not wants_code:
        notes += [f"{name} is code, which the exam does not ask for" for name in _code(found)]
    answers, said = merged([a for s in found for a in s.answers])
    return Submission(
        who,
        answers,
        {k: v for s in found for k, v in s.choices.items()},
        {k: v for s in found for k, v in s.counts.items()},
        tuple(code for s in found for code in s.code),
        (*notes, *(note for s in found for note in s.notes), *said),
    )


def _code(found: Sequence[Submission]) -> list[str]:
    return [name for s in found for name, _ in s.code]


def _read(file: FileBytes, fields: ExamFields) -> list[Submission]:
    """What one file answers. Raises DeltaruleError where it cannot be read."""
    if file.form:
        return _of_pairs(file.name, json.loads(file.data), fields)
    suffix = "." + file.name.lower().rpartition(".")[2]
    if suffix in FORMS:
        return _of_pairs(file.name, _own_table(file, fields), fields)
    if len(file.data) > LARGEST:
        raise DeltaruleError(
            f"it is larger than {LARGEST // 1000} kB", None, "hand in the answers alone"
        )
    text, notes = decoded(file.data, file.name)
    if suffix == ".json":
        found = _of_json(file.name, text, fields)
    else:
        found = [sorted_answers(fields.exam, read_leniently(text, file.name, SECTIONS))]
    return [replace(found[0], notes=(*notes, *found[0].notes)), *found[1:]] if notes else found


def _of_pairs(
    name: str,
    pairs: Sequence[tuple[str, Any]],
    fields: ExamFields,
    run: int | None = None,
    notes: Sequence[str] = (),
) -> list[Submission]:
    """Names and values without tables."""
    tables = AnswerTables(name, fields)
    tables.take(pairs, run)
    own = Submission(code=tuple(tables.code), notes=(*notes, *tables.notes))
    return [own, *(sorted_answers(fields.exam, read) for read in tables.read())]


def _of_json(name: str, text: str, fields: ExamFields) -> list[Submission]:
    """Answers as JSON: the tables of an answers file, or names and values without tables."""
    twice: list[str] = []
    data = _parsed(name, text, twice)
    notes = [f"{name}: {said!r} stands there twice; the last one counts" for said in twice]
    if not isinstance(data, dict):
        raise DeltaruleError("its JSON is no object", name, 'write {"yhat": 0.62, "E": "0.072"}')
    if data.keys() & set(SECTIONS):
        read = Lenient(TomlText(name, "", data), notes)
        return [sorted_answers(fields.exam, read)]
    run = data.get("run")
    pairs = [(k, v) for k, v in data.items() if k not in TOP]
    return _of_pairs(name, pairs, fields, run if type(run) is int else None, notes)


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

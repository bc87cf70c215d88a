"""All that is wrong with an exam file which cannot be read: its lines, its keys, its questions.

Reading stops at the first of them. Here a line that is no TOML is put right, or left out, and what
stands behind it is read on; tables are checked key by key, and questions one by one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

from deltarule.errors import DeltaruleError
from deltarule.exams.closed_tables import Table, Variants
from deltarule.exams.exam_format import EXAM
from deltarule.exams.exam_places import ExamPlaces
from deltarule.exams.question_tables import read_questions
from deltarule.exams.value_kinds import Kind, ListOf, Referred, TableOf, Where
from deltarule.exams.value_kinds import Path as Keys
from deltarule.marking.sheet_files.sheets import sheet_of
from deltarule.marking.sheet_files.toml_faults import fault_of
from deltarule.marking.sheet_files.toml_text import TomlText, parse, refused

#: So many lines that are no TOML are named.
MOST_LINES = 20
_AT = re.compile(r", line \d+: ([\w.]+)")
#: What questions say for all, which a sheet alone does not have.
_OF_EXAMS = ("question", "marks", "total", "instructions")


def all_faults(text: str, name: str, folder: Path) -> list[DeltaruleError]:
    """The errors in the text of an exam file; nothing for one that can be read."""
    found, data = _of_lines(text, name)
    if data is None:
        return found
    toml = TomlText(name, text, data)
    where = ExamPlaces(toml)
    wrong = {key: [*_of_key(key, value, where)] for key, value in data.items()}
    found += [error for errors in wrong.values() for error in errors]
    questions = data.get("question")
    if isinstance(questions, list):
        found += _of_questions(questions, folder, where)
    sound = {k: v for k, v in data.items() if not wrong[k] and k not in _OF_EXAMS}
    return [*found, *_of_sheet(replace(toml, data={"title": name, **sound}), folder)]


def _of_sheet(toml: TomlText, folder: Path) -> list[DeltaruleError]:
    """What is wrong with the sheet, each time without what was wrong before."""
    found: list[DeltaruleError] = []
    data = deepcopy(toml.data)
    for _ in range(MOST_LINES):
        try:
            sheet_of(replace(toml, data=data), folder)
            return found
        except DeltaruleError as error:
            found.append(error)
            if not _left_out(data, _AT.search(error.place or "")):
                return found
    return found


def _left_out(data: dict[str, Any], at: re.Match[str] | None) -> bool:
    """Whether what a place names, as options.bias, stood there; then it is taken out."""
    *tables, key = at[1].split(".") if at else [""]
    for name in tables:
        data = data.get(name, {})
    if not isinstance(data, dict) or key not in data or key == "network":
        return False
    del data[key]
    return True


def _of_lines(text: str, name: str) -> tuple[list[DeltaruleError], dict[str, Any] | None]:
    """The lines that are no TOML, and what the file holds with these put right or left out."""
    found: list[DeltaruleError] = []
    lines = text.split("\n")
    for _ in range(MOST_LINES):
        current = "\n".join(lines)
        try:
            return found, parse(current, name)
        except tomllib.TOMLDecodeError as error:
            fault = fault_of(current, error)
            found.append(refused(current, fault, name))
            first = min(fault.first or fault.line, fault.line)
            lines[first - 1 : fault.line] = ["#"] * (fault.line - first + 1)
            if fault.corrected is not None and "\n" not in fault.corrected:
                lines[fault.line - 1] = fault.corrected
        except DeltaruleError as error:
            return [*found, error], None
    return found, None


def _of_key(key: str, value: Any, where: Where) -> Iterator[DeltaruleError]:
    if key not in EXAM.keys:
        yield from _raised(EXAM, {key: value}, (), where)
    else:
        yield from faults(EXAM.keys[key].kind, value, (key,), where)


def faults(kind: Kind, value: Any, path: Keys, where: Where) -> Iterator[DeltaruleError]:
    """The errors of a value and of all that stands in it."""
    if isinstance(kind, Referred):
        kind = kind.kind()
    if isinstance(kind, Variants) and isinstance(value, dict):
        kind = kind.tables.get(str(value.get(kind.key)), kind)
        if isinstance(kind, Table):
            value = {k: v for k, v in value.items() if k != "kind"}
    inner: list[DeltaruleError] = []
    if isinstance(kind, Table) and isinstance(value, dict):
        for name, part in value.items():
            if name in kind.keys:
                inner += faults(kind.keys[name].kind, part, (*path, name), where)
            else:
                inner += _raised(kind, {name: part}, path, where)
    elif isinstance(kind, ListOf) and isinstance(value, list) and len(value) >= kind.least:
        for number, part in enumerate(value):
            inner += faults(kind.kind, part, (*path, number), where)
    elif isinstance(kind, TableOf) and isinstance(value, dict) and len(value) >= kind.least:
        for name, part in value.items():
            own = (kind.named or {}).get(name, kind.kind)
            inner += faults(own, part, (*path, name), where)
    yield from inner or _raised(kind, value, path, where)


def _raised(kind: Kind, value: Any, path: Keys, where: Where) -> Iterator[DeltaruleError]:
    try:
        kind.check(value, path, where)
    except DeltaruleError as error:
        yield error


def _of_questions(tables: list[Any], folder: Path, where: Where) -> Iterator[DeltaruleError]:
    """What is wrong with questions whose keys are right: names, ids, choices."""
    kind = EXAM.keys["question"].kind
    sound = [(k, t) for k, t in enumerate(tables) if not [*faults(kind, [t], ("question",), where)]]
    ids: dict[str, int] = {}
    for number, table in sound:

        def there(path: Keys, number: int = number) -> str:
            return where((path[0], number, *path[2:]) if path[:1] == ("question",) else path)

        try:
            read_questions([table], folder, there)
            if table["id"].lower() in ids:
                first = tables[ids[table["id"].lower()]]
                read_questions([first, table], folder, there)
        except DeltaruleError as error:
            yield error
        ids.setdefault(table["id"].lower(), number)

"""Where something stands in an exam file: by the keys that lead to it."""

from __future__ import annotations

import re
from functools import cached_property

from deltarule.arithmetic.printed import shortened
from deltarule.exams.value_kinds import Path
from deltarule.marking.sheet_files.toml_text import TomlText
from deltarule.marking.sheet_files.toml_values import key_of

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.\"-]+)\s*\]\]?\s*(?:#.*)?")


class ExamPlaces:
    """Says a path of keys as a file, a line and the keys; entries of lists are counted from 1."""

    def __init__(self, toml: TomlText):
        self._toml = toml

    def __call__(self, path: Path) -> str:
        name = self._toml.name
        label = shortened(self._label(path))
        line = next((self._lines[p] for p in _shorter(path) if p in self._lines), None)
        place = f"{name}, line {line}" if line else name
        return f"{place}: {label}" if label else place

    def _label(self, path: Path) -> str:
        """`question 1a: marks.h1`: a question by its id, where it has one."""
        if len(path) > 1 and path[0] == "question" and isinstance(path[1], int):
            rest = ".".join(map(str, path[2:]))
            return f"question {self._id(path[1])}" + (f": {rest}" if rest else "")
        said = (f"{part + 1}" if isinstance(part, int) else part for part in path)
        return ".".join(said)

    def _id(self, number: int) -> str:
        questions = self._toml.data.get("question")
        table = questions[number] if isinstance(questions, list) else {}
        id = table.get("id") if isinstance(table, dict) else ""
        return id if isinstance(id, str) and id else f"number {number + 1}"

    @cached_property
    def _lines(self) -> dict[Path, int]:
        """The line of every header and key."""
        found: dict[Path, int] = {}
        counts: dict[str, int] = {}
        current: Path = ()
        for number, line in enumerate(self._toml.text.split("\n"), 1):
            header = _HEADER.fullmatch(line)
            if header:
                parts = header[2].replace('"', "").split(".")
                first = parts[0]
                if header[1] == "[[":
                    counts[first] = counts.get(first, -1) + 1
                at = (counts[first],) if first in counts else ()
                current = (first, *at, *parts[1:])
                found.setdefault(current, number)
            elif (key := key_of(line)) is not None:
                found.setdefault((*current, key), number)
        return found


def _shorter(path: Path) -> list[Path]:
    """The path, then those of what it stands in."""
    return [path[:k] for k in range(len(path), 0, -1)]

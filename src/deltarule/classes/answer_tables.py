"""Answers that are given under names, of a form or of JSON, as the tables of an answers file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from deltarule.arithmetic.printed import shortened
from deltarule.classes.exam_fields import CODES, ExamFields, Field
from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.marking.sheet_files.lenient import Lenient
from deltarule.marking.sheet_files.toml_text import TomlText
from deltarule.spelling.names import parse_reference

#: Where the next of several named answers begins: `dE/dW1 = 0.2; dE/dW2 = [1, 2]`.
_PARTS = re.compile(r"[;\n](?=\s*[^\s\d\[\](){};=][^;\n=]*=)")


@dataclass
class AnswerTables:
    """What one file answers: tables by run, code that was pasted, and what was not read."""

    name: str
    fields: ExamFields
    runs: dict[int, dict[str, dict[str, Any]]] = field(default_factory=dict)
    code: list[tuple[str, bytes]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def take(self, pairs: Iterable[tuple[str, Any]], run: int | None = None) -> None:
        """Answers under names; what names nothing of the exam is said, and not read."""
        known = [(said, value, self.fields.field(said, run)) for said, value in pairs]
        named = {(f.run, f.name) for _, _, f in known if f is not None and not f.loosely}
        for said, value, found in known:
            if found is not None and found.loosely:
                if (found.run, found.name) in named:
                    found = None
                else:
                    named.add((found.run, found.name))
            if found is None:
                self.notes.append(self._unknown(said))
            elif found.table != CODES:
                tables = self.runs.setdefault(found.run if self.fields.exam.plain else 1, {})
                tables.setdefault(found.table, {})[found.name] = _named(value, found)
            elif text := str(value).strip():
                self.code.append((f"{found.name}.py", text.encode("utf-8", "surrogatepass")))

    def read(self) -> list[Lenient]:
        """The tables of each run, as if they had stood in a file of their own."""
        return [
            Lenient(TomlText(self.name, "", {**tables, "run": run}))
            for run, tables in sorted(self.runs.items())
        ]

    def _unknown(self, said: str) -> str:
        asked = [a for q in self.fields.exam.questions for a in (q.id, *q.asked)]
        near = did_you_mean(said, asked)
        return (
            f"{self.name}: {shortened(said)!r} is no quantity and no question of the exam, and is "
            "not read" + (f"; {near}" if near else "")
        )


def _named(value: Any, found: Field) -> Any:
    """The answer to a question that asks for several quantities, each with its name, apart."""
    if found.question is None or not isinstance(value, str):
        return value
    parts = [part.partition("=") for part in _PARTS.split(value) if part.strip()]
    asked = found.question.asked
    if all(sign and _reference(name) in asked for name, sign, _ in parts):
        return {_reference(name): text.strip() for name, _, text in parts}
    return value


def _reference(said: str) -> str:
    try:
        return str(parse_reference(said))
    except DeltaruleError:
        return ""

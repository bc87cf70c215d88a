"""Answers that are given under names: of JSON, of a table, of a row of a form."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from deltarule.classes.exam_fields import (
    ANSWERS,
    CHOICES,
    CODES,
    COUNTS,
    FORMULAS,
    ExamFields,
    Field,
)
from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.exams.exam import Exam
from deltarule.marking.answers import Answers, answers_in
from deltarule.marking.lenient import Lenient
from deltarule.marking.printed import shortened
from deltarule.marking.toml_text import TomlText
from deltarule.spelling.names import parse_reference

_PARTS = re.compile(r"[;\n](?=\s*[^\s\d\[\](){};=][^;\n=]*=)")


@dataclass
class AnswerTables:
    """What one file answers: by run the tables of numbers and formulas, then the other kinds."""

    name: str
    runs: dict[int, dict[str, dict[str, Any]]] = field(default_factory=dict)
    choices: dict[str, str] = field(default_factory=dict)
    counts: dict[str, str] = field(default_factory=dict)
    code: list[tuple[str, bytes]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether nothing is answered."""
        return not (self.runs or self.choices or self.counts or self.code)

    def take(self, pairs: Iterable[tuple[str, Any]], fields: ExamFields, run: int | None) -> None:
        """Answers under names; what names nothing of the exam is said, and not read."""
        for said, value in pairs:
            found = fields.field(said, run)
            if found is None:
                self.notes.append(_unknown(said, self.name, fields.exam))
            elif found.question is not None:
                self._several(found, value)
            else:
                self.put(found, value)

    def put(self, found: Field, value: Any) -> None:
        """One answer at its place."""
        if found.table in (ANSWERS, FORMULAS):
            self.runs.setdefault(found.run, {}).setdefault(found.table, {})[found.name] = value
        elif found.table == CODES:
            if text := as_text(value).strip():
                self.code.append((f"{found.name}.py", text.encode("utf-8", "surrogatepass")))
        elif text := as_text(value).strip():
            self.texts(found.table)[found.name] = text

    def texts(self, table: str) -> dict[str, str]:
        """The answers that stay texts: `choices` or `counts`."""
        return {CHOICES: self.choices, COUNTS: self.counts}[table]

    def answers(self) -> list[Answers]:
        """The answers to each run, read; raises DeltaruleError for what holds none."""
        return [
            answers_in(Lenient(TomlText(self.name, "", {**tables, "run": run})))
            for run, tables in sorted(self.runs.items())
        ]

    def _several(self, found: Field, value: Any) -> None:
        """The answer to a question that asks for several quantities, each with its name."""
        question = found.question
        asked = question.asked if question is not None else ()
        pairs = list(value.items()) if isinstance(value, dict) else _named(as_text(value))
        for said, part in pairs:
            name = _reference(said)
            if name in asked:
                self.put(Field(found.table, name, found.run), part)
            else:
                self.notes.append(
                    f"{self.name}: {found.name} asks for {', '.join(asked)}, and "
                    f"{shortened(said)!r} is none of them; not read"
                )


def as_text(value: Any) -> str:
    """A value as a person types it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(map(as_text, value)) + "]"
    return str(value)


def _named(text: str) -> list[tuple[str, str]]:
    """`dE/dW1 = 0.2; dE/dW2 = [1, 2]` as pairs; a text that names nothing is named as it is."""
    found = []
    for part in filter(str.strip, _PARTS.split(text)):
        name, equals, value = part.partition("=")
        found.append((name.strip(), value.strip()) if equals else (part.strip(), ""))
    return found


def _reference(said: str) -> str:
    try:
        return str(parse_reference(said))
    except DeltaruleError:
        return ""


def _unknown(said: str, name: str, exam: Exam) -> str:
    asked = [a for q in exam.questions for a in (q.id, *q.asked)]
    near = did_you_mean(said, asked)
    return (
        f"{name}: {shortened(said)!r} is no quantity and no question of the exam, and is not read"
        + (f"; {near}" if near else "")
    )

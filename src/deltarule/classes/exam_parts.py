"""The parts of an exam that are marked by themselves, so that a change redoes no other.

Numbers and formulas to one run of the sheet are one part, as values follow from each other; code,
counting and choice are a part each question.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from deltarule.exams.exam import FORMULA, NUMBERS, Exam, Question

READING = "reading"


@dataclass(frozen=True)
class ExamPart:
    """`key` tells it from every other version of it; `questions` are the ids of its questions,
    `run` is the run of the sheet whose numbers and formulas they are, 0 for other kinds.
    """

    key: str
    questions: frozenset[str]
    run: int = 0


def parts_of(exam: Exam) -> tuple[ExamPart, ...]:
    """The parts of an exam: first how answers are read, then what is marked."""
    found = [ExamPart(_key(READING, [_names(q) for q in exam.questions], exam.plain), frozenset())]
    for number, run in enumerate(exam.sheet.runs, start=1):
        own = [q for q in exam.questions if q.kind in (NUMBERS, FORMULA) and q.run == number]
        if own or exam.plain:
            key = _key("run", number, exam.title, run, own, [*_programs(run.network, exam)])
            found.append(ExamPart(key, frozenset(q.id for q in own), number))
    for question in exam.questions:
        if question.kind not in (NUMBERS, FORMULA):
            key = _key(question.kind, exam.title, replace(question, text=""))
            found.append(ExamPart(key, frozenset([question.id])))
    return tuple(found)


def _names(question: Question) -> tuple[Any, ...]:
    """What answers are read by."""
    return question.id, question.kind, question.run, question.asked, question.text


def _programs(network: Any, exam: Exam) -> Iterable[bytes]:
    """A derivation of the teacher's own is part of the exam."""
    for name in (network, *(run.optimiser for run in exam.sheet.runs)):
        if isinstance(name, str) and name.endswith(".py") and Path(name).is_file():
            yield Path(name).read_bytes()


def _key(kind: str, *parts: Any) -> str:
    digest = hashlib.sha256(own_version().encode())
    for part in (kind, *parts):
        data = repr(part).encode("utf-8", "surrogateescape")
        digest.update(len(data).to_bytes(8, "little") + data)
    return f"{kind}-{digest.hexdigest()[:32]}"


@cache
def own_version() -> str:
    """What tells this deltarule from others: a hash of its source, which says its version too."""
    digest = hashlib.sha256()
    for name, data in _sources(resources.files("deltarule"), ""):
        digest.update(name.encode() + b"\0" + len(data).to_bytes(8, "little") + data)
    return digest.hexdigest()[:32]


def _sources(folder: Traversable, place: str) -> Iterable[tuple[str, bytes]]:
    for item in sorted(folder.iterdir(), key=lambda i: i.name):
        name = f"{place}/{item.name}"
        if item.is_dir():
            if item.name not in ("__pycache__", "guides", "cli"):
                yield from _sources(item, name)
        elif item.name.endswith((".py", ".toml")):
            yield name, item.read_bytes()

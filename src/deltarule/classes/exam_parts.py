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

from deltarule.exams.exam import Exam, Question

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
    names = [(q.id, q.kind, q.run, q.asked, q.text) for q in exam.questions]
    found = [ExamPart(_key(READING, names, exam.plain), frozenset())]
    common = (exam.title, exam.credit, exam.plain)
    for number, run in enumerate(exam.sheet.runs, start=1):
        own = [q for q in exam.questions if q.asked and q.run == number]
        if own or exam.plain:
            named = [replace(q, text="") for q in own]
            programs = list(_programs(run.network, run.optimiser))
            key = _key("run", number, common, run, named, programs)
            found.append(ExamPart(key, frozenset(q.id for q in own), number))
    for question in exam.questions:
        if not question.asked:
            key = _key(question.kind, common, replace(question, text=""), *_of(question, exam))
            found.append(ExamPart(key, frozenset([question.id])))
    return tuple(found)


def _of(question: Question, exam: Exam) -> Iterable[Any]:
    """What else the mark of a question depends on: its run, and files that it names."""
    if question.choice is not None and question.run <= len(exam.sheet.runs):
        yield exam.sheet.runs[question.run - 1]
    if question.code is not None:
        yield from _programs(question.code.convention, question.code.like)
    if question.counting is not None:
        yield from _programs(question.counting.of)


def _programs(*names: Any) -> Iterable[bytes]:
    """A derivation, an optimiser, a convention of the teacher's own is part of the exam."""
    for name in names:
        if isinstance(name, str) and name.endswith((".py", ".toml")) and Path(name).is_file():
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

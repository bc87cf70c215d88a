"""Exercises: a sheet with numbers drawn for whoever wants to practise, which are no part of it.

An exercise is a paper of the sheet called ~12345, after the seed of its numbers: whoever opens it
again has the same numbers. What is sent to it is kept apart from what is sent to the sheet.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import replace

from deltarule.exams.drawn_variants import Variants
from deltarule.exams.exam import Exam
from deltarule.exams.exam_files import exam_of
from deltarule.exams.models import model_like
from deltarule.marking.sheet_files.sheets import Sheet

_SIGN, _DIGITS = "~", 5
_PAPER = re.compile(rf"{_SIGN}[0-9]{{{_DIGITS}}}", re.ASCII)


def is_exercise(paper: str) -> bool:
    """Whether a paper is an exercise; whatever somebody typed is one or is not."""
    return _PAPER.fullmatch(paper) is not None


def new_exercise() -> str:
    """One that nobody has had, as good as certainly."""
    return f"{_SIGN}{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"


def kept_under(slug: str, paper: str) -> str:
    """The name under which attempts are kept: that of the exam, and of its exercises another."""
    return f"{slug}{_SIGN}" if is_exercise(paper) else slug


def exam_kept(name: str) -> str:
    """The exam that attempts under a name belong to."""
    return name.removesuffix(_SIGN)


def exercise(exam: Exam, path: str, paper: str) -> Exam:
    """A sheet with the numbers of an exercise; of several runs the first that can be varied.

    Raises DeltaruleError for a sheet of which no run can be.
    """
    model = model_like(path)
    drawn = Variants(model.run, paper.removeprefix(_SIGN)).draw("practice", allow_hidden=True)
    run = replace(drawn.run, formulas={})
    return exam_of(Sheet(run.title, exam.sheet.source, exam.path, (run,)))

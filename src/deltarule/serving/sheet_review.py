"""What a teacher looks at before a sheet is used: remarks, and what its numbers let a marker see.

The identifiability table has a row for each line of the computation: how many mistakes are
possible in it, how many its printed digits tell from right working, and the nearest of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deltarule.classes.class_site.distances_html import distances_body
from deltarule.errors import DeltaruleError, in_one_line
from deltarule.exams.audit import Audit, audit
from deltarule.exams.distance_table import LineSummary
from deltarule.exams.distances import number
from deltarule.exams.lint import Linted, lint
from deltarule.exams.variant_files import EXAM
from deltarule.marking.sheet_files.sheets import Run
from deltarule.serving.served_exams import ServedExam
from deltarule.spelling.names import pretty


def remarks(served: ServedExam) -> dict[str, Any]:
    """The remarks on a sheet, errors first. Raises DeltaruleError for a file that is not there."""
    path = served.of_class.path
    return remarks_of(lint(path / EXAM if path.is_dir() else served.path))


def remarks_of(linted: Linted) -> dict[str, Any]:
    """The remarks as plain values."""
    said = [
        {"error": r.error, "fact": r.fact, "place": r.place or "", "remedy": r.remedy or ""}
        for r in linted.remarks
    ]
    return {"remarks": said, "errors": linted.errors}


def identifiability(served: ServedExam) -> dict[str, Any]:
    """Of each run an audit, and as HTML every mistake in every quantity."""
    exam = served.of_class.exam
    distances = "".join(distances_body(exam))
    return {"audits": list(audits_of(exam.sheet.runs)), "distances": distances}


def audits_of(runs: tuple[Run, ...]) -> Iterator[dict[str, Any]]:
    """Of each run before its update what its numbers let a marker see."""
    for k, run in enumerate(runs, start=1):
        if run.at != "before" or run.updates > 1:
            continue
        try:
            yield _values(audit(run, k))
        except DeltaruleError as error:
            yield {"title": run.title, "why_not": in_one_line(error)}


def _values(found: Audit) -> dict[str, Any]:
    return {
        "title": found.title,
        "digits": found.digits,
        "mistakes": found.mistakes,
        "seen": found.seen,
        "hidden": list(found.hidden),
        "changes": [[c.words, list(c.seen)] for c in found.changes],
        "never": list(found.never),
        "finer": list(found.finer),
        "notes": list(found.notes),
        "lines": [_line(s) for s in found.lines],
    }


def _line(found: LineSummary) -> list[Any]:
    """A line's name, its mistakes, those that are seen, and the nearest of them."""
    nearest = found.nearest
    words = "" if nearest is None else nearest.mistake.words
    far = "" if nearest is None else f"{number(nearest.units)} ({number(nearest.reach)})"
    return [pretty(found.line), found.mistakes, found.seen, words, far]

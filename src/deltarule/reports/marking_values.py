"""Verdicts, points and answers files as plain values for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from deltarule.marking.points import points_text
from deltarule.marking.verdicts import Marking, Score, Verdict
from deltarule.reports.points_in_words import of_score
from deltarule.reports.things import MarkedFile, ShownTemplate, together


def marking_values(marking: Marking) -> dict:
    """Verdicts on a sheet or on answers: `verdicts`, `scores`, `right` and `of` (quantities),
    `points` and `points_of`; points are numbers to two decimals."""
    return {
        "sheet": marking.sheet,
        "who": marking.who,
        "verdicts": [verdict_values(v) for v in marking.verdicts],
        "scores": [_score_values(s) for s in marking.scores],
        **total_values(marking),
        "passed": marking.passed,
        "notes": list(marking.notes),
    }


def total_values(marking: Marking) -> dict:
    """How much is right and what it earns: `right`, `of`, `points`, `points_of`, `points_open`."""
    return {
        "right": marking.right,
        "of": marking.of,
        "points": _hundredths(marking.points),
        "points_of": _hundredths(marking.points_of),
        "points_open": _hundredths(marking.points_open),
    }


def _score_values(score: Score) -> dict:
    """A score; where numbers and formula earn differently, what each does, and in words."""
    values = {
        "quantity": score.quantity,
        "run": score.run,
        "right": score.right,
        "points": _hundredths(score.points),
        "of": _hundredths(score.of),
        "open": _hundredths(score.open),
    }
    if score.parts:
        values["parts"] = {name: _hundredths(points) for name, points in score.parts}
        values["in_words"] = of_score(score)
    return values


def _hundredths(points: Fraction) -> float:
    return float(points_text(points))


def verdict_values(verdict: Verdict) -> dict:
    """One verdict."""
    return {
        "quantity": verdict.quantity,
        "index": None if verdict.index is None else list(verdict.index),
        "verdict": verdict.verdict,
        "finding": verdict.finding,
        "alternatives": list(verdict.alternatives),
        "expected": verdict.expected,
        "given": verdict.given,
        "mistakes": list(verdict.mistakes),
        "run": verdict.run,
        "entries": [list(entry) for entry in verdict.entries],
        "wrong": [list(entry) for entry in verdict.wrong],
    }


def files_values(files: Sequence[MarkedFile]) -> dict:
    """Several files: of each its `path`, and its marking or the `error`; and the totals."""
    totals = total_values(together(files))
    values = [_file_values(file) for file in files]
    return {"files": values, **totals, "all_right": all(file.right for file in files)}


def _file_values(file: MarkedFile) -> dict:
    error = file.error
    fault = error and {"fact": error.fact, "place": error.place, "remedy": error.remedy}
    values = marking_values(file.marking) if file.marking else {}
    return {"path": file.path, "all_right": file.right, "error": fault, **values}


def template_values(template: ShownTemplate) -> dict:
    """An empty answers file: its text, and the `path` that it was written to."""
    path = None if template.path is None else str(template.path)
    return {"sheet": template.sheet, "run": template.run, "path": path, "template": template.text}

"""What the commands of exams show, as plain values for JSON."""

from __future__ import annotations

from typing import Any

from deltarule.exams.distance_table import distance_values
from deltarule.exams.variant_files import WrittenExam


def new_values(exam: WrittenExam) -> dict[str, Any]:
    """An exam that was written: its papers, and what the specimen lets one see."""
    return {
        "folder": str(exam.folder),
        "seed": exam.seed,
        "title": exam.title,
        "written": list(exam.written),
        "kept": list(exam.kept),
        "distances": distance_values(exam.table),
        "hidden": {student: list(words) for student, words in exam.hidden.items()},
        "notes": list(exam.notes),
    }

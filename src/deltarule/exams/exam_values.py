"""What the commands of exams show, as plain values for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deltarule.exams.audit import Audit
from deltarule.exams.distance_table import distance_values
from deltarule.exams.paper import Matrix, Paper
from deltarule.exams.paper_files import WrittenPapers
from deltarule.exams.practice import Practice
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


def audit_values(audits: Sequence[Audit]) -> list[dict[str, Any]]:
    """What the runs of a sheet cannot see, and the changes after which they do."""
    return [
        {
            "title": audit.title,
            "digits": audit.digits,
            "mistakes": audit.mistakes,
            "seen": audit.seen,
            "hidden": list(audit.hidden),
            "changes": [{"change": c.words, "seen": list(c.seen)} for c in audit.changes],
            "left": list(audit.left),
            "never": list(audit.never),
            "sizes": [
                {"size": s.size, "was": s.was, "becomes": s.becomes, "seen": list(s.seen)}
                for s in audit.sizes
            ],
            "notes": list(audit.notes),
        }
        for audit in audits
    ]


def paper_values(paper: Paper) -> dict[str, Any]:
    """A paper: its givens and its questions, with answers in a key."""
    return {
        "title": paper.title,
        "student": paper.student,
        "key": paper.key,
        "sentences": list(paper.sentences),
        "given": [_matrix(m) for m in paper.givens],
        "questions": [
            {
                "id": q.id,
                "kind": q.kind,
                "text": q.text,
                "marks": q.marks,
                "room": [_matrix(m) for m in q.room],
                "choices": dict(q.choices),
                "answer": q.answer,
            }
            for q in paper.questions
        ],
    }


def _matrix(matrix: Matrix) -> dict[str, Any]:
    return {"name": matrix.name, "at": list(matrix.at), "rows": [list(r) for r in matrix.rows]}


def papers_values(written: WrittenPapers) -> dict[str, Any]:
    """The files that were written."""
    return {"title": written.title, "files": [str(path) for path in written.paths]}


def practice_values(practice: Practice) -> dict[str, Any]:
    """The transcript of a practice."""
    return {
        "title": practice.run.title,
        "seed": practice.seed,
        "steps": [
            {
                "quantity": step.quantity,
                "fine": step.fine,
                "hints": step.hints,
                "skipped": step.skipped,
                "attempts": [
                    {"typed": a.typed, "verdict": a.verdict, "finding": a.finding}
                    for a in step.attempts
                ],
            }
            for step in practice.steps
        ],
        "revise": [{"quantity": q, "why": why} for q, why in practice.to_revise()],
    }

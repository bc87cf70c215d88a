"""Gradescope's `results.json`: what an autograder writes for one submission.

Every text is declared to be plain, so that nothing in it is taken for HTML, Markdown or colours of
a terminal: https://gradescope-autograders.readthedocs.io/en/latest/specs/.
"""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

from deltarule.classes.feedback.student_feedback import (
    FeedbackPart,
    FeedbackQuestion,
    StudentFeedback,
    earned_text,
)
from deltarule.classes.formats.answer_text import feedback_for, part_name, part_text, whole_text
from deltarule.classes.formats.export_setting import ExportSetting
from deltarule.classes.point_decimals import point_number
from deltarule.exams.exam_marking import ExamMarking


def gradescope_json(marking: ExamMarking, setting: ExportSetting) -> str:
    """The results of one student, a test case for each answer; `extra_data` has exact points."""
    feedback = feedback_for(marking, setting)
    values = {
        "score": point_number(feedback.points),
        "output": f"{earned_text(*_earned(feedback))}\n{whole_text(feedback)}".rstrip(),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "stdout_visibility": "hidden",
        "extra_data": _exact(feedback),
        "tests": [
            _test(question, part, number)
            for k, question in enumerate(feedback.questions, 1)
            for number, part in _numbered(k, question)
        ],
    }
    return json.dumps(values, ensure_ascii=True, indent=2) + "\n"


def _numbered(k: int, question: FeedbackQuestion) -> list[tuple[str, FeedbackPart]]:
    parts = question.parts
    return [(f"{k}.{n}" if len(parts) > 1 else str(k), part) for n, part in enumerate(parts, 1)]


def _test(question: FeedbackQuestion, part: FeedbackPart, number: str) -> dict[str, Any]:
    return {
        "score": point_number(part.points),
        "max_score": point_number(part.of),
        "status": "passed" if part.sign == "✓" or part.points >= part.of > 0 else "failed",
        "name": part_name(question, part),
        "name_format": "text",
        "number": number,
        "output": part_text(part),
        "output_format": "text",
        "extra_data": _exact(part),
    }


def _exact(found: StudentFeedback | FeedbackPart) -> dict[str, str]:
    """Points as exact fractions, which the scores may be rounded from."""
    return dict(zip(("points", "of", "open"), map(str, _earned(found)), strict=True))


def _earned(found: StudentFeedback | FeedbackPart) -> tuple[Fraction, Fraction, Fraction]:
    return found.points, found.of, found.open

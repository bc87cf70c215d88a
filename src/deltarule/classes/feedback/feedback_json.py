"""Feedback as plain values for JSON: points are exact, as "3/2"."""

from __future__ import annotations

import json
from dataclasses import asdict
from fractions import Fraction
from typing import Any

from deltarule.classes.feedback.student_feedback import StudentFeedback
from deltarule.spelling.visible import visible_json


def feedback_values(feedback: StudentFeedback) -> dict[str, Any]:
    """All that the other formats show, by the names of its fields."""
    return _plain(asdict(feedback))


def feedback_json(feedback: StudentFeedback) -> str:
    """The same as a text of JSON, in which every text is what it was."""
    text = json.dumps(feedback_values(feedback), ensure_ascii=False, indent=2)
    return visible_json(text) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return str(value) if isinstance(value, Fraction) else value

"""A course's table as plain values for JSON: exact fractions as texts, and decimals beside them."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

from deltarule.classes.course.course_report import sorted_places
from deltarule.classes.course.course_statistics import CourseStatistics, QuestionStatistics
from deltarule.classes.course.exact_numbers import in_tenths, median, most_common
from deltarule.classes.point_decimals import point_number
from deltarule.spelling.visible import visible_json


def course_values(course: CourseStatistics) -> dict[str, Any]:
    """Everything that is counted. `tenths` are students by their share of the points."""
    totals = course.totals
    return {
        "exam": course.exam,
        "students": course.students,
        "of": str(course.of),
        "mean": _number(course.sums.mean),
        "median": _number(median(totals)),
        "standard_deviation": _number(course.sums.deviation()),
        "least": _number(min(totals, default=None)),
        "most": _number(max(totals, default=None)),
        "open": course.open,
        "undecided": course.undecided,
        "tenths": in_tenths(course.shares.items()),
        "totals": [{"points": str(p), "students": totals[p]} for p in sorted(totals)],
        "questions": [_question(q) for q in course.questions.values()],
        "mistakes": [
            {"mistake": cause, "students": times, "questions": sorted_places(course, cause)}
            for cause, times in most_common(course.causes)
        ],
    }


def course_json(course: CourseStatistics) -> str:
    """The same as a text: `course.json`."""
    return visible_json(json.dumps(course_values(course), ensure_ascii=False, indent=2)) + "\n"


def _question(question: QuestionStatistics) -> dict[str, Any]:
    return {
        "question": question.id,
        "of": str(question.of),
        "asked": question.asked,
        "difficulty": _number(question.difficulty),
        "discrimination": _number(question.discrimination),
        "right": question.right,
        "follows": question.follows,
        "not_answered": question.unanswered,
        "not_read": question.unread,
        "open": question.open,
        "decided_by_hand": question.decided,
        "mistakes": [
            {"mistake": cause, "students": times} for cause, times in most_common(question.causes)
        ],
    }


def _number(value: Fraction | None) -> int | float | None:
    return None if value is None else point_number(value)

"""PrairieLearn's `results.json`: what an external grader writes for one submission.

The score is a share between 0 and 1. PrairieLearn escapes HTML in all that is here, and control
characters are written out: https://prairielearn.readthedocs.io/en/latest/externalGrading/.
"""

from __future__ import annotations

import json
from typing import Any

from deltarule.classes.feedback.student_feedback import (
    FeedbackPart,
    FeedbackQuestion,
    StudentFeedback,
    earned_text,
)
from deltarule.classes.formats.answer_text import (
    feedback_for,
    part_name,
    part_text,
    shortened,
    whole_text,
)
from deltarule.classes.formats.export_setting import ExportSetting
from deltarule.classes.point_decimals import point_number, share
from deltarule.exams.exam_marking import ExamMarking
from deltarule.marking.verdicts import MISSING, UNREADABLE
from deltarule.spelling.visible import visible

#: PrairieLearn takes no more than one megabyte; texts are shortened until it is enough.
_MOST_BYTES = 1_000_000
_MOST_CHARACTERS = (20_000, 2_000, 200, 20)


def prairielearn_json(marking: ExamMarking, setting: ExportSetting) -> str:
    """The results of one student. Where nothing could be read the submission is not gradable, which
    costs the student no attempt.
    """
    feedback = feedback_for(marking, setting)
    gradable = any(m.verdict not in (MISSING, UNREADABLE) or m.points for m in marking.marks)
    text = ""
    for most in _MOST_CHARACTERS:
        text = json.dumps(_values(feedback, gradable, most), ensure_ascii=True, indent=2) + "\n"
        if len(text) <= _MOST_BYTES:
            break
    return text


def _values(feedback: StudentFeedback, gradable: bool, most: int) -> dict[str, Any]:
    whole = shortened(whole_text(feedback), most)
    earned = earned_text(feedback.points, feedback.of, feedback.open)
    values: dict[str, Any] = {"gradable": gradable}
    if gradable:
        values["score"] = point_number(share(feedback.points, feedback.of))
    else:
        values["format_errors"] = [whole or "nothing in the submission could be read"]
    tests = [_test(q, part, most) for q in feedback.questions for part in q.parts]
    return {**values, "message": f"{earned}\n{whole}".rstrip(), "tests": tests}


def _test(question: FeedbackQuestion, part: FeedbackPart, most: int) -> dict[str, Any]:
    return {
        "name": shortened(part_name(question, part), most),
        "description": shortened(visible(question.text), most),
        "points": point_number(part.points),
        "max_points": point_number(part.of),
        "message": shortened(part_text(part), most),
    }

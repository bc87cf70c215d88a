"""Score objects of LTI 1.3: what a tool posts to a platform's gradebook for one student.

The body of a POST to a line item's `/scores`, of the type
`application/vnd.ims.lis.v1.score+json`: Assignment and Grade Services 2.0, 3.4,
https://www.imsglobal.org/spec/lti-ags/v2p0/.
"""

from __future__ import annotations

import json
import re
from datetime import UTC
from typing import Any

from deltarule.classes.feedback.student_feedback import earned_text
from deltarule.classes.formats.answer_text import feedback_for, part_name, part_text, whole_text
from deltarule.classes.formats.export_setting import ExportSetting
from deltarule.classes.point_decimals import point_number
from deltarule.exams.exam_marking import ExamMarking

#: What would open a tag, if a platform took the comment for HTML.
_TAG = re.compile(r"<(?=[A-Za-z/!?])")


def lti_score(marking: ExamMarking, setting: ExportSetting) -> str:
    """The score of one student. With points to be decided by hand it is not final."""
    student = setting.students.of(marking.who)
    values: dict[str, Any] = {
        "userId": student.column("lti user id", "lti_user_id", "user_id", "userid") or student.id,
        "timestamp": setting.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "activityProgress": "Completed",
        "gradingProgress": "PendingManual" if marking.open else "FullyGraded",
        "comment": not_a_tag(_comment(marking, setting)),
    }
    if marking.of > 0:
        values["scoreGiven"] = max(point_number(marking.points), 0)
        values["scoreMaximum"] = point_number(marking.of)
    else:
        values["gradingProgress"] = "NotReady"
    return json.dumps(values, ensure_ascii=True, indent=2) + "\n"


def _comment(marking: ExamMarking, setting: ExportSetting) -> str:
    feedback = feedback_for(marking, setting)
    lines = [earned_text(feedback.points, feedback.of, feedback.open)]
    lines += filter(None, [whole_text(feedback)])
    for question in feedback.questions:
        for part in question.parts:
            text = part_text(part).replace("\n", "; ")
            earned = earned_text(part.points, part.of)
            lines.append(f"{part_name(question, part)} ({earned}): {text}")
    return "\n".join(lines)


def not_a_tag(text: str) -> str:
    """A text that opens no tag of HTML: a space stands behind `<` where it would."""
    return _TAG.sub("< ", text)

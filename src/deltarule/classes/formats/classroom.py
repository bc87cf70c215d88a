"""Marks as commands of a workflow of GitHub: annotations, and the points as GitHub Classroom reads
them.

Classroom takes the points from two notices, of which its own reporter writes just these:
https://github.com/classroom-resources/autograding-grading-reporter. What somebody wrote can begin
no command: it has no line ends, and signs of commands within are written as percentages.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from deltarule.classes.feedback.student_feedback import earned_text
from deltarule.classes.formats.answer_text import feedback_for, part_name, part_text, whole_text
from deltarule.classes.formats.export_setting import ExportSetting
from deltarule.classes.point_decimals import point_decimal, point_number
from deltarule.exams.exam_marking import ExamMarking


def classroom_commands(marking: ExamMarking, setting: ExportSetting) -> str:
    """The commands for one student, a line each."""
    return "".join(f"{line}\n" for line in _commands(marking, setting))


def _commands(marking: ExamMarking, setting: ExportSetting) -> Iterator[str]:
    feedback = feedback_for(marking, setting)
    for question in feedback.questions:
        for part in question.parts:
            full = part.points >= part.of
            title = f"{part_name(question, part)}: {earned_text(part.points, part.of, part.open)}"
            yield _command("notice" if full else "warning", title, part_text(part))
    if whole := whole_text(feedback):
        yield _command("notice", feedback.exam, whole)
    points, of = point_decimal(feedback.points), point_decimal(feedback.of)
    numbers = (("totalPoints", feedback.points), ("maxPoints", feedback.of))
    report = json.dumps({name: point_number(number) for name, number in numbers})
    yield _command("notice", "Autograding complete", f"Points {points}/{of}")
    yield _command("notice", "Autograding report", report)


def _command(kind: str, title: str, message: str) -> str:
    title = _escaped(title).replace(":", "%3A").replace(",", "%2C")
    return f"::{kind} title={title}::{_escaped(message)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")

"""Moodle's CSV of grades: the worksheet for marking offline, with feedback in HTML.

With the assignment's own worksheet as the list of students it is uploaded to the assignment, which
finds them by `Identifier`; with another list it is imported into the gradebook by address. Moodle
takes the feedback for HTML, so that it is escaped. A mark that is still to be decided is left
blank.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deltarule.classes.feedback.student_feedback import earned_text
from deltarule.classes.formats.answer_text import feedback_for, part_name, part_text, whole_text
from deltarule.classes.formats.export_setting import ExportSetting
from deltarule.classes.formats.spreadsheet_cells import rows_of_csv
from deltarule.classes.point_decimals import point_decimal
from deltarule.exams.exam_marking import ExamMarking
from deltarule.pages.html_page import text_html

COLUMNS = (
    "Identifier", "Full name", "Email address", "Status", "Grade", "Maximum grade",
    "Grade can be changed", "Last modified (submission)", "Last modified (grade)",
    "Feedback comments",
)  # fmt: skip


def moodle_csv(markings: Iterable[ExamMarking], setting: ExportSetting) -> Iterator[str]:
    """The lines of the file."""
    yield from rows_of_csv([COLUMNS])
    for marking in markings:
        student = setting.students.of(marking.who)
        who = (student.column("identifier") or student.id, student.full_name, student.email)
        points = "" if marking.open else point_decimal(marking.points)
        row = (
            *(*who, student.column("status")),
            *(points, point_decimal(marking.of)),
            student.column("grade can be changed") or "Yes",
            student.column("last modified (submission)") or "-",
            student.column("last modified (grade)") or "-",
            _feedback(marking, setting),
        )
        yield from rows_of_csv([row])


def _feedback(marking: ExamMarking, setting: ExportSetting) -> str:
    """Paragraphs of HTML on one line."""
    feedback = feedback_for(marking, setting)
    texts = [earned_text(feedback.points, feedback.of, feedback.open), whole_text(feedback)]
    for question in feedback.questions:
        for part in question.parts:
            earned = earned_text(part.points, part.of)
            texts.append(f"{part_name(question, part)} ({earned})\n{part_text(part)}")
    return "".join(f"<p>{_html(text)}</p>" for text in texts if text)


def _html(text: str) -> str:
    return text_html(text).replace("\n", "<br>")

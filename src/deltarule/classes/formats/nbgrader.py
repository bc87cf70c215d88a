"""nbgrader's CSV of grades: the columns of `nbgrader export`, a row for each student."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deltarule.classes.formats.export_setting import ExportSetting
from deltarule.classes.formats.spreadsheet_cells import rows_of_csv
from deltarule.classes.point_decimals import point_decimal
from deltarule.exams.exam_marking import ExamMarking

COLUMNS = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
    "raw_score", "late_submission_penalty", "score", "max_score",
)  # fmt: skip


def nbgrader_csv(markings: Iterable[ExamMarking], setting: ExportSetting) -> Iterator[str]:
    """The lines of the file; when it was handed in is not known."""
    yield from rows_of_csv([COLUMNS])
    for marking in markings:
        student = setting.students.of(marking.who)
        points = point_decimal(marking.points)
        who = (student.id, student.last, student.first, student.email)
        earned = (points, "0", points, point_decimal(marking.of))
        yield from rows_of_csv([(setting.title(marking), "", "", *who, *earned)])

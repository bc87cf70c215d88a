"""The table of marks: a row for each student, a column for each question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deltarule.classes.formats.export_setting import ExportSetting, columns_of, headings
from deltarule.classes.formats.spreadsheet_cells import rows_of_csv
from deltarule.classes.marked_questions import by_question
from deltarule.classes.point_decimals import point_decimal
from deltarule.exams.exam_marking import ExamMarking

_FIRST = ("student", "name", "email")
_LAST = ("points", "of", "open", "notes")


def marks_csv(
    markings: Iterable[ExamMarking], setting: ExportSetting | None = None
) -> Iterator[str]:
    """The lines of the file. `markings` are gone through twice. A question that a student was not
    asked is blank; `open` are points to be decided by hand.
    """
    setting = setting or ExportSetting()
    columns = columns_of(markings)
    yield from rows_of_csv([(*_FIRST, *headings(columns, (*_FIRST, *_LAST)), *_LAST)])
    for marking in markings:
        student = setting.students.of(marking.who)
        earned = {q.id: point_decimal(q.points) for q in by_question(marking)}
        who = (student.id, student.full_name, student.email)
        total = map(point_decimal, (marking.points, marking.of, marking.open))
        notes = " | ".join(filter(None, (marking.comment, *marking.notes)))
        yield from rows_of_csv([(*who, *(earned.get(id, "") for id in columns), *total, notes)])

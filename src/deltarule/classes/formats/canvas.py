"""Canvas's CSV of a gradebook: one assignment, under a row of its possible points.

Canvas finds students by its own ID, then by their SIS ids, then by their names; all of them are
what the list of students has. Its own ID is written only from a list that Canvas gave: in another,
`ID` is somebody else's number. A mark that is still to be decided is left blank, which Canvas
passes over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from deltarule.classes.formats.export_setting import ExportSetting
from deltarule.classes.formats.spreadsheet_cells import rows_of_csv
from deltarule.classes.point_decimals import point_decimal
from deltarule.classes.roster import Student
from deltarule.exams.exam_marking import ExamMarking

COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
#: What only a list of Canvas has.
_CANVAS = ("sis login id", "sis user id")
_POSSIBLE = "    Points Possible"


def canvas_csv(markings: Iterable[ExamMarking], setting: ExportSetting) -> Iterator[str]:
    """The lines of the file. `markings` are gone through twice."""
    title, most = "", Fraction(0)
    for marking in markings:
        title, most = setting.title(marking), max(most, marking.of)
    yield from rows_of_csv([(*COLUMNS, title or "Exam")])
    yield from rows_of_csv([(_POSSIBLE, "", "", "", "", point_decimal(most))])
    for marking in markings:
        student = setting.students.of(marking.who)
        points = "" if marking.open else point_decimal(marking.points)
        yield from rows_of_csv([(*_who(student), points)])


def _who(student: Student) -> tuple[str, ...]:
    name = student.column("student") or student.sortable_name
    section = student.column("section")
    if any(column in student.columns for column in _CANVAS):
        ids = [student.column(name) for name in ("id", *reversed(_CANVAS))]
        return (name, *ids, section)
    return (name, "", student.id, student.column("login"), section)

"""All marks as plain JSON, and as a CSV table with a row for each answer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from deltarule.classes.formats.export_setting import ExportSetting
from deltarule.classes.formats.spreadsheet_cells import rows_of_csv
from deltarule.classes.point_decimals import point_decimal
from deltarule.exams.exam_marking import ExamMarking
from deltarule.spelling.visible import visible_json

COLUMNS = (
    "student", "name", "email", "question", "kind", "quantity", "verdict", "points", "of", "open",
    "causes", "finding", "given", "right", "comment", "marked",
)  # fmt: skip


def plain_json(markings: Iterable[ExamMarking], setting: ExportSetting) -> Iterator[str]:
    """A list with a marking of each student as `ExamMarking.to_json` has it, and who it is. Every
    text is read back as it was, points are exact.
    """
    before = "[\n"
    for marking in markings:
        student = setting.students.of(marking.who)
        who = {"student": student.id, "name": student.full_name, "email": student.email}
        text = json.dumps({**who, **marking.to_json()}, ensure_ascii=False)
        yield before + visible_json(text)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def plain_csv(markings: Iterable[ExamMarking], setting: ExportSetting) -> Iterator[str]:
    """A table with a row for each answer of each student."""
    yield from rows_of_csv([COLUMNS])
    for marking in markings:
        student = setting.students.of(marking.who)
        who = (student.id, student.full_name, student.email)
        for mark in marking.marks:
            points = map(point_decimal, (mark.points, mark.of, mark.open))
            texts = ("; ".join(mark.causes), mark.finding, mark.given, mark.expected, mark.comment)
            marked = "" if mark.marked is None else point_decimal(mark.marked)
            asked = (mark.question, mark.kind, mark.quantity, mark.verdict)
            yield from rows_of_csv([(*who, *asked, *points, *texts, marked)])

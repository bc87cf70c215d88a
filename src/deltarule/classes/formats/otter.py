"""Otter Grader's `final_grades.csv`: the points of each question, under a row of its possible ones.

As `otter grade` 7 writes it, the questions in the order of their names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from deltarule.classes.formats.export_setting import ExportSetting, columns_of, headings
from deltarule.classes.formats.spreadsheet_cells import rows_of_csv
from deltarule.classes.marked_questions import by_question
from deltarule.classes.point_decimals import point_decimal, share
from deltarule.exams.exam_marking import ExamMarking

_LAST = ("total_points_earned", "percent_correct", "grading_status")


def otter_csv(markings: Iterable[ExamMarking], setting: ExportSetting) -> Iterator[str]:
    """The lines of the file. `markings` are gone through twice."""
    columns = dict(sorted(columns_of(markings).items()))
    yield from rows_of_csv([("file", *headings(columns, ("file", *_LAST)), *_LAST)])
    possible = [point_decimal(points) for points in columns.values()]
    everything = point_decimal(sum(columns.values(), start=Fraction(0)))
    yield from rows_of_csv([("points-per-question", *possible, everything, "1", "--")])
    for marking in markings:
        earned = {q.id: q.points for q in by_question(marking)}
        points = [point_decimal(earned[id]) if id in earned else "0" for id in columns]
        total = point_decimal(marking.points)
        percent = point_decimal(share(marking.points, marking.of))
        who = setting.students.of(marking.who).id
        yield from rows_of_csv([(who, *points, total, percent, "Completed")])

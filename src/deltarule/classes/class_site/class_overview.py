"""The overview of a marked class: how it went, each student by question, and what went wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from deltarule.classes.class_result import ClassResult, StudentLine
from deltarule.classes.course.course_report import (
    CAUSE_HEADS,
    HEADS,
    LEGEND,
    NUMBERS,
    cause_rows,
    distribution,
    question_rows,
    summary,
)
from deltarule.classes.course.course_statistics import CourseStatistics, course_statistics
from deltarule.classes.formats.export_setting import columns_of
from deltarule.classes.marked_questions import by_question, shown_name
from deltarule.classes.point_decimals import share
from deltarule.exams.exam_marking import ExamMarking
from deltarule.marking.points import points_text
from deltarule.pages.blocks_html import paragraph, table_html
from deltarule.pages.html_page import quoted_html, text_html
from deltarule.spelling.counted import counted


@dataclass(frozen=True)
class StudentRow:
    """A student in the table: what they are called, their page, and of each question its points,
    those there are, and those still open; `causes` are the mistakes that were named.
    """

    name: str
    page: str
    questions: Mapping[str, tuple[Fraction, Fraction, Fraction]]
    causes: frozenset[str]

    @property
    def link(self) -> str:
        return f'<a href="{text_html(self.page)}">{quoted_html(self.name)}</a>'


def row_of(marking: ExamMarking, name: str, page: str) -> StudentRow:
    """The row of a marking."""
    questions = by_question(marking)
    causes = frozenset(cause for q in questions for cause in q.causes)
    return StudentRow(name, page, {q.id: (q.points, q.of, q.open) for q in questions}, causes)


def overview_body(result: ClassResult, rows: Sequence[StudentRow], distances: str) -> Iterator[str]:
    """The elements of the page; `distances` is the address of that page, empty for none."""
    course = course_statistics(result.markings)
    yield quoted_html(result.exam or "The course", "h1")
    yield paragraph(f"{counted(len(rows), 'submission')}: {result.kinds}", "total")
    yield f"<ul>{''.join(f'<li>{text_html(line)}</li>' for line in summary(course))}</ul>"
    yield from (f'<p class="soft">{quoted_html(note)}</p>' for note in result.notes)
    yield "<h2>Students</h2>"
    yield _students(result, rows)
    if not course.students:
        return
    yield "<h2>Questions</h2>"
    yield table_html(HEADS, [_quoted(row) for row in question_rows(course)], NUMBERS)
    yield paragraph(LEGEND, "soft")
    yield "<h2>Points</h2>"
    yield _bars(course)
    yield "<h2>What went wrong how often</h2>"
    yield from _mistakes(course, rows)
    if distances:
        yield "<h2>What the numbers of the sheet tell</h2>"
        yield f'<p><a href="{distances}">The distances</a>: which mistake shows where.</p>'


def _quoted(cells: Sequence[str]) -> list[str]:
    return [quoted_html(cell) if cell else "" for cell in cells]


def _students(result: ClassResult, rows: Sequence[StudentRow]) -> str:
    """A row for each student: their sum, and the points of each question in a colour."""
    columns = columns_of(result.markings)
    heads = ["student", "points", *(quoted_html(shown_name(id)) for id in columns), "said"]
    cells = [
        [row.link, _points(line), *(_cell(row, id) for id in columns), _said(line)]
        for row, line in zip(rows, result.lines, strict=True)
    ]
    table = table_html(heads, cells, range(1, len(heads) - 1))
    return f'<div class="students">{table}</div>'


def _points(line: StudentLine) -> str:
    return f"<b>{text_html(points_text(line.points))}</b> of {text_html(points_text(line.of))}"


def _said(line: StudentLine) -> str:
    """Whether it is all right; else what is open, or why it could not be marked."""
    if line.failed:
        why = line.words.rpartition("; ")[0]
        return f'<span class="verdict open">? {quoted_html(why)}</span>'
    if line.passed:
        return '<span class="verdict good">✓ all right</span>'
    _, _, rest = line.words.partition(" points, ")
    return quoted_html(rest)


def _cell(row: StudentRow, question: str) -> str:
    """The points of one question. The colour only repeats what the number says."""
    if question not in row.questions:
        return "–"
    points, of, open = row.questions[question]
    if open:
        return f'<span class="share open">{text_html(points_text(points))}?</span>'
    part = share(points, of)
    kind = "full" if part == 1 else "none" if part == 0 else "some"
    return f'<span class="share {kind}">{text_html(points_text(points))}</span>'


def _bars(course: CourseStatistics) -> str:
    """How many students have each tenth of the points."""
    tenths = [(name, times) for name, times, _ in distribution(course)]
    students = sum(times for _, times in tenths) or 1
    rows = []
    for name, times in tenths:
        width = 100 * times // students
        bar = f'<progress class="bar" aria-hidden="true" max="100" value="{width}"></progress>'
        rows.append((text_html(name), str(times), bar))
    return (
        f'<div class="points-bars">{table_html(("points", "students", "share"), rows, {1})}</div>'
    )


def _mistakes(course: CourseStatistics, rows: Sequence[StudentRow]) -> Iterator[str]:
    """Each mistake, how often it was made, where, and by whom."""
    causes = cause_rows(course)
    if not causes:
        yield paragraph("No mistake was named.")
        return
    table = []
    for cause, times, places in causes:
        links = [row.link for row in rows if cause in row.causes]
        who = f"<details><summary>{len(links)}</summary>{', '.join(links)}</details>"
        table.append((quoted_html(cause), times, quoted_html(places), who))
    yield table_html((*CAUSE_HEADS, "who"), table, {1})

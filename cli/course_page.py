"""A course's table on the screen: how each question went, and what went wrong how often."""

from __future__ import annotations

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
from deltarule.classes.course.course_statistics import CourseStatistics
from deltarule.cli.page import Page

#: The columns of a question that are said on the screen, and their words there.
_SAID = (("difficulty", 2), ("discrimination", 3))
_COUNTED = (("right", 4), ("follow", 5), ("not answered", 6), ("by hand", 7))


def course_page(page: Page, course: CourseStatistics) -> None:
    """A summary, the questions, the distribution of points, and the mistakes."""
    page.title(course.exam or "The course")
    page.blank()
    for line in summary(course):
        page.prose(line)
    if not course.students:
        return
    page.heading("Questions")
    rows = question_rows(course)
    if not page.table(HEADS, rows, NUMBERS):
        _questions(page, rows)
    page.prose(LEGEND, style="dim")
    page.heading("Points")
    tenths = [*distribution(course)]
    of_table = [(name, str(times), bar) for name, times, bar in tenths]
    if not page.table(("of the points", "students", ""), of_table, {1}):
        widest = max(len(str(times)) for _, times, _ in tenths)
        for name, times, bar in tenths:
            page.prose_line(f"  {name:>9}  {times:>{widest}}  {bar}".rstrip())
    page.heading("What went wrong how often")
    causes = cause_rows(course)
    if not causes:
        page.prose("No mistake was named.")
    elif not page.table(CAUSE_HEADS, causes, {1}):
        for cause, times, places in causes:
            page.item(cause, f"{times} of {course.students} students, in {places}", column=40)


def _questions(page: Page, rows: list[tuple[str, ...]]) -> None:
    """A few lines for each question."""
    for row in rows:
        numbers = ", ".join(f"{what} {row[k]}" for what, k in _SAID)
        counts = ", ".join(f"{row[k]} {what}" for what, k in _COUNTED if row[k] != "0")
        plural = "" if row[1] == "1" else "s"
        page.item(row[0], f"{row[1]} point{plural}; {numbers}; {counts or 'nobody right'}", 14)
        if row[8]:
            page.labelled("mistakes", row[8], indent=14, column=10)

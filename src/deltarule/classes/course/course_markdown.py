"""A course's table as Markdown: `course.md`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
from deltarule.classes.markdown_text import inline


def course_markdown(course: CourseStatistics) -> str:
    """The whole: a summary, the questions, the distribution, and what went wrong how often."""
    return "\n".join(_lines(course))


def _lines(course: CourseStatistics) -> Iterator[str]:
    yield from (f"# {inline(course.exam) or 'The course'}", "")
    yield from (f"- {inline(line)}" for line in summary(course))
    yield ""
    if not course.students:
        return
    yield from ("## Questions", "")
    yield from _table(HEADS, question_rows(course), NUMBERS)
    yield from ("", inline(LEGEND), "")
    yield from ("## Points", "")
    rows = [(name, str(times), bar) for name, times, bar in distribution(course)]
    yield from _table(("of the points", "students", ""), rows, {1})
    yield from ("", "## What went wrong how often", "")
    causes = cause_rows(course)
    if causes:
        yield from _table(CAUSE_HEADS, causes, {1})
    else:
        yield "No mistake was named."
    yield ""


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], numbers: set[int]) -> Iterator[str]:
    sides = ["--:" if k in numbers else "---" for k in range(len(heads))]
    for row in (heads, sides, *rows):
        cells = row if row is sides else map(inline, row)
        yield f"| {' | '.join(cells)} |"

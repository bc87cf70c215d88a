"""A course's table as rows of text: what its Markdown and its page on the screen show alike."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from deltarule.classes.course.course_statistics import CourseStatistics, QuestionStatistics
from deltarule.classes.course.exact_numbers import in_tenths, median, most_common
from deltarule.classes.marked_questions import shown_name
from deltarule.marking.points import points_text
from deltarule.spelling.counted import counted

HEADS = (
    "question", "points", "difficulty", "discrimination", "right", "follow", "not answered",
    "by hand", "commonest mistakes",
)  # fmt: skip
#: Which of them are numbers.
NUMBERS = {1, 2, 3, 4, 5, 6, 7}
CAUSE_HEADS = ("mistake", "students", "in")
#: So many mistakes are named of one question.
_MOST = 3
_WIDEST = 30


def summary(course: CourseStatistics) -> list[str]:
    """A few sentences on the whole."""
    if not course.students:
        return ["Nobody handed anything in."]
    lines = [f"{counted(course.students, 'student')}; {points_text(course.of)} points in all"]
    mean, spread, middle = course.sums.mean, course.sums.deviation(), median(course.totals)
    if mean is not None and spread is not None and middle is not None:
        low, high = min(course.totals), max(course.totals)
        lines.append(
            f"mean {points_text(mean)}, median {points_text(middle)}, standard deviation "
            f"{points_text(spread)}, from {points_text(low)} to {points_text(high)}"
        )
    if course.undecided:
        lines.append(f"{counted(course.undecided, 'student')} of whom nothing is decided yet")
    if course.open:
        lines.append(f"{counted(course.open, 'student')} with points to be decided by hand")
    return lines


def question_rows(course: CourseStatistics) -> list[tuple[str, ...]]:
    """A row for each question, under HEADS."""
    return [_row(question) for question in course.questions.values()]


def _row(question: QuestionStatistics) -> tuple[str, ...]:
    causes = (f"{cause} ({times})" for cause, times in most_common(question.causes, _MOST))
    counts = (question.right, question.follows, question.unanswered, question.open)
    return (
        question.label,
        points_text(question.of),
        number(question.difficulty),
        number(question.discrimination),
        *map(str, counts),
        ", ".join(causes),
    )


def cause_rows(course: CourseStatistics) -> list[tuple[str, ...]]:
    """A row for each mistake, the commonest first, under CAUSE_HEADS."""
    return [
        (cause, str(times), ", ".join(map(shown_name, sorted_places(course, cause))))
        for cause, times in most_common(course.causes)
    ]


def sorted_places(course: CourseStatistics, cause: str) -> list[str]:
    """The questions in which a mistake was made, in the order of the questions."""
    return [id for id in course.questions if id in course.causes_in.get(cause, ())]


def distribution(course: CourseStatistics) -> Iterator[tuple[str, int, str]]:
    """Of each tenth of the points its name, how many students have so many, and a bar."""
    tenths = in_tenths(course.shares.items())
    most = max(tenths) or 1
    for k, times in enumerate(tenths):
        bar = "█" * -(-times * _WIDEST // max(most, _WIDEST)) if times else ""
        yield f"{10 * k}–{10 * (k + 1)} %", times, bar


def number(value: Fraction | None) -> str:
    """With two decimals and a typographic minus; a dash for none."""
    if value is None:
        return "–"
    hundredths = (abs(value) * 100 + Fraction(1, 2)) // 1
    minus = "−" if value < 0 and hundredths else ""
    return f"{minus}{hundredths // 100}.{hundredths % 100:02d}"


LEGEND = (
    "difficulty: the mean share of the points, where they are decided (1.00: everybody has all); "
    "discrimination: how it "
    "goes with all other points (−1 to 1); follow: an answer that follows rightly from an earlier "
    "mistake; the columns behind count students"
)

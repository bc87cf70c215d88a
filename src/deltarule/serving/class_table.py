"""A class as a table: a row for each who answered, and a column for each question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deltarule.classes.course.course_report import (
    CAUSE_HEADS,
    HEADS,
    LEGEND,
    NUMBERS,
    cause_rows,
    question_rows,
    summary,
)
from deltarule.classes.course.course_statistics import course_statistics
from deltarule.classes.feedback.feedback_html import SIGN_CLASSES
from deltarule.classes.marked_questions import by_question, shown_name
from deltarule.classes.verdict_words import plain_words, sign
from deltarule.marking.points import points_text
from deltarule.pages.blocks_html import table_html
from deltarule.pages.html_page import quoted_html, text_html
from deltarule.serving.kept_attempts import Attempt
from deltarule.serving.served_exams import ServedExam
from deltarule.serving.served_state import Served
from deltarule.spelling.counted import counted


def class_table(served: Served, exam: ServedExam, latest: Sequence[Attempt]) -> Iterator[str]:
    """The body of the page: the newest attempt of each."""
    yield quoted_html(exam.title, "h1")
    marked = [a for a in latest if a.marking is not None]
    if not latest:
        yield "<p>Nobody has sent anything yet.</p>"
        return
    course = course_statistics(a.marking for a in marked if a.marking is not None)
    yield from (f"<p>{text_html(line)}</p>" for line in summary(course))
    yield "<h2>Students</h2>"
    yield _students(served, exam, latest, list(course.questions))
    yield "<h2>Questions</h2>"
    rows = [tuple(map(text_html, row)) for row in question_rows(course)]
    yield table_html(HEADS, rows, NUMBERS)
    yield f'<p class="soft">{text_html(LEGEND)}</p>'
    if causes := [tuple(map(text_html, row)) for row in cause_rows(course)]:
        yield "<h2>Mistakes</h2>"
        yield table_html(CAUSE_HEADS, causes, {1})
    yield from _silent(served, exam, latest)


def _students(
    served: Served, exam: ServedExam, latest: Sequence[Attempt], ids: Sequence[str]
) -> str:
    counts, helped = served.attempts.counts(exam.slug), served.attempts.helped(exam.slug)
    heads = ("student", *(text_html(shown_name(id)) for id in ids), "points", "attempts", "help")
    rows = []
    for attempt in latest:
        link = f"/teacher/class/{exam.slug}/{attempt.id}"
        name = f'<a href="{link}">{quoted_html(served.name(attempt.who))}</a>'
        number = (str(counts[attempt.who]), str(helped.get(attempt.who, 0)))
        if attempt.marking is None:
            why = quoted_html(attempt.refused or "not marked")
            rows.append((quoted_html(served.name(attempt.who)), *[""] * len(ids), why, *number))
            continue
        found = {q.id: q.verdict for q in by_question(attempt.marking)}
        cells = (_cell(found.get(id, "")) for id in ids)
        points = f"{points_text(attempt.marking.points)} of {points_text(attempt.marking.of)}"
        rows.append((name, *cells, text_html(points), *number))
    return table_html(heads, rows, {len(ids) + 1, len(ids) + 2, len(ids) + 3})


def _cell(verdict: str) -> str:
    if not verdict:
        return ""
    shown = sign(verdict)
    kind = SIGN_CLASSES.get(shown, "missing")
    words = text_html(plain_words(verdict))
    said = f'<span class="hidden">{words}</span>'
    return f'<span class="verdict {kind}" title="{words}" aria-hidden="true">{shown}</span>{said}'


def _silent(served: Served, exam: ServedExam, latest: Sequence[Attempt]) -> Iterator[str]:
    """Who has sent nothing."""
    sent = {a.who for a in latest}
    silent = [p.name for p in served.tokens.students() if p.id not in sent]
    if silent:
        names = ", ".join(map(quoted_html, silent))
        yield f"<p>{counted(len(silent), 'student')} sent nothing: {names}</p>"

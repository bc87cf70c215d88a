"""Feedback for a student as one page of HTML, to be read on a telephone and to be printed."""

from __future__ import annotations

from collections.abc import Iterator

from deltarule.classes.feedback.student_feedback import (
    FeedbackPart,
    FeedbackQuestion,
    StudentFeedback,
    earned_text,
    feedback_of,
)
from deltarule.classes.point_decimals import share
from deltarule.classes.revealing import RIGHT_VALUES
from deltarule.exams.exam_marking import ExamMarking
from deltarule.marking.points import parts_in_words, points_text
from deltarule.pages.html_page import page_html, quoted_html, text_html

#: How a question or an answer is coloured, by its sign.
SIGN_CLASSES = {"✓": "good", "→": "follows", "✗": "bad", "?": "open"}


def feedback_html(feedback: StudentFeedback) -> str:
    """The whole page."""
    return page_html(feedback_title(feedback), feedback_body(feedback))


def exam_marking_html(marking: ExamMarking) -> str:
    """The page of one student's exam for whoever marks it: right values are in it."""
    return feedback_html(feedback_of(marking, reveal=RIGHT_VALUES))


def feedback_title(feedback: StudentFeedback) -> str:
    """What the page is called."""
    return f"{feedback.exam}: {feedback.name}" if feedback.name else feedback.exam


def feedback_body(feedback: StudentFeedback) -> Iterator[str]:
    """The elements of the page: the total, every question, and notes."""
    yield quoted_html(feedback.exam, "h1")
    if feedback.name:
        yield f'<p class="who">Feedback for {quoted_html(feedback.name)}</p>'
    earned = earned_text(feedback.points, feedback.of, feedback.open)
    width = int(share(feedback.points, feedback.of) * 100)
    yield f'<p class="total">{text_html(earned)}</p>'
    yield f'<progress class="bar" aria-hidden="true" max="100" value="{width}"></progress>'
    if feedback.comment:
        yield _comment(feedback.comment)
    for question in feedback.questions:
        yield from _question(question)
    if feedback.notes:
        yield "<h2>Notes</h2>"
        yield "<ul>"
        yield from (f"<li>{quoted_html(note)}</li>" for note in feedback.notes)
        yield "</ul>"


def _question(question: FeedbackQuestion) -> Iterator[str]:
    earned = earned_text(question.points, question.of, question.open)
    yield f'<section class="{SIGN_CLASSES.get(question.sign, "missing")}">'
    yield (
        f"<header><h2>{text_html(question.sign)} {quoted_html(question.label)}</h2>"
        f'<span class="points">{text_html(earned)}</span></header>'
    )
    if question.text:
        yield f'<p class="asked">{quoted_html(question.text)}</p>'
    for part in question.parts:
        yield from _part(part, alone=len(question.parts) == 1)
    yield "</section>"


def _part(part: FeedbackPart, alone: bool) -> Iterator[str]:
    verdict = SIGN_CLASSES.get(part.sign, "missing")
    yield '<div class="part">'
    name = f"{quoted_html(part.name)}: " if part.name else ""
    sign = "" if alone else f"{text_html(part.sign)} "
    earned = "" if alone else _points(earned_text(part.points, part.of, part.open))
    yield f'<p>{sign}{name}<span class="verdict {verdict}">{text_html(part.verdict)}</span>{earned}'
    yield "</p>"
    rows = [*_rows(part)]
    if rows:
        yield "<dl>"
        yield from (f"<dt>{label}</dt><dd>{said}</dd>" for label, said in rows)
        yield "</dl>"
    if part.comment:
        yield _comment(part.comment)
    yield "</div>"


def _comment(text: str) -> str:
    return f"<blockquote><b>Comment:</b> {quoted_html(text)}</blockquote>"


def _points(earned: str) -> str:
    return f' <span class="points">({text_html(earned)})</span>'


def _rows(part: FeedbackPart) -> Iterator[tuple[str, str]]:
    """What is said of an answer: a label, and HTML."""
    if part.given:
        yield "your answer", f'<bdi class="given">{text_html(part.given)}</bdi>'
    if part.causes:
        yield "what went wrong", ", ".join(map(quoted_html, part.causes))
    if part.finding:
        yield "why", quoted_html(part.finding)
    if part.follows_elsewhere:
        yield "follows from", ", ".join(map(quoted_html, part.follows))
    if part.right:
        yield "right is", f'<bdi class="given">{text_html(part.right)}</bdi>'
    if part.earned:
        yield "points", text_html(parts_in_words(part.earned))
    if part.marked is not None:
        points = points_text(part.points)
        yield "points", f"{points}, decided by hand (marked: {points_text(part.marked)})"

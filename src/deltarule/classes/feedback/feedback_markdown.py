"""Feedback for a student as Markdown: a heading for each question, and what is said beneath."""

from __future__ import annotations

from collections.abc import Iterator

from deltarule.classes.feedback.student_feedback import (
    FeedbackPart,
    FeedbackQuestion,
    StudentFeedback,
    earned_text,
)
from deltarule.classes.markdown_text import inline, opening, paragraph
from deltarule.marking.points import parts_in_words, points_text


def feedback_markdown(feedback: StudentFeedback) -> str:
    """The whole, as a text that any renderer of Markdown shows as it is meant."""
    return "\n".join(_lines(feedback))


def _lines(feedback: StudentFeedback) -> Iterator[str]:
    yield from (f"# {inline(feedback.exam)}", "")
    if feedback.name:
        yield from (f"Feedback for {inline(feedback.name)}", "")
    yield from (f"**{earned_text(feedback.points, feedback.of, feedback.open)}**", "")
    yield from _quoted("Comment", feedback.comment)
    for question in feedback.questions:
        yield from _question(question)
    if feedback.notes:
        yield from ("## Notes", "")
        yield from (f"- {opening(note)}" for note in feedback.notes)
        yield ""


def _question(question: FeedbackQuestion) -> Iterator[str]:
    earned = earned_text(question.points, question.of, question.open)
    yield from (f"## {question.sign} {inline(question.label)}: {earned}", "")
    if question.text:
        yield from (*paragraph(question.text), "")
    for part in question.parts:
        yield from _part(part, alone=len(question.parts) == 1)
    yield ""


def _part(part: FeedbackPart, alone: bool) -> Iterator[str]:
    """An item of a list, its first line the answer and the verdict on it."""
    name = f"**{inline(part.name)}**" if part.name else "your answer"
    answer = f"{name} = {inline(part.given)}" if part.name and part.given else name
    answer += f" {inline(part.given)}" if part.given and not part.name else ""
    earned = "" if alone else f" ({earned_text(part.points, part.of, part.open)})"
    yield f"- {part.sign} {answer}: **{inline(part.verdict)}**{earned}"
    if part.causes:
        yield f"  - what went wrong: {'; '.join(map(inline, part.causes))}"
    if part.finding:
        yield f"  - {opening(part.finding)}"
    if part.follows_elsewhere:
        yield f"  - it follows from {', '.join(map(inline, part.follows))}"
    if part.right:
        yield f"  - right is {inline(part.right)}"
    if part.earned:
        yield f"  - points: {parts_in_words(part.earned)}"
    if part.marked is not None:
        yield f"  - {points_text(part.points)} points, decided by hand"
    if part.comment:
        yield f"  - comment: {inline(part.comment)}"


def _quoted(label: str, text: str) -> Iterator[str]:
    if text:
        yield from (f"> **{label}:** {inline(text)}", "")

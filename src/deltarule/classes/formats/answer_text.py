"""What is said of a question in a field of plain text, for systems that have no other."""

from __future__ import annotations

from collections.abc import Iterator

from deltarule.classes.feedback.student_feedback import (
    FeedbackPart,
    FeedbackQuestion,
    StudentFeedback,
    feedback_of,
)
from deltarule.classes.formats.export_setting import ExportSetting
from deltarule.exams.exam_marking import ExamMarking
from deltarule.marking.points import parts_in_words, points_text
from deltarule.spelling.visible import visible


def feedback_for(marking: ExamMarking, setting: ExportSetting) -> StudentFeedback:
    """The feedback for whose marking it is, as far as the setting shows it."""
    name = setting.students.of(marking.who).full_name
    return feedback_of(marking, setting.texts_for(marking.who), setting.reveal, name)


def part_name(question: FeedbackQuestion, part: FeedbackPart) -> str:
    """`1a`, and of several answers, which one: `1a: ∂E/∂Θ₂`."""
    label = visible(question.label)
    return f"{label}: {visible(part.name)}" if part.name else label


def part_text(part: FeedbackPart) -> str:
    """The verdict on an answer and what is said of it, a line each, without control characters."""
    return "\n".join(visible(line) for line in _lines(part))


def _lines(part: FeedbackPart) -> Iterator[str]:
    yield part.verdict
    if part.given:
        yield f"your answer: {part.given}"
    if part.causes:
        yield f"what went wrong: {', '.join(part.causes)}"
    if part.finding:
        yield part.finding
    if part.follows_elsewhere:
        yield f"it follows from {', '.join(part.follows)}"
    if part.right:
        yield f"right is {part.right}"
    if part.earned:
        yield f"points: {parts_in_words(part.earned)}"
    if part.open:
        yield f"{points_text(part.open)} points are to be decided by hand"
    if part.marked is not None:
        yield f"{points_text(part.points)} points were decided by hand"
    if part.comment:
        yield f"comment: {part.comment}"


def whole_text(feedback: StudentFeedback) -> str:
    """What is said of the whole: a teacher's comment, and notes."""
    lines = [feedback.comment] if feedback.comment else []
    return "\n".join(visible(line) for line in (*lines, *feedback.notes))


def shortened(text: str, most: int) -> str:
    """A text of at most so many characters, an ellipsis where something is left out."""
    return text if len(text) <= most else f"{text[: most - 1]}…"

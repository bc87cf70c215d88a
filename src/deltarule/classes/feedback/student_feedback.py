"""Feedback for one student: what each question asked, what was found, and what it earns.

Everything that is shown, in whichever format, is made from this; what a student is not to see is
not in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from deltarule.classes.marked_questions import MarkedQuestion, by_question, follows_from, shown_name
from deltarule.classes.revealing import CAUSES, VERDICTS, causes_shown, finding_shown, right_shown
from deltarule.classes.verdict_words import sign, words_of
from deltarule.exams.exam_marking import ExamMarking, QuestionMark
from deltarule.marking.points import points_text
from deltarule.marking.verdicts import MISSING, EarnedPart


@dataclass(frozen=True)
class FeedbackPart:
    """What is said of one answer. `name` is its quantity, empty if the question says it already;
    `follows` are the earlier answers that it follows from.
    """

    name: str
    sign: str
    verdict: str
    given: str
    finding: str
    causes: tuple[str, ...]
    follows: tuple[str, ...]
    right: str
    points: Fraction
    of: Fraction
    open: Fraction
    comment: str
    marked: Fraction | None
    earned: tuple[EarnedPart, ...] = ()

    @property
    def follows_elsewhere(self) -> bool:
        """Whether saying what it follows from adds to the finding: it does of other questions."""
        return any("(question " in source for source in self.follows)


@dataclass(frozen=True)
class FeedbackQuestion:
    """One question, its points, and its parts."""

    id: str
    label: str
    text: str
    sign: str
    points: Fraction
    of: Fraction
    open: Fraction
    parts: tuple[FeedbackPart, ...]


@dataclass(frozen=True)
class StudentFeedback:
    """All feedback for one student. `name` is whose it is; `comment` a teacher's on the whole."""

    exam: str
    who: str
    name: str
    points: Fraction
    of: Fraction
    open: Fraction
    questions: tuple[FeedbackQuestion, ...]
    notes: tuple[str, ...]
    comment: str


def feedback_of(
    marking: ExamMarking, texts: Mapping[str, str] = {}, reveal: str = CAUSES, name: str = ""
) -> StudentFeedback:
    """The feedback that a marking gives. `texts` are the questions', by their ids; `name` is the
    student's, if it is not what the marking calls them.
    """
    questions = tuple(_question(q, marking, reveal) for q in by_question(marking, texts))
    earned = (marking.points, marking.of, marking.open)
    who = marking.who
    return StudentFeedback(
        marking.exam, who, name or who, *earned, questions, marking.notes, marking.comment
    )


def _question(question: MarkedQuestion, marking: ExamMarking, reveal: str) -> FeedbackQuestion:
    parts = tuple(_part(mark, question, marking, reveal) for mark in question.marks)
    earned = (question.points, question.of, question.open)
    found = sign(question.verdict)
    return FeedbackQuestion(question.id, question.label, question.text, found, *earned, parts)


def _part(
    mark: QuestionMark, question: MarkedQuestion, marking: ExamMarking, reveal: str
) -> FeedbackPart:
    name = shown_name(mark.quantity)
    follows = [] if reveal == VERDICTS else follows_from(mark, marking)
    return FeedbackPart(
        "" if name == question.label else name,
        sign(mark.verdict),
        words_of(mark),
        mark.given,
        finding_shown(mark, reveal) if mark.verdict != MISSING else "",
        causes_shown(mark, reveal),
        tuple(_source(m, question) for m in follows),
        right_shown(mark, reveal),
        mark.points,
        mark.of,
        mark.open,
        mark.comment,
        mark.marked,
        () if mark.marked is not None else mark.earned,
    )


def _source(mark: QuestionMark, question: MarkedQuestion) -> str:
    """An earlier answer, and of another question, which one."""
    name, label = shown_name(mark.quantity), shown_name(mark.question)
    return name if label == name or mark.question == question.id else f"{name} (question {label})"


def earned_text(points: Fraction, of: Fraction, open: Fraction = Fraction(0)) -> str:
    """`2 of 3 points`, and what is to be decided by hand."""
    hand = f", {points_text(open)} more to be decided by hand" if open else ""
    return f"{points_text(points)} of {points_text(of)} point{'' if of == 1 else 's'}{hand}"

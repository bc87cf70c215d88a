"""Verdicts in plain words for the student whose answer it is."""

from __future__ import annotations

from deltarule.exams.exam_marking import QuestionMark
from deltarule.marking import verdicts

#: What is said of an answer, and the sign before it.
WORDS = {
    verdicts.RIGHT: ("✓", "right"),
    verdicts.CARRIED: ("✓", "right: the difference comes from rounding on the way"),
    verdicts.FOLLOWS: ("→", "not the right value, but it follows rightly from your earlier answer"),
    verdicts.TRIVIAL: ("→", "it follows from your earlier answer, which left nothing to work out"),
    verdicts.MISTAKE: ("✗", "a mistake"),
    verdicts.WRONG: ("✗", "wrong"),
    verdicts.CONTRADICTORY: ("✗", "contradicts what is given"),
    verdicts.TOO_FEW: ("✗", "too few digits"),
    verdicts.UNDECIDED: ("?", "to be decided by hand"),
    verdicts.UNREADABLE: ("?", "could not be read"),
    verdicts.MISSING: ("·", "not answered"),
}


def sign(verdict: str) -> str:
    """One character for a verdict."""
    return WORDS.get(verdict, ("?", verdict))[0]


def plain_words(verdict: str) -> str:
    """A verdict as a student reads it."""
    return WORDS.get(verdict, ("?", verdict))[1]


def words_of(mark: QuestionMark) -> str:
    """A verdict as a student reads it; of points that a teacher decided, that too."""
    words = plain_words(mark.verdict)
    return words if mark.marked is None else f"{words}; the points are your teacher's decision"

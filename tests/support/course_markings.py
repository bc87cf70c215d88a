"""Markings of an exam as they come out of marking, made by hand: tests of what is made of them."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st

from deltarule.exams.exam_marking import ExamMarking, QuestionMark
from deltarule.marking.verdicts import (
    CARRIED,
    CONTRADICTORY,
    FOLLOWS,
    MISSING,
    MISTAKE,
    RIGHT,
    TOO_FEW,
    UNDECIDED,
    UNREADABLE,
    WRONG,
)

EXAM = "One step of gradient descent"
TEXTS = {
    "1a": "Compute s₁ and h₁.",
    "2": "Berechne ∂E/∂Θ₂ und Θ₂ after.",
    "3": "Write affine_backward.",
}
VERDICTS = (
    RIGHT, CARRIED, FOLLOWS, MISTAKE, WRONG, CONTRADICTORY, TOO_FEW, UNDECIDED, UNREADABLE, MISSING,
)  # fmt: skip
SIGN = "sign lost"
#: Texts that some reader of them would obey.
HOSTILE = (
    "=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "a;=1", "x\n=HYPERLINK(1)",
    "＝1", "<script>alert(1)</script>", "</testcase>", "]]>", "&lt;b&gt;", "\x1b[31mred",
    "\u202etxet", "\u2066x", "\x00", "\ufffe", "[bold]x[/bold]", "[/]", "# h", "- item", "1. one",
    "| a | b |", "`code`", "$x$", "**b**", "![i](http://x)", "http://x.example", "::error::x",
    "%0A::error::y", '"', "'", "''", "\\", "{{7*7}}", "\ud800", "𝔘", "é", "",
)  # fmt: skip


def mark(question: str, quantity: str, verdict: str, points, of=1, **more) -> QuestionMark:
    """A mark of a question about numbers; points as text or number."""
    kind = more.pop("kind", "numbers")
    return QuestionMark(question, kind, quantity, verdict, Fraction(points), Fraction(of), **more)


def emmy() -> ExamMarking:
    """A paper with something of each kind: a mistake, what follows, a third of a point, a teacher's
    decision, and points to be decided by hand.
    """
    finding = "the sign is lost: with it −0.07 would be right; this is 0.07"
    wrong = mark(
        "2",
        "dE/dTheta2",
        MISTAKE,
        0,
        finding=finding,
        causes=(SIGN,),
        expected="−0.07",
        given="0.07",
    )
    after = mark(
        "2",
        "Theta2 after",
        FOLLOWS,
        1,
        expected="0.13",
        given="0.27",
        finding="follows from ∂E/∂Θ₂ as printed: worked out from there it is right",
    )
    code = mark("3", "", WRONG, "1/3", 2, kind="code", finding="db is summed over the wrong axis")
    marks = (
        mark("1a", "s1", RIGHT, 1, expected="(1.35, 2.45)", given="(1.35, 2.45)"),
        mark("1a", "h1", MISSING, 0, expected="0.79", finding="nothing is written"),
        wrong,
        after,
        code.decided(Fraction(1), "the idea is right"),
        mark("4", "E", UNDECIDED, 0, 2, kind="formula", open=Fraction(2), given="E = y"),
    )
    return ExamMarking(EXAM, "emmy", marks, ("E was read as E",), "well done")


def right(who: str, points: str = "1") -> ExamMarking:
    """A paper with the same questions, all right, each worth the same."""
    of = Fraction(points)
    names = ("s1", "h1", "dE/dTheta2", "Theta2 after")
    marks = [mark(q, n, RIGHT, of, of) for q, n in zip(("1a", "1a", "2", "2"), names, strict=True)]
    return ExamMarking(EXAM, who, (*marks, mark("3", "", RIGHT, 2, 2, kind="code")))


#: Any text, those that are obeyed often.
texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=12),
    st.lists(st.sampled_from(HOSTILE), min_size=2, max_size=3).map("".join),
)
_points = st.fractions(0, 3, max_denominator=12)


@st.composite
def marks(draw) -> QuestionMark:
    """A mark whose texts hold anything."""
    said = tuple(draw(texts) for _ in range(6))
    open_ = draw(st.sampled_from((Fraction(0), Fraction(1, 3))))
    earned = (draw(st.sampled_from(VERDICTS)), draw(_points), Fraction(3), open_, said[2])
    causes = tuple(draw(st.lists(texts, max_size=2)))
    decided = draw(st.none() | _points)
    return QuestionMark(said[0], "numbers", said[1], *earned, causes, *said[3:], decided)


markings = st.builds(
    ExamMarking,
    texts,
    texts,
    st.lists(marks(), max_size=3).map(tuple),
    st.lists(texts, max_size=2).map(tuple),
    texts,
)

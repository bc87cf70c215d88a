"""A plain sheet is an exam: its quantities are its questions, and its marks those of the sheet."""

from fractions import Fraction

import pytest

from deltarule.errors import DeltaruleError
from deltarule.exams import ExamMarking, OpenExam, QuestionMark, Submission, load_exam
from deltarule.marking.open_sheet import mark
from deltarule.marking.sheet_files.answers import load_answers

ANSWERS = """
who = "Emmy N."
[answers]
s1 = [1.35, 2.45, -1.65]
h1 = [0.79, 0.92, 0.16]
yhat = 0.625017
"dE/dyhat" = 0.374983
"""


@pytest.fixture(scope="module")
def marked(tmp_path_factory) -> tuple[ExamMarking, list]:
    path = tmp_path_factory.mktemp("exam") / "mine.toml"
    path.write_text(ANSWERS, encoding="utf-8")
    answers = load_answers(path)
    submission = Submission(answers.who, (answers,), notes=("read from mine.toml",))
    marking = OpenExam(load_exam("slide")).mark(submission)
    return marking, list(mark("slide", answers).scores)


def test_the_questions_are_what_is_asked():
    exam = load_exam("slide")
    assert [q.id for q in exam.questions][:2] == ["s1", "h1"]
    assert {q.kind for q in exam.questions} == {"numbers"}
    assert exam.question("yhat").marks == 1 and exam.question("nothing") is None


def test_points_are_those_of_the_sheet(marked):
    marking, scores = marked
    assert [(m.quantity, m.points, m.of) for m in marking.marks] == [
        (s.quantity, s.points, s.of) for s in scores
    ]
    assert marking.who == "Emmy N." and marking.notes[0] == "read from mine.toml"
    assert marking.points == sum(s.points for s in scores) and not marking.passed


def test_a_mistake_is_named_with_what_is_right(marked):
    (wrong,) = [m for m in marked[0].marks if m.quantity == "dE/dyhat"]
    assert wrong.verdict == "mistake" and wrong.points == 0 and wrong.causes
    assert wrong.given == "0.374983" and wrong.expected == "−0.374983"


def test_a_marking_goes_through_json_without_loss(marked):
    assert ExamMarking.from_json(marked[0].to_json()) == marked[0]
    half = QuestionMark("1a", "numbers", "E", "follows", Fraction(3, 2), Fraction(3))
    assert half.to_json()["points"] == "3/2"
    assert QuestionMark.from_json(half.to_json()) == half


def test_a_teachers_decision_wins_and_what_was_marked_is_kept():
    half = QuestionMark("1a", "numbers", "E", "mistake", Fraction(1, 2), Fraction(3), Fraction(1))
    decided = half.decided(Fraction(2), "the idea is right")
    assert (decided.points, decided.open, decided.marked) == (2, 0, Fraction(1, 2))
    assert decided.decided(Fraction(3)).marked == Fraction(1, 2)
    assert half.decided(None, "see page 3").points == half.points
    assert QuestionMark.from_json(decided.to_json()) == decided
    older = {k: v for k, v in half.to_json().items() if k not in ("comment", "marked")}
    assert QuestionMark.from_json(older) == half


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"points": "x"}, "points = 'x' in a marking"), ({"causes": "E"}, "causes = 'E'")],
)
def test_what_is_no_marking_is_refused(changed, said):
    values = QuestionMark("1a", "numbers", "E", "right", Fraction(1), Fraction(1)).to_json()
    with pytest.raises(DeltaruleError, match=said):
        QuestionMark.from_json({**values, **changed})
    with pytest.raises(DeltaruleError, match="a marking without 'question'"):
        QuestionMark.from_json({})

"""A quantity counts once, and earns what its sheet says."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from deltarule.errors import DeltaruleError
from deltarule.marking import load_sheet, mark
from deltarule.marking.points import points_text
from deltarule.marking.sheet_files.answers import load_answers
from deltarule.reports.marking_values import marking_values
from deltarule.reports.marks import marking_latex, marking_markdown
from deltarule.reports.points_in_words import of_score

SHEET = """
title = "a small network"
network = "mlp"
rate = 1
asked = ["yhat", "s1", "dE/dTheta2", "Theta2 after"]
[options]
layers = 2
batch = false
[rounding]
decimals = 4
[given]
x = [1.0, -0.5]
y = 1.0
Theta1 = [[1.2, 2.1, -1.5], [-0.3, -0.7, 0.3]]
Theta2 = [-0.2, 0.5, 1.3]
[marks]
"dE/dTheta2" = 3
s1 = 2
"""
RIGHT = {
    "s1": "[1.3500, 2.4500, -1.6500]",
    "yhat": "0.6250",
    "dE/dTheta2": "[-0.0698, -0.0809, -0.0142]",
    "Theta2 after": "[-0.1302, 0.5809, 1.3142]",
}


@pytest.fixture
def marked(tmp_path):
    def run(policy: str = "", sheet: str = SHEET, **changed: str):
        path, answers = tmp_path / "sheet.toml", tmp_path / "answers.toml"
        path.write_text(sheet + policy, encoding="utf-8")
        written = {**RIGHT, **{k.replace("__", "/"): v for k, v in changed.items()}}
        lines = [f'"{name}" = {value}' for name, value in written.items() if value]
        answers.write_text("[answers]\n" + "\n".join(lines), encoding="utf-8")
        return mark(load_sheet(path), load_answers(answers))

    return run


def points(marking) -> dict[str, Fraction]:
    return {score.quantity: score.points for score in marking.scores}


def test_a_quantity_counts_once_and_its_points_are_added_up(marked):
    found = marked()
    assert (found.right, found.of) == (4, 4)
    assert (found.points, found.points_of, found.passed) == (7, 7, True)


def test_verdicts_stand_in_the_order_of_the_sheet(marked):
    assert [v.quantity for v in marked().verdicts] == ["yhat", "s1", "dE/dTheta2", "Theta2 after"]


def test_a_partly_right_array_earns_the_share_of_its_entries(marked):
    wrong = {"s1": "[1.3500, 2.7777, -1.6500]", "yhat": "0.6250"}
    assert points(marked(**wrong))["s1"] == Fraction(4, 3)
    assert points(marked('partial = "none"', **wrong))["s1"] == 0
    left_out = marked(s1='[1.3500, "", -1.6500]')
    assert points(left_out)["s1"] == Fraction(4, 3)
    assert (left_out.right, left_out.of, left_out.passed) == (3, 4, False)
    assert [(v.verdict, v.at) for v in left_out.verdicts if v.quantity == "s1"] == [
        ("right", "[0], [2]"),
        ("missing", "[1]"),
    ]


@pytest.mark.parametrize(
    ("policy", "earned"),
    [
        ("", 1),
        ('follows = "half"', Fraction(1, 2)),
        ("follows = 0.25", Fraction(1, 4)),
        ('follows = "none"', 0),
    ],
)
def test_what_follows_earns_what_the_sheet_says(marked, policy, earned):
    changed = {
        "dE__dTheta2": "[0.0698, 0.0809, 0.0142]",
        "Theta2 after": "[-0.2698, 0.4191, 1.2858]",
    }
    found = marked(policy, **changed)
    assert points(found) == {"yhat": 1, "s1": 2, "dE/dTheta2": 0, "Theta2 after": earned}
    assert (found.right, found.passed) == (2, False)


def test_a_named_mistake_and_too_few_digits_earn_what_the_sheet_says(marked):
    policy = 'mistake = "half"\n"too few digits" = "half"'
    found = marked(
        policy, dE__dTheta2="[0.0698, 0.0809, 0.0142]", yhat="0.62", **{"Theta2 after": ""}
    )
    assert points(found) == {
        "yhat": Fraction(1, 2),
        "s1": 2,
        "dE/dTheta2": Fraction(3, 2),
        "Theta2 after": 0,
    }


def test_what_is_missing_earns_nothing_and_nothing_never_passes(marked):
    nothing = dict.fromkeys(("s1", "yhat", "dE__dTheta2", "Theta2 after"), "")
    found = marked(**nothing)
    assert {v.verdict for v in found.verdicts} == {"missing"}
    assert (found.right, found.of, found.points, found.passed) == (0, 4, 0, False)
    unasked = SHEET.partition("asked")[0] + SHEET[SHEET.index("[options]") : SHEET.index("[marks]")]
    found = marked(sheet=unasked, **nothing)
    assert found.right == 0 < found.of
    assert not found.passed


def test_answers_to_givens_are_told(marked):
    found = marked(x="[1.0, 0.5]")
    assert found.notes == (
        "x is given: what is written for it is not marked; x[1] is −0.5, and 0.5 is written",
    )
    assert (found.right, found.of, found.passed) == (4, 4, True)


def test_what_is_asked_and_is_not_there_is_told_with_the_nearest_name(marked):
    found = marked(sheet=SHEET.replace('"s1", ', '"s1", "dE/dTheta3", '))
    verdict = next(v for v in found.verdicts if v.verdict == "could not read")
    assert verdict.quantity == "dE/dTheta3"
    assert "did you mean 'Theta2'?" in verdict.finding
    assert (found.right, found.of, found.passed) == (4, 4, False)


def test_what_is_written_besides_earns_nothing(marked):
    found = marked(h1="[0.7941, 0.9206, 0.1611]")
    assert (found.of, found.points_of) == (4, 7)
    assert found.verdicts[-1].quantity == "h1"


@pytest.mark.parametrize(
    ("policy", "fact", "remedy"),
    [
        ('partial = "most"', "partial = 'most'", 'write "share"'),
        ('follows = "some"', "follows = 'some' is no share of the points", 'write "full", "half"'),
        ("mistake = 2", "is no share of the points", 'write "full", "half"'),
        ("h1 = 1", "marks for h1, which is not asked", "asked are yhat, s1"),
        ("yhat = -1", "-1 marks", "give 0 or more"),
    ],
)
def test_marks_that_say_nothing_are_refused(marked, policy, fact, remedy):
    with pytest.raises(DeltaruleError) as refused:
        marked(policy)
    assert fact in refused.value.fact
    assert "marks" in refused.value.place
    assert remedy in refused.value.remedy


def test_entries_with_points_of_their_own_add_up_to_one_quantity(marked):
    sheet = SHEET.replace('"s1", ', '"s1[0]", "s1[2]", ')
    sheet = sheet.replace("s1 = 2", '"s1[0]" = 1\n"s1[2]" = 3')
    found = marked(sheet=sheet, s1="[1.3500, 2.4500, 0.1234]")
    assert points(found)["s1"] == 1
    assert found.of == 4


def test_points_stand_in_every_format(marked):
    found = marked(
        'follows = "half"',
        dE__dTheta2="[0.0698, 0.0809, 0.0142]",
        **{"Theta2 after": "[-0.2698, 0.4191, 1.2858]"},
    )
    for text in (marking_markdown(found), marking_latex(found)):
        assert "2 of 2 points" in text
        assert "0 of 3 points" in text
        assert "0.5 of 1 point" in text
        assert "2 of 4 right, 3.5 of 7 points" in text
    values = marking_values(found)
    assert (values["points"], values["points_of"], values["passed"]) == (3.5, 7, False)
    assert [s["points"] for s in values["scores"]] == [1, 2, 0, 0.5]


@pytest.mark.parametrize(
    ("points", "text"),
    [
        (Fraction(4, 3), "1.33"),
        (Fraction(5, 2), "2.5"),
        (Fraction(10), "10"),
        (Fraction(0), "0"),
        (Fraction(199, 200), "1"),
    ],
)
def test_points_are_shown_to_two_decimals(points, text):
    assert points_text(points) == text


HALVES = "half each for the numbers and the formula: 1.5 for the numbers, 0 for the formula"


@pytest.fixture
def half(tmp_path):
    """Right numbers and a wrong formula for a quantity of three points."""
    answers = tmp_path / "answers.toml"
    (tmp_path / "sheet.toml").write_text(SHEET, encoding="utf-8")
    numbers, formula = RIGHT["dE/dTheta2"], "(y - yhat) h1"
    answers.write_text(
        f"[answers]\n'dE/dTheta2' = {numbers}\n[formulas]\n'dE/dTheta2' = '{formula}'\n"
    )
    return load_sheet(tmp_path / "sheet.toml"), load_answers(answers)


def test_half_the_points_for_numbers_or_formula_are_said_wherever_points_are(half):
    from deltarule.classes.feedback.feedback_html import feedback_html
    from deltarule.classes.feedback.feedback_markdown import feedback_markdown
    from deltarule.classes.feedback.student_feedback import feedback_of
    from deltarule.classes.formats.answer_text import part_text
    from deltarule.exams.exam_files import load_exam
    from deltarule.exams.exam_submission import Submission
    from deltarule.exams.open_exam import OpenExam
    from deltarule.pages.marking_html import marking_body

    marking = mark(*half)
    (score,) = [s for s in marking.scores if s.quantity == "dE/dTheta2"]
    assert score.points == Fraction(3, 2) and not score.right
    assert of_score(score) == f"1.5 of 3 points ({HALVES})"
    (values,) = [s for s in marking_values(marking)["scores"] if "parts" in s]
    assert values["parts"] == {"numbers": 1.5, "formula": 0}
    assert HALVES in values["in_words"]
    assert HALVES in marking_markdown(marking) and HALVES in "".join(marking_body(marking))
    exam = OpenExam(load_exam(half[0].path)).mark(Submission("", (half[1],)))
    assert HALVES in str(exam.to_json()) and type(exam).from_json(exam.to_json()) == exam
    for reveal in ("verdicts", "causes", "right"):
        feedback = feedback_of(exam, reveal=reveal)
        assert HALVES in feedback_markdown(feedback) and HALVES in feedback_html(feedback)
        assert any(HALVES in part_text(p) for q in feedback.questions for p in q.parts)


def test_where_both_earn_alike_nothing_is_said(half):
    sheet, answers = half
    both = replace(answers, formulas={"dE/dTheta2": "(yhat - y) yhat (1 - yhat) h1"})
    assert not any(score.parts for score in mark(sheet, both).scores)
    assert not any(score.parts for score in mark(sheet, replace(answers, formulas={})).scores)

"""One submission to an exam with all kinds of questions: points, verdicts, causes."""

from dataclasses import replace
from fractions import Fraction

import exam_texts
import pytest

from deltarule.errors import DeltaruleError
from deltarule.exams import ExamMarking, OpenExam, Submission, load_exam
from deltarule.exams.exam_answers import SECTIONS, sorted_answers
from deltarule.exams.exam_template import exam_template
from deltarule.exams.question_text import question_text
from deltarule.marking.sheet_files.lenient import read_leniently

RIGHT = """
who = "Emmy N."
[answers]
h1 = [0.79, 0.92, 0.16]
yhat = 0.62
1B = "(yhat - y) yhat (1 - yhat) h1"
2 = "2 416"
[answers.1c]
"∂E/∂W₂" = [-0.07, -0.08, -0.01]
W2_new = [-0.13, 0.58, 1.31]
[choices]
Q4 = "(A)"
"""
LAYERS = b"""
import numpy as np
def affine_forward(x, w, b):
    return x.reshape(len(x), -1) @ w + b, (x, w, b)
def affine_backward(dout, cache):
    x, w, b = cache
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout.mean(axis=0)
"""


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    path = tmp_path_factory.mktemp("exam") / "exam.toml"
    path.write_text(exam_texts.EXAM, encoding="utf-8")
    with OpenExam(load_exam(path)) as opened:
        yield opened


def handed_in(opened, text: str) -> Submission:
    return sorted_answers(opened.exam, read_leniently(text, "mine.toml", SECTIONS))


def marked(opened, text: str, **more) -> ExamMarking:
    return opened.mark(replace(handed_in(opened, text), **more))


def of(marking: ExamMarking, question: str, quantity: str = ""):
    (mark,) = [m for m in marking.marks if (m.question, m.quantity) == (question, quantity)]
    return mark


def test_right_answers_earn_all_marks_but_those_of_code(opened):
    marking = marked(opened, RIGHT)
    assert marking.who == "Emmy N." and (marking.points, marking.of) == (11, 15)
    assert [m.question for m in marking.marks if not m.right] == ["3"]
    assert of(marking, "3").verdict == "missing" and of(marking, "1b", "dE/dTheta2").points == 2
    assert (
        of(marking, "1a", "h1").of == Fraction(3, 2) and of(marking, "1c", "Theta2 after").of == 1
    )
    assert ExamMarking.from_json(marking.to_json()) == marking


def test_code_is_checked_in_the_sandbox_and_earns_a_share(opened):
    marking = marked(opened, RIGHT, code=(("layers.py", LAYERS),))
    mark = of(marking, "3")
    # One of two functions is right, and of the other all but db, which is right at one example.
    assert mark.verdict == "mistake" and mark.points == 4 * (1 + (1 + 1 + Fraction(1, 2)) / 3) / 2
    assert "the mean over n stands for the sum" in mark.finding and mark.causes
    lost = marked(opened, RIGHT, code=(("layers.py", b"def affine_backward("),))
    assert of(lost, "3").points == 0 and of(lost, "3").open == 0


@pytest.mark.parametrize(
    ("changed", "question", "verdict", "points", "said"),
    [
        (("2 416", "2400"), "2", "mistake", 0, "the biases are left out"),
        (("2 416", "2417"), "2", "wrong", 0, "it is 2,416, not 2,417"),
        (("2 416", "many"), "2", "could not read", 0, "one whole number is wanted"),
        (("2 416", "61706"), "2", "mistake", 0, "that is of the whole network"),
        (("(A)", "b"), "4", "wrong", 0, "At 1 it is less."),
        (("(A)", "At 0"), "4", "right", 2, "There it is a half."),
        (("(A)", "e"), "4", "could not read", 0, "one of a, b, c is wanted"),
        (("(A)", ""), "4", "missing", 0, "nothing is written"),
    ],
)
def test_choices_and_counts(opened, changed, question, verdict, points, said):
    # The questions about numbers are left out: they are marked in other tests.
    text = "[answers]\n2 = '2 416'\n[choices]\n4 = '(A)'\n".replace(*changed)
    mark = of(marked(opened, text), question)
    assert (mark.verdict, mark.points) == (verdict, points) and said in mark.finding


def test_what_is_written_for_the_wrong_kind_of_question_is_said(opened):
    marking = marked(opened, "[answers]\n1b = 0.3\n1c = [0.1]\n3 = 'dx'\n9 = 1\n")
    assert "asks for a formula" in of(marking, "1b", "dE/dTheta2").finding
    assert "write each under [answers.1c]" in of(marking, "1c", "Theta2 after").finding
    assert of(marking, "1c", "dE/dTheta2").verdict == "could not read"
    assert any("question 3 wants code" in note for note in marking.notes)


def test_a_line_that_is_no_toml_costs_itself_alone(opened):
    broken = RIGHT.replace("h1 = [0.79, 0.92, 0.16]", "h1 = [0.79, 0.92, 0.16")
    marking = marked(opened, broken.replace("yhat = 0.62", "yhat = 0.62 0.63 ]["))
    assert of(marking, "1a", "yhat").verdict == "could not read"
    assert of(marking, "1c", "Theta2 after").right and of(marking, "1b", "dE/dTheta2").right


def test_the_same_quantity_by_numbers_and_by_a_formula(opened):
    text = '[answers]\n"dE/dTheta2" = [-0.07, -0.08, -0.01]\n[formulas]\n"dE/dTheta2" = "h1"\n'
    marking = marked(opened, text)
    assert of(marking, "1c", "dE/dTheta2").right and not of(marking, "1b", "dE/dTheta2").right


def test_a_mistake_in_a_line_that_is_not_asked_is_charged_once(opened):
    text = "[answers]\nh1 = [0.79, 0.92, 0.16]\ns2 = 0.83\nyhat = 0.70\n"
    marking = marked(opened, text)
    mark = of(marking, "1a", "yhat")
    assert mark.points == 0 and "in s₂, which it follows from" in mark.finding


def test_values_that_take_no_work_earn_nothing(opened):
    text = """[answers]
    h1 = [0.00, 0.00, 0.00]
    yhat = 0.50
    [answers.1c]
    "dE/dTheta2" = [0.00, 0.00, 0.00]
    "Theta2 after" = [-0.20, 0.50, 1.30]
    """
    marking = marked(opened, text)
    assert [(m.quantity, m.verdict, m.points) for m in marking.marks[:2]] == [
        ("h1", "wrong", 0),
        ("yhat", "follows trivially", 0),
    ]
    assert "with h₁ as printed it is the same whatever Θ₂ may be" in marking.marks[1].finding
    assert "it is Θ₂ itself" in of(marking, "1c", "Theta2 after").finding


def test_the_template_filled_in_arrives(opened):
    text = exam_template(opened.exam, "exam.toml").replace('answer = ""', 'answer = "a"', 2)
    assert "# Work out h₁ and ŷ for x = (1.0, −0.5)." in text and "#   c: where it is 0" in text
    submission = handed_in(opened, text.replace('"", "", ""', "0.79, 0.92, 0.16"))
    assert submission.choices == {"4": "a"} and submission.counts == {"2": "a"}
    assert {*submission.of_run(1).values} == {"h1", "dE/dTheta2", "Theta2 after"}


def test_two_networks_in_one_exam(tmp_path):
    path = tmp_path / "exam.toml"
    given = 'x = [[1, 2]]\nW = [[1], [3]]\nb = [1]\n"dL/dy" = [[1]]\n'
    dense = f'[[run]]\nnetwork = "dense"\n[run.given]\n{given}'
    question = '[[question]]\nid = "{0}"\nkind = "numbers"\nasked = "y"\nrun = {0}\n'
    text = 'title = "Two"\n' + dense + dense.replace("[[1, 2]]", "[[2, 1]]")
    path.write_text(text + question.format(1) + question.format(2), encoding="utf-8")
    opened = OpenExam(load_exam(path))
    marking = marked(opened, "[answers]\n1 = 8\n2 = 6\n")
    assert [m.verdict for m in marking.marks] == ["right", "right"]
    unclear = marked(opened, "run = 2\n[answers]\ny = 6\n")
    assert [m.verdict for m in unclear.marks] == ["missing", "right"]


def test_texts_in_every_format(opened):
    run = opened.exam.sheet.runs[0]
    said = "Für {x = } und $\\alpha_{1}$: {dE/dW2}, {{rate}} {rate}"
    assert question_text(said, run) == "Für x = (1.0, −0.5) und α₁: ∂E/∂W₂, {rate} 1"
    assert question_text(said, run, "markdown").startswith(
        "Für $x = (1.0, -0.5)$ und $\\alpha_{1}$"
    )
    assert r"\frac{\partial E}{\partial \mathrm{W}_{2}}" in question_text(
        said, run, "latex"
    ) or r"\frac{\partial E}{\partial W_{2}}" in question_text(said, run, "latex")
    assert r"\begin{pmatrix} 1.2 & 2.1 & -1.5 \\" in question_text("{Theta1 = }", run, "latex")
    with pytest.raises(DeltaruleError, match="h1 is not given"):
        question_text("{h1 = }", run)

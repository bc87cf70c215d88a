"""A sheet's own names for quantities; answers under no heading; numbers as LaTeX sets them."""

from __future__ import annotations

import pytest

from deltarule.arithmetic.printed import Printed
from deltarule.errors import DeltaruleError
from deltarule.marking import load_sheet, mark
from deltarule.marking.sheet_files.answers import load_answers

SHEET = """
title = "own names"
network = "mlp"
rate = 1
[options]
layers = 2
batch = false
[names]
W1 = "Theta1"
W2 = "Theta2"
a1 = "h1"
a2 = "yhat"
Y = "y"
z2 = "s2"
[given]
x = [1.0, -0.5]
Y = 1.0
W1 = [[1.2, 2.1, -1.5], [-0.3, -0.7, 0.3]]
W2 = [-0.2, 0.5, 1.3]
[published]
a1 = [0.794, 0.921, 0.161]
"dE/dW2" = [-0.07, -0.08, -0.01]
"W2 after" = [-0.13, 0.58, 1.31]
[formulas]
"dE/dz2" = "(a2 − Y) a2 (1 − a2)"
"dE/da1" = "dE/da1 = W2 dE/dz2"
[marks]
"dE/dW2" = 2
"""
ANSWERS = """
[answers]
a1 = [0.79, "92%", "1.6\\\\cdot 10^{-1}"]
"dE/dW2" = [-0.07, -0.08, -0.01]
Theta9 = 3
[formulas]
"dE/dz2" = "dyhat σ'(z2)"
"""


@pytest.fixture
def sheet(tmp_path):
    def write(text=SHEET):
        path = tmp_path / "sheet.toml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def test_a_sheet_in_its_own_names(sheet):
    marking = mark(load_sheet(sheet()))
    assert [(v.quantity, v.verdict) for v in marking.verdicts] == [
        ("h1", "right"),
        ("dE/dTheta2", "right"),
        ("Theta2 after", "right"),
        ("dE/ds2", "right"),
        ("dE/dh1", "right"),
    ]
    assert marking.verdicts[3].given == "(a2 − Y) a2 (1 − a2)"
    assert sum(s.of for s in marking.scores) == 6


def test_answers_in_the_names_of_their_sheet(sheet, tmp_path):
    path = tmp_path / "answers.toml"
    path.write_text(ANSWERS, encoding="utf-8")
    found = {v.quantity: v.verdict for v in mark(sheet(), load_answers(path)).verdicts}
    assert found == {
        "h1": "right",
        "dE/dTheta2": "right",
        "dE/ds2": "right",
        "Theta2 after": "missing",
        "dE/dh1": "missing",
        "Theta9": "could not read",
    }


@pytest.mark.parametrize(
    ("old", "new", "fact", "remedy"),
    [
        (
            'W2 = "Theta2"',
            'W2 = "Theta4"',
            "W2 stands for Theta4, which mlp does not have",
            "did you mean 'Theta2'?",
        ),
        (
            'a1 = "h1"',
            'x = "h1"',
            "x cannot stand for h1: it is a quantity of mlp itself",
            "give it another name",
        ),
        (
            'a1 = "h1"',
            'a1 = "h1[0]"',
            "'h1[0]' is not a name",
            "names are letters, digits and _, such as Theta2, yhat, W_hf, dE/dTheta2, Theta2 after",
        ),
    ],
)
def test_names_that_stand_for_nothing(sheet, old, new, fact, remedy):
    with pytest.raises(DeltaruleError) as caught:
        mark(sheet(SHEET.replace(old, new).replace("a1 = [", "h1 = [")))
    assert (caught.value.fact, caught.value.remedy) == (fact, remedy)


def test_answers_under_no_heading(tmp_path):
    path = tmp_path / "answers.toml"
    path.write_text('sheet = "slide"\nyhat = 0.62\n', encoding="utf-8")
    with pytest.raises(DeltaruleError) as caught:
        load_answers(path)
    assert (caught.value.fact, caught.value.remedy) == (
        "yhat stands under no heading",
        "write a line [answers] above the answers, or [formulas] above formulas",
    )
    assert str(caught.value.place).endswith("answers.toml, line 2: yhat")


@pytest.mark.parametrize(
    ("text", "value"),
    [(r"2.75\cdot 10^{0}", 2.75), (r"-7.0\times 10^{-2}", -0.07), (r"$62\%$", 0.62)],
)
def test_numbers_as_latex_sets_them(text, value):
    assert float(Printed(text).value) == value


def test_percents_in_one_text_are_a_list():
    with pytest.raises(DeltaruleError) as caught:
        Printed("69.0%, 87.6%")
    assert caught.value.remedy == "several numbers stand in a list, as in [0.69, 0.876]"

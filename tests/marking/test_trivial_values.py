"""Values that follow from an early 0: said to show no work, and worth what the sheet says."""

from dataclasses import replace
from fractions import Fraction

import pytest

from deltarule.marking import OpenSheet, load_sheet
from deltarule.marking.points import Credit
from deltarule.marking.sheet_files.answers import read_answers


@pytest.fixture(scope="module")
def opened() -> OpenSheet:
    sheet = load_sheet("slide")
    givens = {**sheet.runs[0].given}
    run = replace(sheet.runs[0], given=givens, restated={}, published={})
    return OpenSheet(replace(sheet, runs=(run,)))


def verdicts(opened: OpenSheet, text: str) -> dict[str, str]:
    marking = opened.mark(read_answers(f"[answers]\n{text}", "mine.toml"))
    return {v.quantity: v.verdict for v in marking.verdicts if v.verdict != "missing"}


ALL_ZERO = """
h1 = [0.00, 0.00, 0.00]
s2 = 0.00
yhat = 0.50
"dE/dyhat" = -0.50
"dE/dTheta2" = [0.00, 0.00, 0.00]
"Theta2 after" = [-0.20, 0.50, 1.30]
"""
SATURATED = """
yhat = 1.00
"dE/dyhat" = 0.00
"dE/ds2" = 0.00
"dE/dTheta2" = [0.00, 0.00, 0.00]
"""
ORDINARY = """
h1 = [0.50, 0.60, 0.70]
s2 = 1.11
yhat = 0.75
"dE/dyhat" = -0.25
"dE/ds2" = -0.05
"dE/dTheta2" = [-0.02, -0.03, -0.04]
"Theta2 after" = [-0.18, 0.53, 1.34]
"""


def test_an_early_zero_leaves_nothing_to_do(opened):
    assert verdicts(opened, ALL_ZERO) == {
        "h1": "wrong",
        "s2": "follows trivially",  # whatever Θ₂ is
        "yhat": "follows",  # σ(0) has to be known
        "dE/dyhat": "follows",  # y has to be subtracted
        "dE/dTheta2": "follows trivially",
        "Theta2 after": "follows trivially",  # a copy of Θ₂
    }


def test_a_slope_of_zero_leaves_nothing_to_do(opened):
    found = verdicts(opened, SATURATED)
    assert found["dE/dyhat"] == "follows"
    assert {found["dE/ds2"], found["dE/dTheta2"]} == {"follows trivially"}


def test_an_ordinary_mistake_carried_on_is_work(opened):
    found = verdicts(opened, ORDINARY)
    assert found.pop("h1") in ("wrong", "mistake") and set(found.values()) == {"follows"}


def test_a_new_mistake_beside_entries_that_follow_is_charged(opened):
    text = ORDINARY.replace("[-0.02, -0.03, -0.04]", "[-0.02, -0.03, -0.77]")
    marking = opened.mark(read_answers(f"[answers]\n{text}", "mine.toml"))
    found = [(v.verdict, v.wrong) for v in marking.verdicts if v.quantity == "dE/dTheta2"]
    assert found == [("follows", ((0, 0), (1, 0))), ("wrong", ((2, 0),))]


@pytest.mark.parametrize(
    ("shares", "points"), [({}, 2), ({"follows trivially": Fraction(1, 2)}, Fraction(7, 2))]
)
def test_what_it_is_worth_is_the_sheets_to_say(opened, shares, points):
    own = OpenSheet(opened.sheet)
    run = replace(opened.sheet.runs[0], credit=Credit(shares=shares))
    own.sheet = replace(opened.sheet, runs=(run,))
    own._known = opened._known
    marking = own.mark(read_answers(f"[answers]\n{ALL_ZERO}", "mine.toml"))
    assert marking.points == points
    (said,) = [v.finding for v in marking.verdicts if v.quantity == "Theta2 after"]
    assert said.endswith("with ∂E/∂Θ₂ as printed it is Θ₂ itself, so that no work is shown")


def test_what_it_follows_from_is_said(opened):
    marking = opened.mark(read_answers(f"[answers]\n{ORDINARY}", "mine.toml"))
    sources = {v.quantity: v.sources for v in marking.verdicts if v.verdict == "follows"}
    assert sources["s2"] == ("h1",) and all(sources.values())


DEAD_RELU = """
title = "A slip before ReLU"
network = "mlp"
rate = 0.1
options = { layers = 2, activation = "relu", output_activation = "identity", batch = false }
rounding.decimals = 3
asked = ["s1", "h1", "yhat", "dE/ds1", "dE/dTheta1"]
[given]
x = [1, 2]
y = 0.5
Theta1 = [[0.5, 0.9], [0.6, 0.4]]
Theta2 = [0.7, -0.3]
"""


def test_a_relu_that_is_dead_at_the_numbers_before_it_was_worked_out(tmp_path):
    path = tmp_path / "relu.toml"
    path.write_text(DEAD_RELU, encoding="utf-8")
    sheet = OpenSheet(load_sheet(path))
    zeros = '"dE/ds1" = [0.000, 0.000]\n"dE/dTheta1" = [[0.000, 0.000], [0.000, 0.000]]\n'
    slip = verdicts(sheet, f"s1 = [-0.7, -0.1]\nh1 = [0.000, 0.000]\n{zeros}")
    assert [slip[n] for n in ("h1", "dE/ds1", "dE/dTheta1")] == ["follows"] * 3
    early = verdicts(sheet, "s1 = [1.7, 1.7]\nh1 = [0.000, 0.000]\nyhat = 0.000\n")
    assert early["yhat"] == "follows trivially"

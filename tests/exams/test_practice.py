"""Practice through a pipe: questions, causes, hints, and what to revise."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner

from deltarule.cli.programs import program
from deltarule.exams.models import model_like
from deltarule.exams.practice import Practice

#: s₁, h₁ and s₂ of the slide with the numbers of seed 7: right, wrong, follows, skipped, a formula.
TYPED = """\
1 2
?
?
?
-0.61 -1.48 0.34
[0.6479, 0.8146, 0.4158]
0.3521 0.1854 0.5842
x_{
-
sigma(s2)
q
"""


@pytest.fixture(scope="module")
def ran():
    return CliRunner().invoke(program("practice"), ["slide", "--seed", "7", "--json"], input=TYPED)


@pytest.fixture(scope="module")
def said(ran) -> str:
    assert ran.exit_code == 1
    return ran.stderr


@pytest.mark.slow
def test_each_quantity_is_marked_at_once(said):
    assert "Θ₁ = (−0.9, −1.2, 1.6; −0.2, 0.4, 1.1)" in said
    assert "✗ could not read: 2 numbers for 3" in said
    assert re.search(r"1 of 8: s₁ \(3 numbers\)\n(.*\n)+?> ✓ right", said)
    assert "> ✗ mistake: σ is taken with e^(+s₁[m]), not with e^(−s₁[m])" in said


@pytest.mark.slow
def test_hints_come_in_three_grades(said):
    assert "hint 1: s₁ is made of x and Θ₁, taken together over d" in said
    assert "hint 2: s₁[m] = Σ_d x[d]·Θ₁[d, m]" in said
    assert "hint 3: s₁[0] = 0.9·(−0.9) + (−1)·(−0.2)" in said


def test_what_is_skipped_is_shown_and_formulas_count(said):
    assert "✗ could not read:" in said
    assert "right: s₂ = 0.0775" in said
    assert re.search(r"4 of 8: ŷ\n> ✓ right", said)


def test_it_ends_with_what_to_revise_and_a_transcript(ran):
    values = json.loads(ran.stdout)
    revise = {row["quantity"]: row["why"] for row in values["revise"]}
    assert revise["h₁"].startswith("σ is taken with e^(+s₁[m])")
    assert (revise["s₂"], values["seed"], len(values["steps"])) == ("skipped", "7", 8)
    first = values["steps"][0]
    assert (first["hints"], [a["verdict"] for a in first["attempts"]]) == (3, ["right"])
    assert sum(step["fine"] for step in values["steps"]) == 3


@pytest.mark.slow
def test_each_reason_is_to_be_revised():
    practice = Practice(model_like("slide").run, "7")
    step = practice.steps[0]
    right = practice.right(step).partition("(")[2].rstrip(")").replace("−", "-").split(", ")
    turned = [text.removeprefix("-") if text[0] == "-" else f"-{text}" for text in right]
    for typed in (turned, turned, [f"{2 * float(text):.5f}" for text in right]):
        practice.answer(step, " ".join(typed))
    reasons = [why for _, why in practice.to_revise()]
    assert len(reasons) == 2 and "sign" in reasons[0] and "factor 2" in reasons[1]

"""Answers that contradict each other's givens or conventions: each of them says it."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from slide_by_hand import LINES, answers, worked

from deltarule.marking.open_sheet import OpenSheet
from deltarule.marking.sheet_files.answers import read_answers
from deltarule.spelling.names import pretty

CASES = Path(__file__).parent / "cases"


@pytest.fixture(scope="module")
def slide():
    return OpenSheet("slide")


@pytest.mark.parametrize("one, two", list(combinations(LINES, 2)))
@pytest.mark.parametrize("read", [1.5, -1.5])
def test_of_two_lines_by_two_printings_each_says_it(slide, one, two, read):
    values = {one: worked(read)[one], two: worked(-read)[two]}
    found = {v.quantity: v for v in slide.mark(answers(values)).verdicts if v.verdict != "missing"}
    assert all(v.right for v in found.values()), found
    for name, other, own in ((one, two, read), (two, one, -read)):
        said = f"right with Θ₁[0,2] = {own}, which the sheet leaves open; "
        said += f"{pretty(other)} as written goes with the other"
        assert found[name].finding == said.replace("= -", "= −"), (name, found[name].finding)


def test_lines_by_one_printing_say_nothing_of_each_other(slide):
    for read in (1.5, -1.5):
        values = {name: worked(read)[name] for name in LINES}
        found = slide.mark(answers(values)).verdicts
        assert not any("goes with the other" in v.finding for v in found)


def test_of_two_gradients_by_two_slopes_at_a_kink_each_says_it():
    sheet = OpenSheet(CASES / "relu_at_zero.toml")
    one = '"dE/ds1" = [-1.5, -0.5]\n'
    apart = one + '"dE/dTheta1" = [[0.0, -0.5], [0.0, 0.5]]\n'
    alike = one + '"dE/dTheta1" = [[-1.5, -0.5], [1.5, 0.5]]\n'
    texts = [
        {
            v.quantity: v.finding
            for v in sheet.mark(read_answers("[answers]\n" + typed, "a.toml")).verdicts
        }
        for typed in (apart, alike)
    ]
    assert texts[0]["dE/ds1"].endswith("; ∂E/∂Θ₁ as written goes with the other")
    assert texts[0]["dE/dTheta1"] == (
        "right by the network's own convention at this kink or tie; ∂E/∂s₁ as written goes with "
        "the other"
    )
    assert not any("goes with the other" in finding for finding in texts[1].values())

"""Values after updates: what follows from an earlier one is charged once, roundings count."""

from __future__ import annotations

import numpy as np
import pytest

from deltarule.marking import load_sheet, mark
from deltarule.marking.answer_template import blank
from deltarule.marking.sheet_files.answers import load_answers
from deltarule.marking.verdicts import CARRIED, FOLLOWS, MISTAKE, RIGHT, WRONG

SHEET = """
title = "after one update"
network = "mlp"
rate = 1
at = "after"
[options]
layers = 2
batch = false
[given]
x = [1.0, -0.5]
y = 1.0
Theta1 = [[1.2, 2.1, -1.5], [-0.3, -0.7, 0.3]]
Theta2 = [-0.2, 0.5, 1.3]
[published]
"""


@pytest.fixture
def verdicts(tmp_path):
    def run(published: str) -> list[str]:
        path = tmp_path / "sheet.toml"
        path.write_text(SHEET + published, encoding="utf-8")
        return [v.verdict for v in mark(load_sheet(path)).verdicts]

    return run


def test_what_follows_from_a_wrong_value_follows(verdicts):
    assert verdicts("yhat = 0.9000\nE = 0.0050\n") == [WRONG, FOLLOWS]


def test_a_printed_value_may_be_carried_on(verdicts):
    # ŷ is 0.6563: from 0.66 the error comes to 0.0578, carried exactly to 0.0591.
    assert verdicts("yhat = 0.66\nE = 0.0578\n") == [RIGHT, CARRIED]


def test_a_mistake_in_the_update_is_charged_once(verdicts):
    # The values before the update.
    assert verdicts("yhat = 0.625017\nE = 0.070306\n") == [MISTAKE, FOLLOWS]


def _after(updates: int, slope) -> float:
    """ŷ after some updates in NumPy, every one of them with some slope of the hidden layer."""
    x, y = np.array([1.0, -0.5]), 1.0
    one = np.array([[1.2, 2.1, -1.5], [-0.3, -0.7, 0.3]])
    two = np.array([-0.2, 0.5, 1.3])
    for _ in range(updates):
        h = 1 / (1 + np.exp(-x @ one))
        yhat = 1 / (1 + np.exp(-h @ two))
        delta = (yhat - y) * yhat * (1 - yhat)
        one, two = one - np.outer(x, delta * two * slope(h)), two - delta * h
    return 1 / (1 + np.exp(-(1 / (1 + np.exp(-x @ one))) @ two))


@pytest.mark.parametrize("updates", [2, 3])
def test_a_mistake_in_every_update_is_one_in_every_update(tmp_path, updates):
    wrong = _after(updates, lambda h: np.ones(3))
    text = SHEET.replace("rate = 1", f"rate = 1\nupdates = {updates}") + f"yhat = {wrong:.9f}\n"
    path = tmp_path / "sheet.toml"
    path.write_text(text, encoding="utf-8")
    (verdict,) = mark(load_sheet(path)).verdicts
    assert verdict.verdict == MISTAKE
    assert verdict.finding.startswith("in every update, in ∂E/∂s₁, ")
    assert verdict.mistakes == ("slope lost",)


LINE = """
title = "a line"
network = "mlp"
rate = 0.5
updates = 2
{at}
asked = ["Theta1 after"{more}]
[options]
layers = 1
batch = false
activation = "identity"
[given]
x = [1.0]
y = [1.0]
Theta1 = [[0.0]]
"""


@pytest.mark.parametrize("at", ["", 'at = "after"'])
def test_parameters_after_several_updates_are_those_after_all_of_them(tmp_path, at):
    """Θ = 0, 0.5, 0.75: half of what is left to 1 each time."""
    sheet, answers = tmp_path / "line.toml", tmp_path / "a.toml"
    sheet.write_text(LINE.format(at=at, more=""), encoding="utf-8")
    for value, verdict in (("0.75", "right"), ("0.50", "wrong"), ("0.88", "wrong")):
        answers.write_text(f'[answers]\n"Theta1 after" = {value}\n', encoding="utf-8")
        found = mark(sheet, load_answers(answers)).verdicts[0]
        assert found.verdict == verdict, (value, found)
    assert "perhaps this is the value after 3 updates" in found.finding


def test_what_an_optimiser_keeps_can_be_asked(tmp_path):
    """The slope at 0 is −1, so that Adam's average of slopes is −0.1 after an update."""
    sheet, answers = tmp_path / "line.toml", tmp_path / "a.toml"
    text = LINE.format(at='optimiser = "adam"', more=', "m_Theta1 after"')
    sheet.write_text(text.replace("updates = 2", "updates = 1"), encoding="utf-8")
    assert '"m_Theta1 after" = ""' in blank(sheet)
    answers.write_text('[answers]\n"m_Theta1 after" = -0.1\n', encoding="utf-8")
    found = mark(sheet, load_answers(answers))
    assert [v.verdict for v in found.verdicts] == ["missing", "right"] and found.of == 2


def test_values_of_the_other_time_are_named(tmp_path):
    x, one = np.array([1.0, -0.5]), np.array([[1.2, 2.1, -1.5], [-0.3, -0.7, 0.3]])
    two, b1, b2 = np.array([-0.2, 0.5, 1.3]), np.array([0.1, -0.4, 0.3]), 0.2
    h = 1 / (1 + np.exp(-x @ one - b1))
    yhat = 1 / (1 + np.exp(-h @ two - b2))
    delta = (yhat - 1) * yhat * (1 - yhat)
    biased = SHEET.replace("batch = false", "batch = false\nbias = true").replace(
        "[published]", "b1 = [0.1, -0.4, 0.3]\nb2 = 0.2\n[published]"
    )
    before = biased.replace('at = "after"', "updates = 1")
    stale = h @ (two - delta * h) + b2 - delta
    early = h @ (two - delta * h) + b2
    for sheet, value, kind, words in (
        (biased, stale, "stale value", "h₁ is taken as it was before the update"),
        (before, early, "updated too early", "Θ₂ is taken as it is after the update already"),
    ):
        path = tmp_path / "sheet.toml"
        path.write_text(sheet + f"s2 = {value:.8f}\n", encoding="utf-8")
        (verdict,) = mark(load_sheet(path)).verdicts
        assert (verdict.verdict, verdict.mistakes) == (MISTAKE, (kind,)), verdict
        assert verdict.finding == words


@pytest.mark.parametrize(("second", "right"), [(2.0, True), (1.5, True), (1.7, False)])
def test_a_given_that_is_printed_twice_may_be_either_after_updates(second, right, tmp_path):
    sheet, answers = tmp_path / "sheet.toml", tmp_path / "answers.toml"
    sheet.write_text(
        'title = "Two updates"\nnetwork = "mlp"\nrate = 0.05\nupdates = 2\nat = "after"\n'
        'asked = ["yhat", "E"]\n[options]\nlayers = 1\nbatch = false\nactivation = "identity"\n'
        "[given]\nx = [1.0, 2.0]\ny = [1.0]\nTheta1 = [[0.25], [0.5]]\n"
        "[restated]\nx = [1.0, 1.5]\n",
        encoding="utf-8",
    )
    x, theta = np.array([1.0, second]), np.array([0.25, 0.5])
    for _ in range(2):
        theta = theta - 0.05 * (x @ theta - 1) * x
    yhat = x @ theta
    error = (yhat - 1) ** 2 / 2
    text = f'[answers]\nyhat = ["{yhat:.5f}"]\nE = "{error:.7f}"\n'
    answers.write_text(text, encoding="utf-8")
    found = mark(sheet, answers)
    assert (found.right == 2) is right
    said = any("the sheet leaves open whether" in note for note in found.notes)
    assert said is (second == 1.5)  # to whom it matters

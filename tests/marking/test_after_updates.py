"""Values after updates: what follows from an earlier one is charged once, roundings count."""

from __future__ import annotations

import pytest

from deltarule.marking import load_sheet, mark
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

"""Mistakes of real students, planted by hand in NumPy, must be found and named."""

from __future__ import annotations

import numpy as np
import pytest
from by_hand import RATE, draw, right, sheet, sigmoid

from deltarule.marking import mark
from deltarule.marking.verdicts import MISTAKE

# Number in the list of students' mistakes, what is asked, the wrong lines, the kind found.
PLANTED = {
    "1 slope lost": ("dE/ds2", {"dE/ds2": lambda q: q["yhat"] - q["y"]}, "slope lost"),
    "2 slope at the sum": (
        "dE/ds2",
        {"dE/ds2": lambda q: q["dE/dyhat"] * q["s2"] * (1 - q["s2"])},
        "slope at the wrong place",
    ),
    "2 squashed twice": (
        "dE/ds2",
        {"dE/ds2": lambda q: q["dE/dyhat"] * sigmoid(q["yhat"]) * (1 - sigmoid(q["yhat"]))},
        "slope at the wrong place",
    ),
    "3 slope of the upstream": (
        "dE/ds2",
        {"dE/ds2": lambda q: q["dE/dyhat"] * q["dE/dyhat"] * (1 - q["dE/dyhat"])},
        "slope at the wrong place",
    ),
    "5 sign": ("dE/dyhat", {"dE/dyhat": lambda q: q["y"] - q["yhat"]}, "sign"),
    "5 step up the slope": (
        "Theta2 after",
        {"Theta2 after": lambda q: q["Theta2"] + RATE * q["dE/dTheta2"]},
        "sign",
    ),
    "6 factor 2": ("dE/dyhat", {"dE/dyhat": lambda q: 2 * (q["yhat"] - q["y"])}, "constant factor"),
    "6 divided by N": (
        "dE/dTheta2",
        {"dE/dTheta2": lambda q: q["h1"].T @ q["dE/ds2"] / len(q["h1"])},
        "mean for sum",
    ),
    "7 bias: first row": ("dE/db2", {"dE/db2": lambda q: q["dE/ds2"][0]}, "one path only"),
    "7 bias: mean": ("dE/db2", {"dE/db2": lambda q: q["dE/ds2"].mean(0)}, "mean for sum"),
    "10 weights lost": (
        "dE/dh1",
        {"dE/dh1": lambda q: np.repeat(q["dE/ds2"].sum(1)[:, None], q["h1"].shape[1], 1)},
        "weights lost",
    ),
    "11 weights for activations": (
        "dE/dTheta2",
        {"dE/dTheta2": lambda q: q["Theta2"] * q["dE/ds2"].sum(0)},
        "weights where activations belong",
    ),
    "12 updated weights": (
        "dE/dh1",
        {"dE/dh1": lambda q: q["dE/ds2"] @ q["Theta2 after"].T},
        "updated weights used",
    ),
    "14 one output's path": (
        "dE/dh1",
        {"dE/dh1": lambda q: q["dE/ds2"][:, :1] @ q["Theta2"].T[:1]},
        "one path only",
    ),
    "slope forgotten in the hidden layer": (
        "dE/dTheta1",
        {"dE/ds1": lambda q: q["dE/dh1"]},
        "slope lost",
    ),
    "tanh's slope": (
        "dE/ds1",
        {"dE/ds1": lambda q: q["dE/dh1"] * (1 - q["h1"] ** 2)},
        "slope of another function",
    ),
    "bias forgotten": ("s2", {"s2": lambda q: q["h1"] @ q["Theta2"]}, "summand lost"),
}


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_named(name, seed):
    asked, wrong, kind = PLANTED[name]
    givens = draw(seed, (3, 2, 4, 2))
    written = right(givens, **wrong)
    verdict = mark(sheet(givens, {asked: written[asked]}, 5)).verdicts[-1]
    assert verdict.verdict == MISTAKE, verdict
    assert kind in verdict.mistakes, verdict
    assert verdict.expected != verdict.given


def test_a_transposed_square_matrix_is_named():
    givens = draw(5, (3, 2, 3, 3))
    wrong = right(givens, **{"dE/dh1": lambda q: q["dE/ds2"] @ q["Theta2"]})
    verdict = mark(sheet(givens, {"dE/dh1": wrong["dE/dh1"]}, 5)).verdicts[-1]
    assert verdict.mistakes == ("transposed",)
    assert "Θ₂ stands transposed" in verdict.finding


def test_a_mistake_far_back_is_named_where_it_happened():
    givens = draw(3, (3, 2, 4, 2))
    written = right(givens, **{"dE/ds2": lambda q: q["dE/dyhat"]})
    verdict = mark(sheet(givens, {"dE/db2": written["dE/db2"]}, 5)).verdicts[-1]
    assert verdict.mistakes == ("slope lost",)
    assert "∂E/∂s₂" in verdict.finding


def test_two_mistakes_are_offered_where_the_digits_can_tell():
    givens = draw(4, (3, 2, 4, 2))
    written = right(
        givens,
        **{"dE/ds2": lambda q: q["dE/dyhat"], "dE/dTheta2": lambda q: -q["h1"].T @ q["dE/ds2"]},
    )
    verdict = mark(sheet(givens, {"dE/dTheta2": written["dE/dTheta2"]}, 6)).verdicts[-1]
    assert set(verdict.mistakes) == {"slope lost", "sign"}


def test_too_few_digits_name_no_pair():
    givens = draw(4, (3, 2, 4, 2))
    verdict = mark(sheet(givens, {"E": np.array(0.37)}, 2)).verdicts[-1]
    assert len(verdict.mistakes) <= 1

"""Zeros, and weights that stay as they were: short numbers of which no digit is left out."""

import numpy as np
import pytest

from deltarule.arithmetic.printed import Printed
from deltarule.marking import mark
from deltarule.marking.sheet_files.answers import Answers
from deltarule.marking.sheet_files.arrays import read_numbers
from deltarule.marking.sheet_files.sheets import Rounding, Run, Sheet
from deltarule.marking.verdicts import FOLLOWS, RIGHT, TRIVIAL

RELU = {"layers": 2, "activation": "relu", "output_activation": "sigmoid"}
RELU |= {"orientation": "ThetaTx", "batch": False}
UNITS = {
    "x": np.array([1.0, -0.5]),
    "y": np.array([1.0]),
    "Theta1": np.array([[1.2, -2.1, 0.5], [-0.3, 0.7, 1.0]]),
    "Theta2": np.array([[-0.2], [0.5], [1.3]]),
}


def written(first: float) -> dict[str, np.ndarray]:
    """A network whose hidden units are off but for one, from its first pre-activation on; what is
    short is written shortly."""
    s1 = np.array([first, -2.45, 0.0])
    h1 = np.maximum(s1, 0)
    yhat = np.round(1 / (1 + np.exp(-UNITS["Theta2"].T @ h1)), 3)
    delta = np.round((yhat - 1) * yhat * (1 - yhat), 3)
    before = np.round(UNITS["Theta2"] @ delta, 3)
    back = before * (s1 > 0)
    gradient = np.outer(UNITS["x"], back)
    lines = {
        "s1": s1,
        "h1": h1,
        "s2": UNITS["Theta2"].T @ h1,
        "yhat": yhat,
        "dE/ds2": delta,
        "dE/dTheta2": np.outer(h1, delta),
        "dE/dh1": before,
        "dE/ds1": back,
        "dE/dTheta1": gradient,
        "Theta1 after": UNITS["Theta1"] - gradient,
    }
    short = np.vectorize(lambda v: repr(round(v + 0.0, 3)).removesuffix(".0"), otypes=[object])
    return {n: short(v) for n, v in lines.items()}


def verdicts(first: float, policy: dict):
    """What is said of that network's lines."""
    run = Run(
        "t",
        "mlp",
        RELU,
        rate=Printed("1"),
        updates=1,
        rounding=Rounding(**policy),
        given={n: read_numbers(v.astype(str).tolist(), n) for n, v in UNITS.items()},
    )
    answers = {n: read_numbers(v.tolist(), n) for n, v in written(first).items()}
    return mark(Sheet("t", "", "t.py", (run,)), Answers(None, "", answers, "t.toml")).verdicts


@pytest.mark.parametrize("policy", [{"decimals": 3}, {}])
def test_a_zero_that_is_exactly_so_needs_no_more_digits(policy):
    found = verdicts(1.35, policy)
    assert all(v.right for v in found), found
    # The same where all units are off by a mistake: 0, and weights as they were, are what follows.
    found = verdicts(-1.35, policy)
    said = {v.quantity: v.verdict for v in found if v.quantity != "s1"}
    follows = {FOLLOWS, TRIVIAL} if policy else {FOLLOWS, TRIVIAL, RIGHT}
    assert set(said.values()) <= follows and said["s2"] == FOLLOWS, found
    assert {v.given for v in found if v.quantity == "dE/ds1"} == {"(0, 0, 0)"}

"""Slips that people make in every network, planted in NumPy: each must be named as what it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from by_hand import RATE, draw, printed, right, sheet, sigmoid

from deltarule.marking import load_sheet, mark
from deltarule.marking.sheet_files.answers import Answers
from deltarule.marking.sheet_files.arrays import read_numbers
from deltarule.marking.verdicts import MISTAKE, RIGHT

SIZES = (3, 2, 4, 2)


def relu(z):
    return np.maximum(z, 0)


def leaky(z):
    return np.where(z > 0, z, 0.01 * z)


def with_entry(q, name, entry, value):
    """The same givens with one entry read otherwise."""
    array = q[name].copy()
    array[entry] = value
    return {**q, name: array}


def s1(q):
    return q["x"] @ q["Theta1"] + q["b1"]


def exchanged(array, one, two):
    order = np.arange(len(array))
    order[[one, two]] = order[[two, one]]
    return array[order]


RELU = {
    "h1": lambda q: relu(q["s1"]),
    "yhat": lambda q: relu(q["s2"]),
    "dE/ds2": lambda q: q["dE/dyhat"] * (q["s2"] > 0),
}
LEAKY = {
    "h1": lambda q: leaky(q["s1"]),
    "yhat": lambda q: leaky(q["s2"]),
    "dE/ds2": lambda q: q["dE/dyhat"] * np.where(q["s2"] > 0, 1, 0.01),
}

# What is asked, the wrong lines, the kind found, and options.
PLANTED = {
    "4 slope with a cross-entropy": ("dE/ds2", {}, "slope twice", {"loss": "binary_cross_entropy"}),
    "8 bias from the weights": (
        "dE/db2",
        {"dE/db2": lambda q: q["dE/dTheta2"].sum(0)},
        "bias from weights",
        {},
    ),
    "13 error in proportion to the weights": (
        "dE/dh1",
        {"dE/dh1": lambda q: q["dE/ds2"] @ (q["Theta2"] / q["Theta2"].sum(0)).T},
        "error shared out",
        {},
    ),
    "18 mask of the upstream gradient": (
        "dE/ds1",
        {**RELU, "dE/ds1": lambda q: q["dE/dh1"] * (q["dE/dh1"] > 0)},
        "slope at the wrong place",
        {"activation": "relu"},
    ),
    "18 leaky slope on the wrong side": (
        "dE/ds1",
        {**LEAKY, "dE/ds1": lambda q: q["dE/dh1"] * np.where(q["s1"] > 0, 0.01, 1)},
        "slopes exchanged",
        {"activation": "leaky_relu"},
    ),
    "another leaky slope": (
        "dE/ds1",
        {**LEAKY, "dE/ds1": lambda q: q["dE/dh1"] * np.where(q["s1"] > 0, 1, 0.2)},
        "constant misremembered",
        {"activation": "leaky_relu"},
    ),
    "no slope below zero": (
        "dE/ds1",
        {**LEAKY, "dE/ds1": lambda q: q["dE/dh1"] * np.where(q["s1"] > 0, 1, 0)},
        "constant misremembered",
        {"activation": "leaky_relu"},
    ),
    "σ with e^(+s)": ("h1", {"h1": lambda q: sigmoid(-q["s1"])}, "sign in the exponent", {}),
    "ten times the learning rate": (
        "Theta2 after",
        {"Theta2 after": lambda q: q["Theta2"] - 10 * RATE * q["dE/dTheta2"]},
        "another learning rate",
        {},
    ),
    "the default learning rate": (
        "Theta2 after",
        {"Theta2 after": lambda q: q["Theta2"] - 0.1 * q["dE/dTheta2"]},
        "another learning rate",
        {},
    ),
    "two digits of a given": (
        "s1",
        {"s1": lambda q: s1(with_entry(q, "Theta1", (1, 2), 0.31))},
        "given misread",
        {},
    ),
    "weights read row by row": (
        "s1",
        {"s1": lambda q: q["x"] @ q["Theta1"].reshape(4, 2).T + q["b1"]},
        "layout",
        {},
    ),
    "rows of the weights exchanged": (
        "s1",
        {"s1": lambda q: q["x"] @ exchanged(q["Theta1"], 0, 1) + q["b1"]},
        "layout",
        {},
    ),
    "columns of the result exchanged": (
        "dE/dTheta1",
        {"dE/dTheta1": lambda q: exchanged((q["x"].T @ q["dE/ds1"]).T, 1, 3).T},
        "layout",
        {},
    ),
    "biases from their other end": (
        "s1",
        {"s1": lambda q: q["x"] @ q["Theta1"] + q["b1"][::-1]},
        "layout",
        {},
    ),
    "entries in reverse order": (
        "dE/db1",
        {"dE/db1": lambda q: q["dE/ds1"].sum(0)[::-1]},
        "layout",
        {},
    ),
    "decimal point": (
        "dE/dTheta2",
        {"dE/dTheta2": lambda q: 10 * q["h1"].T @ q["dE/ds2"]},
        "decimal point",
        {},
    ),
    "h for s": (
        "s2",
        {"s2": lambda q: sigmoid(q["h1"] @ q["Theta2"] + q["b2"])},
        "s and h exchanged",
        {},
    ),
    "s for h in the weights' gradient": (
        "dE/dTheta2",
        {"dE/dTheta2": lambda q: q["s1"].T @ q["dE/ds2"]},
        "s and h exchanged",
        {},
    ),
    "not squared": ("E", {"E": lambda q: np.sum(q["y"] - q["yhat"]) / 2}, "power", {}),
    "mean over the outputs": (
        "E",
        {"E": lambda q: np.sum((q["y"] - q["yhat"]) ** 2) / 2 / 3},
        "mean for sum",
        {},
    ),
    "log₁₀": (
        "E",
        {
            "E": lambda q: (
                -np.sum(q["y"] * np.log10(q["yhat"]) + (1 - q["y"]) * np.log10(1 - q["yhat"]))
            )
        },
        "another logarithm",
        {"loss": "binary_cross_entropy"},
    ),
}


def written(case: str, seed: int):
    asked, wrong, _, options = PLANTED[case]
    givens = draw(seed, SIZES)
    givens["Theta1"][1, 2], givens["Theta1"][0, 1] = 0.13, -0.72
    return sheet(givens, {asked: right(givens, **wrong)[asked]}, 6, **options)


def test_a_sign_lost_by_a_student_is_named():
    givens = draw(4, SIZES)
    givens["Theta1"][0, 1] = -0.72
    values = right(givens, s1=lambda q: s1(with_entry(q, "Theta1", (0, 1), 0.72)))
    numbers = {"s1": printed(values["s1"], 5, "s1")}
    blank = sheet(givens, {}, 5)
    run = replace(blank.runs[0], asked=("s1",))
    found = mark(replace(blank, runs=(run,)), Answers(None, "", numbers, "here")).verdicts[-1]
    assert found.mistakes == ("given misread",)
    assert found.finding == "Θ₁[0, 1] is read as 0.72, not −0.72: the sign is lost"


def test_what_is_rounded_first_and_doubled_then_is_a_factor(tmp_path):
    network = 'title = "t"\nnetwork = "mlp"\noptions = { layers = 2, batch = false }\n'
    givens = (
        "rounding = { decimals = 4 }\n[given]\nx = [0.47, -1.57]\ny = [1]\n"
        "Theta1 = [[0.42, -0.73], [0.55, 0.28]]\nTheta2 = [[0.62], [-0.91]]\n[published]\n"
    )
    path = tmp_path / "sheet.toml"
    wrong = '"dE/dTheta2" = [-0.0880, -0.0812]\n'  # of −0.043951 and −0.040632
    path.write_text(f"{network}{givens}{wrong}", encoding="utf-8")
    (verdict,) = mark(load_sheet(path)).verdicts
    assert (verdict.verdict, verdict.mistakes) == (MISTAKE, ("constant factor",))
    assert verdict.finding == "a factor 2 too much, on top of a value that is rounded already"


def test_digits_that_a_sheet_pads_are_swapped_too(tmp_path):
    network = 'title = "t"\nnetwork = "mlp"\noptions = { layers = 1, batch = false }\n'
    givens = "[given]\nx = [0.31, -1.50]\nTheta1 = [[0.42, -0.73], [0.55, 0.28]]\ny = [1, 0]\n"
    path = tmp_path / "sheet.toml"
    path.write_text(f"{network}{givens}[published]\ns1 = [-0.4473, -0.5203]\n", encoding="utf-8")
    (verdict,) = mark(load_sheet(path)).verdicts
    assert verdict.finding == "x[1] is read as −1.05, not −1.50: two digits are swapped"


@pytest.mark.parametrize("case", PLANTED)
def test_a_slip_is_named(case):
    verdict = mark(written(case, 4)).verdicts[-1]
    assert verdict.verdict == MISTAKE, verdict
    assert verdict.mistakes == (PLANTED[case][2],), verdict


def test_the_slope_of_another_layer_is_named():
    givens = draw(6, (3, 3, 2, 2))
    wrong = right(givens, **{"dE/ds1": lambda q: q["dE/dh1"] * q["yhat"] * (1 - q["yhat"])})
    verdict = mark(sheet(givens, {"dE/ds1": wrong["dE/ds1"]}, 6)).verdicts[-1]
    assert verdict.mistakes == ("slope at the wrong layer",)
    assert verdict.finding == "the slope is that of ŷ, not of h₁"


def test_a_product_of_the_wrong_way_round_is_named():
    givens = draw(5, (3, 2, 3, 3))
    wrong = right(givens, **{"dE/dTheta2": lambda q: q["dE/ds2"].T @ q["h1"]})
    verdict = mark(sheet(givens, {"dE/dTheta2": wrong["dE/dTheta2"]}, 6)).verdicts[-1]
    assert verdict.mistakes == ("layout",)
    assert "it stands transposed" in verdict.finding


def test_one_number_of_few_digits_is_no_evidence_of_a_number_misread():
    givens = draw(7, SIZES)
    found = mark(sheet(givens, {"E": np.array(0.43)}, 2)).verdicts[-1]
    assert "given misread" not in found.mistakes
    assert found.verdict != RIGHT


def exchanged_digits(text):
    at = next(k for k in range(2, 6) if text[k] != text[k + 1])
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (exchanged_digits, "two digits are exchanged"),
        (lambda text: text[2] + "." + text[3:], "the decimal point stands one place too far right"),
    ],
)
def test_one_entry_written_down_wrongly_is_named(write, said):
    givens = draw(4, SIZES)
    exact = sheet(givens, {"h1": right(givens)["h1"]}, 5).runs[0].published["h1"]
    rows = np.vectorize(lambda n: n.text, otypes=[object])(np.array(exact, dtype=object)).tolist()
    rows[1][2] = write(rows[1][2])
    run = replace(sheet(givens, {}, 5).runs[0], published={"h1": read_numbers(rows, "h1")})
    found = mark(replace(sheet(givens, {}, 5), runs=(run,))).verdicts
    assert [v.verdict for v in found] == [RIGHT, MISTAKE]
    assert (found[1].mistakes, found[1].finding) == (("misprint",), said)

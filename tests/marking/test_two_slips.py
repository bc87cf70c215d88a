"""Two slips in one line, planted in NumPy: both must be named, whatever the shape hides."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from by_hand import draw, right, sheet

from deltarule.marking import mark
from deltarule.marking.verdicts import MISTAKE, WRONG

ASKED = ("s1", "h1", "s2", "yhat", "dE/dyhat", "dE/ds2", "dE/dTheta2", "dE/dh1", "dE/ds1",
         "dE/dTheta1")  # fmt: skip

#: What is done to a result, and the kinds that it may be called.
ON_TOP = {
    "sign": (lambda v: -v, {"sign"}),
    "twice": (lambda v: 2 * v, {"constant factor"}),
    "transposed": (lambda v: v.T, {"layout"}),
}
#: What is computed instead of a gradient of weights, and the kinds.
WORKED = {
    "slope lost": (lambda q: q["h1"].T @ q["dE/dyhat"], {"slope lost"}),
    "mean": (lambda q: q["dE/dTheta2"] / len(q["x"]), {"mean for sum"}),
    "weights": (lambda q: q["Theta2"] * q["dE/ds2"].sum(0), {"weights where activations belong"}),
    "upstream lost": (
        lambda q: np.repeat(q["h1"].sum(0)[:, None], q["y"].shape[1], axis=1),
        {"upstream lost", "factor lost"},
    ),
}


def pairs():
    for one, two in combinations(ON_TOP, 2):
        (first, named), (second, also) = ON_TOP[one], ON_TOP[two]
        yield (
            f"{one} and {two}",
            lambda q, first=first, second=second: second(first(q["dE/dTheta2"])),
            (named, also),
        )
    for one, (worked, named) in WORKED.items():
        for two, (second, also) in ON_TOP.items():
            yield (
                f"{one} and {two}",
                lambda q, worked=worked, second=second: second(worked(q)),
                (named, also),
            )


@pytest.mark.parametrize("rest", ["alone", "beside right lines"])
@pytest.mark.parametrize("wrong, kinds", [pytest.param(w, k, id=n) for n, w, k in pairs()])
def test_both_slips_in_a_square_gradient_are_named(wrong, kinds, rest):
    givens = draw(5, (3, 2, 2, 2))
    values = right(givens)
    asked = {q: values[q] for q in ASKED if rest != "alone"}
    asked["dE/dTheta2"] = wrong(values)
    (found,) = [v for v in mark(sheet(givens, asked, 6)).verdicts if v.quantity == "dE/dTheta2"]
    assert found.verdict == MISTAKE, found
    assert len(found.mistakes) == 2, found
    assert any(k in kinds[0] for k in found.mistakes), found
    assert any(k in kinds[1] for k in found.mistakes), found


def test_factors_and_terms_of_one_line_are_put_together():
    givens = draw(6, (2, 2, 3, 2))
    values = right(givens)
    slope_wrong = (values["yhat"] - 2 * values["y"]) * values["yhat"] * (1 + values["yhat"])
    asked = {"dE/dyhat": values["dE/dyhat"], "dE/ds2": -2 * values["dE/ds2"]}
    (found,) = [v for v in mark(sheet(givens, asked, 6)).verdicts if v.quantity == "dE/ds2"]
    assert found.verdict == MISTAKE
    assert sorted(found.mistakes) == ["constant factor", "sign"], found
    asked = {"dE/dyhat": values["dE/dyhat"], "dE/ds2": slope_wrong}
    (found,) = [v for v in mark(sheet(givens, asked, 6)).verdicts if v.quantity == "dE/ds2"]
    assert found.verdict == WRONG  # three slips are no two


@pytest.mark.parametrize(
    "formula, slip",
    [
        ("-sum(n, h1[n,m] * dE/ds2[n,d])", "the sign is turned round"),
        ("2·Σ_n h1[n,m]·dE/ds2[n,d]", "a factor 2 too much"),
        ("-(dE/ds2)^T h1", "the sign is turned round"),
        ("(yhat - y)^T h1", "slope"),
    ],
)
def test_a_transposed_formula_with_a_slip_is_named(formula, slip):
    own = sheet(draw(5, (3, 2, 3, 2)), {}, 4)
    run = replace(own.runs[0], formulas={"dE/dTheta2": formula})
    (found,) = mark(replace(own, runs=(run,))).verdicts
    assert found.verdict == MISTAKE, found
    assert found.finding.startswith("transposed: this is (∂E/∂Θ₂)ᵀ"), found
    assert slip in found.finding and len(found.mistakes) == 2, found


@pytest.mark.parametrize(
    "sizes, shown",
    [
        ((3, 2, 2, 2), r"is ((\S+, \S+), (\S+, \S+)) here"),
        ((3, 2, 3, 3), r"is ((\S+, \S+, \S+), (\S+, \S+, \S+), … and 3 more) here"),
    ],
)
def test_right_values_in_a_sentence_have_their_shape(sizes, shown):
    givens = draw(7, sizes)
    values = right(givens)
    strange = values["dE/dTheta2"] + np.arange(sizes[2] * sizes[3]).reshape(sizes[2:]) ** 2 + 0.3
    (found,) = mark(sheet(givens, {"dE/dTheta2": strange}, 4)).verdicts
    pattern = shown.replace("(", r"\(").replace(")", r"\)")
    assert re.search(pattern, found.finding), found.finding


@pytest.mark.parametrize("quantity", ["dE/dyhat", "dE/ds2", "dE/dTheta2"])
@pytest.mark.parametrize("seed", range(4))
def test_a_sign_on_top_of_values_that_are_rounded_on_the_way_is_one_mistake(seed, quantity):
    givens = draw(seed, (3, 2, 3, 2))
    finer = right(givens, yhat=lambda q: np.round(1 / (1 + np.exp(-q["s2"])), 5))
    asked = {q: finer[q] for q in ("s1", "h1", "s2", "yhat")}
    asked[quantity] = -np.round(finer[quantity], 5)
    found = [v for v in mark(sheet(givens, asked, 4)).verdicts if v.quantity == quantity]
    assert [v.verdict for v in found] == [MISTAKE], found
    assert found[0].mistakes == ("sign",) and len(found[0].wrong) == finer[quantity].size

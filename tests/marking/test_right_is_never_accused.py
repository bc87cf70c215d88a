"""A right value is never accused, however it was rounded; what follows from a slip follows."""

from __future__ import annotations

import numpy as np
import pytest
from by_hand import draw, right, sheet
from hypothesis import given, settings
from hypothesis import strategies as st

from deltarule.arithmetic.exact import Rounded, fraction
from deltarule.marking import mark
from deltarule.marking.sheet_files.sheets import Rounding
from deltarule.marking.verdicts import CARRIED, FOLLOWS, RIGHT, TOO_FEW, WRONG

ASKED = ("s1", "h1", "s2", "yhat", "E", "dE/dyhat", "dE/ds2", "dE/dTheta2", "dE/dh1",
         "dE/dTheta1", "Theta2 after")  # fmt: skip


@settings(max_examples=8, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    decimals=st.integers(2, 6),
    asked=st.sets(st.sampled_from(ASKED), min_size=2, max_size=4),
)
def test_exactly_carried_values_are_right(seed, decimals, asked):
    givens = draw(seed, (2, 2, 3, 2))
    values = right(givens)
    marking = mark(sheet(givens, {q: values[q] for q in ASKED if q in asked}, decimals))
    said = {v.quantity: v.verdict for v in marking.verdicts}
    # 0.00 for 0.004 is right, but shows nothing where the sheet does not ask for two decimals.
    coarse = {q for q in asked if np.max(np.abs(values[q])) < 2 * 10.0**-decimals}
    assert {v for q, v in said.items() if q not in coarse} <= {RIGHT, CARRIED}
    assert {said[q] for q in coarse} <= {RIGHT, CARRIED, TOO_FEW}
    assert coarse or marking.right == marking.of


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("decimals", [2, 3])
def test_values_carried_line_by_line_are_right(seed, decimals):
    givens = draw(seed, (2, 2, 3, 2))
    rounding = Rounding(decimals)
    exact = sheet(givens, {"s1": right(givens)["s1"]}, decimals, rounding)
    values = _worked_by_hand(exact, decimals)
    marking = mark(sheet(givens, {q: values[q] for q in ASKED}, decimals, rounding))
    assert {v.verdict for v in marking.verdicts} <= {RIGHT, CARRIED}


def _worked_by_hand(on_paper, decimals):
    """Every line rounded before it is used."""
    from deltarule.marking.run_computations import run_computation

    computation = run_computation(on_paper.runs[0], (), {})
    arrays = computation.compute(Rounded(decimals)).arrays
    return {
        name: np.vectorize(lambda v: float(fraction(v)))(array) for name, array in arrays.items()
    }


@pytest.mark.parametrize("seed", range(3))
def test_what_follows_from_a_wrong_value_follows(seed):
    givens = draw(seed, (2, 2, 3, 2))
    values = right(givens)
    slip = values["s2"].copy()
    slip[0, 0] += 0.777
    later = right(givens, s2=lambda q: slip)
    published = {"s1": values["s1"], "s2": slip, "yhat": later["yhat"], "E": later["E"]}
    found = {(v.quantity, v.index): v.verdict for v in mark(sheet(givens, published, 5)).verdicts}
    assert found["s2", (0, 0)] == WRONG
    assert found["yhat", None] == FOLLOWS
    assert found["E", None] == FOLLOWS


def test_a_given_with_the_wrong_sign_is_mended():
    givens = draw(8, (2, 2, 3, 2))
    values = right(givens)
    misprinted = {**givens, "Theta1": givens["Theta1"].copy()}
    misprinted["Theta1"][1, 2] *= -1
    asked = {q: values[q] for q in ("s1", "h1", "yhat", "dE/dTheta1")}
    verdicts = mark(sheet(misprinted, asked, 4)).verdicts
    assert verdicts[0].verdict == "contradictory given"
    assert (verdicts[0].quantity, verdicts[0].index) == ("Theta1", (1, 2))
    assert "with the other sign" in verdicts[0].finding
    assert all(v.right for v in verdicts[1:])

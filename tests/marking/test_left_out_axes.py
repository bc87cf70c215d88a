"""Formulas of tensors in the shapes that a sheet prints, where axes of length 1 are left out."""

from dataclasses import replace

import pytest

from deltarule.marking.formula_verdicts import judged_formulas
from deltarule.marking.sheet_files.arrays import read_numbers
from deltarule.marking.sheet_files.sheets import load_sheet
from deltarule.marking.verdicts import MISTAKE, RIGHT

SLOPES = "h1 * (1 - h1)"
ERROR = "(yhat - y)*yhat*(1 - yhat)"


def verdict(formula, quantity="dE/dTheta1", **given):
    """What is said of a formula on the slide's sheet, on which Θ₂ is a vector, and y a number."""
    run = load_sheet("slide").runs[0]
    given = {name: read_numbers(value, name) for name, value in given.items()}
    run = replace(run, given={**run.given, **given})
    (found,) = judged_formulas(run, 1, {quantity: formula}, {})
    return found.verdict, found.finding


@pytest.mark.parametrize(
    ("quantity", "formula"),
    [
        ("dE/dTheta1", f"np.outer(x, {ERROR} * Theta2 * {SLOPES})"),
        ("dE/dTheta1", "x ⊗ ((ŷ − y) ŷ (1 − ŷ) Θ₂ ⊙ h₁ ⊙ (1 − h₁))"),
        ("dE/dTheta1", r"x \left(\delta_2 \Theta_2 \odot \sigma'(s_1)\right)^\top"),
        ("dE/dTheta1", "x[d] * dE/ds2 * Theta2[m] * h1[m] * (1 - h1[m])"),
        ("dE/dh1", "δ2 Θ2"),
    ],
)
def test_a_vector_on_the_sheet_may_be_one_in_a_formula(quantity, formula):
    right, finding = verdict(formula, quantity)
    assert right == RIGHT and finding.startswith("right with this sheet's M = 1")


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        (f"np.outer(x, {ERROR} * Theta2)", "the slope between them is lost"),
        (f"np.outer(x, (yhat - y) * Theta2 * {SLOPES})", "is missing"),
        (f"np.outer({ERROR} * Theta2 * {SLOPES}, x)", "transposed"),
        (f"-np.outer(x, {ERROR} * Theta2 * {SLOPES})", "sign"),
    ],
)
def test_a_wrong_formula_of_vectors_has_its_cause(formula, said):
    kind, finding = verdict(formula)
    assert kind == MISTAKE and said in finding


def test_what_is_printed_as_a_matrix_is_none():
    column = [["-0.2"], ["0.5"], ["1.3"]]
    kind, finding = verdict("δ2 Θ2", "dE/dh1", Theta2=column)
    assert kind == MISTAKE and "sum over the axis of M" in finding

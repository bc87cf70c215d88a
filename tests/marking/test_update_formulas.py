"""Formulas of updates: however an assignment is typed, and every slip in them by its own name."""

from __future__ import annotations

import pytest

from deltarule.marking import load_sheet, run_computations
from deltarule.marking.formula_verdicts import judged_formulas
from deltarule.marking.verdicts import MISTAKE, RIGHT, UNREADABLE

SHEET = """
title = "An update"
network = "mlp"
rate = {rate}
updates = 1
asked = ["Theta1 after"]
[options]
layers = 2
bias = false
orientation = "ThetaTx"
batch = false
[given]
x = [0.7, -0.4]
y = [0.3]
Theta1 = [[0.5, -0.3, 0.1], [0.8, 0.2, -0.6]]
Theta2 = [[0.4], [0.1], [-0.9]]
"""
RATES = ("0.5", "1", '"1/3"')


@pytest.fixture(scope="module", params=RATES)
def marked(request, tmp_path_factory):
    """The verdict on a formula, on a sheet with a learning rate; and the rate, as it is typed."""
    path = tmp_path_factory.mktemp("update") / "sheet.toml"
    path.write_text(SHEET.format(rate=request.param))
    run, known = load_sheet(path).runs[0], {}
    rate = request.param.strip('"')
    assert run_computations.derivation_of(run, known)

    def verdict(formula, quantity="Theta1 after"):
        (found,) = judged_formulas(run, 1, {quantity: formula.replace("RATE", rate)}, known)
        return found

    return verdict, rate


@pytest.mark.parametrize(
    "formula",
    [
        "Theta1 - RATE x dE/ds1^T",
        "Theta1 - eta * np.outer(x, dE/ds1)",
        "Theta1 - γ x ⊗ δ1",
        "Theta1 - lr * x[:,None]*ds1[None,:]",
        "Theta1 -= RATE * np.outer(x, ds1)",
        "Theta1 += -RATE * np.outer(x, ds1)",
        "Theta1 := Theta1 - eta x ds1^T",
        "Theta1 = Theta1 - eta x ds1^T",
        "Theta1 ← Theta1 - eta x ds1^T",
        "Theta1 <- Theta1 - eta dE/dTheta1",
        "Theta1 after = Theta1 - eta dE/dTheta1",
        r"\Theta_1 \leftarrow \Theta_1 - \eta x \delta_1^T",
    ],
)
def test_right_updates_are_right(marked, formula):
    found = marked[0](formula)
    assert found.verdict == RIGHT, found


@pytest.mark.parametrize(
    "formula, kinds, said",
    [
        ("Theta1 - 0.25 x dE/ds1^T", ("another learning rate",), "is taken as 0.25, not γ, which"),
        ("Theta1 -= 2 np.outer(x, ds1)", ("another learning rate",), "is taken as 2, not γ, which"),
        (
            "Theta1 + 0.25 dE/dTheta1",
            ("another learning rate", "sign"),
            "the learning rate is taken as 0.25, not γ, which is RATE; and the step has the wrong "
            "sign",
        ),
        (
            "np.outer(x, dE/ds1)",
            ("summand lost",),
            "this is the gradient ∂E/∂Θ₁ alone: Θ₁ is no part of it",
        ),
        ("3 x ds1^T", ("summand lost",), "this is 3·∂E/∂Θ₁ alone: Θ₁ is no part of it"),
        ("-eta dE/dTheta1", ("summand lost",), "the term Θ₁[d, m] is missing"),
        ("Theta1 + eta x ds1^T", ("sign",), "the term −γ·∂E/∂s₁[m]·x[d] has the wrong sign"),
        (
            "Theta1 - eta np.outer(ds1, x)",
            ("indices exchanged",),
            "transposed: outer(ds1, x) stands where outer(x, ds1) belongs",
        ),
        ("Theta1 - eta δ1 ⊗ x", ("indices exchanged",), "δ1 ⊗ x stands where x ⊗ δ1 belongs"),
    ],
)
def test_slips_in_updates_are_named(marked, formula, kinds, said):
    found = marked[0](formula)
    assert found.verdict == MISTAKE, found
    assert found.mistakes == kinds, found
    assert said.replace("RATE", {"1/3": "0.333333"}.get(marked[1], marked[1])) in found.finding


def test_the_step_is_told_from_the_gradient(marked):
    found = marked[0]("eta x ds1^T")
    what = "gradient ∂E/∂Θ₁" if marked[1] == "1" else "step γ·∂E/∂Θ₁"
    assert found.finding == f"this is the {what} alone: Θ₁ is no part of it"


@pytest.mark.parametrize("formula", ["Theta2 <- Theta1 - x ds1^T", "ds1 -= x"])
def test_an_assignment_to_something_else_is_refused(marked, formula):
    assert marked[0](formula).verdict == UNREADABLE
    assert marked[0]("ds1 <- dh1", "dE/dTheta1").verdict == UNREADABLE

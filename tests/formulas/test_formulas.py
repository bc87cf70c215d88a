"""Formulas as people type them: read, compared, and their mistakes named."""

from __future__ import annotations

import pytest
from once import derived, deriving

from deltarule.errors import DeltaruleError
from deltarule.marking import mark
from deltarule.marking.formula_answers import judge_formula
from deltarule.marking.formula_answers.judging import LOOSE
from deltarule.marking.sheet_files.answers import Answers

CHAIN = deriving("scalar_chain", layers=3)
DENSE = deriving("mlp", layers=2, batch=False)
BATCH = deriving("mlp", layers=2, activation="tanh", bias=True)

RIGHT = [
    (CHAIN, "dL/dtheta3", "∂L/∂ŷ σ′(s₃) h₂"),
    (CHAIN, "dL/dtheta1", "dL/dyhat * σ'(s3) * theta3 * σ'(s2) * theta2 * sigma'(s1) * x"),
    (CHAIN, "∂L/∂θ₂", "∂L/∂ŷ·ŷ·(1−ŷ)·θ₃·h₂·(1 − h₂)·h₁"),
    (CHAIN, "dL/ds3", "dL/dyhat (yhat - yhat²)"),
    (DENSE, "dE/ds2", "(ŷ − y) ŷ (1 − ŷ)"),
    (DENSE, "dE/ds2[m]".split("[")[0], "(yhat[m] - y[m]) * sigmoid'(s2[m])"),
    (DENSE, "dE/dTheta2", "dE/ds2[m] h1[d]"),
    (DENSE, "dL/dh1", "Σ_m dE/ds2[m] Theta2[d,m]"),
    (DENSE, "dE/dh1", "sum[k](dE/ds2[k] * Theta2[j,k])"),
    (BATCH, "dE/db1", "Σ_n dE/ds1[n,m]"),
    (BATCH, "dE/ds1", "dE/dh1 (1 - h1^2)"),
    (BATCH, "dE/dTheta1", "x^T dE/ds1"),
    (BATCH, "dE/dh1", "dE/ds2 Theta2ᵀ"),
    (BATCH, "dE/ds1", "(1 − tanh(s1)^2) ⊙ (dE/ds2 Theta2^T)"),
    (BATCH, "dE/ds1", "σ'(s1) dE/dh1"),
    (DENSE, "dE/dTheta2", "h1 dE/ds2"),
    (DENSE, "dE/dTheta2[1,0]", "dE/ds2[0] h1[1]"),
    (DENSE, "dE/dTheta2[1,0]", "dE/ds2[m] h1[d]"),
    (DENSE, "dyhat/ds2", "ŷ (1 − ŷ)"),
    (DENSE, "dE/dh1", "Σ_{m=0…M − 1} dE/ds2[m] Theta2[d,m] [m ≥ 0]"),
    (CHAIN, "h1", "1/(1 + exp(−s1))"),
    (BATCH, "dE/dTheta1", "Σ_{n} x[n,d]·∂E/∂h₁[n,m]·tanh'(s1[n,m])"),
]

WRONG = [
    (CHAIN, "dL/dtheta1", "∂L/∂ŷ σ′(s₃) h₂ σ′(s₂) h₁ σ′(s₁) x", "activations where weights belong"),
    (CHAIN, "dL/dtheta3", "∂L/∂ŷ h₂", "slope lost"),
    (CHAIN, "dL/dtheta2", "dL/dyhat σ′(s3) theta3 σ'(s2) h1 h1", "factor twice"),
    (DENSE, "dE/ds2", "(y − ŷ) ŷ (1 − ŷ)", "sign"),
    (DENSE, "dE/dTheta2", "dE/ds2[m] Theta2[d,m]", "weights where activations belong"),
    (DENSE, "dE/dh1", "dE/ds2[0] Theta2[d,0]", "one path only"),
    (BATCH, "dE/ds1", "dE/dh1 (1 - h1)", "slope misremembered"),
    (BATCH, "dE/db1", "dE/ds1[0,m]", "one path only"),
]


@pytest.mark.parametrize(("derivation", "quantity", "formula"), RIGHT)
def test_a_right_formula_is_right(derivation, quantity, formula):
    verdict = judge_formula(derivation(), quantity, formula)
    assert verdict.verdict == "right", verdict


@pytest.mark.parametrize(("derivation", "quantity", "formula", "kind"), WRONG)
def test_the_mistake_of_a_wrong_formula_is_named(derivation, quantity, formula, kind):
    verdict = judge_formula(derivation(), quantity, formula)
    assert verdict.verdict == "mistake", verdict
    assert kind in verdict.mistakes, verdict


def test_a_formula_that_nothing_explains_gets_a_counterexample():
    verdict = judge_formula(CHAIN(), "dL/dtheta3", "7 x + theta1^3")
    assert verdict.verdict == "wrong"
    assert "the formula gives" in verdict.finding


@pytest.mark.parametrize(
    ("formula", "sentence"),
    [
        ("", "the formula is empty"),
        ("x +", "the formula ends too early"),
        ("(x", "')' is missing"),
        ("x ) y", "')' is not expected here"),
        ("x ; y", "';' has no meaning in a formula"),
        ("__import__('os')", '"\'" has no meaning in a formula'),
        ("thta1", "thta1 is no quantity here"),
        ("x^theta1", "an exponent must be a number"),
    ],
)
def test_unreadable_formulas_are_refused(formula, sentence):
    with pytest.raises(DeltaruleError) as caught:
        judge_formula(CHAIN(), "dL/dtheta3", formula)
    assert caught.value.fact.startswith(sentence)
    assert caught.value.remedy


def test_an_entry_counts_by_itself():
    verdict = judge_formula(DENSE(), "dE/dTheta2[1,0]", "dE/ds2[0] h1[0]")
    assert (verdict.index, verdict.verdict) == ((1, 0), "wrong")
    assert verdict.expected == "∂E/∂s₂[0]·h₁[1]"


def test_an_unreadable_formula_stops_no_other():
    typed = {"dE/ds2": "(ŷ − y", "dE/dTheta2": "dE/ds2 h1"}
    found = mark("slide", Answers(None, "", {}, "mine.toml", formulas=typed)).verdicts
    told = {v.quantity: (v.verdict, v.finding) for v in found if v.given}
    assert told["dE/ds2"] == (
        "could not read",
        ("')' is missing (dE/ds2, character 6 of '(ŷ − y'): check the brackets"),
    )
    assert told["dE/dTheta2"][0] == "right"


def test_a_missing_index_is_refused():
    assert judge_formula(BATCH(), "dE/db1", "Σ_n dE/ds1").verdict == "right"
    with pytest.raises(DeltaruleError, match="has 2 axes but is read with 1"):
        judge_formula(BATCH(), "dE/db1", "Σ_n dE/ds1[n]")


def test_a_stray_index_is_refused():
    with pytest.raises(DeltaruleError, match="is free in the formula"):
        judge_formula(DENSE(), "dE/ds2", "yhat[m] * h1[q]")


@pytest.mark.parametrize(
    "formula",
    [
        "[Σ_m dE/ds2[m] Theta2[d, m]]",
        "{Σ_m dE/ds2[m] Theta2[d, m]}",
        "Σ_{m}[dE/ds2[m]·Theta2[d, m]]",
        "2·[½·(Σ_m dE/ds2[m]·Theta2[d, m])]",
        "(Σ_m dE/ds2[m] Theta2[d, m])^{1}",
        "[Σ_m {dE/ds2[m]} Theta2[d, m]]·[1 = 1]",
    ],
)
def test_sums_in_brackets_of_any_kind(formula):
    verdict = judge_formula(derived("mlp", layers=2, batch=False), "dE/dh1", formula)
    assert verdict.verdict == "right"


@pytest.mark.parametrize(
    ("quantity", "formula", "verdict"),
    [
        ("dE/dW_hh", "Σ_{t,n} ∂E/∂ŷ[t, n, o]·h[t, n, m]", "wrong"),
        ("dE/dW_hy", "Σ_{t,n} ∂E/∂ŷ[t, n, o]·h[t, n, m]", "right"),
        ("dE/dh", "Σ_o ∂E/∂ŷ[t, n, o]·W_hy[k, o]", "mistake"),
        ("dE/dW_hh", "Σ_{t,n} ∂E/∂h[t, n, m]·(1 − h[t, n, m]²)·h[t − 1, n, k]", "right"),
        ("dE/dh0", "Σ_m ∂E/∂h[0, n, m]·(1 − h[0, n, m]²)·W_hh[k, m]", "right"),
    ],
)
def test_gradients_that_need_themselves_at_other_times(quantity, formula, verdict):
    assert judge_formula(derived("rnn"), quantity, formula).verdict == verdict


@pytest.mark.parametrize(
    "formula",
    [
        "dE/dh1 h1 (1 - h1) + max(0, s1 - 1000)",
        "dE/dh1 h1 (1 - h1) + max(0, 0.0001 - |s1|)",
        "(dE/dh1 if s1 < 5 else 0) h1 (1 - h1)",
    ],
)
def test_a_formula_is_judged_on_both_sides_of_its_kinks(formula):
    verdict = judge_formula(DENSE(), "dE/ds1", formula)
    assert verdict.verdict == "wrong"
    assert "at numbers beyond a kink" in verdict.finding


def test_a_kink_that_no_value_reaches_changes_nothing():
    formula = "dE/dh1 h1 (1 - h1) + max(0, h1 - 2)"
    assert judge_formula(DENSE(), "dE/ds1", formula).verdict == "right"


def test_a_transposed_matrix_is_named_without_indices_too():
    verdict = judge_formula(DENSE(), "dE/dh1", "Theta2ᵀ dE/ds2")
    assert verdict.finding == "transposed: Θ₂ᵀ stands where Θ₂ belongs"
    assert judge_formula(DENSE(), "dE/dx", "Theta1.T dE/ds1").verdict == "mistake"


def test_a_product_by_entries_that_must_be_another_one_is_accepted_and_said():
    assert judge_formula(DENSE(), "dE/dTheta2", "h1 ⊙ dE/ds2").finding == LOOSE
    assert not judge_formula(DENSE(), "dE/ds1", "Theta2 dE/ds2 ⊙ h1 ⊙ (1 - h1)").finding


NORM = deriving("batch_norm")


@pytest.mark.parametrize(
    ("quantity", "formula", "finding"),
    [
        ("v", "1/(N − 1) Σ_n (x[n,c] − μ[c])²", "divided by N − 1, not by N"),
        ("mu", "1/(N − 1) Σ_n x[n,c]", None),
        ("mu", "1/(N + 1) Σ_n x[n,c]", None),
        ("mu", "1/3 Σ_n x[n,c]", None),
        ("v", "1/(N² − N) Σ_n (x[n,c] − μ[c])²", None),
    ],
)
def test_a_cause_holds_at_every_size(quantity, formula, finding):
    """With N = 3, a factor ½ too much and a missing 1/N would do for 1/(N − 1)."""
    verdict = judge_formula(NORM(), quantity, formula)
    assert verdict.verdict == ("mistake" if finding else "wrong")
    assert finding is None or verdict.finding == finding

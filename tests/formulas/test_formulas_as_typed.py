"""Formulas with the names and signs of lectures and calculators; what is said of others."""

from __future__ import annotations

import pytest
from once import derived, deriving

from deltarule.errors import DeltaruleError
from deltarule.marking import load_sheet, mark
from deltarule.marking.formula_answers import judge_formula
from deltarule.marking.sheet_files.answers import Answers, load_answers

DENSE = deriving("mlp", layers=2, activation="tanh", output_activation="sigmoid", batch=False)
BATCH = deriving("mlp", layers=2, activation="tanh", bias=True)

RIGHT = [
    (DENSE, "dE/ds2", "(ŷ-y)·e^(-s2)/(1+e^(-s2))^2"),
    (DENSE, "dE/ds2", "(ŷ-y) ŷ² e^{-s2}"),
    (DENSE, "dE/ds2", "(ŷ[m]-y[m]) e^s2[m]/(1+e^s2[m])²"),
    (DENSE, "dE/ds2", "(ŷ-y)/(2+2cosh(s2))"),
    (DENSE, "dE/ds2", "(ŷ-y)·max(ŷ·(1-ŷ), 0)"),
    (DENSE, "dE/ds2", "(ŷ-y)·sqrt((ŷ·(1-ŷ))^2)"),
    (DENSE, "dE/ds2", "(ŷ-y) |ŷ·(1-ŷ)|"),
    (DENSE, "dE/ds1", "(Θ2 dE/ds2)/cosh(s1)^2"),
    (DENSE, "dE/ds1", "(Θ2 δ2)(1-h1^2)"),
    (DENSE, "dE/ds1", "(Θ2·δ2)∘(1−tanh²(s1))"),
    (DENSE, "dE/ds1", "(Θ2 @ dE/ds2)*sech^2(s1)"),
    (DENSE, "dE/ds1", "sum(Θ2[i,k] dE/ds2[k]) (1-h1[i]²)"),
    (DENSE, "dE/dTheta2", "h1 ⊗ dE/ds2"),
    (DENSE, "dE/dTheta2", "outer(h1, δ₂)"),
    (DENSE, "dE/dTheta2[1,0]", "h1 ⊗ dE/ds2"),
    (DENSE, "E", "1/2 * sum((y-yhat)^2)"),
    (DENSE, "E", "1/2 sum((y[m]-yhat[m])^2)"),
    (DENSE, "E", "1/2 |y-ŷ|²"),
    (DENSE, "E", "‖y-ŷ‖²/2"),
    (BATCH, "dE/dTheta1", "transpose(x) @ ((dE/ds2 Theta2.T) ⊙ sech²(s1))"),
]


@pytest.mark.parametrize(("derivation", "quantity", "formula"), RIGHT)
def test_read_and_right(derivation, quantity, formula):
    verdict = judge_formula(derivation(), quantity, formula)
    assert verdict.verdict == "right", verdict


@pytest.mark.parametrize(
    "formula",
    [
        "(ŷ-y)·e^(s2)/(1+e^(-s2))^2",
        "(ŷ-y)/(2+2sinh(s2))",
        "(ŷ-y)·min(ŷ·(1-ŷ), 0)",
        "sqrt((ŷ-y)^2)·ŷ·(1-ŷ)",
        "(ŷ-y)·ŷ·(1-ŷ)·‖y‖",
    ],
)
@pytest.mark.slow
def test_read_and_not_right(formula):
    assert judge_formula(DENSE(), "dE/ds2", formula).verdict in ("wrong", "mistake")


def test_the_mean_of_one_number_is_no_mean():
    with pytest.raises(DeltaruleError, match="is of a whole vector, not of a number"):
        judge_formula(DENSE(), "E", "mean(‖y-ŷ‖)")


EXCHANGED = [
    (
        DENSE,
        "dE/dTheta2",
        "h1[m]*dE/ds2[d]",
        "transposed: this is (∂E/∂Θ₂)ᵀ, its two indices are exchanged",
    ),
    (DENSE, "dE/dTheta2", "(dE/ds2) h1^T", "transposed"),
    (DENSE, "dE/dTheta2", "dE/ds2 ⊗ h1", "transposed"),
    (BATCH, "dE/dTheta1", "dE/ds1^T x", "transposed"),
    (
        DENSE,
        "dE/ds1",
        "Σ_m Θ2[m,d] dE/ds2[m] (1-h1[d]²)",
        "indices exchanged: Θ2[m,d] stands where Θ2[d,m] belongs",
    ),
    (
        BATCH,
        "dE/dTheta1",
        "Σ_n x[d,n] dE/ds1[n,m]",
        "indices exchanged: x[d,n] stands where x[n,d] belongs",
    ),
]


@pytest.mark.parametrize(("derivation", "quantity", "formula", "finding"), EXCHANGED)
def test_exchanged_indices_are_a_mistake(derivation, quantity, formula, finding):
    verdict = judge_formula(derivation(), quantity, formula)
    assert (verdict.verdict, verdict.mistakes) == ("mistake", ("indices exchanged",))
    assert verdict.finding.startswith(finding)


REFUSED = [
    (
        DENSE,
        "dE/dTheta2",
        "h1[m] + dE/ds2[d]",
        "∂E/∂s₂ has only entries 0…M − 1, and d runs to H₁ − 1 in ∂E/∂Θ₂[d, m]",
        "check the order of the subscripts",
    ),
    (
        DENSE,
        "dE/ds2",
        "y[77777]",
        "a tensor is read where it has no entries",
        "check the subscripts; they count from 0",
    ),
    (
        DENSE,
        "dE/ds1",
        "3·Σ_m Θ2[m,d] dE/ds2[m]",
        "index m runs to M in s2 but to H1 in Theta2",
        "use two indices, or check the order of the subscripts",
    ),
    (
        DENSE,
        "dE/ds1",
        "Θ2^T dE/ds2 ⊙ (1-h1)",
        "the formula is M × H1, but ∂E/∂s₁ is a vector of H1",
        "transpose with ᵀ, sum with Σ_m, or write all indices",
    ),
    (
        BATCH,
        "dE/db1",
        "h1",
        "the formula is N × H1, but ∂E/∂b₁ is a vector of H1",
        "transpose with ᵀ, sum with Σ_m, or write all indices",
    ),
    (
        DENSE,
        "dE/ds2",
        "e^s2^2",
        "a power of a power of e can be read in two ways",
        "write (e^s)^2 or e^(s^2)",
    ),
    (
        DENSE,
        "dE/ds2",
        "tanh⁻¹(s2)",
        "tanh to the power -1 can be read in two ways",
        "write (tanh(s))^(-1)",
    ),
    (
        DENSE,
        "dE/ds2",
        "e",
        "e is no quantity here",
        "Euler's number stands in powers, as in e^(-s); did you mean 'E'?",
    ),
    (DENSE, "dE/ds2", "tahn(s2)", "tahn is no quantity here", "did you mean 'tanh'?"),
    (
        DENSE,
        "dE/ds2",
        "cosh · s2",
        "cosh is no quantity here",
        "parentheses belong around what it is of: cosh(s)",
    ),
    (DENSE, "dE/ds2", "max(s2)", "max( ) of one argument", "write max(a, b), or max_m s[m]"),
    (
        DENSE,
        "dE/dh1",
        "sum(Θ2[i,k] dE/ds2[k])",
        "sum( ) does not say what it is over",
        "write Σ_m s[m]",
    ),
    (
        DENSE,
        "dE/ds2",
        "\\foo{1}{2}",
        "\\foo is not read",
        "write it as a name, such as W, or in plain signs: (a)/(b)",
    ),
]


@pytest.mark.parametrize(("derivation", "quantity", "formula", "fact", "remedy"), REFUSED)
def test_what_is_said_of_others(derivation, quantity, formula, fact, remedy):
    with pytest.raises(DeltaruleError) as caught:
        judge_formula(derivation(), quantity, formula)
    assert (caught.value.fact, caught.value.remedy) == (fact, remedy)


def test_an_unknown_function_is_answered_with_the_known_ones():
    with pytest.raises(DeltaruleError) as caught:
        judge_formula(DENSE(), "dE/ds2", "arccot(s2)")
    assert str(caught.value.remedy).startswith("functions are exp, ln, sigmoid, tanh")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (
            "(ŷ−y)·ŷ",
            "that is a formula (answers.toml, line 2: answers.dE/ds2): put it under [formulas]",
        ),
        (
            "σ(s2)",
            "that is a formula (answers.toml, line 2: answers.dE/ds2): put it under [formulas]",
        ),
        (
            "0.5*0.3",
            "that is a calculation (answers.toml, line 2: answers.dE/ds2): "
            "write the number that comes of it",
        ),
        ("n/a", "'n/a' is not a number"),
        ("see below", "'see below' is not a number"),
        ("half-right", "'half-right' is not a number"),
        ("0.5 cm", "'0.5 cm' is not a number"),
        ("1/0", "'1/0' divides by zero"),
        ("1e-999999999", "'1e-999999999' is nearer to 0 than 10^-10000"),
    ],
)
def test_a_formula_among_the_answers(tmp_path, typed, told):
    path = tmp_path / "answers.toml"
    path.write_text(f'[answers]\n"dE/ds2" = "{typed}"\n', encoding="utf-8")
    (verdict,) = [v for v in mark("slide", load_answers(path)).verdicts if v.given]
    assert verdict.verdict == "could not read"
    assert verdict.finding.replace(str(tmp_path) + "/", "").startswith(told)


OWN_SIZES = """
[sheet]
title = "t"
network = "mlp"
[options]
layers = 2
activation = "tanh"
bias = false
mean = true
[given]
x = [[0.7, -1.3], [1.1, 0.6], [-0.4, 0.8]]
Theta1 = [[0.35, -0.62], [-0.47, 0.23]]
Theta2 = [[0.9], [-0.33]]
y = [[1.0], [0.3], [0.0]]
"""


@pytest.mark.parametrize(
    ("quantity", "typed", "verdict", "finding"),
    [
        ("dE/dyhat", "(yhat - y)/3", "right", "right with this sheet's N = 3; in general it is"),
        ("dE/dyhat", "(yhat - y)/N", "right", ""),
        ("dE/dyhat", "(yhat - y)/2", "mistake", ""),
        ("dE/dyhat", "yhat - y", "mistake", ""),
        ("E", "(E_o[0,0] + E_o[1,0])/3", "wrong", ""),
        ("E", "(E_o[0,0] + E_o[1,0] + E_o[2,0])/3", "right", "right with this sheet's N = 3, M"),
        ("E", "(E_o[0,0] + E_o[1,0] + E_o[3,0])/3", "could not read", "a tensor is read where"),
        ("dE/dyhat[1,0]", "(yhat[1,0] - 0.3)/3", "right", "right with this sheet's y; in general"),
        ("dE/dyhat[1,0]", "(yhat[1,0] - 0.4)/3", "wrong", ""),
    ],
)
def test_a_sheets_own_size_may_be_typed_as_its_number(tmp_path, quantity, typed, verdict, finding):
    sheet = tmp_path / "t.toml"
    sheet.write_text(OWN_SIZES.replace("[sheet]\n", ""), encoding="utf-8")
    answers = Answers(None, "", {}, "t.toml", formulas={quantity: typed})
    (found,) = mark(load_sheet(str(sheet)), answers).verdicts
    assert found.verdict == verdict
    assert found.finding.startswith(finding)


@pytest.mark.parametrize(
    ("typed", "verdict", "finding"),
    [
        ("dy[0] + dy[1]", "right", "right with this sheet's N = 2; in general it is another one"),
        ("dy[0] + dy[0]", "mistake", ""),
        ("dy[1]", "wrong", ""),
    ],
)
def test_a_sum_over_a_sheets_own_size_may_be_written_out(tmp_path, typed, verdict, finding):
    sheet = tmp_path / "t.toml"
    sheet.write_text(
        'title = "t"\nnetwork = "dense"\n[given]\nx = [[1, 2, 3], [4, 5, 6]]\n'
        'W = [[1, 2], [3, 4], [5, 7]]\nb = [1, 2]\n"dL/dy" = [[1, 2], [3, 5]]\n',
        encoding="utf-8",
    )
    answers = Answers(None, "", {}, "t.toml", formulas={"dL/db": typed})
    (found,) = mark(load_sheet(str(sheet)), answers).verdicts
    assert (found.verdict, found.finding[: len(finding)]) == (verdict, finding)


@pytest.mark.parametrize(
    ("name", "quantity", "typed"),
    [
        ("batch_norm_inference", "y", "gamma*(x/mean)/sqrt(var+eps) + beta"),
        ("lstm", "dL/dx[0,0,1]", "∂L/∂g[t/ n,n, m]·(1 − g[t, n, L]²)"),
        ("mlp", "dE/dTheta1", "x.T @ (([N > 0].T ⊙ (Theta2 ds2.T)).T)"),
    ],
)
def test_what_a_fuzzer_found_is_judged_or_refused(name, quantity, typed):
    try:
        judged = judge_formula(derived(name), quantity, typed)
    except DeltaruleError as refused:
        assert refused.fact
    else:
        assert judged.verdict in ("wrong", "mistake")

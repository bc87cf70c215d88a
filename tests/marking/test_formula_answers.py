"""Formulas in five notations: the right ones are right, and of the wrong ones the cause is said."""

from __future__ import annotations

import re

import pytest
from formula_answers import RIGHT, WRONG, network

from deltarule.calculus import derive
from deltarule.errors import DeltaruleError
from deltarule.marking.formula_answers import Grounds, judge_formula
from deltarule.marking.verdicts import COUNT_AS_RIGHT
from deltarule.tracing.random_givens import drawn
from deltarule.tracing.trace import computation_of
from deltarule.typed import typed_network

NOTATIONS = list(RIGHT)
SOFTMAX = "softmax_cross_entropy"


def test_the_table_is_as_long_and_as_wide_as_it_has_to_be():
    assert min(sum(map(len, table.values())) for table in (RIGHT, WRONG)) >= 60
    assert len({row[0] for table in (RIGHT, WRONG) for rows in table.values() for row in rows}) > 12


@pytest.mark.parametrize("notation", NOTATIONS)
def test_right_formulas_are_right(notation):
    for name, quantity, formula in RIGHT[notation]:
        verdict = judge_formula(network(name), quantity, formula)
        assert (verdict.verdict, verdict.finding) == ("right", ""), (quantity, formula)


@pytest.mark.parametrize("notation", NOTATIONS)
def test_wrong_formulas_are_wrong_and_their_causes_named(notation):
    for name, quantity, formula, cause in WRONG[notation]:
        verdict = judge_formula(network(name), quantity, formula)
        assert verdict.verdict not in COUNT_AS_RIGHT
        assert verdict.verdict == "mistake" and re.search(cause, verdict.finding), (
            quantity,
            formula,
            verdict.finding,
        )


@pytest.mark.parametrize("formula", ["dL/dW", "2 dL/dW − dW", "dW[d, m]"])
def test_a_quantity_is_no_formula_for_itself(formula):
    verdict = judge_formula(network("dense"), "dL/dW", formula)
    assert verdict.verdict == "wrong"
    assert verdict.finding == (
        "this says of ∂L/∂W only what it is called, and reads it again; write what it is "
        "computed from"
    )


def test_other_names_of_a_quantity_may_stand_in_a_chain():
    for formula in ("∂E/∂s₂ = δ₂ = (ŷ − y) ŷ (1 − ŷ)", "(ŷ − y) ŷ (1 − ŷ) = δ₂"):
        assert judge_formula(network("one"), "dE/ds2", formula).verdict == "right"


@pytest.mark.parametrize(
    ("formula", "fact"),
    [
        ("np.einsum('nd->dn', x, dout)", "einsum( ) of 2 arrays, with letters for 1"),
        ("np.einsum('nd,nq->dq', x, W)", "the letters 'nd,nq->dq' do not fit N × D, D × M"),
        ("np.einsum('n…,nm', x, dout)", "einsum( ) without letters that can be read"),
        ("np.einsum(x, dout)", "einsum( ) without letters that can be read"),
    ],
)
def test_einsum_refused(formula, fact):
    with pytest.raises(DeltaruleError) as caught:
        judge_formula(network("dense"), "dL/dW", formula)
    assert caught.value.fact == fact


@pytest.mark.parametrize(
    ("name", "quantity", "formula", "fact"),
    [
        (SOFTMAX, "dE/dz", "Σ_k dE/dp[n,k] dz[n,k]/dp[n,c]", "z does not depend on p"),
        (SOFTMAX, "dE/dz", "Σ_k dE/dp[n,k] dq[n,k]/dz[n,c]", "q is no quantity here"),
        (SOFTMAX, "dE/dz", "Σ_k dE/dp[n,k] dp[n,k]/dz[c]", "has 1 index at z, which has 2 axes"),
        (
            "rnn",
            "dE/dh",
            "dE/dh[k,n,m] dh[k,n,m]/dh[t,n,m]",
            "how many times lie between the two is not said",
        ),
        (
            "rnn",
            "dE/dW_hh",
            "Σ_{t,n,o,m} dE/dyhat[t,n,o] dyhat[t,n,o]/dh[t,n,m] dh[t,n,m]/dW_hh[k,j]",
            "can be read in two ways: what comes from earlier times may count, or not",
        ),
        (
            "rnn",
            "dE/dW_hh",
            "Σ_{t,n} dE/dh[t,n,m] ds[t,n,m]/dW_hh[k,m]",
            "can be read in two ways: what comes from earlier times may count, or not",
        ),
    ],
)
def test_what_is_no_derivative_by_entries_is_refused(name, quantity, formula, fact):
    with pytest.raises(DeltaruleError) as caught:
        judge_formula(network(name), quantity, formula)
    assert fact in caught.value.fact


DIRECT = "right; derivatives by entries are read as direct parts, all else held"


@pytest.mark.parametrize(
    ("name", "quantity", "formula", "said"),
    [
        (
            "batch_norm",
            "dL/dx",
            "dL/dxhat[n,c] dxhat[n,c]/dx[n,c] + dL/dv[c] dv[c]/dx[n,c] + dL/dmu[c] dmu[c]/dx[n,c]",
            DIRECT,
        ),
        (
            "lstm",
            "dL/dc",
            "dL/dh[t,n,m] dh[t,n,m]/dc[t,n,m] + dL/dc[t+1,n,m] dc[t+1,n,m]/dc[t,n,m]",
            DIRECT,
        ),
        (
            "rnn",
            "dE/dW_hh",
            "sum_{t,n} dE/ds[t,n,m] ds[t,n,m]/dW_hh[k,m]",
            "right; ds[t,n,m]/dW_hh[k,m] is read at its own time alone",
        ),
        (
            "rnn",
            "dE/dW_hh",
            "Σ_{t,n,j} dE/dh[t,n,j] dh[t,n,j]/dW_hh[k,m]",
            "right; dh[t,n,j]/dW_hh[k,m] is read at its own time alone",
        ),
    ],
)
def test_which_derivative_by_entries_is_meant_is_told(name, quantity, formula, said):
    verdict = judge_formula(network(name), quantity, formula)
    assert (verdict.verdict, verdict.finding) == ("right", said)


@pytest.mark.parametrize(
    ("name", "quantity", "formula", "where"),
    [
        ("conv1d", "y", "b[f] + sum(c, k, w[f,c,k]*x[n,c,i+k])", "D = 1, P = 0 and S = 1"),
        ("rnn", "dE/dh", "Σ_o dE/dyhat[t,n,o] W_hy[m,o] − 2 Σ_k ds[t+1,n,k] W_hh[m,k]", "T = 1"),
        ("dense", "dL/dW", "Σ_n x[n,d]·dy[n,m]·(D/M)²", "D = M"),
        ("conv2d", "dL/db", "Σ_{n,i,j} dy[n,f,i,j]·K/L", "K = L"),
        ("conv2d", "dL/db", "dout.reshape(F, -1).sum(1)", "N = 1"),
        ("rnn", "dE/dh0", "ds[-1] @ W_hh.T", "T = 1"),
    ],
)
def test_where_alone_a_wrong_formula_is_right_is_said(name, quantity, formula, where):
    verdict = judge_formula(network(name), quantity, formula)
    assert verdict.verdict == "wrong"
    assert verdict.finding.startswith(f"right only where {where}; at generic numbers")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("layer", "quantity", "formula", "where"),
    [
        (
            "p = softmax(z); E = −Σ_k t[k] v[k] log(p[k])",
            "dE/dz",
            "(p[k] − t[k]) Σ_j v[j] t[j]",
            "t is one-hot",
        ),
        ("L = sum(x³)", "dL/dx", "3 |x| x", "x is positive"),
        ("L = sum(√(w²))", "dL/dw", "w/w", "w is positive"),
    ],
)
def test_with_what_data_alone_a_wrong_formula_is_right_is_said(layer, quantity, formula, where):
    verdict = judge_formula(derive(typed_network(layer)), quantity, formula)
    assert verdict.verdict == "wrong"
    assert verdict.finding.startswith(f"right only where {where}; at generic numbers")


def test_sizes_that_are_equal_by_chance_hide_no_mistake():
    formula = "sum(k, l, x[n,c,S*i+k-P,S*j+l-P])/(K*{})"
    for size, verdict in (("L", "right"), ("K", "mistake")):
        found = judge_formula(network("avg_pool2d"), "y", formula.format(size))
        assert found.verdict == verdict


def test_a_constant_may_be_typed_as_the_number_that_the_sheet_gives_it():
    derivation = network("regularised_classifier")
    givens, sizes = drawn(derivation, 1)
    own = computation_of(derivation, {**givens, "lambda": "0.3"}, sizes=sizes)
    for number, kind in (("0.6", "right"), ("0.2", "mistake"), ("2 λ", "right")):
        formula = f"x.T @ dz1 + {number} W1"
        verdict = judge_formula(derivation, "dE/dW1", formula, grounds=Grounds(own))
        assert verdict.verdict == kind, (formula, verdict.finding)

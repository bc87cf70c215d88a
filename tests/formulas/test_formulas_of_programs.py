"""Formulas as programs, MATLAB and LaTeX write them; sums without a range; updates."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction

import pytest
from once import deriving

from deltarule.errors import DeltaruleError
from deltarule.formulas.target import target_of
from deltarule.marking.formula_answers import Grounds, judge_formula
from deltarule.marking.formula_answers.judging import readings

BATCH = deriving("mlp", layers=2, activation="tanh", bias=True)
DENSE = deriving("mlp", layers=2, activation="tanh", output_activation="sigmoid", batch=False)
SOFTMAX, NORM = deriving("softmax"), deriving("batch_norm")
RNN = deriving("rnn", batch=False)
CONV = deriving("conv2d")

RIGHT = [
    # ---- programs
    (BATCH, "dE/dTheta1", "np.dot(x.T, (ds2 @ Theta2.T) * (1 - np.tanh(s1)**2))"),
    (BATCH, "dE/dTheta1", "torch.matmul(x.t(), (ds2.mm(Theta2.t())) * (1 - h1.pow(2)))"),
    (BATCH, "dE/dTheta2", "h1.T.dot(ds2)"),
    (BATCH, "dE/db2", "np.sum(ds2, axis=0, keepdims=True)"),
    (BATCH, "dE/db2", "ds2.sum(0)"),
    (BATCH, "dE/db2", "ds2.mean(axis=0) * ds2.shape[0]"),
    (BATCH, "E", "0.5*np.sum((yhat-y)**2)"),
    (DENSE, "dE/dTheta2", "np.outer(h1, dE/ds2)"),
    (SOFTMAX, "p", "np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)"),
    (SOFTMAX, "p", "F.softmax(z, dim=-1)"),
    (SOFTMAX, "p", "softmax(z)"),
    (SOFTMAX, "dL/dz", "p * (dp - np.sum(dp * p, axis=1, keepdims=True))"),
    (NORM, "v", "x.var(axis=0)"),
    (NORM, "v", "torch.var(x, dim=0, unbiased=False)"),
    (NORM, "v", "x.var(dim=0) * (N - 1) / N"),
    (NORM, "dL/dgamma", "(dout * xhat).sum(0)"),
    (CONV, "dL/db", "np.sum(dy, axis=(0, 2, 3))"),
    (RNN, "h", "np.tanh(x @ W_xh + h_prev @ W_hh + b_h)"),
    (RNN, "dE/dW_hh", "h_prev.T @ ds"),
    # ---- MATLAB
    (BATCH, "dE/ds1", "(ds2 * Theta2') .* (1 - h1.^2)"),
    (BATCH, "dE/db2", "sum(ds2, 1)"),
    (NORM, "xhat", "(x-mu)./sqrt(v+epsilon)"),
    # ---- LaTeX
    (DENSE, "dE/dTheta2", r"h_1 \left(\frac{\partial E}{\partial s_{2}}\right)^{\top}"),
    (DENSE, "dE/dTheta2", r"h_1 \delta_2^\mathsf{T}"),
    (BATCH, "dE/dTheta2", r"h_1^{\top}\delta_2"),
    (DENSE, "dE/ds2", r"\frac{\partial E}{\partial \hat{y}} \odot \sigma\'(s_2)"),
    (DENSE, "E", r"$\frac12 \sum_{m=1}^{M} (y_m - \hat{y}_m)^2$"),
    (SOFTMAX, "p", r"\frac{e^{z_{n,c}}}{\sum_k e^{z_{n,k}}}"),
    (NORM, "v", r"\frac{1}{N} \sum_{n=1}^N (x_{nc} - \mu_c)^2"),
    (RNN, "h", r"\tanh(W_{xh}^T x_t + W_{hh}^T h_{t-1} + b_h)"),
    (RNN, "dE/dW_hh", r"\sum_{t=1}^{T} h_{t-1} \left(\frac{\partial E}{\partial s_t}\right)^T"),
    # ---- sums
    (BATCH, "E", "1/2 sum (y-yhat)^2"),
    (BATCH, "E", "0,5 Σ (ŷ−y)²"),
    (BATCH, "dE/db2", "Σ ds2"),
    (NORM, "dL/dbeta", "Σ dy"),
    (RNN, "dE/db_h", "Σ_t ∂E/∂s"),
    # ---- commas and names
    (CONV, "dL/dw", "Σ_{n,i,j} dy[n,f,i,j] x[n,c,S*i+D*k-P,S*j+D*l-P]"),
]


@pytest.mark.parametrize(("derivation", "quantity", "formula"), RIGHT)
def test_read_and_right(derivation, quantity, formula):
    verdict = judge_formula(derivation(), quantity, formula)
    assert (verdict.verdict, verdict.finding) == ("right", "")


@pytest.mark.slow
def test_what_ends_too_early_is_refused_wherever_it_ends():
    for derive, quantity, formula in RIGHT:
        derivation = derive()
        for end in range(1, len(formula)):
            if formula[end - 1] in "([{,=._^":
                with suppress(DeltaruleError):
                    readings(formula[:end], derivation, quantity, target_of(derivation, quantity))


SAID = [
    (BATCH, "E", "1/2 sum(yhat-y)^2", "right", "sum(a)^2 is the sum of squares"),
    (SOFTMAX, "p", "exp(z)/Σ exp(z)", "right", "the sum without a range is over c"),
    (BATCH, "dE/dTheta2", "h1.T * ds2", "right", "in NumPy * is entry by entry"),
    (BATCH, "dE/dTheta2", "np.transpose(h1) * ds2", "mistake", "in NumPy * is entry by entry"),
    (BATCH, "dE/dTheta2", "ds2.T @ h1", "mistake", "transposed: this is (∂E/∂Θ₂)ᵀ"),
    (BATCH, "dE/db2", "np.mean(ds2, axis=0)", "mistake", "the mean over n stands for the sum"),
    (SOFTMAX, "dL/dz", "p * (dp - np.sum(dp * p, axis=0))", "mistake", "over the wrong axis"),
    (BATCH, "E", "np.sum(yhat-y)**2/2", "wrong", ""),
    (SOFTMAX, "p", "np.exp(z) / np.sum(np.exp(z))", "wrong", ""),
    (RNN, "h", r"\tanh(W_{xh}^T x_t + W_{hh}^T h_{t} + b_h)", "wrong", ""),
]


@pytest.mark.parametrize(("derivation", "quantity", "formula", "kind", "finding"), SAID)
def test_what_is_said(derivation, quantity, formula, kind, finding):
    verdict = judge_formula(derivation(), quantity, formula)
    assert verdict.verdict == kind
    assert finding in verdict.finding


def test_a_variance_of_pytorch_divides_by_one_less():
    assert judge_formula(NORM(), "v", "x.var(dim=0)").verdict != "right"
    assert judge_formula(NORM(), "v", "x.var(axis=0, ddof=1)").verdict != "right"


REFUSED = [
    (BATCH, "s2", "h1 @ Theta2 + b2[:, None]", "cannot be added", "write the indices"),
    (BATCH, "dE/db2", "ds2[::2].sum(0)", "[::2] takes steps", "[1:], [:-1] and [::-1] are read"),
    (BATCH, "dE/db2", "ds2[k:].sum(0)", "k in [k:] is no number and no size", "h[1:] and h[:T]"),
    (BATCH, "dE/db2", "ds2[:, :, 0]", "[:, :, 0] of N × M", "there are not so many axes"),
    (BATCH, "dE/db2", "Σ_n ds2[n, :]", "n in [n, :] is no number", "all indices and no slice"),
    (BATCH, "dE/db2", "ds2 : 3", "':' has no meaning", "a slice stands behind an array"),
    (BATCH, "dE/db2", "np.sum(ds2)", "the formula is a number", "sum with Σ_m"),
    (BATCH, "dE/db2", "np.sum(ds2, where=x)", "where= is not read", "axis= and keepdims= are"),
    (BATCH, "dE/db2", "ds2.reshape(3)", "reshape( ) of N × M to 3", "hold as many entries"),
    (BATCH, "dE/db2", "ds2.reshape(N, -1, -1)", "reshape( ) of N × M to", "as many entries"),
    (BATCH, "dE/db2", "ds2.reshape(x)", "a size belongs here", "x.shape[0] or -1"),
    (BATCH, "dE/db2", "ds2.sum(5)", "sum( ) of N × M along axis 5", "counted from 0"),
    (RNN, "h", "tanh(x_t W_xh + h_t-1 W_hh)", "can be read in two ways", "write h_{t-1} or h_prev"),
    (DENSE, "dE/ds2", r"\begin{x}", "\\begin is not read", "write it as a name"),
]


@pytest.mark.parametrize(("derivation", "quantity", "formula", "fact", "remedy"), REFUSED)
def test_refused_with_a_remedy(derivation, quantity, formula, fact, remedy):
    with pytest.raises(DeltaruleError) as caught:
        judge_formula(derivation(), quantity, formula)
    assert fact in caught.value.fact
    assert remedy in caught.value.remedy
    assert quantity in caught.value.place


UPDATES = Grounds(optimiser="gradient_descent", rate=Fraction(1, 10))


@pytest.mark.parametrize(
    ("grounds", "formula", "kind"),
    [
        (UPDATES, "Theta2 - eta * dE/dTheta2", "right"),
        (UPDATES, "Theta2_old - 0.1 h1.T @ ds2", "right"),
        (UPDATES, "Theta2 + eta * dE/dTheta2", "mistake"),
        (Grounds(optimiser="momentum"), "Theta2 + mu v - lr dE/dTheta2", "right"),
        (Grounds(optimiser="momentum"), "Theta2 - lr dE/dTheta2", "mistake"),
    ],
)
def test_updates(grounds, formula, kind):
    assert judge_formula(BATCH(), "Theta2 after", formula, grounds=grounds).verdict == kind


def test_without_an_update_nothing_comes_after_it():
    with pytest.raises(DeltaruleError) as caught:
        judge_formula(BATCH(), "Theta2 after", "Theta2")
    assert caught.value.fact.startswith("there is no update on this sheet")
    assert caught.value.remedy.endswith("or give the formula of dE/dTheta2")

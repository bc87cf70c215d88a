"""Names for what a quantity is, times in brackets, left sides, and words of programs."""

from __future__ import annotations

import pytest
from once import deriving

from deltarule.errors import DeltaruleError
from deltarule.formulas.existing_entries import SAID
from deltarule.marking.formula_answers import judge_formula

DENSE = deriving("mlp", layers=2, activation="tanh", output_activation="sigmoid", batch=False)
BATCH = deriving("mlp", layers=2, activation="tanh", bias=True)
NORM, LAYER, FIXED = (
    deriving("batch_norm"),
    deriving("layer_norm"),
    deriving("batch_norm_inference"),
)
LSTM, GRU, RNN = deriving("lstm"), deriving("gru"), deriving("rnn")
RECTIFIED = deriving("mlp", layers=2, activation="relu")
RELU, CONV, ENTROPY = deriving("activation"), deriving("conv2d"), deriving("softmax_cross_entropy")

RIGHT = [
    # ---- what a quantity is
    (NORM, "xhat", "(x-mean)/sqrt(var+eps)"),
    (NORM, "xhat", "(x-mu)/sqrt(sigma2+varepsilon)"),
    (NORM, "xhat", "(x - x̄)/sqrt(sigma^2+eps)"),
    (NORM, "xhat", "(x-μ_B)/√(σ_B²+ε)"),
    (NORM, "xhat", r"\frac{x_{nc}-\mu_c}{\sqrt{\sigma_c^2+\epsilon}}"),
    (NORM, "xhat", r"(x-\mu_{\mathcal{B}})/\sqrt{\sigma^2_{\mathcal{B}}+\varepsilon}"),
    (NORM, "xhat", "(x[n,c]-mu[c])/sqrt(sigma2[c]+eps)"),
    (NORM, "y", "gamma*x_hat + beta"),
    (NORM, "dL/dx", "dxhat/sqrt(var+eps) + ∂L/∂σ²·2(x-mu)/N + dmu/N"),
    (LAYER, "xhat", "(x-mean)/sqrt(var+eps)"),
    (FIXED, "y", "gamma*(x-mean)/sqrt(var+eps) + beta"),
    (LSTM, "c", r"f_t \odot c_{t-1} + i_t \odot \tilde{c}_t"),
    (GRU, "h", r"z_t*h_{t-1} + (1-z_t)*\tilde h_t"),
    # ---- times in brackets
    (LSTM, "c", "f[t]*c[t-1] + i[t]*g[t]"),
    (LSTM, "h", "o[t]*tanh(c[t])"),
    (RNN, "h", "tanh(x[t] @ W_xh + h[t - 1] @ W_hh + b_h)"),
    # ---- a function's word without parentheses
    (ENTROPY, "E", r"-\sum_n \sum_c t_{nc} \log p_{nc}"),
    (ENTROPY, "E", "-Σ_{n,c} t_{nc} log p_{nc}"),
    (DENSE, "h1", "tanh s₁"),
    # ---- left sides
    (DENSE, "dE/ds1", "δ₁ = (Θ2 δ₂) (1-h1²)"),
    (DENSE, "dE/ds2", "dE/ds2 := (ŷ-y) ŷ (1-ŷ)"),
    (DENSE, "dE/ds2", "dE/ds2[m] = (ŷ[m]-y[m]) σ'(s2[m]) = (ŷ[m]-y[m]) ŷ[m] (1-ŷ[m])"),
    (RECTIFIED, "dE/dTheta1", "x.T @ (([s1 > 0].T ⊙ (Theta2 ds2.T)).T)"),
    # ---- indicators, and functions of programs
    (RELU, "dL/dz", "dh * (h != 0)"),
    (RELU, "dL/dz", "dh · 1_{z>0}"),
    (RELU, "dL/dz", r"dh \cdot \mathbb{1}_{z>0}"),
    (RELU, "dL/dz", "dh I(z>0)"),
    (RECTIFIED, "dE/ds1", "(ds2 @ Theta2.T) * [s1 > 0]"),
    (RECTIFIED, "dE/ds1", "(ds2 Theta2ᵀ) ⊙ [s1 > 0]"),
    (RECTIFIED, "dE/ds1", "(ds2 Theta2ᵀ) ⊙ [s1 > 0, h1 > 0]"),
    (RNN, "dE/dh", "[t ≤ T − 2]·ds_{t+1} W_hhᵀ + dyhat_t W_hyᵀ"),
    (RELU, "dL/dz", "dh * np.heaviside(z, 0)"),
    (RELU, "dL/dz", "dh * step(z)"),
    (RELU, "h", "np.clip(z, 0, None)"),
    (RELU, "h", "torch.clamp(z, min=0)"),
    (RELU, "h", "z.clip(0, np.inf)"),
    (DENSE, "yhat", "scipy.special.expit(s2)"),
    (BATCH, "dE/dTheta2", "h1.mT @ ds2"),
    (BATCH, "dE/db2", "len(x) * np.mean(ds2, axis=0)"),
    (DENSE, "E", "1/2 Σ (y-ŷ)² · log10(10)"),
]


@pytest.mark.parametrize(("derivation", "quantity", "formula"), RIGHT)
def test_read_and_right(derivation, quantity, formula):
    verdict = judge_formula(derivation(), quantity, formula)
    assert (verdict.verdict, verdict.finding) == ("right", "")


WRONG = [
    (NORM, "xhat", "(x-var)/sqrt(mean+eps)", "wrong"),
    (NORM, "xhat", "(x-mean)/std", "mistake"),
    (LSTM, "c", "f[t]*c[t-1] + f[t]*g[t]", "mistake"),
    (GRU, "h", r"(1-z_t)*h_{t-1} + z_t*\tilde h_t", "mistake"),
    (RELU, "dL/dz", "dh I(z<0)", "mistake"),
    (RECTIFIED, "dE/ds1", "(ds2 Theta2ᵀ) ⊙ [s1 < 0]", "mistake"),
    (RNN, "dE/dh", "[t ≤ T − 3]·ds_{t+1} W_hhᵀ + dyhat_t W_hyᵀ", "wrong"),
    (RELU, "h", "np.clip(z, 0, 1)", "wrong"),
    (DENSE, "dE/ds2", "dE/ds2 = dE/dyhat = (ŷ-y) ŷ (1-ŷ)", "mistake"),
    (CONV, "dL/dx", "Σ_{f,i,j} dL/dy[n,f,i,j] w[f,c,(p+P−S·j)/D,(q+P−S·i)/D]", "wrong"),
]


@pytest.mark.parametrize(("derivation", "quantity", "formula", "kind"), WRONG)
def test_read_and_not_right(derivation, quantity, formula, kind):
    assert judge_formula(derivation(), quantity, formula).verdict == kind


@pytest.mark.parametrize(
    "formula",
    [
        "Σ_{f,i,j} ∂L/∂y[n, f, i, j]·w[f, c, (p + P − S·i)/D, (q + P − S·j)/D]",
        "Σ_{f,k,l} ∂L/∂y[n, f, (p + P − D·k)/S, (q + P − D·l)/S]·w[f, c, k, l]",
    ],
)
def test_sums_without_their_limits_are_over_what_exists(formula):
    verdict = judge_formula(CONV(), "dL/dx", formula)
    assert (verdict.verdict, verdict.finding) == ("right", SAID)


REFUSED = [
    (
        RNN,
        "dE/dh",
        "[t ≤ T − 2]·ds[0]",
        "dL/ds has 3 axes but is read with 1",
        "write one index for each axis, such as Theta2[d, m]",
    ),
    (
        DENSE,
        "dE/dh1",
        "W2 dE/ds2",
        "W2 is no quantity here",
        "the quantities here are x, Θ₁, s₁, h₁, Θ₂, s₂, ŷ, y, E_o, E; "
        'a sheet may declare other names, as [names] W2 = "Theta2"',
    ),
    (
        ENTROPY,
        "E",
        "-Σ_{n,c} log p_{nc} t_{nc}",
        "it is not clear what log is of",
        "write log(p_{nc})·t_{nc} or log(p_{nc}·t_{nc})",
    ),
    (
        DENSE,
        "dE/ds2",
        "dE/ds1 = (ŷ-y) ŷ (1-ŷ)",
        "left of = stands dE/ds1, and the formula is asked of ∂E/∂s₂",
        "write the formula of ∂E/∂s₂ alone, or put this one under its own name",
    ),
    (
        DENSE,
        "dE/ds2",
        "dE/ds2 = ",
        "one side of = is empty",
        "write the formula of ∂E/∂s₂ alone, without =",
    ),
    (
        CONV,
        "y",
        "Σ_{c,k,l} x[n,c,S·i+D·k−P,…]·w[f,c,k,l] + b[f]",
        "… stands for subscripts that are left out",
        "write all of them",
    ),
    (
        LSTM,
        "c",
        "f[n, m]*c",
        "f has 3 axes but is read with 2",
        "write one index for each axis, such as f[t, n, m]",
    ),
]


@pytest.mark.parametrize(("derivation", "quantity", "formula", "fact", "remedy"), REFUSED)
def test_what_is_said_of_others(derivation, quantity, formula, fact, remedy):
    with pytest.raises(DeltaruleError) as caught:
        judge_formula(derivation(), quantity, formula)
    assert (caught.value.fact, caught.value.remedy) == (fact, remedy)

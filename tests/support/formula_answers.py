r"""Formulas as they are handed in: right ones and wrong ones, in five notations, of many networks.

Each is a network, what is asked, and what somebody wrote; of a wrong one, also words that its
finding has to hold: the cause.
"""

from __future__ import annotations

from once import derived

from deltarule.calculus import Derivation

#: The networks, by the names that the table has for them.
NETWORKS = {
    "one": ("mlp", {"layers": 2, "output_activation": "sigmoid", "batch": False}),
    "many": ("mlp", {"layers": 2, "activation": "tanh", "bias": True}),
}


def network(name: str) -> Derivation:
    """A network of the table, derived once."""
    called, options = NETWORKS.get(name, (name, {}))
    return derived(called, **options)


WORDS = [
    ("one", "dE/dTheta2", "∂E/∂Θ₂ = (ŷ − y)·ŷ(1 − ŷ)·h₁"),
    ("one", "dE/ds1", "∂E/∂s₁ = Θ₂ ∂E/∂s₂ ⊙ h₁(1 − h₁)"),
    ("logistic_regression", "dE/dw", "∂E/∂w = 1/N Σₙ (aₙ − tₙ) xₙ"),
    ("hinge", "dE/ds", "−y if y·s < 1 else 0"),
    ("batch_norm", "dL/dgamma", "∂L/∂γ = Σₙ ∂L/∂yₙ · x̂ₙ"),
    ("binary_cross_entropy", "dE/dyhat", "(1−y)/(1−ŷ) − y/ŷ"),
    ("lstm_cell", "dL/dc0", "∂L/∂c₀ = ∂L/∂s · f"),
    ("lstm_cell", "dL/ds", "∂L/∂h · o · (1 − tanh²(s)) + ∂L/∂c"),
    ("gru_cell", "dL/dz", "∂L/∂z = (h₀ − g) ∂L/∂h"),
    ("prelu", "dL/dz", "∂L/∂h · (1 if z > 0 else a)"),
    ("dropout", "dL/dx", "mask · ∂L/∂y / ρ"),
    ("one", "dE/dTheta2", "∂E/∂Θ₂ = ∂E/∂ŷ · ∂ŷ/∂s₂ · ∂s₂/∂Θ₂"),
    ("many", "dE/dh1", "∂E/∂s₂ · ∂s₂/∂h₁"),
    ("rnn_cell", "dL/dW_ih", "∂L/∂s ∂s/∂W_ih"),
    ("kalman", "P", "P_t = (1 − k_t c) P_{p,t}"),
]

MATRICES = [
    ("many", "dE/dTheta2", "h₁ᵀ δ₂"),
    ("many", "dE/ds1", "δ₂ Θ₂ᵀ ⊙ (1 − h₁²)"),
    ("dense", "dL/dW", "Xᵀ ∂L/∂Y"),
    ("dense", "dL/dx", "∂L/∂Y Wᵀ"),
    ("dense", "dL/db", "1ᵀ ∂L/∂Y"),
    ("attention", "dL/dV", "Aᵀ ∂L/∂Y"),
    ("attention", "dL/dQ", "∂L/∂e K / √D"),
    ("rnn_cell", "dL/dW_ih", "(∂L/∂s)ᵀ x"),
    ("rnn_cell", "dL/dh0", "∂L/∂s W_hh"),
    ("residual", "dL/dW2", "h₁ᵀ ∂L/∂y₂"),
    ("logistic_regression", "dE/dw", "xᵀ (a − t)/N"),
    ("gru_cell", "dL/dW_hg", "∂L/∂u h₀ᵀ"),
]

PROGRAMS = [
    ("one", "dE/dTheta2", "np.outer(h1, d2)"),
    ("dense", "dL/dW", "x.T @ dout"),
    ("dense", "dL/db", "dout.sum(axis=0)"),
    ("dense", "dL/dW", "np.einsum('nd,nm->dm', x, dout)"),
    ("bilinear", "dL/dW", "np.einsum('nm,na,nb->abm', dout, u, v)"),
    (
        "batch_norm",
        "dL/dx",
        "(1. / N) * gamma * (v + eps) ** -0.5 * (N * dout - dout.sum(axis=0)"
        " - xhat * (dout * xhat).sum(axis=0))",
    ),
    ("layer_norm", "dL/dgamma", "np.sum(dout * xhat, axis=0)"),
    ("attention", "dL/dK", "np.einsum('nij,nid->njd', de, Q) / np.sqrt(D)"),
    ("conv2d", "dL/db", "dout.sum((0, 2, 3))"),
    ("rnn_cell", "dL/ds", "(1 - h**2) * dh"),
    ("attention", "dL/de", "a * (da - (da * a).sum(-1, keepdims=True))"),
    ("regularised_classifier", "dE/dW1", "x.T @ dz1 + 2 * lam * W1"),
]

INDICES = [
    ("dense", "dL/dW", "dW[d,k] = sum(n, x[n,d]*dy[n,k])"),
    ("dense", "dL/dx", "dx[n,d] = sum(k, dy[n,k]*W[d,k])"),
    ("conv1d", "dL/dw", "dw[f,c,k] = sum(n, i, dy[n,f,i]*x[n,c,S*i+D*k-P])"),
    ("embedding", "dL/dE", "dE[v,d] = sum(n, t, dy[n,t,d] * [w[n,t] = v])"),
    ("bilinear", "dL/du", "du[n,a] = sum(b, m, W[a,b,m]*v[n,b]*dy[n,m])"),
    ("layer_norm", "mu", "mu[n] = sum(d, x[n,d])/D"),
    ("avg_pool2d", "y", "y[n,c,i,j] = sum(k, l, x[n,c,S*i+k-P,S*j+l-P])/(K*L)"),
    ("rnn", "dE/dW_hh", "dW_hh[k,m] = sum(t, n, h[t-1,n,k]*ds[t,n,m])"),
    ("rnn", "dE/dh0", "sum(m, ds[0,n,m]*W_hh[k,m])"),
    (
        "gru_cell",
        "dL/dx",
        "dx[d] = sum(m, ds_g[m]*W_xg[m,d] + ds_r[m]*W_xr[m,d] + ds_z[m]*W_xz[m,d])",
    ),
    ("softmax_cross_entropy", "E", "-sum(n, c, t[n,c]*log(p[n,c]))"),
    ("batch_norm", "dL/dmu", "-sum(n, dxhat[n,c])/sqrt(v[c]+eps)"),
    ("regularised_classifier", "dE/dz1", "(exp(z1[n,c]-l[n]) - [c = t[n]])/N"),
]

LATEX = [
    ("one", "dE/dTheta2", r"h_1 \delta_2^\top"),
    ("one", "dE/ds1", r"(\Theta_2 \delta_2) \odot \sigma'(s_1)"),
    ("binary_cross_entropy", "dE/dyhat", r"-\frac{y}{\hat{y}} + \frac{1-y}{1-\hat{y}}"),
    ("logistic_regression", "dE/dw", r"\frac{1}{N} \sum_{n=1}^{N} (a_n - t_n) x_{nd}"),
    ("batch_norm", "xhat", r"\frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}}"),
    ("softmax_cross_entropy", "p", r"\frac{\exp(z_{nc})}{\sum_{k=1}^{C} \exp(z_{nk})}"),
    ("rnn", "dE/dW_xh", r"\sum_{t} x_t^\top \frac{\partial E}{\partial s_t}"),
    ("lstm_cell", "dL/do", r"\frac{\partial L}{\partial h} \odot \tanh(s)"),
    ("lstm_cell", "s", r"f \odot c_0 + i \odot g"),
    ("attention", "dL/dQ", r"\frac{1}{\sqrt{D}} \frac{\partial L}{\partial e} K"),
    ("kalman", "E", r"\frac12 \sum_{t} \left( \frac{v_t^2}{s_t} + \log(2\pi s_t) \right)"),
    ("gru_cell", "h", r"(1 - z) \odot g + z \odot h_0"),
]

DERIVATIVES = [
    ("softmax_cross_entropy", "dE/dz", "Σ_k ∂E/∂p[n,k]·∂p[n,k]/∂z[n,c]"),
    ("softmax_cross_entropy", "dE/dz", "sum(k, dE/dp[n,k] * dp[n,k]/dz[n,c])"),
    ("softmax_cross_entropy", "dE/dz", "sum_k dE/dp_nk dp_nk/dz_nc"),
    (
        "softmax_cross_entropy",
        "dE/dz",
        r"\sum_k \frac{\partial E}{\partial p_{nk}} \frac{\partial p_{nk}}{\partial z_{nc}}",
    ),
    ("attention", "dL/de", "sum_k dL/da[n,i,k] da[n,i,k]/de[n,i,j]"),
    (
        "one",
        "dE/dTheta1",
        r"\sum_m \frac{\partial E}{\partial \hat{y}_m} \frac{\partial \hat{y}_m}{\partial s_{2,m}}"
        r" \frac{\partial s_{2,m}}{\partial h_{1,k}} \frac{\partial h_{1,k}}{\partial s_{1,k}}"
        r" \frac{\partial s_{1,k}}{\partial \Theta_{1,dk}}",
    ),
    ("batch_norm", "dL/dx", "sum_m dL/dxhat[m,c] dxhat[m,c]/dx[n,c]"),
    ("conv1d", "dL/dx", "sum_{f,i} dL/dy[n,f,i] dy[n,f,i]/dx[n,c,q]"),
    ("max_pool1d", "dL/dx", "sum_i dL/dy[n,c,i] dy[n,c,i]/dx[n,c,q]"),
    ("embedding", "dL/dE", "sum_{n,t} dL/dy[n,t,d] dy[n,t,d]/dE[v,d]"),
    (
        "rnn",
        "dE/dh",
        "sum_o dE/dyhat[t,n,o] dyhat[t,n,o]/dh[t,n,m] + sum_k dE/dh[t+1,n,k] dh[t+1,n,k]/dh[t,n,m]",
    ),
    ("rnn", "dE/dW_hy", "sum_{t,n} dE/dyhat[t,n,o] dyhat[t,n,o]/dW_hy[m,o]"),
]

PIECES = [
    ("rnn", "dE/dW_hh", "np.einsum('tnk,tnm->km', h[:-1], ds[1:]) + h0.T @ ds[0]"),
    ("rnn", "dE/dW_xh", "x.reshape(-1, D).T @ ds.reshape(-1, H)"),
    ("dense", "dL/dW", "x[::-1].T @ dout[::-1]"),
    ("dense", "dL/dW", "x[1:].T @ dout[1:] + np.outer(x[0, :], dout[0, :])"),
    ("dense", "dL/dW", "(x[:, :, None] * dout[:, None, :]).sum(0)"),
    ("dense", "y", "x @ W + b[np.newaxis, ...]"),
    ("flatten", "dL/dx", "dout.reshape(x.shape)"),
    ("conv2d", "dL/db", "np.reshape(dout.transpose(1, 0, 2, 3), (F, -1)).sum(axis=1)"),
]

RIGHT = {
    "pieces": PIECES,
    "derivatives": DERIVATIVES,
    "words": WORDS,
    "matrices": MATRICES,
    "programs": PROGRAMS,
    "indices": INDICES,
    "LaTeX": LATEX,
}

WRONG_WORDS = [
    ("one", "dE/dTheta2", "∂E/∂Θ₂ = (y − ŷ)·ŷ(1 − ŷ)·h₁", "sign|turned round"),
    ("one", "dE/ds2", "∂E/∂s₂ = ŷ − y", "σ′.* is missing"),
    ("one", "dE/ds1", "Θ₂ ∂E/∂s₂ ⊙ s₁(1 − s₁)", "s₁ stands where the output h₁"),
    ("logistic_regression", "dE/dw", "Σₙ (aₙ − tₙ) xₙ", "1/N is missing|number N"),
    ("hinge", "dE/ds", "y if y·s < 1 else 0", "sign"),
    ("batch_norm", "dL/dgamma", "Σₙ ∂L/∂yₙ · xₙ", "x stands where x̂"),
    ("binary_cross_entropy", "dE/dyhat", "(1−y)/(1−ŷ) + y/ŷ", "wrong sign"),
    ("lstm_cell", "dL/dc0", "∂L/∂c₀ = ∂L/∂s · i", "i stands where f"),
    ("lstm_cell", "dL/ds", "∂L/∂h · o · (1 − tanh(s)) + ∂L/∂c", "square|power|1 − tanh"),
    ("lstm_cell", "dL/ds", "∂L/∂h · o · (1 − tanh²(s))", "c is taken as a constant"),
    ("gru_cell", "dL/dz", "∂L/∂z = (g − h₀) ∂L/∂h", "sign|turned round"),
    ("prelu", "dL/dz", "∂L/∂h · (1 if z > 0 else 0)", "0 stands for a"),
    ("dropout", "dL/dx", "mask · ∂L/∂y", "1/ρ is missing"),
    ("one", "dE/dTheta2", "∂E/∂ŷ · ∂s₂/∂Θ₂", "σ′.* is missing"),
]

WRONG_MATRICES = [
    ("many", "dE/dTheta2", "δ₂ᵀ h₁", "transposed"),
    ("many", "dE/ds1", "δ₂ Θ₂ᵀ", "tanh′.* is missing"),
    ("many", "dE/ds1", "δ₂ Θ₂ᵀ ⊙ (1 + h₁²)", "sign"),
    ("dense", "dL/dW", "Xᵀ ∂L/∂Y / N", "mean over n"),
    ("dense", "dL/dW", "2 Xᵀ ∂L/∂Y", "factor 2"),
    ("attention", "dL/dQ", "∂L/∂e K", "1/√D is missing"),
    ("attention", "dL/dV", "A ∂L/∂Y", "transposed|exchanged"),
    ("rnn_cell", "dL/dh0", "∂L/∂s W_hhᵀ", "transposed"),
    ("rnn_cell", "dL/dW_hh", "(∂L/∂s)ᵀ h", "h stands where h₀"),
    ("residual", "dL/dx", "∂L/∂s₁ W₁ᵀ", "is missing|constant"),
    ("logistic_regression", "dE/dw", "xᵀ (t − a)/N", "sign|turned round"),
    ("gru_cell", "dL/dW_hg", "∂L/∂s_g h₀ᵀ", "∂L/∂s_g stands where ∂L/∂u|r.* is missing"),
    ("dense", "dL/dx", "∂L/∂Y W", "transposed|exchanged"),
]

WRONG_PROGRAMS = [
    ("one", "dE/dTheta2", "np.outer(d2, h1)", "transposed"),
    ("dense", "dL/db", "dout.mean(axis=0)", "mean"),
    ("dense", "dL/db", "dout.sum(axis=1)", "axis"),
    ("dense", "dL/dW", "np.einsum('nd,nm->md', x, dout)", "transposed"),
    ("bilinear", "dL/du", "np.einsum('nm,abm->na', dout, W)", "v.* is missing"),
    ("batch_norm", "dL/dx", "gamma * dout / np.sqrt(v + eps)", "constant"),
    ("layer_norm", "dL/dgamma", "np.sum(dout * x, axis=0)", "x stands where x̂"),
    ("layer_norm", "dL/dx", "dxhat / np.sqrt(v + eps)", "constant"),
    ("conv2d", "dL/db", "dout.sum(axis=0)", "sum|summed"),
    ("rnn_cell", "dL/ds", "(1 - np.tanh(h)**2) * dh", "put through tanh again"),
    ("softmax_cross_entropy", "dE/dz", "(softmax(z) - t) / N", "divided by the number N"),
    ("attention", "dL/de", "a * (1 - a) * da", "diagonal"),
    ("residual", "dL/ds1", "dh1 * (dh1 > 0)", "mask|slope|∂L/∂h₁ stands where s₁"),
    ("regularised_classifier", "dE/dW1", "x.T @ dz1 + lam * W1", "2 is missing"),
    ("lstm_cell", "dL/dW_hf", "h0.T @ df", "σ′.* is missing"),
]

WRONG_INDICES = [
    ("dense", "dL/dW", "dW[d,k] = sum(n, x[n,d]*dy[k,n])", "exchanged"),
    ("dense", "dL/dx", "dx[n,d] = sum(k, dy[n,k]*W[k,d])", "exchanged"),
    ("conv1d", "dL/dw", "dw[f,c,k] = sum(n, i, dy[n,f,i]*x[n,c,i+D*k-P])", "stride"),
    ("conv1d", "dL/dw", "dw[f,c,k] = sum(n, i, dy[n,f,i]*x[n,c,S*i+k-P])", "dilation"),
    ("conv1d", "y", "y[n,f,i] = sum(c, k, w[f,c,K-1-k]*x[n,c,S*i+D*k-P]) + b[f]", "turned"),
    ("bilinear", "dL/du", "du[n,a] = sum(b, m, W[a,b,m]*dy[n,m])", "v.* is missing"),
    ("layer_norm", "mu", "mu[n] = sum(d, x[n,d])", "1/D is missing"),
    ("rnn", "dE/dW_hh", "sum(t, n, h[t,n,k]*ds[t,n,m])", "time"),
    ("rnn", "dE/dh0", "sum(m, ds[0,n,m]*W_hh[m,k])", "transposed|exchanged"),
    (
        "gru_cell",
        "dL/dx",
        "sum(m, ds_g[m]*W_xg[m,d] + ds_z[m]*W_xz[m,d])",
        "s_r is taken as a constant",
    ),
    ("softmax_cross_entropy", "E", "sum(n, c, t[n,c]*log(p[n,c]))", "sign"),
    ("batch_norm", "dL/dmu", "-sum(n, dxhat[n,c])/(v[c]+eps)", "root|twice"),
    ("embedding", "dL/dE", "dE[v,d] = sum(n, t, dy[n,t,d])", r"\[.*w.*\] is missing"),
]

WRONG_LATEX = [
    ("one", "dE/dTheta2", r"\delta_2 h_1^\top", "transposed"),
    ("one", "dE/ds1", r"(\Theta_2 \delta_2) \odot \sigma'(h_1)", "put through σ again"),
    (
        "binary_cross_entropy",
        "dE/dyhat",
        r"\frac{y}{\hat{y}} - \frac{1-y}{1-\hat{y}}",
        "sign|turned round",
    ),
    (
        "logistic_regression",
        "dE/dw",
        r"\frac{1}{N} \sum_{n=1}^{N} a_n (1-a_n)(a_n - t_n) x_{nd}",
        "slope",
    ),
    ("batch_norm", "xhat", r"\frac{x - \mu}{\sigma^2 + \epsilon}", "root|twice"),
    ("batch_norm", "xhat", r"\frac{x - \mu}{\sqrt{\sigma^2} + \epsilon}", "ε"),
    ("softmax_cross_entropy", "p", r"\frac{\exp(z_{nc})}{\sum_{n} \exp(z_{nc})}", "axis"),
    ("rnn", "dE/dW_hy", r"\sum_t h_{t-1}^\top \frac{\partial E}{\partial \hat{y}_t}", "time|t − 1"),
    ("lstm_cell", "dL/do", r"\frac{\partial L}{\partial h} \odot s", "tanh|slope|function"),
    ("lstm_cell", "s", r"i \odot c_0 + f \odot g", "stands where|exchanged"),
    ("attention", "dL/dQ", r"\frac{1}{D} \frac{\partial L}{\partial e} K", "root|twice"),
    ("kalman", "E", r"\sum_t \left(\frac{v_t^2}{s_t} + \log(2\pi s_t)\right)", "½|1/2|factor 2"),
    ("gru_cell", "h", r"z \odot g + (1 - z) \odot h_0", "1 − z|exchanged|turned round"),
]

WRONG_DERIVATIVES = [
    ("softmax_cross_entropy", "dE/dz", "dE/dp[n,c] dp[n,c]/dz[n,c]", "diagonal"),
    ("batch_norm", "dL/dx", "dL/dxhat[n,c] dxhat[n,c]/dx[n,c]", "taken as constants"),
    ("rnn", "dE/dh", "sum_o dE/dyhat[t,n,o] dyhat[t,n,o]/dh[t,n,m]", "next time|constant|missing"),
    ("rnn", "dE/dW_hy", "sum_{t,n} dE/dyhat[t,n,m] dyhat[t,n,m]/dW_hy[k,m]", "transposed"),
]

WRONG_PIECES = [
    ("dense", "dL/dW", "-x[:, :].T @ dout", "sign"),
    ("rnn", "dE/dW_xh", "x.reshape(-1, D).T @ ds.reshape(-1, H) / N", "number N|mean"),
]

WRONG = {
    "pieces": WRONG_PIECES,
    "derivatives": WRONG_DERIVATIVES,
    "words": WRONG_WORDS,
    "matrices": WRONG_MATRICES,
    "programs": WRONG_PROGRAMS,
    "indices": WRONG_INDICES,
    "LaTeX": WRONG_LATEX,
}

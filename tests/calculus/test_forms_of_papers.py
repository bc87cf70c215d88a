"""Losses and layers that are not in the catalogue, as one types them: gradients as papers end."""

import pytest
from once import derived

from deltarule import derive, layer
from deltarule.calculus.gradient_equations import derive_once
from deltarule.matrix_form.find import Words
from deltarule.reports.left_out import left_out
from deltarule.reports.selection import chosen
from deltarule.spelling.text import text

SOFTMAX = "p[n,k] = softmax[k](z[n,k]); "
FORMS = {
    "log-softmax (PyTorch's own backward)": (
        "y[n,k] = log_softmax[k](x[n,k])",
        {"x": "∂L/∂y[n, k] − exp(y[n, k])·Σ_{k′} ∂L/∂y[n, k′]"},
    ),
    "the same in two lines": (
        "p[k] = softmax[k](x[k]); y[k] = log(p[k])",
        {"x": "∂L/∂y[k] − p[k]·Σ_{k′} ∂L/∂y[k′]"},
    ),
    "entropy of a softmax: its ones cancel": (
        "p[k] = softmax[k](z[k]); L = -Sum[k](p[k]*log(p[k]))",
        {"z": "−p[k]·(log(p[k]) + L)"},
    ),
    "the same inside a longer line: its name is read": (
        "y[n,k] = 3*log_softmax[k](z[n,k]) + x[n,k]",
        {"z": "∂L/∂logp_y[n, k] − exp(logp_y[n, k])·Σ_{k′} ∂L/∂logp_y[n, k′]"},
    ),
    "distillation (Hinton et al. 2015), written out": (
        "L = -Sum[n,k](q[n,k]*(z[n,k]/T - log(Sum[j](exp(z[n,j]/T)))))",
        {"z": "(exp(logp_L[n, k])·Σ_{k′} q[n, k′] − q[n, k])/T"},
    ),
    "CLIP (Radford et al. 2021), its softmaxes written out: (P + Q − 2·1)/(2·N·τ)": (
        "L = -Mean[i](log(exp(s[i,i]/tau)/Sum[j](exp(s[i,j]/tau)))"
        " + log(exp(s[i,i]/tau)/Sum[j](exp(s[j,i]/tau))))/2",
        {"s": "(p_L2[i, j] + p_L[i, j] − 2·[i = j])/(2·I·τ)"},
    ),
    "cross-entropy at a label, its softmax written out": (
        "L = -Sum[n](log(exp(z[n,t[n]])/Sum[k](exp(z[n,k]))))",
        {"z": "p_L[n, k] − [k = t[n]]"},
    ),
    "mixture of Gaussians: ∂L/∂s is minus the responsibilities": (
        "L = -Sum[n](log(Sum[k](w[k]*exp(-(x[n]-mu[k])^2/(2*sigma[k]^2))/sqrt(2*pi*sigma[k]^2))))",
        {
            "s_L": "−γ_L[n, k]",
            "sigma": "Σ_n γ_L[n, k]·(2·s_L[n, k] + 1)/σ[k]",
            "mu": "−Σ_n γ_L[n, k]·(x[n] − μ[k])/σ[k]²",
        },
    ),
    "radial kernel with an amplitude (Rasmussen and Williams 2006)": (
        "K[i,j] = s^2*exp(-Sum[d]((x[i,d]-x[j,d])^2)/(2*l^2))",
        {
            "l": "Σ_{i,j} ∂L/∂K[i, j]·K[i, j]·Σ_d (x[i, d] − x[j, d])²/l³",
            "x": "−Σ_{i′} (x[i, d] − x[i′, d])·(∂L/∂K[i, i′]·K[i, i′] + ∂L/∂K[i′, i]·K[i′, i])/l²",
        },
    ),
    "even functions of differences from both sides": (
        "L = Sum[i,j](exp(-(x[i]-x[j])^2))",
        {"x": "4·Σ_{i′} (x[i′] − x[i])·exp(−(x[i′] − x[i])²)"},
    ),
    "cosines of all pairs: the cosine is read in them": (
        "s[i,j] = Sum[d](x[i,d]*y[j,d])/(sqrt(Sum[d](x[i,d]^2))*sqrt(Sum[d](y[j,d]^2)))",
        {
            "norm_x": "−Σ_j ∂L/∂s[i, j]·s[i, j]/norm_x[i]",
            "x": "(norm_x[i]·Σ_j ∂L/∂s[i, j]·y[j, d]/norm_y[j]"
            " − x[i, d]·Σ_j ∂L/∂s[i, j]·s[i, j])/norm_x[i]²",
        },
    ),
    "GraphSAGE's mean (Hamilton et al. 2017)": (
        "m[i,d] = Sum[j](A[i,j]*x[j,d])/Sum[j](A[i,j])",
        {"A": "(Σ_d ∂L/∂m[i, d]·x[j, d] − Σ_d ∂L/∂m[i, d]·m[i, d])/(Σ_{j′} A[i, j′])"},
    ),
    "total variation (Rudin et al. 1992), smoothed": (
        "L = mu*Sum[i,j](sqrt((u[i+1,j]-u[i,j])^2 + (u[i,j+1]-u[i,j])^2 + epsilon))",
        {
            "u": "[i ≤ I − 2, j ≤ J − 2]·μ·(2·u[i, j] − u[i + 1, j] − u[i, j + 1])/root_L[i, j]"
            " + [j ≤ J − 2, i ≥ 1]·μ·(u[i, j] − u[i − 1, j])/root_L[i − 1, j]"
            " + [i ≤ I − 2, j ≥ 1]·μ·(u[i, j] − u[i, j − 1])/root_L[i, j − 1]"
        },
    ),
    "PPO (Schulman et al. 2017) in one line": (
        "L = -Mean[n](min(exp(l[n]-m[n])*A[n], clip(exp(l[n]-m[n]), 1-eps, 1+eps)*A[n]))",
        {
            "exp_L": "−A[n]·([1 − eps < exp_L[n] < eps + 1] if A[n]·exp_L[n] > arg_L[n] else 1)/N",
            "l": "∂L/∂exp_L[n]·exp_L[n]",
        },
    ),
    "Kullback–Leibler divergence of a softmax": (
        "p[k] = softmax[k](z[k]); L = Sum[k](p[k]*log(p[k]/q[k]))",
        {"z": "p[k]·(log(p[k]/q[k]) − L)"},
    ),
    "Jensen–Shannon divergence (Lin 1991)": (
        "m[k] = (p[k]+q[k])/2; L = Sum[k](p[k]*log(p[k]/m[k]) + q[k]*log(q[k]/m[k]))/2",
        {"p": "log(p[k]/m[k])/2", "q": "log(q[k]/m[k])/2"},
    ),
    "Poly-1 (Leng et al. 2022)": (
        SOFTMAX + "L = Mean[n](-log(p[n,t[n]]) + epsilon*(1 - p[n,t[n]]))",
        {"z": "(ε·p[n, t[n]] + 1)·(p[n, k] − [k = t[n]])/N"},
    ),
    "generalised cross-entropy (Zhang and Sabuncu 2018)": (
        SOFTMAX + "L = Mean[n]((1 - p[n,t[n]]^q)/q)",
        {"z": "p[n, t[n]]^q·(p[n, k] − [k = t[n]])/N"},
    ),
    "Tversky (Salehi et al. 2017)": (
        "L = 1 - Sum[n](p[n]*g[n])/(Sum[n](p[n]*g[n]) + alpha*Sum[n](p[n]*(1-g[n]))"
        " + beta*Sum[n]((1-p[n])*g[n]))",
        {"p": "∂L/∂den_L·(g[n]·(1 − β) + α·(1 − g[n])) − g[n]/den_L"},
    ),
    "contrastive (Hadsell et al. 2006), a real label": (
        "L = Mean[n](where(t[n] = 1, 1 - c[n], max(0, c[n] - m)))",
        {"c": "(−1 if t[n] = 1 else [c[n] > m])/N"},
    ),
    "Huber's (1964)": (
        "L = Sum[n](where(abs(d[n]) < delta, d[n]^2/2, delta*(abs(d[n]) - delta/2)))",
        {"d": "(d[n] if |d[n]| < δ else δ·sign(d[n]))"},
    ),
    "Huber's by a minimum": (
        "q[n] = min(d[n], delta); L = Mean[n](q[n]^2/2 + delta*(d[n]-q[n]))",
        {"d": "(δ if d[n] > δ else q[n])/N"},
    ),
    "soft thresholding (Donoho 1995)": (
        "y[n] = sign(x[n])*max(0, abs(x[n]) - lambda)",
        {"x": "∂L/∂y[n]·[|x[n]| > λ]", "lambda": "−Σ_n ∂L/∂y[n]·sign(x[n])·[|x[n]| > λ]"},
    ),
    "signed square root (Perronnin et al. 2010)": (
        "y[n] = sign(B[n])*sqrt(abs(B[n]))",
        {"B": "∂L/∂y[n]/(2·√|B[n]|)"},
    ),
    "Tukey's biweight": (
        "L = Sum[n](where(abs(x[n]) <= c, c^2/6*(1 - (1 - (x[n]/c)^2)^3), c^2/6))",
        {"x": "(x[n]·(1 − x[n]²/c²)² if |x[n]| ≤ c else 0)"},
    ),
    "Wing (Feng et al. 2018): the fraction within a case is reduced": (
        "L = Sum[n](where(abs(x[n]) < w, w*log(1 + abs(x[n])/epsilon), abs(x[n]) - C))",
        {"x": "(w·sign(x[n])/(|x[n]| + ε) if |x[n]| < w else sign(x[n]))"},
    ),
    "VICReg's variance (Bardes et al. 2022)": (
        "m[d] = Mean[n](z[n,d]); s[d] = sqrt(Sum[n]((z[n,d]-m[d])^2)/(N-1) + epsilon); "
        "L = Mean[d](max(0, gamma - s[d]))",
        {"s": "−[s[d] < γ]/D", "z": "∂L/∂s[d]·(z[n, d] − m[d])/(s[d]·(N − 1))"},
    ),
    "negative binomial": (
        "L = -Sum[n](y[n]*log(mu[n]/(mu[n]+r)) + r*log(r/(mu[n]+r)))",
        {
            "mu": "r·(μ[n] − y[n])/(μ[n]·(μ[n] + r))",
            "r": "Σ_n ((y[n] − μ[n])/(μ[n] + r) − log(r/(μ[n] + r)))",
        },
    ),
    "hard tanh between bounds of its own": (
        "y[n] = clip(x[n], 1 - epsilon, 1 + epsilon)",
        {"x": "∂L/∂y[n]·[1 − ε < x[n] < ε + 1]"},
    ),
    "an enlargement whose size is known by its halves": (
        "y[n,i] = x[n,i//2]",
        {"x": "Σ_{i=0…1} ∂L/∂y[n, i + 2·p]"},
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_gradient_ends_as_in_its_paper(name):
    typed, forms = FORMS[name]
    gradients = derive(layer(typed)).gradients
    assert {wrt: text(gradients[wrt].expr) for wrt in forms} == forms


WORDS = {
    "LoRA (Hu et al. 2022)": (
        "y[n,k] = Sum[d](x[n,d]*W[d,k]) + alpha/R*Sum[d,r](x[n,d]*A[d,r]*B[r,k])",
        {
            "B": "α·(Aᵀ · xᵀ · ∂L/∂y)/R",
            "A": "α·(xᵀ · ∂L/∂y · Bᵀ)/R",
            "x": "α·(∂L/∂y · Bᵀ · Aᵀ)/R + ∂L/∂y · Wᵀ",
        },
    ),
    "Barlow Twins (Zbontar et al. 2021)": (
        "C[i,j] = Sum[b](u[b,i]*v[b,j])/N; L = Sum[i]((1-C[i,i])^2) + lambda*Sum[i,j!=i](C[i,j]^2)",
        {"C": "2·(λ·(1 − I) ⊙ C + I ⊙ (C − 1))"},
    ),
    "GELU (Hendrycks and Gimpel 2016)": (
        "y[n] = gelu(x[n])",
        {"x": "∂L/∂y ⊙ (√(2/π)·x ⊙ exp(−x²/2) + erf(x/√2) + 1)/2"},
    ),
    "graph convolution (Kipf and Welling 2017) with its degrees": (
        "Y = D^{-1/2} A D^{-1/2} H W",
        {"H": "(Aᵀ · ((∂L/∂Y · Wᵀ) / √D)) / √D  (division entry by entry)"},
    ),
    "GraphSAGE's mean": (
        "m[i,d] = Sum[j](A[i,j]*x[j,d])/Sum[j](A[i,j])",
        {"x": "(A / (Σ_j A))ᵀ · ∂L/∂m  (division entry by entry)"},
    ),
    "cross-entropy of scores": (
        "L = -Sum[n](z[n,t[n]] - log(Sum[k](exp(z[n,k]))))",
        {"z": "softmax(z) − onehot(t)  (softmax over k)"},
    ),
    "a softmax down the columns": (
        "L = Sum[n](log(Sum[k](exp(z[k,n]))))",
        {"z": "softmax(z)  (softmax over k)"},
    ),
    "Sinkhorn's potentials: two softmaxes in one": (
        "L = Sum[i](log(Sum[j](exp(A[i,j])))) + Sum[j](log(Sum[i](exp(A[i,j]))))",
        {"A": "(1 / (Σ_j exp(A)) + 1 / (Σ_i exp(A))) ⊙ exp(A)  (division entry by entry)"},
    ),
    "hard sigmoid": ("y[n] = clip(x[n]/6+1/2, 0, 1)", {"x": "∂L/∂y ⊙ [−3 < x < 3]/6"}),
    "quantiles are told apart by what the loss is of": (
        "L = Mean[n](max(tau*(y[n]-q[n]), (tau-1)*(y[n]-q[n])))",
        {"q": "(1 − τ where arg_L > τ·(y − q), else −τ)/N"},
    ),
}


@pytest.mark.parametrize("name", WORDS)
def test_a_gradient_is_said_as_in_its_paper(name):
    typed, said = WORDS[name]
    gradients = derive(layer(typed)).gradients
    words = {wrt: gradients[wrt].saying for wrt in said}
    assert all(isinstance(w, Words) for w in words.values())
    assert {wrt: str(w) for wrt, w in words.items()} == said


CATALOGUE = {
    ("info_nce", "p"): "−I / (N·p)  (division entry by entry)",
    ("multiclass_svm", "s"): (
        "[s[n, c] + 1 > s[n, t[n]]], where c ≠ t[n], "
        "minus Σ_{c′} [c′ ≠ t[n]]·[s[n, c′] + 1 > s[n, t[n]]], where c = t[n]"
    ),
    ("kalman_vector", "S"): "S_inv[t]/2 − S_inv[t] · ∂E/∂S_inv[t] · S_inv[t], for every t",
    ("kalman_vector", "v"): "S_inv[t] · v[t] + K[t]ᵀ · ∂E/∂m[t], for every t",
    ("binary_tree_lstm", "h0"): " + ".join(
        f"Σ_t [{side}[t] < 0]·(" + " + ".join(f"{weight}_{g} · ∂L/∂s_{g}[t]" for g in "fgiou") + ")"
        for side, weight in (("left", "U"), ("right", "V"))
    ),
}


@pytest.mark.parametrize(("name", "wrt"), CATALOGUE)
def test_gradients_that_had_no_words_have_some(name, wrt):
    assert str(derived(name).gradients[wrt].saying) == CATALOGUE[name, wrt]


def test_what_is_only_compared_is_left_out_with_a_word():
    network = layer("y[i,j] = where(A[i,j] > 0, exp(s[i,j]), 0)")
    derivation = derive_once(network)
    assert [g.tensor.name for g in chosen(derivation)] == ["s"]
    assert [(o.tensor.name, o.taken_for, o.remedy) for o in left_out(network)] == [
        ("A", "only compared", "--wrt A")
    ]
    assert text(chosen(derivation, ["A"])[0].expr) == "0"


def test_an_even_power_of_a_sign_that_a_line_has_stays():
    gradients = derive(layer("y[n] = sign(x[n])^2*w[n]")).gradients
    assert text(gradients["w"].expr) == "∂L/∂y[n]·sign(x[n])²"

"""Losses as they are typed, and their gradients as papers print them."""

import pytest

from deltarule import derive, hessian, layer
from deltarule.pages.mathml import mathml_row
from deltarule.reports.latex_alphabet import latex
from deltarule.spelling.text import text

FORMS = [
    (  # a hinge: signs and counts stand before what is asked
        "L = 1/N Sum[n](max(0, 1 - t[n]*w*x[n]))",
        {"arg_L": "[arg_L[n] > 0]/N", "w": "−Σ_n ∂L/∂arg_L[n]·t[n]·x[n]"},
    ),
    ("y[n] = max(-x[n]/2, 0)", {"x": "−∂L/∂y[n]·[x[n] < 0]/2"}),
    (  # radial basis functions (Broomhead and Lowe 1988)
        "y[i] = Sum[j](w[j]*exp(-(x[i]-c[j])**2))",
        {"c": "2·Σ_i ∂L/∂s_y[i, j]·(x[i] − c[j])", "x": "2·Σ_j ∂L/∂s_y[i, j]·(c[j] − x[i])"},
    ),
    (  # a divisor is read as part of the sum before it
        "L = Sum[n](log(Sum[k](w[k]*exp(z[n,k]*x[n]))))",
        {
            "x": "Σ_k γ_L[n, k]·z[n, k]",
            "w": "Σ_n exp(x[n]·z[n, k])/(Σ_{k′} w[k′]·exp(x[n]·z[n, k′]))",
        },
    ),
    (  # GELU by tanh (Hendrycks and Gimpel 2016): decimals stay, where they are the shorter
        "y[n] = 0.5*x[n]*(1 + tanh(sqrt(2/pi)*(x[n] + 0.044715*x[n]**3)))",
        {
            "x": "∂L/∂y[n]·(√(2/π)·x[n]·(0.134145·x[n]² + 1)"
            "·(1 − tanh(√(2/π)·(0.044715·x[n]³ + x[n]))²)"
            " + tanh(√(2/π)·(0.044715·x[n]³ + x[n])) + 1)/2"
        },
    ),
    ("y[n] = 0.98*x[n] + x[n]/1000 + 0.25*x[n]**2", {"x": "∂L/∂y[n]·(x[n]/2 + 0.981)"}),
    ("y = Prod[d](x[d])", {"x": "Π_{d′ ≠ d} x[d′]"}),
    ("y[t] = Sum[k](x[k]*(k <= t)*(t <= k))", {"x": "∂L/∂y[k]"}),
    ("y[n,k] = a[n,k]*b[n]/(a[n,k]*c[n])", {"a": "0", "c": "−Σ_k ∂L/∂y[n, k]·y[n, k]/c[n]"}),
    # A Laplacian may be called L: the loss then has another name, and L a gradient.
    ("y = L x", {"L": "∂E/∂y[m]·x[n]", "x": "Σ_m ∂E/∂y[m]·L[m, n]"}),
    # Schroff et al. 2015: what is left of the anchor is the difference of the two others.
    ("d = ‖a − p‖²; e = ‖a − n‖²; L = max(0, d − e + m)", {"e": "−[d + m > e]", "d": "−∂L/∂e"}),
    (  # batch normalisation's three terms (Ioffe and Szegedy 2015)
        "y = (x - mean(x))/std(x)",
        {
            "var_x": "−Σ_n ∂L/∂y[n]·y[n]/(2·var_x)",
            "x": "(N·∂L/∂y[n] − y[n]·Σ_{n′} ∂L/∂y[n′]·y[n′] − Σ_{n′} ∂L/∂y[n′])/(N·√var_x)",
        },
    ),
    (
        "c = Sum[n]((x[n] - Mean[m](x[m]))*(y[n] - Mean[m](y[m])))/N",
        {"mean_x": "0", "x": "(y[n] − mean_y)/N"},
    ),
    (  # InfoNCE: the softmax of the scores less the one that is right
        "L = -Mean[i](Sum[d](q[i,d]*k[i,d])/tau - log(Sum[j](exp(Sum[d](q[i,d]*k[j,d])/tau))))",
        {"s_L": "(p_L[i, j] − [i = j])/I", "k": "Σ_i ∂L/∂s_L[i, j]·q[i, d]/τ"},
    ),
    (
        "L = -Sum[n](t[n]*log(1/(1+exp(-z[n]))) + (1-t[n])*log(1-1/(1+exp(-z[n]))))",
        {"z": "σ(z[n]) − t[n]"},
    ),
    (
        "L = Sum[n](log(1+exp(-t[n]*(Sum[d](w[d]*x[n,d])+b))))",
        {"s_L": "−t[n]·σ(−s_L[n]·t[n])", "b": "Σ_n ∂L/∂s_L[n]"},
    ),
    (  # a kernel regression (Nadaraya 1964): deviations, with the weights of the values
        "y[n] = Sum[i](exp(-(x[n]-z[i])**2/2)*v[i])/Sum[i](exp(-(x[n]-z[i])**2/2))",
        {
            "s_y": "∂L/∂y[n]·exp(s_y[n, i])·(v[i] − y[n])/(Σ_{i′} exp(s_y[n, i′]))",
            "z": "Σ_n ∂L/∂s_y[n, i]·(x[n] − z[i])",
        },
    ),
    (  # attention, its softmax written as one quotient of sums: one share serves every d
        "y[i,d] = Sum[j](exp(s[i,j])*v[j,d])/Sum[j](exp(s[i,j]))",
        {
            "v": "Σ_i ∂L/∂y[i, d]·p_y[i, j]",
            "s": "p_y[i, j]·(∂L/∂p_y[i, j] − Σ_{j′} ∂L/∂p_y[i, j′]·p_y[i, j′])",
        },
    ),
    (  # the evidence of a Gaussian process (Rasmussen and Williams 2006, 5.9): α = S⁻¹y
        "L = ½ yᵀ (K + σ² I)⁻¹ y + ½ log det(K + σ² I)",
        {"y": "α_L[n]", "K": "∂L/∂S[n, n₁]", "S": "(S_inv[n, n₁] − α_L[n₁]·α_L[n])/2"},
    ),
    (  # a Gaussian by its covariance (Petersen and Pedersen 2012, 8.1)
        "L = ½ (x − μ)ᵀ Σ⁻¹ (x − μ) + ½ log|Σ|",
        {"mu": "−α_L[n]", "Sigma": "(Σ_inv[n, n₁] − α_L[n₁]·α_L[n])/2"},
    ),
    (  # … and by its precision
        "L = ½ (x − μ)ᵀ P (x − μ) − ½ log det P",
        {"P": "((x[n₁] − μ[n₁])·(x[n] − μ[n]) − P_inv[n, n₁])/2"},
    ),
    (  # a mixture of Gaussians (Bishop 2006, 9.16): its responsibilities, of σ above 0
        "L = −Σ_n log Σ_k π_k N(x_n; μ_k, σ_k²)",
        {
            "s_L": "−γ_L[n, k]",
            "mu": "−Σ_n γ_L[n, k]·(x[n] − μ[k])/σ[k]²",
            "sigma": "Σ_n γ_L[n, k]·(2·s_L[n, k] + 1)/σ[k]",
        },
    ),
    (  # soft k-means (MacKay 2003, 20.2): β cancels
        "J = −(1/β) Σ_n log Σ_k exp(−β Σ_d (x_nd − μ_kd)²)",
        {"mu": "−2·Σ_n p_J[n, k]·(x[n, d] − μ[k, d])"},
    ),
    (  # a negative binomial distribution by its dispersion: one sum
        "L = −Σ_i [log Γ(y_i + r) − log Γ(r) + r log(r/(r+μ_i)) + y_i log(μ_i/(r+μ_i))]",
        {"r": "Σ_i ((y[i] − μ[i])/(μ[i] + r) + ψ(r) − log(r/(μ[i] + r)) − ψ(y[i] + r))"},
    ),
    ("L = wᵀ Σ w", {"w": "2·Σ_n w[n]·Σ[n₁, n]"}),
    (  # probabilistic PCA: symmetric by what it is made of
        "L = ½ log|A Aᵀ + σ² I| + ½ xᵀ (A Aᵀ + σ² I)⁻¹ x",
        {"A": "2·Σ_n ∂L/∂S[n₁, n]·A[n, m]", "S": "(S_inv[n, n₁] − α_L[n₁]·α_L[n])/2"},
    ),
    (  # graph attention (Veličković et al. 2018): what goes through the kink has a name
        "e_ij = LeakyReLU(Σ_k a_k h_ik + Σ_k b_k h_jk); α_ij = exp(e_ij)/Σ_l exp(e_il); "
        "y_ik = Σ_j α_ij h_jk",
        {"s_e": "∂L/∂e[i, j]·(1 if s_e[i, j] > 0 else 0.01)", "b": "Σ_{i,j} ∂L/∂s_e[i, j]·h[j, k]"},
    ),
    (  # Giles (2008), of a solve A w = b: −v wᵀ, where v is the gradient by b
        "w = A^-1*b",
        {"b": "Σ_n ∂L/∂w[n]·A_inv[n, n₁]", "A": "−∂L/∂b[n]·w[n₁]"},
    ),
    (  # the logistic loss of labels 0 and 1
        "L = Sum[n](t[n]*log(1+exp(-z[n])) + (1-t[n])*log(1+exp(z[n])))",
        {"z": "σ(z[n]) − t[n]"},
    ),
    (  # an even power of a distance is one of the difference
        "L = Sum[i](1/sqrt((a[i]-b[i])^2))",
        {"a": "sign(b[i] − a[i])/(a[i] − b[i])²"},
    ),
    (  # a mixture density (Bishop 1994): p less the responsibility, −∂L/∂s_L
        "p[n,k] = softmax(a[n,k]); "
        "L = -Sum[n](log(Sum[k](p[n,k]*exp(-(y[n]-m[n,k])^2/(2*v[n,k]))/sqrt(2*pi*v[n,k]))))",
        {"a": "p[n, k] − γ_L[n, k]"},
    ),
    (  # RMSNorm (Zhang and Sennrich 2019): its root has a name
        "y[n,d] = g[d]*x[n,d]/sqrt(Mean[k](x[n,k]**2) + 1e-6)",
        {
            "rms_x": "−Σ_d ∂L/∂y[n, d]·y[n, d]/rms_x[n]",
            "x": "(D·∂L/∂y[n, k]·g[k]·rms_x[n] − x[n, k]·Σ_d ∂L/∂y[n, d]·y[n, d])/(D·rms_x[n]²)",
        },
    ),
    (  # as it is programmed, with ε outside of the root: x/(D·r), not r·x/Σ x²
        "y[n,d] = g[d]*x[n,d]/(sqrt(Mean[k](x[n,k]**2)) + 1e-6)",
        {
            "x": "(∂L/∂y[n, k]·g[k] − x[n, k]·Σ_d ∂L/∂y[n, d]·y[n, d]/(D·rms_x[n]))"
            "/(rms_x[n] + 0.000001)"
        },
    ),
    ("s = x·y/(‖x‖‖y‖)", {"x": "(y[n]/norm_y − s·x[n]/norm_x)/norm_x", "norm_x": "−s/norm_x"}),
    ("y = x/‖x‖", {"x": "(∂L/∂y[n] − y[n]·Σ_{n′} ∂L/∂y[n′]·y[n′])/√(Σ_{n₁} x[n₁]²)"}),
    (  # Dice (Milletari et al. 2016): its divisor of two sums has a name
        "L = 1 - 2*Sum[n](p[n]*t[n])/(Sum[n](p[n])+Sum[n](t[n]))",
        {"p": "∂L/∂den_L − 2·t[n]/den_L"},
    ),
    (  # SwiGLU (Shazeer 2020): (∂y W₂ᵀ) ⊙ b ⊙ SiLU′(a), with the first factor once
        "y[n,m] = Sum[h](b[n,h]*SiLU(a[n,h])*W[h,m])",
        {"u_y": "Σ_m ∂L/∂y[n, m]·W[h, m]", "b": "∂L/∂u_y[n, h]·SiLU(a[n, h])"},
    ),
    ("y[n] = max(a[n], b[n], c[n])", {"c": "∂L/∂y[n]·[c[n] > max(a[n], b[n])]"}),
    (  # a mixture of Gaussians: the gradient by an exponent is its responsibility
        "L = Sum[n](log(Sum[k](p[k]*exp(-Sum[d]((x[n,d]-mu[k,d])**2)/2))))",
        {"s_L": "γ_L[n, k]", "mu": "Σ_n γ_L[n, k]·(x[n, d] − μ[k, d])"},
    ),
]


@pytest.mark.parametrize(("typed", "forms"), FORMS)
def test_a_loss_has_the_gradient_of_its_paper(typed, forms):
    gradients = derive(layer(typed)).gradients
    assert {name: text(gradients[name].expr) for name in forms} == forms


@pytest.mark.slow
def test_what_a_softmax_leads_to_ends_in_shares():
    forms = {
        ("mixture_density", "a"): "p[n, k] − q[n, k]/(Σ_{k′} q[n, k′])",
        ("ridge_regression", "A"): "−∂L/∂c[i]·w[j]",
        ("attention", "e"): "a[n, i, j]·(∂L/∂a[n, i, j] − Σ_{j′} ∂L/∂a[n, i, j′]·a[n, i, j′])",
    }
    found = {at: text(derive(at[0]).gradients[at[1]].expr) for at in forms}
    assert found == forms


def test_the_hessian_of_a_sum_of_exponentials_is_that_of_a_softmax():
    """The gradient reads the loss itself, exp(z − L), which is one tensor among others there."""
    (block,) = hessian(layer("L = log(Sum[k](exp(z[k])))"), wrt="z")
    assert text(block.expr) == "∂L/∂z[k]·([k = k′] − ∂L/∂z[k′])"


def test_a_limit_names_an_index_once():
    form = derive(layer("y = Prod[d](x[d])")).gradients["x"].expr
    assert latex(form) == r"\prod_{d' \ne d} x[d']"
    assert "<mrow><msup><mi>d</mi><mo>′</mo></msup><mo>≠</mo><mi>d</mi></mrow></munder>" in (
        mathml_row(form)
    )

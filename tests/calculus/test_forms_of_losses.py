"""Losses as they are typed, and their gradients as papers print them."""

import pytest

from deltarule import derive, layer
from deltarule.spelling.text import text

FORMS = [
    (  # a hinge: signs and counts stand before what is asked
        "L = 1/N Sum[n](max(0, 1 - t[n]*w*x[n]))",
        {"w": "−Σ_n t[n]·x[n]·[w·t[n]·x[n] ≤ 1]/N", "x": "−w·t[n]·[w·t[n]·x[n] ≤ 1]/N"},
    ),
    ("y[n] = max(-x[n]/2, 0)", {"x": "−∂L/∂y[n]·[x[n] < 0]/2"}),
    (  # radial basis functions (Broomhead and Lowe 1988)
        "y[i] = Sum[j](w[j]*exp(-(x[i]-c[j])**2))",
        {
            "c": "2·w[j]·Σ_i ∂L/∂y[i]·(x[i] − c[j])·exp(−(x[i] − c[j])²)",
            "x": "2·∂L/∂y[i]·Σ_j w[j]·(c[j] − x[i])·exp(−(x[i] − c[j])²)",
        },
    ),
    (  # a divisor is read as part of the sum before it
        "L = Sum[n](log(Sum[k](w[k]*exp(z[n,k]*x[n]))))",
        {"x": "Σ_k w[k]·z[n, k]·exp(x[n]·z[n, k])/(Σ_{k′} w[k′]·exp(x[n]·z[n, k′]))"},
    ),
    # Schroff et al. 2015: what is left of the anchor is the difference of the two others.
    (
        "d = ‖a − p‖²; e = ‖a − n‖²; L = max(0, d − e + m)",
        {"d": "[d + m ≥ e]", "e": "−[d + m ≥ e]"},
    ),
]


@pytest.mark.parametrize(("typed", "forms"), FORMS)
def test_a_loss_has_the_gradient_of_its_paper(typed, forms):
    gradients = derive(layer(typed)).gradients
    assert {name: text(gradients[name].expr) for name in forms} == forms

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

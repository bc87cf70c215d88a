"""Subscripts in titles and texts are signs, or stand in brackets as in formulas."""

import re

import pytest

from deltarule.language.catalogue import catalogue
from deltarule.language.derivation_groups import described
from deltarule.reports.prose import prose
from deltarule.spelling.lowered import lowered


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("h_t = z h_{t−1} and W_h", "hₜ = z hₜ₋₁ and W_h"),
        ("h_{t-1}", "hₜ₋₁"),
        ("ŷ = W_hy h_{T−1}", "ŷ = W_hy h[T − 1]"),
        ("w_{k,l} σ(z_{x−k, y−l})", "w[k, l] σ(z[x − k, y − l])"),
        ("Θ_kᵀ h_{k−1}, W_xh", "Θₖᵀ hₖ₋₁, W_xh"),
        ("Σ_{c ≠ label} s[c]", "Σ_{c ≠ label} s[c]"),
        ("x_t alone, W_x", "x_t alone, W_x"),
        ("h_0 is the input", "h₀ is the input"),
    ],
)
def test_lowered(typed, shown):
    assert lowered(typed) == shown


def test_latex_sets_what_is_lowered():
    assert prose("hₜ₋₁") == "h$_{t}$$_{-}$$_{1}$"


def test_no_text_of_the_catalogue_shows_braces():
    for name, path in catalogue().items():
        assert not re.search(r"(?<!Σ)_\{", described(path)), name

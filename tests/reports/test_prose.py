"""Sentences as LaTeX text."""

import pytest

from deltarule.reports.prose import prose


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("50% of a_b & c", r"50\% of a\_b \& c"),
        ("∂E/∂Θ₂", r"$\partial$E/$\partial$$\Theta$$_{2}$"),
        ("ŷ", r"$\hat{y}$"),
        ("modulo 2³¹−1", r"modulo 2$^{3}$$^{1}$$-$1"),
        ("n′ = n", r"n$'$ = n"),
        ("{x}", r"\{x\}"),
        ("σ̄", r"$\bar{\sigma}$"),
    ],
)
def test_prose(words, told):
    assert prose(words) == told

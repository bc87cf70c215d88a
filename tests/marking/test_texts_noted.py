"""What a text does not say, and is read so, is said beside the equations."""

import pytest

import deltarule

NOTED = (
    (
        "L = Σ_{i=1}^{N} i x_i",
        "Entries are counted from 0 here: where i is a number, it is one more.",
    ),
    (
        "m_t = m_{t-1} + (x_t - m_{t-1})/t",
        "Entries are counted from 0 here: where t is a number, it is one more.",
    ),
    ("L = 1/(T+1) Σ_{t=0}^{T} x_t", "T is how many there are here, one more than typed."),
    ("KL = ½Σ(σ² + μ² − 1 − log σ²)", "σ is a vector, whose logarithm is summed."),
    (
        "L = Σ_i (y_i − Σ_j x_ij w_j)²; R = Σ_j w_j²",
        "The loss is L; R is read by no line, and no part of it.",
    ),
    (
        "L = Σ_i (|x_{i+1} − x_i| + λ x_i²)",
        "i runs as far as x[i + 1] is there, in all terms of the sum; of sums of their own each "
        "runs to its own end.",
    ),
    (
        "Z = A B + b",
        "A vector beside a product of matrices, in A B + b, is added to each column; along the "
        "last axis it stands in A B + 1 bᵀ.",
    ),
    (
        "L = Σ_{i,j} [y_i = y_j] (x_i − x_j)²",
        "y has integers, as labels are: entries are compared by =.",
    ),
)


@pytest.mark.parametrize(("text", "note"), NOTED)
def test_what_is_read_into_a_text_is_said(text, note):
    assert note in deltarule.layer(text).text


def test_nothing_is_said_where_nothing_is_read_into_it():
    for text in (
        "L = Σ_{i=1}^{N} x_i",
        "s_t = α x_t + (1 − α) s_{t−1}",
        "L = N log σ + Σ (y − μ)²/σ²",
    ):
        assert " is " not in deltarule.layer(text).text.replace(text, ""), text

"""Folding: nothing is lost, nothing is too wide, and breaks come where a person would break."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deltarule.spelling.folding import cells, filled, folded

LONG = (
    "∂L/∂x[n, c, p, q] = Σ_{f,i,j} ∂L/∂y[n, f, i, j]"
    "·w[f, c, (p + P − S·i)/D, (q + P − S·j)/D] + b[f]"
)
WIDTHS = st.integers(12, 120)
FORMULAS = st.text(alphabet="abxyΣ∂Θ₁ŷ·+−=()[]{}⌊⌋, _", max_size=200)


def squeezed(text):
    return "".join(text.split())


@pytest.mark.slow
@given(FORMULAS, WIDTHS)
def test_nothing_is_lost_and_nothing_is_too_wide(formula, width):
    lines = folded(formula, width)
    assert squeezed("".join(lines)) == squeezed(formula)
    assert all(cells(line) <= width for line in lines)


@given(FORMULAS, WIDTHS)
def test_sentences_too(sentence, width):
    lines = filled(sentence, width)
    assert squeezed("".join(lines)) == squeezed(sentence)
    assert all(cells(line) <= width for line in lines)


def test_short_formulas_stay_as_they_are():
    assert folded("y = a + b", 80) == ["y = a + b"]


def test_breaks_come_before_an_operator_and_under_the_equals():
    lines = folded("y[n] = a[n] + b[n] + c[n]", 20)
    assert lines == ["y[n] = a[n] + b[n]", "       + c[n]"]


def test_brackets_are_broken_last():
    for line in folded(LONG, 50):
        assert line.count("[") == line.count("]")


def test_a_product_breaks_before_its_sum():
    assert folded("y = aaaa·bbbb·Σ_i cccc[i]·dddd[i]", 26)[1].strip().startswith("·Σ")


def test_combining_accents_take_no_room():
    assert cells("x\u0302") == 1
    assert cells("ŷ") == 1

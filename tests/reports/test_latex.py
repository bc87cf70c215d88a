"""LaTeX: balanced, with the right commands, and never a Unicode sign that pdflatex cannot set."""

import re

import pytest
from once import derived

from deltarule.language.catalogue import catalogue
from deltarule.language.load import load
from deltarule.reports.latex import derivation_latex, document
from deltarule.reports.latex_alphabet import latex
from deltarule.reports.things import ShownDerivation

NAMES = ("dense", "mlp", "conv2d", "softmax_cross_entropy", "rnn", "max_pool2d")


@pytest.fixture(scope="module", params=NAMES)
def derivation(request):
    return derived(request.param)


def fragment(derivation, steps):
    return derivation_latex(ShownDerivation(derivation, list(derivation.gradients.values()), steps))


def balanced(text):
    """Whether braces and \\left … \\right pair up."""
    braces = re.sub(r"\\[{}]", "", text)
    depth = 0
    for character in braces:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth < 0:
            return False
    lefts, rights = (len(re.findall(rf"\\{word}(?![a-z])", text)) for word in ("left", "right"))
    return depth == 0 and lefts == rights


@pytest.mark.parametrize("steps", [False, True])
def test_whole_documents_are_balanced_ascii(derivation, steps):
    text = document(fragment(derivation, steps))
    assert balanced(text)
    assert text.isascii() or not re.search(r"[^\x00-\x7f]", text), re.findall(r"[^\x00-\x7f]", text)
    assert text.count(r"\begin{align*}") == text.count(r"\end{align*}") > 0


def test_each_row_of_an_alignment_is_balanced(derivation):
    text = fragment(derivation, steps=True)
    for block in re.findall(r"\\begin{align\*}(.*?)\\end{align\*}", text, re.S):
        for row in re.split(r"\\\\\n", block):
            row = re.sub(r"\\intertext{.*}\n", "", row)
            assert balanced(row), row
            assert row.count("&") >= 1


def test_the_alphabet():
    network = load("conv2d")
    (equation,) = network.equations
    assert latex(equation.lhs) == "y[n, f, i, j]"
    text = latex(equation.rhs)
    assert r"\sum_{c,k,l}" in text and r"S\, i" in text and "·" not in text


def test_gradients_are_fractions_of_partials_at_an_entry():
    gradient = derived("mlp").gradients["Theta2"]
    assert latex(gradient.lhs) == r"\frac{\partial E}{\partial \Theta_{2}[d, m]}"


def test_ranges_are_limits():
    gradient = derived("conv2d").gradients["x"]
    text = latex(gradient.expr)
    assert re.search(r"\\sum_\{i = \\max", text) and r"\lceil" in text and r"\lfloor" in text
    assert r"D \mid" in text and r"\substack" in text


@pytest.mark.parametrize("name", list(catalogue()))
def test_every_forward_equation_can_be_written(name):
    for equation in load(name).equations:
        text = f"{latex(equation.lhs)} = {latex(equation.rhs)}"
        assert balanced(text) and text.isascii(), text

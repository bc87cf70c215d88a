"""Comparisons of real numbers: ≥ and ≤ as well as > and <, with fractions and with scalars."""

import pytest

from deltarule.calculus import derive
from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import Positive, Reduction, walk
from deltarule.gradcheck.check import check_gradients
from deltarule.language.load import load
from deltarule.spelling.text import text

HEAD = '''"""A layer."""
from deltarule.language import *
N, M = sizes("N M")
n, m = indices("n m")
a = scalar("a", 0.5)
x = input("x", N, M)
y = output("y", N, M)
'''


def network(tmp_path, right):
    path = tmp_path / "layer.py"
    path.write_text(HEAD + right, encoding="utf-8")
    return load(path)


@pytest.mark.parametrize(
    ("condition", "after"),
    [
        ("x[n, m] >= 0", "x[n, m] ≥ 0"),
        ("x[n, m] <= a", "x[n, m] ≤ a"),
        ("absolute(x[n, m]) <= 0.5", "|x[n, m]| ≤ 1/2"),
    ],
)
def test_where_takes_at_least_and_at_most(tmp_path, condition, after):
    derived = derive(network(tmp_path, f"y[n, m] = where({condition}, square(x[n, m]), 0)"))
    assert text(derived.gradients["x"].equation().rhs) == f"2·∂L/∂y[n, m]·x[n, m]·[{after}]"


@pytest.mark.parametrize(
    ("condition", "after"), [("n >= 0.5", "2·n ≥ 1"), ("n < m / 2", "m ≥ 2·n + 1")]
)
def test_indices_may_be_compared_with_fractions(tmp_path, condition, after):
    derived = derive(network(tmp_path, f"y[n, m] = where({condition}, square(x[n, m]), 0)"))
    found = text(derived.gradients["x"].equation().rhs)
    assert found == f"2·[{after}]·∂L/∂y[n, m]·x[n, m]"


@pytest.mark.parametrize(
    ("condition", "statement"),
    [
        ("x[n, m] >= a", "2·∂L/∂y[n, m]·x[n, m]·[x[n, m] ≥ a]"),
        ("x[n, m] == a", "2·∂L/∂y[n, m]·[x[n, m] ≤ a]·(x[n, m]·[x[n, m] ≥ a])"),
        ("not x[n, m] > a", "2·∂L/∂y[n, m]·x[n, m]·[x[n, m] ≤ a]"),
        (
            "0 < x[n, m] < 1",
            "2·∂L/∂y[n, m]·((x[n, m] if x[n, m] < 1 else 0) if x[n, m] > 0 else 0)",
        ),
        (
            "x[n, m] > 1 or x[n, m] < a",
            "2·∂L/∂y[n, m]·(x[n, m] if x[n, m] > 1 else (x[n, m] if x[n, m] < a else 0))",
        ),
    ],
)
def test_every_statement_about_real_numbers_is_taken_everywhere(tmp_path, condition, statement):
    """By `where` and by a sum alike."""
    chosen = derive(network(tmp_path, f"y[n, m] = where({condition}, x[n, m]**2, 0)"))
    line = f"y[n, m] = Sum[m](x[n, m]**2, where={condition}) / M"
    summed = network(tmp_path, line)
    found = text(chosen.gradients["x"].expr)
    assert found == statement
    smooth = "==" not in condition  # there the value itself jumps, and has no derivative
    assert all(c.right for c in check_gradients(derive(summed), 2, 0, {}, edges=smooth))


@pytest.mark.parametrize(
    ("condition", "where"), [("t[n] == m", "[m = t[n]]"), ("t[n] != m", "[t[n] ≠ m]")]
)
def test_labels_are_compared_with_indices(tmp_path, condition, where):
    lines = f"t = target('t', N, below=M)\ny[n, m] = where({condition}, x[n, m]**2, 0)"
    found = derive(network(tmp_path, lines)).gradients["x"]
    assert text(found.expr) == f"2·{where}·∂L/∂y[n, m]·x[n, m]"
    assert all(s.verified for s in found.steps)


def test_what_python_has_decided_is_refused(tmp_path):
    with pytest.raises(DeltaruleError) as caught:
        network(tmp_path, "same = x[n, m] == a\ny[n, m] = where(same, x[n, m], 0)")
    assert caught.value.fact == "the statement is False everywhere"
    assert caught.value.place == "layer.py, line 9"
    assert caught.value.remedy.endswith("write equal(a, b) or differ(a, b)")


def test_units_have_their_usual_constants(tmp_path):
    (unit,) = network(tmp_path, "y[n, m] = elu(x[n, m]) + leaky_relu(x[n, m])").equations
    assert text(unit.rhs) == "ELU(x[n, m], 1) + LeakyReLU(x[n, m], 0.01)"


def test_an_exponent_that_is_learnt_has_a_gradient(tmp_path):
    found = derive(network(tmp_path, "p = parameter('p')\ny[n, m] = x[n, m] ** p"))
    assert text(found.gradients["p"].expr) == "Σ_{n,m} ∂L/∂y[n, m]·y[n, m]·log(x[n, m])"
    assert text(found.gradients["x"].expr) == "∂L/∂y[n, m]·p·x[n, m]^(p − 1)"


@pytest.mark.parametrize("word", ["Sum", "Product", "Mean"])
def test_what_counts_by_its_values_is_no_condition_on_indices(tmp_path, word):
    """Loops take conditions on indices alone, so what does not count is 0, or 1 in a product."""
    lines = f"z = output('z', N)\nz[n] = {word}[m](x[n, m], where=[x[n, m] > 0.1, m >= 1])\n"
    found = network(tmp_path, "y[n, m] = x[n, m]\n" + lines)
    stated = [
        c
        for e in found.equations
        for node in walk(e.rhs)
        if isinstance(node, Reduction)
        for c in node.conditions
    ]
    assert stated and not any(isinstance(c, Positive) for c in stated)
    assert all(c.right for c in check_gradients(derive(found), 2, 0, {}))

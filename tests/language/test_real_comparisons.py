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
        ("x[n, m] >= 0", "(0 if x[n, m] < 0 else 2·x[n, m])"),
        ("x[n, m] <= a", "(0 if x[n, m] > a else 2·x[n, m])"),
        ("absolute(x[n, m]) <= 0.5", "(0 if |x[n, m]| > 1/2 else 2·x[n, m])"),
    ],
)
def test_where_takes_at_least_and_at_most(tmp_path, condition, after):
    derived = derive(network(tmp_path, f"y[n, m] = where({condition}, square(x[n, m]), 0)"))
    assert text(derived.gradients["x"].equation().rhs) == f"∂L/∂y[n, m]·{after}"


@pytest.mark.parametrize(
    ("condition", "after"), [("n >= 0.5", "2·n ≥ 1"), ("n < m / 2", "m ≥ 2·n + 1")]
)
def test_indices_may_be_compared_with_fractions(tmp_path, condition, after):
    derived = derive(network(tmp_path, f"y[n, m] = where({condition}, square(x[n, m]), 0)"))
    found = text(derived.gradients["x"].equation().rhs)
    assert found == f"2·[{after}]·∂L/∂y[n, m]·x[n, m]"


@pytest.mark.parametrize(("condition", "sign"), [("x[n, m] >= a", "≥"), ("x[n, m] <= 0.5", "≤")])
def test_a_sum_takes_strict_ones_alone_and_says_so(tmp_path, condition, sign):
    lines = f"y[n, m] = x[n, m] * Sum[m](x[n, m], where={condition})"
    with pytest.raises(DeltaruleError) as caught:
        network(tmp_path, lines)
    assert caught.value.fact == f"{condition} compares real numbers by {sign}"
    assert caught.value.remedy.startswith("write > or <; or where(a >= b, then, otherwise)")


def test_a_function_with_too_few_arguments_is_refused(tmp_path):
    with pytest.raises(DeltaruleError) as caught:
        network(tmp_path, "y[n, m] = elu(x[n, m])")
    assert "elu takes 2, not 1" in caught.value.fact
    assert caught.value.place.endswith("layer.py, line 8")


def test_an_exponent_that_is_learnt_is_refused_with_a_way_out(tmp_path):
    with pytest.raises(DeltaruleError) as caught:
        derive(network(tmp_path, "p = parameter('p')\ny[n, m] = x[n, m] ** p"))
    assert caught.value.fact == "the exponent p is no fraction"
    assert caught.value.remedy.endswith("write exp(a*log(x)) for x**a")


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

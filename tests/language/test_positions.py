"""Positions of largest entries: what is read there, and where the gradient goes."""

import pytest

from deltarule.calculus import derive
from deltarule.errors import DeltaruleError
from deltarule.gradcheck.check import check_gradients
from deltarule.language.load import load
from deltarule.spelling.text import text

HEAD = '''"""A layer."""
from deltarule.language import *
N, D, M = sizes("N D M")
n, d, m, k = indices("n d m k")
x, W, y = input("x", N, D), parameter("W", D, M), output("y", N, D)
'''


def network(tmp_path, lines):
    path = tmp_path / "layer.py"
    path.write_text(HEAD + lines + "\n", encoding="utf-8")
    return load(path)


@pytest.mark.parametrize(
    ("right", "of", "found"),
    [
        ("W[d, best]", "W", "W_max_chosen[d, m]·Σ_n ∂L/∂y[n, d]"),
        ("W[d, best] * x[n, d]", "x", "∂L/∂y[n, d]·Σ_m W[d, m]·W_max_chosen[d, m]"),
        ("log(W[d, best] ** 2 + 1) * x[n, d]", "W", None),
        ("x[n, d] + Sum[d](x[n, d] * W[d, best])", "W", None),
        ("x[n, d] * best", "x", "∂L/∂y[n, d]·Σ_m W_max_chosen[d, m]·m"),
        ("where(equal(d, there), x[n, d], 0)", "x", "∂L/∂y[n, d]·x_max_chosen[n, d]"),
        ("Sum[n](x[n, d], where=equal(d, there))", "x", "x_max_chosen[n, d]·Σ_{n′} ∂L/∂y[n′, d]"),
        ("x[n, d] * where(there >= 1, 2, 3)", "x", None),
        ("W[d, ArgMin[m]((x[n, d] - W[d, m]) ** 2)]", "W", None),
        ("W[there, 0] + x[n, ArgMax[k](x[n, k] * W[k, best])]", "x", None),
    ],
)
def test_reads_at_the_largest(tmp_path, right, of, found):
    lines = "best, there = ArgMax[m](W[d, m]), ArgMax[k](x[n, k])\ny[n, d] = "
    derived = derive(network(tmp_path, lines + right))
    assert all(c.right for c in check_gradients(derived, 2, 0, {}))
    assert found is None or text(derived.gradients[of].expr) == found


def test_a_maximum_is_computed_once(tmp_path):
    found = network(tmp_path, "best = ArgMax[m](W[d, m])\ny[n, d] = W[d, best] + W[d, best] ** 2")
    assert [e.name for e in found.equations] == ["W_max", "W_max_chosen", "y"]


def test_a_position_is_on_one_axis(tmp_path):
    with pytest.raises(DeltaruleError) as caught:
        network(tmp_path, "y[n, d] = x[n, ArgMax[d, m](W[d, m])]")
    assert caught.value.fact == "ArgMax is a position on one axis, and several indices are named"
    assert caught.value.place == "layer.py, line 6"
    assert caught.value.remedy == "name one index, as in ArgMax[k](x[n, k])"

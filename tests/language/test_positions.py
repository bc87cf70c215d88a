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


def test_a_position_on_each_of_two_axes(tmp_path):
    lines = "e, f = ArgMax[d, m](W[d, m] ** 2)\ny[n, d] = x[n, e] * W[d, f] + W[e, f]"
    derived = derive(network(tmp_path, lines))
    assert [e.name for e in derived.network.equations][:2] == ["y_max", "y_max_chosen"]
    assert all(c.right for c in check_gradients(derived, 2, 0, {}))


def test_several_positions_are_not_one(tmp_path):
    with pytest.raises(DeltaruleError) as caught:
        network(tmp_path, "y[n, d] = x[n, ArgMax[d, m](W[d, m])]")
    assert caught.value.place == "layer.py, line 6"


def test_a_largest_value_and_its_position_are_one_maximum(tmp_path):
    lines = """K, I = attribute("K", 2), size("I", N - attribute("P", 1))
i, k = index("i", I), index("k", K)
z, at = output("z", I), output("at", I, below=N)
y[n, d] = x[n, d] * W[d, 0]
z[i] = Max[k](x[i + k, 0])
at[i] = i + ArgMax[k](x[i + k, 0])"""
    derived = derive(network(tmp_path, lines))
    assert [e.name for e in derived.network.equations] == ["y", "z", "z_chosen", "at"]
    assert derived.upstream == ("y", "z"), "an integer has no gradient"
    assert all(c.right for c in check_gradients(derived, 2, 0, {}))


def test_equality_of_what_is_infinite_beyond_an_edge_comes_to_an_end(tmp_path):
    """x reads −∞ beyond both its ends, by a stride whose sign alone the facts of indices know."""
    lines = """S, P, I = attribute("S", 2), attribute("P", 0), size("I")
i, k = index("i", I), index("k", 2)
u, z, c = input("u", N, M, outside=-oo), output("z", I, I), output("c", I, I)
y[n, d] = x[n, d] * W[d, 0]
a, b = index("a", I), index("b", 2)
seen = u[S*i + k - P, S*a + b - P]
z[i, a] = Max[k, b](seen)
c[i, a] = Sum[k, b](where(equal(seen, z[i, a]), k, 0))"""
    assert "c" in network(tmp_path, lines).tensors

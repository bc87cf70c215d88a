"""Recurrences along trees: parents and children from data, which way they point, and refusals."""

import numpy as np
import pytest

from deltarule.calculus import derive
from deltarule.errors import DeltaruleError
from deltarule.gradcheck.check import check_gradients
from deltarule.kernels.prelude.listed_places import places_by_value
from deltarule.language.load import load
from deltarule.networks.recurrences import Recurrence, blocks
from deltarule.spelling.text import text

HEAD = '''"""A tree."""
from deltarule.language import *
T, N, C, H = sizes("T N C H")
t, n, c, k, m = indices("t n c k m")
U, h0 = parameter("U", H, H), parameter("h0", H)
'''
PLAIN = 'x, y, h = input("x", T, H), output("y", T, H), state("h", T, H, before=h0)\n'
TREES = {
    "down from parents": PLAIN
    + 'p = input("p", T, earlier=0)\n'
    + "h[t, m] = tanh(x[t, m] + Sum[k](h[p[t], k] * U[k, m]))\ny[t, m] = h[t, m]",
    "several children": PLAIN
    + 'p = input("p", T, C, earlier=0)\n'
    + "h[t, m] = x[t, m] + Sum[c, k](h[p[t, c], k] * U[k, m])\ny[t, m] = h[t, m]",
    "parents that come later": PLAIN
    + 'p = input("p", T, later=0)\n'
    + "h[t, m] = tanh(x[t, m] + Sum[k](h[k, m] * h0[m], where=equal(p[k], t)))\ny[t, m] = h[t, m]",
    "several trees": 'x, y = input("x", N, T, H), output("y", N, T, H)\n'
    + 'h, p = state("h", N, T, H, before=0, along=1), input("p", N, T, earlier=1)\n'
    + "h[n, t, m] = tanh(x[n, t, m] + Sum[k](h[n, p[n, t], k] * U[k, m]))\n"
    + "y[n, t, m] = h[n, t, m]",
    "all earlier times": PLAIN
    + "h[t, m] = tanh(x[t, m] + Sum[k:T](h[k, m] * h0[m], where=k < t))\ny[t, m] = h[t, m]",
}


def network(tmp_path, lines):
    path = tmp_path / "tree.py"
    path.write_text(HEAD + lines + "\n", encoding="utf-8")
    return load(path)


@pytest.mark.parametrize("tree", TREES)
def test_a_tree_is_a_recurrence_both_ways(tmp_path, tree):
    found = network(tmp_path, TREES[tree])
    derived = derive(found)
    for equations, way in ((found.equations, 1), (derived.equations(), -1)):
        loops = [b for b in blocks(tuple(equations)) if isinstance(b, Recurrence)]
        assert [loop.direction for loop in loops] == [way]
    assert all(c.right for c in check_gradients(derived, 2, 0, {}))


def test_what_comes_back_is_gathered_by_data(tmp_path):
    down = derive(network(tmp_path, TREES["down from parents"]))
    assert "Σ_{t′=t + 1…T − 1, m} [t = p[t′]]" in text(down.gradients["h"].expr)
    assert text(down.gradients["h0"].expr).startswith("Σ_{t,m} [p[t] < 0]")
    up = derive(network(tmp_path, TREES["parents that come later"]))
    assert "h₀[m]·Σ_{t=k + 1…T − 1} [t = p[k]]·∂L/∂h[t, m]" in text(up.gradients["h"].expr)


def test_places_are_listed_along_their_axis():
    array = np.array([[-1, -1, 0, 0, 2], [-1, 0, 0, 2, 2]])
    first, following = places_by_value.py_func(array, 1)
    for row in range(2):
        for value in range(5):
            found, at = [], first[row, value]
            while at >= 0:
                found.append(at)
                at = following[row, at]
            assert found == [*np.flatnonzero(array[row] == value)]


@pytest.mark.parametrize(
    ("lines", "fact", "remedy"),
    [
        (
            'p = input("p", T, earlier=0, later=0)',
            "p is declared to hold earlier positions and later ones",
            "give one of both: earlier=0, say",
        ),
        (
            'p = input("p", T, earlier=1)',
            "p [T] has no axis 1 along which it could point",
            "axes are counted from 0: give one below 1",
        ),
        (
            'h, p = state("h", T, H), input("p", T, earlier=0)\nh[t, m] = 2 * h[p[t], m]',
            "h is read at p[t], which is −1 where there is none, and no value is declared for that",
            'declare it: h = state("h", …, before=0)',
        ),
    ],
)
def test_what_is_no_tree_is_refused(tmp_path, lines, fact, remedy):
    with pytest.raises(DeltaruleError) as refused:
        network(tmp_path, lines)
    assert (refused.value.fact, refused.value.remedy) == (fact, remedy)
    assert refused.value.place.startswith("tree.py, line ")

"""What is declared of data: it is drawn so, used where a formula gets shorter, or refused."""

from random import Random

import numpy as np
import pytest

from deltarule.arithmetic.random_arrays import random_arrays
from deltarule.arithmetic.small_sizes import choose_sizes
from deltarule.calculus import derive
from deltarule.errors import DeltaruleError
from deltarule.gradcheck.check import check_gradients
from deltarule.language.load import load
from deltarule.spelling.text import text

LAYER = '''"""Declared data."""
from deltarule.language import *
N, C = sizes("N C")
n, c, k = indices("n c k")
A, x = input("A", C, C, symmetric=True), input("x", N, C, positive=True)
y = input("y", N, C, one_hot=1)
E = loss("E", Sum[n, c, k](x[n, c] * A[c, k] * x[n, k] / 2) - Sum[n, c](y[n, c] * log(x[n, c])))
'''


@pytest.fixture
def network(tmp_path):
    path = tmp_path / "layer.py"
    path.write_text(LAYER, encoding="utf-8")
    return load(path)


def test_data_are_drawn_as_declared(network):
    sizes = choose_sizes(network, Random(0), {"N": 3, "C": 4})
    drawn = random_arrays(network, sizes)
    assert np.array_equal(drawn["A"], drawn["A"].T)
    assert (drawn["x"] > 0).all()
    assert (np.sort(drawn["y"], axis=1) == [0, 0, 0, 1]).all()


def test_a_symmetric_matrix_is_not_written_both_ways(network):
    derived = derive(network)
    assert text(derived.gradients["x"].equation().rhs) == "Σ_c A[k, c]·x[n, c] − y[n, k]/x[n, k]"
    assert all(c.right for c in check_gradients(derived, 2, 0, {}))


@pytest.mark.parametrize(
    ("line", "fact", "remedy"),
    [
        (
            'B = input("B", N, C, symmetric=True)',
            "B [N, C] cannot be symmetric",
            "a symmetric matrix has as many rows as columns, its last two axes",
        ),
        (
            'B = input("B", N, one_hot=1)',
            "B [N] has no axis 1 along which it could add up to 1",
            "axes are counted from 0: give one below 1",
        ),
        (
            'B = input("B", N, positive=True, within=(0, 1))',
            "B is declared positive and within an interval",
            'say one of both: positive=True is within="(0, oo)"',
        ),
    ],
)
def test_what_cannot_be_declared(tmp_path, line, fact, remedy):
    path = tmp_path / "layer.py"
    path.write_text(LAYER + line + "\n", encoding="utf-8")
    with pytest.raises(DeltaruleError) as refused:
        load(path)
    assert (refused.value.fact, refused.value.place, refused.value.remedy) == (
        fact,
        "layer.py, line 8",
        remedy,
    )

"""Logarithms of determinants of any matrix: rows are exchanged; what has none is refused."""

import numpy as np
import pytest

import deltarule
from deltarule.arithmetic.base import Undecided
from deltarule.arithmetic.elimination import inverse, log_determinant
from deltarule.arithmetic.exact import Ball
from deltarule.arithmetic.floats import Float64
from deltarule.errors import DeltaruleError, not_positive
from deltarule.kernels.prelude import gaussian_elimination

CYCLE = np.array([[0.0, 2, 0], [0, 0, 3], [4, 0, 0]])
MIXED = np.array([[1e-20, 1.0], [-1.0, 1e-20]])


@pytest.mark.slow
@pytest.mark.parametrize("matrix", [CYCLE, MIXED])
def test_rows_are_exchanged(matrix):
    wanted = np.linalg.slogdet(matrix)[1]
    assert log_determinant(matrix, Float64()) == pytest.approx(wanted, abs=1e-15)
    found = gaussian_elimination.log_determinant.py_func(matrix.copy())
    assert found == pytest.approx(wanted, abs=1e-15)
    ball = Ball(128)
    with ball.context():
        found = log_determinant(ball.array(matrix.astype(object)), ball)
    assert float(np.ravel(found)[0].mid()) == pytest.approx(wanted, abs=1e-15)
    turned = matrix.copy()
    gaussian_elimination.invert.py_func(turned)
    np.testing.assert_allclose(turned, np.linalg.inv(matrix), atol=1e-15)
    np.testing.assert_allclose(inverse(matrix, Float64()), np.linalg.inv(matrix), atol=1e-15)


def test_determinants_not_above_0_are_told():
    assert np.isnan(gaussian_elimination.log_determinant.py_func(np.diag([-1.0, 1])))
    assert gaussian_elimination.log_determinant.py_func(np.zeros((2, 2))) == -np.inf
    with pytest.raises(Undecided, match="a determinant that is not above 0"):
        log_determinant(np.diag([-1.0, 1]), Float64())
    assert str(not_positive("E", None)) == (
        "E takes the logarithm of a determinant that is not above 0\n"
        "  remedy: give a matrix whose determinant is above 0"
    )


BOUND = """\"\"\"Of a test.\"\"\"
from deltarule.language import *
N = size("N")
n, k = indices("n k")
A, V, E = input("A", N, N), intermediate("V", N, N), output("E")
V[n, k] = Inverse[n, k](A[n, k])
E[()] = LogDet[n, k](A[n, k])
"""


@pytest.mark.slow
def test_bound_kernels_refuse_what_others_refuse(tmp_path):
    """At each call, as arrays change in place; NaN that was given is handed on."""
    path = tmp_path / "layer.py"
    path.write_text(BOUND, encoding="utf-8")
    kernel = deltarule.kernel(path, cache=tmp_path)
    matrix = np.diag([2.0, 3.0])
    bound = kernel.bind(A=matrix, dE=np.ones(()))
    assert bound.forward()["E"] == pytest.approx(np.log(6), abs=1e-15)
    for entry in (-2.0, 0.0):
        matrix[0, 0] = entry
        for run in (bound.forward, bound.both, lambda: kernel.forward(A=matrix)):
            with pytest.raises(DeltaruleError, match="not above 0"):
                run()
    matrix[0, 0] = np.nan
    assert np.isnan(bound.forward()["E"])

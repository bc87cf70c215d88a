"""Cook–Toom algorithms: the exact proofs, and that planted errors are refused."""

import ast
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from sympy import Rational, Symbol, expand, symbols

from deltarule.errors import DeltaruleError
from deltarule.kernels.prelude import texts
from deltarule.kernels.winograd import transforms
from deltarule.kernels.winograd.cook_toom import POINTS, amplification, at_points, cook_toom, proved

SIZES = [(2, 2), (2, 3), (4, 3), (3, 4), (2, 5)]


def exact(matrix) -> np.ndarray:
    """Fractions in an array."""
    return np.array([[Fraction(int(v.p), int(v.q)) for v in row] for row in matrix.tolist()])


@pytest.mark.parametrize(("outputs", "taps"), SIZES)
def test_the_products_are_the_correlation_as_polynomials(outputs, taps):
    found = cook_toom(outputs, taps)
    g, d = symbols(f"g:{taps}"), symbols(f"d:{found.products}")
    at = [sum(a * x for a, x in zip(found.G[i, :], g)) for i in range(found.products)]
    at = [v * sum(b * x for b, x in zip(found.B[:, i], d)) for i, v in enumerate(at)]
    for y in range(outputs):
        total = sum(found.A[i, y] * v for i, v in enumerate(at))
        assert expand(total - sum(g[k] * d[y + k] for k in range(taps))) == 0


@pytest.mark.parametrize(("outputs", "taps"), [(2, 3), (4, 3), (2, 5)])
def test_all_coefficients_in_two_dimensions(outputs, taps):
    found = cook_toom(outputs, taps)
    n = found.products
    A, G, B = (np.kron(m, m) for m in map(exact, (found.A, found.G, found.B)))
    for y, (i, j) in enumerate(np.ndindex(outputs, outputs)):
        for t, (k, l) in enumerate(np.ndindex(taps, taps)):
            coefficients = B @ (A[:, y] * G[:, t])
            wanted = np.zeros((n, n), int)
            wanted[i + k, j + l] = 1
            assert list(coefficients) == list(wanted.ravel())


@pytest.mark.parametrize(("outputs", "taps"), [(2, 3), (4, 3)])
def test_all_three_sums_of_a_tile_come_from_the_same_matrices(outputs, taps):
    found, random = cook_toom(outputs, taps), np.random.default_rng(1)
    A, G, B = map(exact, (found.A, found.G, found.B))
    m, n = outputs, found.products
    x, w, y = (random.integers(-9, 9, (k, k)).astype(object) for k in (n, taps, m))
    X, W, Y = B.T @ x @ B, G @ w @ G.T, A @ y @ A.T
    sum_y, sum_x, sum_w = np.zeros_like(y), np.zeros_like(x), np.zeros_like(w)
    for k, l in np.ndindex(taps, taps):
        window = x[k : k + m, l : l + m]
        sum_y += w[k, l] * window
        sum_x[k : k + m, l : l + m] += w[k, l] * y
        sum_w[k, l] = (y * window).sum()
    assert (sum_y == A.T @ (W * X) @ A).all()
    assert (sum_x == B @ (W * Y) @ B.T).all()
    assert (sum_w == G.T @ (X * Y) @ G).all()


def test_every_wrong_entry_is_refused():
    found = cook_toom(2, 3)
    for name in "AGB":
        matrix = getattr(found, name)
        for place in range(len(matrix)):
            wrong = matrix.as_mutable()
            wrong[place] += Rational(1, 1000)
            with pytest.raises(DeltaruleError, match="has the coefficient"):
                proved(replace(found, **{name: wrong}))


def test_a_wrong_sum_is_refused():
    matrix, taken = cook_toom(4, 3).B.T, symbols("d:6")
    steps, results = transforms.sums(matrix, taken)
    for place, (symbol, value) in enumerate(steps):
        wrong = [*steps[:place], (symbol, value + taken[5] / 64), *steps[place + 1 :]]
        with pytest.raises(DeltaruleError, match="row . of a transform"):
            transforms.compare(matrix, taken, wrong, results)
    with pytest.raises(DeltaruleError, match="row 0 of a transform"):
        transforms.compare(matrix, taken, steps, [Symbol("d0"), *results[1:]])


def test_sizes_without_points_are_refused():
    with pytest.raises(DeltaruleError, match="no points are set for 12 products"):
        cook_toom(8, 5)


def test_the_points_amplify_errors_least():
    eighths = [Rational(k, 8) for k in (3, 4, 5, 6, 8, 10, 12, 14, 16)]
    chosen = amplification(cook_toom(4, 3))
    for a, b in combinations(eighths, 2):
        assert amplification(at_points(4, 3, (0, a, -a, b, -b)))[0] >= chosen[0]
    assert (POINTS[6][1], POINTS[6][3]) == (Rational(5, 8), Rational(3, 2))
    assert chosen == pytest.approx((2.186, 23.75), rel=1e-3)
    assert amplification(cook_toom(2, 3)) == pytest.approx((1.291, 8), rel=1e-3)
    usual = amplification(at_points(4, 3, (0, 1, -1, 2, -2)))
    assert usual == pytest.approx((3.282, 48), rel=1e-3)


def test_the_text_shows_points_matrices_and_shared_sums():
    told = transforms.text(4, 3)
    assert "# F(4, 3) at 0, 5/8, −5/8, 3/2, −3/2, ∞." in told
    assert "    0      5/8      −5/8   3/2   −3/2  0" in told
    assert "e1 = d4 - 9 / 4 * d2" in told and "s1 = m1 + m2" in told


def test_names_are_known_without_the_text():
    body = ast.parse(transforms.text(4, 3)).body
    defined = [n.name for n in body if isinstance(n, ast.FunctionDef)]
    defined += [n.id for one in body if isinstance(one, ast.Assign) for n in _names(one)]
    assert sorted(defined) == sorted(transforms.NAMES) and {*defined} <= texts.names()


def _names(assigned: ast.Assign) -> list[ast.Name]:
    return [n for target in assigned.targets for n in ast.walk(target) if isinstance(n, ast.Name)]

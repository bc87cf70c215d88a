"""Traps that other libraries fell into: each small layer here has a gradient known by hand."""

import numpy as np
import pytest
from whole_network import gap

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.run import run
from deltarule.calculus import derive
from deltarule.expressions.symbols import Size
from deltarule.language.load import load

HEAD = "from deltarule.language import *\nN, M, K = sizes('N M K')\n"
HEAD += "n, m, k, i, j = indices('n m k i j')\n"


@pytest.fixture
def derived(tmp_path):
    def make(text):
        path = tmp_path / "layer.py"
        path.write_text(HEAD + text, encoding="utf-8")
        return derive(load(path))

    return make


def backward(derivation, arrays, **sizes):
    """All gradients in float64, from given arrays."""
    values = Values(
        {name: np.asarray(a, dtype=float) for name, a in arrays.items()},
        {Size(s): v for s, v in sizes.items()},
        dict(derivation.network.scalars),
        derivation.network.tensors,
    )
    run(derivation.network.equations, values, Float64())
    run(derivation.equations(), values, Float64())
    return values.arrays


def test_a_diagonal(derived):
    """Halide #7385: y[i] = x[i, i]. The gradient has entries on the diagonal alone."""
    d = derived("x, y = input('x', N, N), output('y', N)\ny[i] = x[i, i]\n")
    found = backward(d, {"x": np.arange(9).reshape(3, 3), "dL/dy": [1, 2, 3]}, N=3)
    np.testing.assert_array_equal(found["dL/dx"], np.diag([1, 2, 3]))


def test_a_trace_squared(derived):
    """SymPy has 0 for matrix derivatives of this kind (#26585)."""
    d = derived("x = input('x', N, N)\nE = loss('E', Sum[i](x[i, i])**2 + 1)\n")
    x = np.arange(4.0).reshape(2, 2)
    found = backward(d, {"x": x}, N=2)
    np.testing.assert_allclose(found["dE/dx"], 2 * np.trace(x) * np.eye(2))


def test_an_index_name_used_free_and_bound(derived):
    """SymPy #21891 differentiates Σᵢ x[i]² by x[i] as if they were one i."""
    d = derived("x, y = input('x', N), output('y', N)\ny[i] = x[i] * Sum[i](x[i]**2)\n")
    x, g = np.array([1.0, -2.0, 3.0]), np.array([1.0, 5.0, -1.0])
    found = backward(d, {"x": x, "dL/dy": g}, N=3)
    np.testing.assert_allclose(found["dL/dx"], g * (x @ x) + 2 * x * (g @ x))


def test_every_second_entry(derived):
    """SymPy's deltasummation makes x[q/2] of Σᵢ δ(q, 2i)·x[i] for odd q as well."""
    d = derived("x, y = input('x', M, outside=0), output('y', N)\ny[i] = x[2*i]\n")
    found = backward(d, {"x": np.zeros(5), "dL/dy": [1, 2, 3]}, N=3, M=5)
    np.testing.assert_array_equal(found["dL/dx"], [1, 0, 2, 0, 3])


def test_an_empty_batch(derived):
    """Reversed limits follow Karr in SymPy; an empty sum is 0 here, in number and gradient."""
    d = derived(
        "x, W, y = input('x', N, M), parameter('W', M, K), output('y', N, K)\n"
        "y[n, k] = Sum[m](x[n, m] * W[m, k])\n"
    )
    found = backward(
        d, {"x": np.zeros((0, 2)), "W": np.ones((2, 3)), "dL/dy": np.zeros((0, 3))}, N=0, M=2, K=3
    )
    np.testing.assert_array_equal(found["dL/dW"], np.zeros((2, 3)))
    assert found["dL/dx"].shape == (0, 2)


def test_log_sum_exp(derived):
    """SymPy's matrix derivative of it is 0 (#26561); it is the softmax."""
    d = derived("x = input('x', N)\nE = loss('E', log(Sum[i](exp(x[i]))))\n")
    x = np.array([0.5, -1.0, 2.0])
    found = backward(d, {"x": x}, N=3)
    np.testing.assert_allclose(found["dE/dx"], np.exp(x) / np.exp(x).sum())


def test_one_tensor_read_twice(derived):
    d = derived(
        "x, y = input('x', N, outside=0), output('y', N)\n"
        "y[i] = x[i] * x[i - 1] + x[i] + 3*x[i - 1]\n"
    )
    x, g = np.array([1.0, 2.0, 3.0]), np.array([1.0, 10.0, 100.0])
    found = backward(d, {"x": x, "dL/dy": g}, N=3)
    before, after = np.r_[0, x[:-1]], np.r_[x[1:], 0]
    np.testing.assert_allclose(
        found["dL/dx"], g * (before + 1) + np.r_[g[1:], 0] * (after + 3) * [1, 1, 0]
    )


def test_what_nothing_reads_has_gradient_zero(derived):
    d = derived("x, b, y = input('x', N), parameter('b', N), output('y', N)\ny[i] = 2*x[i]\n")
    assert d.gradients["b"].expr == 0
    assert d.gradients["b"].steps[0].rule == "no path"


@pytest.mark.parametrize(
    "text",
    [
        "x, y = input('x', N, M), output('y', M, N)\ny[m, n] = x[n, m]\n",
        "x, y = input('x', N), output('y', N, N)\ny[i, j] = x[i] * x[j]\n",
        "x, y = input('x', N), output('y', N)\ny[i] = x[N - 1 - i]\n",
        "x, y = input('x', N, outside=0), output('y', N)\ny[i] = x[3*i - 2] * x[i]\n",
        "x, y = input('x', N), output('y')\ny[()] = Product[i](1 + x[i]**2)\n",
        "x, y = input('x', N), output('y', N)\ny[i] = Mean[j](x[i] * tanh(x[j] - x[i]))\n",
        "x, w, y = input('x', N), input('w', K, below=N), output('y', K)\ny[k] = x[w[k]]**2\n",
    ],
)
@pytest.mark.parametrize("seed", [1, 2])
def test_access_of_all_kinds(derived, text, seed):
    one, two = gap(derived(text), seed)
    assert one.overlaps(two)
    assert (one - two).abs_upper() < 1e-25

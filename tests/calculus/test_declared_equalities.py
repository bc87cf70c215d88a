"""What a formula says of values that are equal stays in its gradient: it is no kink to remove."""

import numpy as np
import pytest

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.run import run
from deltarule.calculus import derive
from deltarule.language.load import load

HEAD = '''"""A layer."""
from deltarule.language import *
N, T, K = sizes("N T K")
n, t, k = indices("n t k")
'''
RATINGS = """R = target("R", N, T)
P, Q = parameter("P", N, K), parameter("Q", T, K)
E = loss("E", Sum[n, t]((R[n, t] != 0) * (R[n, t] - Sum[k](P[n, k] * Q[t, k])) ** 2))
"""
LABELS = """c, p = target("c", N), parameter("p", N, K)
E = loss("E", -Sum[n, k](where(equal(k, c[n]), log(p[n, k]), 0)))
"""
MASK = """x, mask = input("x", N, T), input("mask", N, T)
y = output("y", N, T)
y[n, t] = where(mask[n, t] == 1, x[n, t], 0)
"""
MEAN = """x, mask = input("x", N, T), input("mask", N, T)
y = output("y", N)
y[n] = Sum[t](where(mask[n, t] == 1, x[n, t], 0)) / Sum[t](where(mask[n, t] == 1, 1, 0))
"""
BRANCHES = """x, a, b = input("x", N), input("a", N), input("b", N)
h = intermediate("h", N)
y = output("y", N)
h[n] = relu(x[n])
y[n] = where(h[n] == 0, a[n], b[n] * h[n])
"""
MASKED = np.array([[1.0, 0.0, 1.0], [0.5, 1.0, 0.0]])

#: The values that tie, and the tensors along which differences are taken there.
CASES = {
    RATINGS: ({"R": MASKED}, "PQ"),
    LABELS: ({"c": np.array([2.0, 0.0])}, "p"),
    MASK: ({"mask": MASKED}, "x"),
    MEAN: ({"mask": MASKED}, "x"),
    BRANCHES: ({"x": np.array([-0.5, 0.7])}, "abx"),
}


@pytest.mark.parametrize("body", CASES)
def test_what_is_said_of_equal_values_stays_in_the_gradient(tmp_path, body):
    path = tmp_path / "layer.py"
    path.write_text(HEAD + body, encoding="utf-8")
    derivation = derive(load(path))
    tied, moved = CASES[body]
    network, random = derivation.network, np.random.default_rng(0)
    sizes = {"N": 2, "T": 3, "K": 4}
    extents = {axis: sizes[str(axis)] for t in network.tensors.values() for axis in t.axes}
    given = {
        name: tied.get(name, random.uniform(0.2, 1, [sizes[str(axis)] for axis in tensor.axes]))
        for name, tensor in network.tensors.items()
        if tensor.given
    }

    def computed(arrays) -> Values:
        values = Values(dict(arrays), extents, dict(network.scalars), dict(network.tensors))
        run(network.equations, values, Float64())
        return values

    (end,) = (t.name for t in network.tensors.values() if t.role in ("output", "loss"))
    values = computed(given)
    values.arrays[f"dL/d{end}"] = np.ones_like(values.arrays[end])
    run([g.equation() for g in derivation.gradients.values()], values, Float64())
    for name in moved:
        gradient = values.arrays[derivation.gradients[name].name]
        assert gradient.any()
        for entry in np.ndindex(*gradient.shape):
            step = np.zeros(gradient.shape)
            step[entry] = 1e-5
            above, below = (
                computed({**given, name: given[name] + s}).arrays[end].sum() for s in (step, -step)
            )
            assert gradient[entry] == pytest.approx((above - below) / 2e-5, abs=1e-8)

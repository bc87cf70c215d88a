"""Whoever draws numbers for a network draws what its tensors are declared to hold."""

import numpy as np
import pytest

from deltarule.arithmetic.exact import Ball
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.random_arrays import random_arrays
from deltarule.arithmetic.settings import setting, sizes_at
from deltarule.calculus import derive
from deltarule.language.load import load
from deltarule.tracing.random_givens import drawn

HALF_LINES = '''"""A root and a logarithm, of inputs that declare no range."""
from deltarule.language import *
N, n = sizes("N"), index("n")
x, w = input("x", N), parameter("w", N)
y = output("y", N)
y[n] = log(x[n]) * sqrt(w[n])
'''


def by_hand(network):
    return drawn(derive(network), 2)[0]


def in_floats(network):
    return random_arrays(network, sizes_at(network, setting(network)), 2)


def in_balls(network):
    return Probe(network, Ball(64), 2).values.arrays


every_sampler = pytest.mark.parametrize("sample", [by_hand, in_floats, in_balls])


@every_sampler
@pytest.mark.parametrize("name", ["label_cross_entropy", "softmax_cross_entropy", "adam"])
def test_what_is_declared_holds(sample, name):
    network = load(name)
    arrays = sample(network)
    for tensor in network.tensors.values():
        if not tensor.given:
            continue
        array = np.asarray(arrays[tensor.name], dtype=float)
        if tensor.integral:
            assert np.all(array == np.round(array)) and np.all(array >= 0)
        if tensor.sums_to_one is not None:
            assert np.allclose(array.sum(tensor.sums_to_one), 1, atol=1e-12)
        if tensor.role == "memory":
            assert np.all((array > 0) & (array < 1))


def test_matrices_declared_definite_are():
    network = load("kalman_vector")
    arrays = in_floats(network)
    definite = [t.name for t in network.tensors.values() if t.given and t.definite]
    assert definite
    for name in definite:
        assert np.all(np.linalg.eigvalsh(np.asarray(arrays[name], dtype=float)) > 0)


@pytest.mark.parametrize("sample", [by_hand, in_floats])
def test_roots_and_logarithms_have_values(sample, tmp_path):
    path = tmp_path / "half_lines.py"
    path.write_text(HALF_LINES, encoding="utf-8")
    arrays = sample(load(str(path)))
    assert all(np.all(np.asarray(arrays[n], dtype=float) > 0) for n in ("x", "w"))

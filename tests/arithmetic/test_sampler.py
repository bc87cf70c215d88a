"""Whoever draws numbers for a network draws what its tensors are declared to hold."""

import numpy as np
import pytest

from deltarule.arithmetic.domain import undefined
from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.exact import Ball
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.places_inside import places_inside
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.random_arrays import random_arrays
from deltarule.arithmetic.run import run
from deltarule.arithmetic.settings import setting, sizes_at
from deltarule.calculus.without_steps import derive_unverified
from deltarule.kernels.passes.program import program
from deltarule.kernels.self_check import sampling
from deltarule.language.load import load
from deltarule.tracing.random_givens import drawn
from deltarule.typed.typed_layer import layer

HALF_LINES = '''"""A root and a logarithm, of inputs that declare no range."""
from deltarule.language import *
N, n = sizes("N"), index("n")
x, w = input("x", N), parameter("w", N)
y = output("y", N)
y[n] = log(x[n]) * sqrt(w[n])
'''


def by_hand(network, seed=2):
    return drawn(derive_unverified(network), seed)[0]


def in_floats(network, seed=2):
    return random_arrays(network, sizes_at(network, setting(network)), seed)


def in_emitted_files(network, seed=2):
    """What the text of an emitted self-check draws."""
    names = {"np": np, "real": np.float64}
    exec(sampling(program(network, {})), names)  # noqa: S102 - the text is deltarule's own
    return names["sample"](np.random.default_rng(seed))


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


#: Each has values at some numbers alone; single numbers may lie there by chance.
WITH_A_DOMAIN = """
y[n] = x[n]/√D
y[n] = softmax(z/√d)[n]
y = log(a)*x
y = log(1 + x)
y = log(x/(1 - x))
y = log(log(x))
y = log(2 - x)
y = acos(x)
y = asin(a*x)
y = acosh(x)
y = atanh(x/2)
y = x^p
y = w x^(1/3)
y = lgamma(a)
y = sqrt(1 - x^2)
y = sqrt(x^2 - 1)
y = √(1.9 + x)
y = sqrt(a*b)*x
y = sqrt(b - a)*x
y[n] = (x[n] - m)/√v
""".strip().splitlines()
#: Here what is drawn in tenths may be 0.
WITH_POLES = ["y[n] = 1/(x[n] - 1)", "y[n] = 1/(x[n]^2 - 1/4)"]


@pytest.mark.parametrize("formula", [*WITH_A_DOMAIN, *WITH_POLES])
def test_a_network_has_values_at_whatever_is_drawn(formula):
    network = layer(formula)
    for sample in (by_hand, in_floats, in_emitted_files):
        for seed in range(3):
            given = {n: np.asarray(a, float) for n, a in sample(network, seed).items()}
            given = {n: a for n, a in given.items() if n in network.tensors}
            letters = [axis for n in given for axis in network.tensors[n].axes]
            counts = [count for a in given.values() for count in a.shape]
            sizes = dict(zip(letters, counts, strict=True))
            values = Values(given, sizes, dict(network.scalars), dict(network.tensors))
            run(network.equations, values, Float64())
            assert not any(map(undefined, values.arrays.values())), (sample, seed, given)


def test_only_what_has_to_lie_inside_a_domain_is_drawn_from_there():
    assert places_inside(layer("y = (x - m)/√v")) == {"v": (0, 1)}
    assert places_inside(layer("y = w acos(x)")) == {"x": (-1, 1)}

"""Formulas with sums of exponentials, evaluated in float64 where the plain sums overflow."""

import numpy as np
import pytest

from deltarule.arithmetic.dual import Dual, DualArray
from deltarule.arithmetic.evaluate import Values, evaluate
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.prepared_program import program
from deltarule.expressions.symbols import Size
from deltarule.language.load import load

SCORES = np.array(
    [
        [10003.0, 10002, 10000],
        [1e4, -1e4, 0],
        [-1e4, -1e4, -1e4],
        [745, 0, -745],
        [1, 2, 3],
        [-np.inf, 0, 1],
    ]
)
TEXT = """\"\"\"Of a test.\"\"\"
from deltarule.language import *
N, C = sizes("N C")
n, c, k = indices("n c k")
z = input("z", N, C)
p, q, s = output("p", N, C), output("q", N, C), output("s", N, C)
l, m, o, e = output("l", N), output("m", N), output("o", N), output("e", N)
p[n, c] = exp(z[n, c]) / Sum[k](exp(z[n, k]))
q[n, c] = z[n, c] - log(Sum[k](exp(z[n, k])))
s[n, c] = square(exp(z[n, c])) / Sum[k](square(exp(z[n, k])))
l[n] = log(Sum[k](exp(z[n, k])))
m[n] = LogSumExp[k](z[n, k])
o[n] = log(Sum[k](where(k >= 1, exp(z[n, k]), 0)))
e[n] = Sum[k](where(k >= 1, exp(z[n, k]), 0)) / Sum[c](exp(z[n, c]))
"""


def softmax(z):
    powers = np.exp(z - z.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def log_sum(z):
    most = z.max(1)
    return most + np.log(np.exp(z - most[:, None]).sum(1))


def log_softmax(z):
    below = z - z.max(1, keepdims=True)
    return below - np.log(np.exp(below).sum(1, keepdims=True))


@pytest.fixture
def network(tmp_path):
    path = tmp_path / "layer.py"
    path.write_text(TEXT, encoding="utf-8")
    return load(path)


def values(network, z) -> Values:
    return Values({"z": z}, {Size("N"): len(SCORES), Size("C"): 3}, {}, network.tensors)


def evaluated(network) -> dict:
    known = values(network, SCORES)
    for e in network.equations:  # some of which read lines with names of their own
        known.arrays[e.name] = evaluate(e.rhs, e.ranges, known, Float64())
    return known.arrays


def prepared(network) -> dict:
    known = values(network, SCORES)
    program(network.equations, known)()
    return known.arrays


@pytest.mark.parametrize("way", [evaluated, prepared])
def test_values(network, way):
    with np.errstate(all="raise", under="ignore", divide="ignore"):
        found = way(network)
    wanted = {
        "p": softmax(SCORES),
        "q": log_softmax(SCORES),
        "s": softmax(2 * SCORES),
        "l": log_sum(SCORES),
        "m": log_sum(SCORES),
        "o": log_sum(SCORES[:, 1:]),
        "e": softmax(SCORES)[:, 1:].sum(1),
    }
    for name, array in wanted.items():
        np.testing.assert_allclose(found[name], array, 1e-12, 1e-15, err_msg=name)


def test_of_nothing_finite(network):
    known = values(network, np.array([[-np.inf] * 3, [np.inf, 0, 1]] + [[0.0] * 3] * 4))
    by_name = {e.name: e for e in network.equations}
    for name in ("l", "m"):
        with np.errstate(divide="ignore"):
            found = evaluate(by_name[name].rhs, by_name[name].ranges, known, Float64())
        assert found[:2].tolist() == [-np.inf, np.inf]


def test_dual_numbers(network):
    """The largest score is taken out and put back: no gradient flows through it."""
    arithmetic = Dual(Float64())
    z = SCORES[:5]
    seeded = DualArray(z, np.eye(3)[[0, 0, 0, 1, 2]])
    known = Values({"z": seeded}, {Size("N"): 5, Size("C"): 3}, {}, network.tensors)
    by_name = {e.name: e for e in network.equations}
    found = evaluate(by_name["l"].rhs, by_name["l"].ranges, known, arithmetic).tangent
    wanted = softmax(z)[np.arange(5), [0, 0, 0, 1, 2]]
    np.testing.assert_allclose(found, wanted, 1e-12, 1e-15)

"""Shares of exponentials as kernels compute them: nothing overflows, no logarithm is lost."""

from itertools import combinations

import numpy as np
import pytest
from once import programmed

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.exact import Ball
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.run import run
from deltarule.expressions.nodes import Max, walk
from deltarule.expressions.symbols import Size

LOGITS = [[1000.0, 0.0, -1000.0], [1.5, 2.0, 3.25], [-1000.0, -999.0, -998.5]]
TARGETS = {
    "softmax": None,
    "softmax_cross_entropy": np.array([[0.0, 0.25, 0.75], [0, 0, 1], [1, 0, 0]]),
    "weighted_cross_entropy": np.array([[0.0, 0.25, 0.75], [0, 0, 1], [1, 0, 0]]),
    "label_cross_entropy": np.array([1, 2, 0]),
}


def values(made, name, arithmetic):
    arrays = {"z": np.array(LOGITS), "t": TARGETS[name], "v": np.array([0.5, 1.0, 2.0])}
    arrays = {
        n: a if a.dtype == np.int64 else arithmetic.array(a.astype(object))
        for n, a in arrays.items()
        if n in made.network.tensors
    }
    sizes = {Size("N"): 3, Size("C"): 3}
    return Values(arrays, sizes, made.scalars, made.network.tensors)


@pytest.mark.parametrize("name", TARGETS)
def test_as_good_as_in_balls(name):
    made = programmed(name)
    rounded, certain = values(made, name, Float64()), values(made, name, ball := Ball(256))
    run(made.forward.equations, rounded, Float64())
    with ball.context():
        run(made.network.equations, certain, ball)
    for tensor in made.forward.results:
        wanted = np.vectorize(lambda b: float(b.mid()), otypes=[float])(certain.arrays[tensor])
        np.testing.assert_allclose(rounded.arrays[tensor], wanted, rtol=1e-14, atol=1e-300)
    assert all(np.isfinite(rounded.arrays[n]).all() for n in made.forward.results)


@pytest.mark.parametrize(
    "options",
    list(combinations(["stable", "smoothed", "weighted", "ignored", "masked"], 2)),
    ids=" and ".join,
)
def test_gradients_of_every_pair_of_options(options):
    """∂E/∂p is −1/p where p is 0: what stands around it must not keep it from cancelling."""
    settings = {"G": 1} if "ignored" in options else {}
    settings |= dict.fromkeys(options, True)
    made = programmed("label_cross_entropy", reduction="mean", **settings)
    plain = values(made, "label_cross_entropy", Float64())
    plain.arrays["m"] = np.array([1, 0, 1])
    for equations in (made.forward.equations, made.backward.equations):
        run(equations, plain, Float64())
    z, t = np.array(LOGITS), TARGETS["label_cross_entropy"]
    shifted = np.exp(z - z.max(1, keepdims=True))
    p, v = shifted / shifted.sum(1, keepdims=True), np.array([0.5, 1.0, 2.0])
    v = v if "weighted" in options else np.ones(3)
    counts = (t != 1 if "ignored" in options else 1) * ([1, 0, 1] if "masked" in options else 1)
    epsilon = 0.1 if "smoothed" in options else 0
    given = (1 - epsilon) * np.eye(3)[t] * v[t][:, None] + epsilon * v / 3
    wanted = (p * given.sum(1, keepdims=True) - given) * np.reshape(counts * np.ones(3), (3, 1))
    found = plain.arrays[made.gradients["z"]]
    np.testing.assert_allclose(found, wanted / (counts * v[t]).sum(), rtol=1e-13, atol=1e-300)


@pytest.mark.slow
def test_every_share_of_the_catalogue_is_shifted():
    for name in ("attention", "additive_attention", "char_rnn", "memory_read", "glimpse"):
        assert any(Max in map(type, walk(e.rhs)) for e in programmed(name).forward.equations)


def test_what_is_no_share_stays_as_it_is():
    for name in ("dense", "kalman", "shifted_logsumexp"):
        made = programmed(name)
        known = {e.name: e.rhs for e in made.network.equations}
        assert all(e.name in known for e in made.forward.equations)
        assert all(
            Max in map(type, walk(known[e.name]))
            for e in made.forward.equations
            if Max in map(type, walk(e.rhs))
        )

"""Updates number by number come to what they come to array by array."""

from __future__ import annotations

import numpy as np
import pytest
from once import derived

from deltarule.arithmetic.prepared import Unprepared
from deltarule.tracing import computation as computations
from deltarule.tracing.random_givens import drawn
from deltarule.tracing.trace import computation_of

NETWORKS = {
    "sigmoid": {"activation": "sigmoid", "loss": "half_squared"},
    "tanh, softmax": {"activation": "tanh", "loss": "softmax_cross_entropy"},
}


def _computation(options, optimiser="gradient_descent"):
    derivation = derived("mlp", layers=2, bias=True, **options)
    givens, _ = drawn(derivation, 3)
    return computation_of(
        derivation, {k: v.tolist() for k, v in givens.items()}, optimiser=optimiser, rate=0.1
    )


@pytest.mark.parametrize("name", NETWORKS)
def test_many_updates_are_the_same_either_way(name, monkeypatch):
    computation = _computation(NETWORKS[name])
    found = computations.repeated(computation, [0, 5, 60])

    def too_many(*_):
        raise Unprepared

    monkeypatch.setattr(computations, "Unrolled", too_many)
    plain = computations.repeated(computation, [0, 5, 60])
    assert found.keys() == plain.keys() == {0, 5, 60}
    for count in found:
        for kept in computation.kept:
            a, b = (np.asarray(c[count].givens[kept], dtype=float) for c in (found, plain))
            np.testing.assert_allclose(a, b, 1e-12)


def test_overflow_goes_the_other_way():
    computation = _computation(NETWORKS["sigmoid"])
    far = {
        n: np.asarray(computation.givens[n], dtype=float) * 1e200 for n in computation.parameters
    }
    found = computations.repeated(computation.with_givens(far), [4])
    assert all(np.shape(found[4].givens[n]) == np.shape(far[n]) for n in computation.parameters)

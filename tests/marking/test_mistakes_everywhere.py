"""The list of mistakes, planted in NumPy by Jacobians of the forward equations, is generated.

`python tests/support/planted_in_numpy.py` does the same for the whole catalogue.
"""

from __future__ import annotations

import numpy as np
import pytest
from planted_in_numpy import Generated, computation, planted


@pytest.mark.parametrize("name", ["softmax", "mlp", "batch_norm", "embedding", "dropout", "conv1d"])
def test_what_is_planted_is_generated_and_named(name):
    found = list(planted(name))
    assert found
    assert [(row, line) for row, line, generated in found if not generated] == []


def _named(generated: Generated, line: str, value: np.ndarray, kind: str) -> bool:
    mistakes, values = generated(line)
    near = [k for k, v in enumerate(values) if np.allclose(v, value, rtol=1e-7, atol=1e-9)]
    return any(mistakes[k].kind == kind for k in near)


def test_statistics_over_the_wrong_groups():
    here = computation("group_norm")
    generated, q = Generated(here), here.floats.arrays
    x, epsilon = q["x"], 0.00001
    (n, channels, h, w), (_, groups) = x.shape, q["mu"].shape
    apart = x.reshape(n, channels // groups, groups, h, w)  # channel c in the group c mod G
    mu, v = apart.mean((1, 3, 4)), apart.var((1, 3, 4))
    assert _named(generated, "mu", mu, "wrong groups")
    of = np.arange(channels) % groups
    xhat = (x - mu[:, of, None, None]) / np.sqrt(v[:, of, None, None] + epsilon)
    assert _named(generated, "xhat", xhat, "wrong groups")
    over = (1, 2, 3)
    xhat = (x - x.mean(over, keepdims=True)) / np.sqrt(x.var(over, keepdims=True) + epsilon)
    g = q["dL/dy"] * q["gamma"][:, None, None]
    back = g - g.mean(over, keepdims=True) - xhat * (g * xhat).mean(over, keepdims=True)
    assert _named(
        generated, "dL/dx", back / np.sqrt(x.var(over, keepdims=True) + epsilon), "wrong groups"
    )


def test_statistics_themselves_over_the_whole_array():
    here = computation("layer_norm")
    generated, x = Generated(here), here.floats.arrays["x"]
    everywhere = np.full(len(x), x.mean())
    assert _named(generated, "mu", everywhere, "another axis")
    assert _named(generated, "v", np.full(len(x), x.var()), "another axis")

"""Softmax of ∞: NaN where the equation exp(z)/Σ exp(z) has it under IEEE, and nowhere else."""

import numpy as np
import pytest

import deltarule

ROWS = np.array(
    [[1, np.inf, 2], [-np.inf, -np.inf, -np.inf], [0, -np.inf, 1], [np.inf, np.inf, 0], [3, 1, 2]]
)


@pytest.mark.parametrize("plain", [False, True])
def test_a_stable_softmax_is_nan_where_its_equation_is(plain, cache):
    found = deltarule.kernel("softmax", plain=plain, cache=cache).forward(z=ROWS)
    with np.errstate(invalid="ignore"):
        powers = np.exp(ROWS)
        wanted = powers / powers.sum(axis=1, keepdims=True)
    assert np.isnan(wanted).sum() == 1 + 3 + 2
    np.testing.assert_allclose(found, wanted, rtol=1e-15)

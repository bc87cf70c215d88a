"""exp, tanh and erf in kernels: how exact they are, and what they do at the ends."""

import math

import mpmath
import numpy as np
import pytest

from deltarule.kernels.api import kernel

#: For each activation its exact value, and the last places (float64) or relative gap (float32)
#: that are allowed.
EXACT = {
    "exp": (mpmath.exp, 2, 3e-7),
    "tanh": (mpmath.tanh, 2, 3e-7),
    "sigmoid": (lambda z: 1 / (1 + mpmath.exp(-z)), 3, 3e-7),
}


def values(activation: str, z: np.ndarray, cache) -> np.ndarray:
    made = kernel("activation", activation=activation, dtype=z.dtype.name, cache=cache)
    return made.forward(z=z[None])[0]


def points(dtype: str, far: float) -> np.ndarray:
    small = np.logspace(-30, 0, 200)
    near = np.linspace(-2, 2, 1501)  # here the reduced argument changes its sign, and its power
    return np.concatenate([np.linspace(-far, far, 3001), near, small, -small]).astype(dtype)


@pytest.mark.parametrize("activation", EXACT)
def test_float64_is_exact_to_the_last_places(activation, cache):
    exact, places, _ = EXACT[activation]
    z = points("float64", 30)
    with mpmath.workdps(40):
        for at, found in zip(z, values(activation, z, cache), strict=True):
            wanted = exact(mpmath.mpf(float(at)))
            gap = abs(mpmath.mpf(float(found)) - wanted)
            assert gap <= places * mpmath.mpf(math.ulp(float(wanted))), at


@pytest.mark.parametrize("activation", EXACT)
def test_float32_is_exact_to_3e_7(activation, cache):
    exact, _, allowed = EXACT[activation]
    z = points("float32", 30)
    wanted = np.array([float(exact(mpmath.mpf(float(at)))) for at in z])
    np.testing.assert_allclose(values(activation, z, cache), wanted, allowed)


@pytest.mark.parametrize(("dtype", "allowed"), [("float32", 3e-7), ("float64", 4e-16)])
def test_gelu_has_the_error_function_of_the_type(dtype, allowed, cache):
    z = points(dtype, 9)
    wanted = [0.5 * float(at) * (1 + math.erf(float(at) / math.sqrt(2))) for at in z]
    found = values("gelu", z, cache)
    assert np.all(np.abs(found - wanted) <= allowed * np.abs(z))


@pytest.mark.parametrize(("dtype", "last"), [("float32", -104), ("float64", -746)])
def test_exp_falls_through_all_numbers_of_the_type(dtype, last, cache):
    z = np.linspace(last + 25, last, 400).astype(dtype)
    found, step = values("exp", z, cache), float(np.finfo(dtype).smallest_subnormal)
    with mpmath.workdps(40):
        wanted = [mpmath.exp(mpmath.mpf(float(at))) for at in z]
        gaps = [abs(mpmath.mpf(float(f)) - w) for f, w in zip(found, wanted, strict=True)]
    assert all(g <= max(step, w * mpmath.mpf("3e-7")) for g, w in zip(gaps, wanted, strict=True))
    assert found[0] > 0 and np.all(np.diff(found) <= 0)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_ends_and_what_is_no_number(dtype, cache):
    z = np.array([np.inf, -np.inf, 1000, -1000, np.nan, 0.0, -0.0], dtype)
    ends = {"exp": [np.inf, 0, np.inf, 0], "tanh": [1, -1, 1, -1], "sigmoid": [1, 0, 1, 0]}
    for activation, wanted in ends.items():
        found = values(activation, z, cache)
        assert found[:4].tolist() == wanted, activation
        assert np.isnan(found[4])
        assert found[5] == found[6]

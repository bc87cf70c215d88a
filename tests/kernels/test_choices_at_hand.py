"""Where both values of a choice are at hand, one is picked: nothing jumps, in short loops too."""

import re

import numpy as np
import pytest

import deltarule

#: What is chosen by a sign, and the same in NumPy.
LINES = {
    "relu(g[c]*x[n, c] + g[c])": lambda x, g: np.maximum(g * x + g, 0),
    "maximum(x[n, c], g[c])": lambda x, g: np.maximum(x, g),
    "minimum(x[n, c], g[c])": lambda x, g: np.minimum(x, g),
}
LAYER = """
from deltarule.language import *

N, C = sizes("N C")
n, c = indices("n c")
x, g = input("x", N, C), parameter("g", C)
y = output("y", N, C)
y[n, c] = {}
"""


@pytest.fixture(scope="module", params=LINES)
def made(request, tmp_path_factory):
    """A kernel of one line, and what it should give."""
    file = tmp_path_factory.mktemp("lines") / "line.py"
    file.write_text(LAYER.format(request.param))
    return deltarule.kernel(str(file)), LINES[request.param]


def test_values_and_what_is_no_number(made):
    kernel, formula = made
    x = np.array([[1.5, -0.5, 0.0], [np.nan, np.inf, -np.inf], [2.0, np.nan, -0.0]])
    g = np.array([0.5, -1.0, 2.0])
    np.testing.assert_array_equal(kernel.forward(x=x, g=g), formula(x, g))
    dy = np.full(x.shape, 3.0)
    gradient, here = kernel.backward(x=x, g=g, dy=dy)["x"], np.isfinite(x) & (x != 0)
    step = 1e-6
    with np.errstate(invalid="ignore"):  # ∞ − ∞
        difference = (formula(x + step, g) - formula(x - step, g)) * 3 / (2 * step)
    np.testing.assert_allclose(gradient[here], difference[here], atol=1e-6)
    assert np.isnan(gradient[np.isnan(x)]).all()


def test_nothing_jumps(made):
    body = made[0].source.partition("GIVEN")[2].partition("def inputs")[0]
    assert "either(" in body
    assert not re.search(r"\bif .* else\b", body)

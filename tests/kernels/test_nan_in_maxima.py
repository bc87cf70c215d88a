"""A maximum that is NaN passes its gradient to what is NaN, as declared for ties."""

import numpy as np
import pytest
from laid_out import as_python

import deltarule
from deltarule.frameworks.file_text import emitted_for

LAYER = """
from deltarule.language import *

N, K = sizes("N K")
n, k = indices("n k")
x, w = input("x", N, K), input("w", N, K)
y = output("y", N)
y[n] = Max[k](x[n, k] * w[n, k], ties="{ties}")
"""
X = np.array([[1.0, np.nan, 3.0], [2.0, 2.0, 1.0], [np.nan, 1.0, np.nan], [-np.inf] * 3])
GRADIENTS = {
    "first": [[0, 1, 0], [1, 0, 0], [1, 0, 0], [1, 0, 0]],
    "all": [[0, 1, 0], [1, 1, 0], [1, 0, 1], [1, 1, 1]],
    "split": [[0, 1, 0], [1 / 2, 1 / 2, 0], [1 / 2, 0, 1 / 2], [1 / 3] * 3],
}


@pytest.mark.slow
@pytest.mark.parametrize("ties", GRADIENTS)
def test_the_gradient_goes_to_what_is_nan(ties, tmp_path, monkeypatch):
    path = tmp_path / f"maximum_{ties}.py"
    path.write_text(LAYER.format(ties=ties), encoding="utf-8")
    given = {"x": X, "w": np.ones_like(X), "dy": np.ones(len(X))}
    for plain in (True, False):
        found = deltarule.kernel(path, plain=plain).backward(**given)["x"]
        np.testing.assert_array_equal(found, GRADIENTS[ties], f"plain: {plain}")
    module = as_python(emitted_for("numpy", path, {}), tmp_path, monkeypatch)
    values = module.values_of({n: given[n] for n in "xw"})
    found = module.gradients_of(given, values)["x"]
    np.testing.assert_array_equal(found, GRADIENTS[ties], "NumPy")

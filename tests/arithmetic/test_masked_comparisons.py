"""What does not count is not compared: of x[d] − x[d] no enclosure tells whether it is above 0."""

import numpy as np
import pytest

from deltarule.arithmetic.dual import Dual
from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.exact import Ball
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.run import run
from deltarule.arithmetic.ties import TiedBall
from deltarule.language.load import load

LAYER = '''"""A layer."""
from deltarule.language import *
D = size("D")
d, e = indices("d e")
x, y = input("x", D), output("y", D)
z = intermediate("z", D)
z[d] = exp(x[d])
y[d] = {line}
'''
LINES = (
    "Sum[e](where(z[e] > z[d], 1, 0), where=e < d)",
    "Product[e](where(z[e] >= z[d], 2, 3), where=differ(e, d))",
    "where(d > 0, Max[e](abs(z[d] - z[e]), where=e < d), 0)",
    "Sum[e](relu(z[d] - z[e]), where=e > d)",
    "Sum[e](sign(z[d] - z[e]) + max(z[d] - z[e], 0), where=e > d)",
    "Sum[e](floor(z[d] - z[e]) + round(z[e] - z[d] + 0.5), where=differ(d, e))",
)


@pytest.mark.parametrize("line", LINES)
def test_an_entry_is_not_compared_with_itself(line, tmp_path):
    (path := tmp_path / "layer.py").write_text(LAYER.format(line=line), encoding="utf-8")
    network = load(path)
    sizes = {network.tensors["x"].axes[0]: 4}

    def found(arithmetic):
        given = {"x": arithmetic.array([0.5, -1.25, 2.0, 0.25])}
        values = Values(given, sizes, {}, network.tensors)
        run(network.equations, values, arithmetic)
        return values.arrays["y"]

    wanted = found(Float64())
    for arithmetic in (Ball(64), TiedBall(64)):
        for numbers in (found(arithmetic), found(Dual(arithmetic)).value):
            np.testing.assert_allclose(np.array(numbers, dtype=float), wanted, 1e-12)

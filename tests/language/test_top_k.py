"""The positions of the largest few entries: which they are, ties, and what is refused."""

import numpy as np
import pytest

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.run import run
from deltarule.errors import DeltaruleError
from deltarule.language.load import load

HEAD = '''"""A layer."""
from deltarule.language import *
N, D = sizes("N D")
n, d = indices("n d")
x, y = input("x", N, D), output("y", N, 3)
'''


def network(tmp_path, lines):
    path = tmp_path / "layer.py"
    path.write_text(HEAD + lines + "\n", encoding="utf-8")
    return load(path)


def test_the_largest_come_first_and_of_equal_ones_the_first(tmp_path):
    found = network(
        tmp_path,
        "best = TopK[d](x[n, d], 3)\nfor r, place in enumerate(best):\n    y[n, r] = place\n",
    )
    sizes = dict(zip(found.tensors["x"].axes, (2, 4), strict=True))
    given = {"x": np.array([[2.0, 5.0, 2.0, 3.0], [1.0, 1.0, 1.0, 0.0]])}
    values = Values(given, sizes, {}, found.tensors)
    run(found.equations, values, Float64())
    assert values.arrays["y"].tolist() == [[1, 3, 0], [0, 1, 2]]


def test_the_positions_are_read_by_an_index_too(tmp_path):
    found = network(tmp_path, "k = index('k')\nbest = TopK[d](x[n, d], 3)\ny[n, k] = best[n, k]\n")
    assert found.tensors["x_top"].integers_below == found.tensors["x"].axes[1]
    values = Values(
        {"x": np.array([[2.0, 5.0, 2.0, 3.0]])},
        dict(zip(found.tensors["x"].axes, (1, 4), strict=True)),
        {},
        found.tensors,
    )
    run(found.equations, values, Float64())
    assert values.arrays["y"].tolist() == [[1, 3, 0]]


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("TopK[d](x[n, d])", "no number of"),
        ("TopK[d](x[n, d], 0)", "0"),
        ("TopK[d](x[n, d], count=True)", "True"),
    ],
)
def test_how_many_has_to_be_said(tmp_path, line, asked):
    with pytest.raises(DeltaruleError) as refused:
        network(tmp_path, line)
    assert (refused.value.fact, refused.value.place, refused.value.remedy) == (
        f"TopK is asked for {asked} entries",
        "layer.py, line 6",
        "say how many, as in best = TopK[k](x[n, k], 2)",
    )

"""Sums that run over the places alone where a factor differs from 0, in both passes."""

import numpy as np
import pytest
from agreement import agree, probed
from laid_out import as_python

from deltarule.kernels.lowering import sampling_loops
from deltarule.kernels.module.plain_source import PlainModule
from deltarule.kernels.module.source import Module
from deltarule.kernels.passes.program import program

#: A read at u[n], by its weight w at the place p; how many sums run no further than u sets.
WEIGHTS = {
    "linear": ("max(0, 1 - abs(u[n] - p))", 3),
    "wide": ("max(0, 5 / 2 - abs(2 * u[n] - p) / 2)", 3),
    "two at once": ("max(0, 1 - abs(u[n] - p)) * max(0, u[n] - p)", 3),
    "squares": ("max(0, 2 - (u[n] - p) ** 2 / 2)", 3),
    "one side": ("relu(p - 2 * u[n])", 3),
    "both sides": ("max(0, p - u[n]) + max(0, p + 1 - u[n])", 3),
    "power": ("relu(3 * u[n] - p) ** 3", 3),
    "cubic": (
        "where(abs(u[n] - p) < 1, 1 - (u[n] - p) ** 2,"
        " where(abs(u[n] - p) < 2, -((2 - abs(u[n] - p)) ** 2) / 4, 0))",
        3,
    ),
    "everywhere": ("max(0, 1 - abs(u[n] - p)) + 1", 2),
    "of another read": ("max(0, 1 - abs(u[n] - x[p]))", 0),
    "a pole": ("max(0, 1 - abs(u[n] - p)) / (u[n] - p) ** 2", 0),
    "a closed box": ("where(abs(u[n] - p) <= 3 / 2, u[n], 0)", 3),
}
FILE = """\"\"\"A read between entries.\"\"\"
from deltarule.language import *
N, P = sizes("N P")
n, p = indices("n p")
x, u = input("x", P), input("u", N)
y = output("y", N)
y[n] = Sum[p](x[p] * {weight})
"""


def _program(text: str, tmp_path):
    (tmp_path / "sampled.py").write_text(text, encoding="utf-8")
    return program(tmp_path / "sampled.py", {})


@pytest.mark.parametrize("name", WEIGHTS)
def test_loops_end_where_the_weights_do(name, tmp_path, monkeypatch):
    weight, loops = WEIGHTS[name]
    made = _program(FILE.format(weight=weight), tmp_path)
    text = Module(made, "float64").text()
    # Of a few taps known beforehand there is a table, of others a loop.
    assert text.count("in range(first") + text.count("), np.int64)") == loops
    assert PlainModule(made).text().count("in range(first") == loops
    module = as_python(text, tmp_path, monkeypatch)
    for seed in (0, 1):
        agree(module, made, probed(made, seed, N=4, P=7))


def test_nothing_else_is_read_and_bad_places_reach_the_results(tmp_path, monkeypatch):
    """Far outside nothing is read; at NaN all results are."""
    made = _program(FILE.format(weight=WEIGHTS["linear"][0]), tmp_path)
    for dtype in ("float32", "float64"):
        module = as_python(Module(made, dtype).text(), tmp_path, monkeypatch)
        x = np.full(10**5, np.nan, dtype)
        x[700:702] = 2, 4
        dy = np.ones(4, dtype)
        u = np.array([700.25, 701, -1e30, np.inf], dtype)
        y = module.forward(x, u)["y"]
        assert y.tolist() == [2.5, 4, 0, 0]
        back = module.backward(x, u, dy)
        assert back["u"].tolist() == [2, 0, 0, 0]
        assert {k: v for k, v in enumerate(back["x"]) if v} == {700: 0.75, 701: 1.25}
        u = np.array([np.nan], dtype)
        x = np.ones(5, dtype)
        assert np.isnan(module.forward(x, u)["y"]).all()
        assert np.isnan(module.backward(x, u, dy[:1])["x"]).all()


#: Reads at points of two axes, the sums and weights, and how many sums are taken as taps.
PICTURE = """\"\"\"Pictures read between entries.\"\"\"
from deltarule.language import *
N, C, H, W, I = sizes("N C H W I")
n, c, p, q, i = indices("n c p q i")
x, u, v, a = input("x", N, C, H, W), input("u", N, I), input("v", N, I), input("a", C)
y = output("y", {axes})
y[{at}] = {summed}(x[n, c, p, q] * {weight})
"""
BILINEAR = "max(0, 1 - abs(u[n, i] - p)) * max(0, 1 - abs(v[n, i] - q))"
PICTURES = {
    "each channel": ("N, C, I", "n, c, i", "Sum[p, q]", BILINEAR, 4),
    "a sum of channels": ("N, I", "n, i", "Sum[c, p, q]", f"a[c] * {BILINEAR}", 5),
    "all pictures": ("C, I", "c, i", "Sum[n, p, q]", BILINEAR, 3),
    "cubic and a box": (
        "N, C, I",
        "n, c, i",
        "Sum[p, q]",
        "max(0, 4 - (u[n, i] - p) ** 2) * where(abs(v[n, i] - q) <= 3 / 2, u[n, i], 0)",
        3,
    ),
}


@pytest.mark.parametrize("name", PICTURES)
def test_taps_are_what_the_sum_says_at_edges_and_in_several_blocks(name, tmp_path, monkeypatch):
    axes, at, summed, weight, tables = PICTURES[name]
    made = _program(PICTURE.format(axes=axes, at=at, summed=summed, weight=weight), tmp_path)
    text = Module(made, "float64").text()
    assert text.count("), np.int64)") == tables
    module = as_python(text, tmp_path, monkeypatch)
    for seed, sizes in ((0, (1, 70, 3, 4)), (1, (2, 5, 1, 2))):
        arrays = probed(made, seed, C=2, **dict(zip("NIHW", sizes, strict=True)))
        agree(module, made, arrays)


UPSAMPLED = """\"\"\"Volumes read between entries, at places that no data set.\"\"\"
from deltarule.language import *
N, C, H, W = sizes("N C H W")
n, c, i, j, p, q = indices("n c i j p q")
x, a = input("x", N, C, H, W), input("a", C)
y = output("y", {axes})
def near(i, p): return max(0, 1 - abs(i / 3 - p))
y[{at}] = {summed}
"""
BETWEEN = "x[n, c, p, q] * near(i, p) * near(j, q)"


@pytest.mark.parametrize(
    ("axes", "at", "summed", "tables_for_all"),
    [
        ("N, C, 3 * H - 2, 3 * W - 2", "n, c, i, j", f"Sum[p, q]({BETWEEN})", 4),
        ("N, C, 3 * H - 2, W", "n, c, i, q", "Sum[p](x[n, c, p, q] * near(i, p))", 2),
        ("C, N, 3 * W - 2", "c, n, j", "Sum[p, q](x[n, c, p, q] * near(j, q))", 2),
        ("N, 3 * W - 2", "n, j", "Sum[c, p, q](a[c] * x[n, c, p, q] * near(j, q))", 3),
    ],
)
@pytest.mark.parametrize("parallel", [False, True])
def test_one_table_does_for_all_where_no_data_set_the_places(
    axes, at, summed, tables_for_all, parallel, tmp_path, monkeypatch
):
    monkeypatch.setattr(sampling_loops, "POINTS_FOR_ALL", 4)
    made = _program(UPSAMPLED.format(axes=axes, at=at, summed=summed), tmp_path)
    text = Module(made, "float64", parallel=parallel).text()
    assert text.count("np.empty((3, min(") == tables_for_all
    module = as_python(text, tmp_path, monkeypatch)
    for seed, sizes in ((0, (2, 3, 4, 5)), (1, (1, 2, 1, 2)), (2, (3, 1, 2, 1))):
        agree(module, made, probed(made, seed, **dict(zip("NCHW", sizes, strict=True))))

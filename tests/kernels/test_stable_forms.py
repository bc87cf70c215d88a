"""Formulas as teachers write them, at numbers where they overflow or cancel: forward and back."""

import numpy as np
import pytest
from extremes import wrong
from laid_out import as_python
from once import programmed

from deltarule.expressions.symbols import Size
from deltarule.kernels.module.source import Module

HEAD = '"""Of a test."""\nfrom deltarule.language import *\n'
FAR = [0.0, 1e-30, -1e-30, 1e-9, -20.0, 20.0, -100.0, 100.0, -745.0, 745.0, 1e4, -1e4]

ENTRIES = (
    HEAD
    + """
from deltarule.expressions.functions import erf
N = size("N")
n = index("n")
z = input("z", N)
a, b, c, d = output("a", N), output("b", N), output("c", N), output("d", N)
f, g, h, k = output("f", N), output("g", N), output("h", N), output("k", N)
m, o = output("m", N), output("o", N)
a[n] = log(1 + exp(z[n]))
b[n] = 1 / (1 + exp(-z[n]))
c[n] = z[n] / (1 + exp(-z[n]))
d[n] = (exp(z[n]) - exp(-z[n])) / (exp(z[n]) + exp(-z[n]))
f[n] = 1 - erf(z[n])
g[n] = log(exp(z[n]) + exp(-2 * z[n]))
h[n] = elu(z[n], 1)
m[n] = log(1 - sigmoid(z[n]))
k[n] = gelu(z[n])
o[n] = 1 / (exp(z[n]) + exp(-z[n]))
"""
)

SUMS = (
    HEAD
    + """
N, C = sizes("N C")
n, c, k = indices("n c k")
z, x = input("z", N, C), input("x", C)
t, v, r = target("t", N, C, sums_to_one=1), target("v", C), target("r", N, C)
mask = input("mask", N, C, below=2)
u, p, w = intermediate("u", N, C), intermediate("p", N, C), intermediate("w", N, C)
q, s, a = intermediate("q", N, C), intermediate("s", N), intermediate("a", N, C)
y1, y2, y3 = output("y1", N), output("y2", N), output("y3", N)
y4, y5, y6 = output("y4", N), output("y5", N), output("y6", N)
u[n, c] = exp(z[n, c])
s[n] = Sum[c](u[n, c])
p[n, c] = u[n, c] / s[n]
w[n, c] = where(mask[n, c] >= 1, exp(z[n, c]), 0)
a[n, c] = w[n, c] / Sum[k](w[n, k])
q[n, c] = sigmoid(z[n, c])
y1[n] = -Sum[c](v[c] * t[n, c] * log(p[n, c]))
y2[n] = log(Sum[c](exp(z[n, c])))
y3[n] = Sum[c](x[c] * exp(z[n, c])) / Sum[c](exp(z[n, c]))
y4[n] = Sum[c](a[n, c] * x[c])
y5[n] = -Sum[c](r[n, c] * log(q[n, c]) + (1 - r[n, c]) * log(1 - q[n, c]))
y6[n] = Sum[c](x[c] * square(exp(z[n, c]))) / Sum[c](square(exp(z[n, c])))
"""
)


def passes(text: str, dtype: str, folder, monkeypatch):
    """A program, and a function that gives all results of both passes by name."""
    path = folder / "network.py"
    path.write_text(text, encoding="utf-8")
    made = programmed(str(path))
    module = as_python(Module(made, dtype).text(), folder, monkeypatch)

    def run(**arrays) -> dict:
        given = [arrays[n] for n in module.GIVEN]
        with np.errstate(all="ignore"):
            values = module.forward(*given)
            upstream = [arrays.get(f"dL/d{y}", np.ones_like(values[y])) for y in made.upstream]
            gradients = module.backward(*given, *(values[n] for n in module.KEPT), *upstream)
        found = {n: values[n] for n in made.forward.results}
        return found | {made.gradients[t]: g for t, g in gradients.items()}

    return made, run


def upstreams(made, shape, dtype) -> dict:
    drawn = np.random.default_rng(0).uniform(0.5, 1, (len(made.upstream), *shape)).astype(dtype)
    return dict(zip(made.upstream.values(), drawn, strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_entries(dtype, tmp_path, monkeypatch):
    made, run = passes(ENTRIES, dtype, tmp_path, monkeypatch)
    z = np.array(FAR, dtype)
    arrays = {"z": z, **upstreams(made, z.shape, dtype)}
    assert wrong(made, run(**arrays), arrays, {Size("N"): len(z)}, dtype) == []


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_sums(dtype, tmp_path, monkeypatch):
    made, run = passes(SUMS, dtype, tmp_path, monkeypatch)
    z = np.array([[1e4, 1e4 - 1, 1e4 - 20], [745, -745, 0], [-1e4, -1e4, -9999.5], [0, 1, 2]])
    one_hot = np.eye(3)[[2, 1, 0, 1]]
    arrays = {
        "z": z.astype(dtype),
        "x": np.array([0.5, -1, 3], dtype),
        "t": one_hot.astype(dtype),
        "v": np.array([1, 2, 0.5], dtype),
        "r": one_hot.astype(dtype),
    }
    arrays["mask"] = np.array([[1, 0, 1], [0, 1, 1], [1, 1, 1], [0, 0, 1]])
    arrays |= upstreams(made, (4,), dtype)
    assert wrong(made, run(**arrays), arrays, {Size("N"): 4, Size("C"): 3}, dtype) == []


def test_infinite_logits(tmp_path, monkeypatch):
    """As log Σ exp has it: −∞ where all are, ∞ where one is."""
    text = HEAD + (
        'N, C = sizes("N C")\nn, c = indices("n c")\nz, y = input("z", N, C), output("y", N)\n'
        'l = output("l", N)\n'
        "y[n] = log(Sum[c](exp(z[n, c])))\nl[n] = LogSumExp[c](z[n, c])\n"
    )
    run = passes(text, "float64", tmp_path, monkeypatch)[1]
    found = run(z=np.array([[-np.inf, -np.inf], [np.inf, 3], [-np.inf, 3]]))
    assert found["y"].tolist() == found["l"].tolist() == [-np.inf, np.inf, 3]


def test_probabilities_of_0_and_1(tmp_path, monkeypatch):
    """y·log ŷ is 0 where y is, at ŷ = 0 too; where y is 1 the loss is ∞ there."""
    made = programmed("binary_cross_entropy", batch=False)
    module = as_python(Module(made, "float64").text(), tmp_path, monkeypatch)
    yhat, y = np.array([0.0, 1.0, 0.0, 0.25]), np.array([0.0, 1.0, 1.0, 1.0])
    with np.errstate(all="ignore"):
        assert module.forward(yhat[[0, 1, 3]], y[[0, 1, 3]])["E"] == -np.log(0.25)
        assert module.forward(yhat, y)["E"] == np.inf
        gradient = module.backward(yhat, y)["yhat"]
    assert gradient.tolist() == [1, -1, -np.inf, -4]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_gelu_at_the_ends_of_the_type(dtype, tmp_path, monkeypatch):
    made = programmed("activation", activation="gelu")
    module = as_python(Module(made, dtype).text(), tmp_path, monkeypatch)
    most = np.finfo(dtype).max
    z = np.array([[most, -most]], dtype)
    with np.errstate(all="ignore"):
        assert module.forward(z)["h"].tolist() == [[most, 0]]
        assert module.backward(z, np.ones_like(z))["z"].tolist() == [[1, 0]]


def test_a_query_that_may_see_nothing(tmp_path, monkeypatch):
    made = programmed("attention", mask="given", batch=False)
    module = as_python(Module(made, "float32").text(), tmp_path, monkeypatch)
    random = np.random.default_rng(0)
    arrays = {n: (1e3 * random.standard_normal((3, 3))).astype("float32") for n in "QKV"}
    arrays["mask"] = np.array([[1, 0, 1], [0, 0, 0], [0, 1, 1]])
    given = [arrays[n] for n in module.GIVEN]
    with np.errstate(all="ignore"):
        values = module.forward(*given)
        upstream = np.ones((3, 3), "float32")
        found = module.backward(*given, *(values[n] for n in module.KEPT), upstream)
    assert not values["y"][1].any() and not found["Q"][1].any()
    assert all(np.isfinite(g).all() for g in [values["y"], *found.values()])

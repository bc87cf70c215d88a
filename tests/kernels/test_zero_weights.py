"""Weights of 0 beside what is infinite: an entry that counts for nothing is as if it was not there.

Forward and back, in kernels, files for NumPy, float64, balls and exactly carried numbers.
"""

import numpy as np
import pytest
from laid_out import as_python

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.exact import Ball, Carried
from deltarule.arithmetic.floats import Float64, nearest_float
from deltarule.arithmetic.run import run
from deltarule.expressions.symbols import Size
from deltarule.frameworks.dialect import DIALECTS
from deltarule.frameworks.file_text import FrameworkFile
from deltarule.kernels.module.source import Module
from deltarule.kernels.passes.program import program
from deltarule.typed.typed_layer import layer

INF = np.inf
USUAL = {
    "r": [0.5, 0.25, 0.75], "q": [0.25, 0.5, 0.125], "x": [0.5, 2.0, 1.25], "w": [1.5, -2.0, 0.5],
    "p": [1.5, 2.0, 0.5], "m": [0.5, 2.0, 1.5], "y": [1.0, 2.0, 0.5],
    "z": [0.5, -1.0, 2.0],
}  # fmt: skip
MEAN = "Sum[n]({0}*x[n]*exp(z[n]))/Sum[n]({0}*exp(z[n]))"
#: A loss, an entry that adds nothing to it, and its gradients there.
ADDED = [
    ("L = Sum[n](r[n]*log(q[n]))", {"r": 0, "q": 0}, {"r": -INF, "q": 0}),
    ("L = Sum[n](r[n]*log(r[n]))", {"r": 0}, {"r": -INF}),
    ("L = Sum[n](r[n]*log(r[n]/q[n]))", {"r": 0, "q": 2}, {"r": -INF, "q": 0}),
    ("L = Sum[n](r[n]*log(r[n]/q[n]))", {"r": 0, "q": 0}, {"q": 0}),
    ("L = Sum[n](r[n]*(log(r[n])-log(q[n])))", {"r": 0, "q": 0}, {"q": 0}),
    ("L = -Sum[n](r[n]*log(q[n])+(1-r[n])*log(1-q[n]))", {"r": 0, "q": 0}, {"r": INF, "q": 1}),
    ("L = -Sum[n](r[n]*log(q[n])+(1-r[n])*log(1-q[n]))", {"r": 1, "q": 1}, {"r": -INF, "q": -1}),
    ("L = Sum[n](y[n]*log(m[n])-m[n])", {"y": 0, "m": 0}, {"y": -INF, "m": -1}),
    ("L = Sum[n](y[n]*m[n]**(1-a)/(1-a)-m[n]**(2-a)/(2-a))", {"y": 0, "m": 0}, {"y": -INF}),
    ("L = Sum[n](x[n]**a)", {"x": 0}, {"x": 0}),
    ("L = Sum[n](x[n]**p[n])", {"x": 0, "p": 2.5}, {"x": 0, "p": 0}),
    ("L = Sum[n](x[n]**p[n])", {"x": 0, "p": 1}, {"x": 1, "p": 0}),
    ("L = Sum[n](w[n]*x[n]**p[n])", {"w": 0, "x": 0, "p": 0.5}, {"x": 0, "p": 0}),
    ("L = Sum[n](w[n]*sqrt(x[n]))", {"w": 0, "x": 0}, {"x": 0, "w": 0}),
    ("L = Sum[n](w[n]*acos(r[n]))", {"w": 0, "r": 1}, {"w": 0, "r": 0}),
    # exp(1000 − m) overflows, m the largest of the others.
    ("L = log(Sum[n](q[n]*exp(z[n])))", {"q": 0, "z": 1000}, {"z": 0}),
    (f"L = {MEAN.format('q[n]')}", {"q": 0, "x": 3, "z": 1000}, {"x": 0, "z": 0}),
    (f"L = {MEAN.format('(1-r[n])')}", {"r": 1, "x": 3, "z": 1000}, {"x": 0, "z": 0}),
    ("L = log(Sum[n](r[n]**2*exp(z[n])))", {"r": 0, "z": 1000}, {"r": 0, "z": 0}),
]  # fmt: skip


def by_evaluator(made, arrays: dict, arithmetic) -> dict:
    held = {n: arithmetic.array(a.astype(object)) for n, a in arrays.items()}
    values = Values(held, _sizes(made, arrays), {}, dict(made.network.tensors))
    for equations in (made.network.equations, made.derivation.equations()):
        run(equations, values, arithmetic)

    def number(value) -> float:
        value = value.mid() if isinstance(arithmetic, Ball) else value
        return nearest_float(value)

    names = {"L": "L"} | {n: made.gradients[n] for n in arrays}
    return {n: np.vectorize(number, otypes=[float])(held[name]) for n, name in names.items()}


def _sizes(made, arrays: dict) -> dict:
    found = {}
    for name, array in arrays.items():
        found |= dict(zip(made.network.tensors[name].axes, array.shape, strict=True))
    return {s: n for s, n in found.items() if isinstance(s, Size)}


def by_module(module, made, arrays: dict, given, kept) -> dict:
    with np.errstate(all="ignore"):
        values = module.forward(*(arrays[n] for n in given))
        gradients = module.backward(*(arrays[n] for n in given), *(values[n] for n in kept))
    return {"L": values["L"], **{n: gradients[n] for n in arrays}}


def by_kernel(made, arrays: dict, folder, monkeypatch) -> dict:
    module = as_python(Module(made, "float64").text(), folder, monkeypatch)
    return by_module(module, made, arrays, module.GIVEN, module.KEPT)


def by_numpy_file(made, arrays: dict, folder, monkeypatch) -> dict:
    file = FrameworkFile(made, DIALECTS["numpy"])
    module = as_python(file.text(), folder, monkeypatch)
    found, called = dict(arrays), file.called()
    for function, one in ((module.forward, called.forward), (module.backward, called.backward)):
        with np.errstate(all="ignore"):
            results = function(*(found[n] for n in one.takes))
        results = results if len(one.returns) != 1 else (results,)
        found |= dict(zip(one.returns, results, strict=True))
    return {"L": found["L"], **{n: found[made.gradients[n]] for n in arrays}}


def everywhere(made, arrays: dict, folder, monkeypatch) -> dict[str, dict]:
    """The loss and its gradients, by whoever computes them."""
    return {
        "kernel": by_kernel(made, arrays, folder, monkeypatch),
        "NumPy": by_numpy_file(made, arrays, folder, monkeypatch),
        **{a.name: by_evaluator(made, arrays, a) for a in (Float64(), Ball(128), Carried())},
    }


@pytest.mark.parametrize(("text", "entry", "slopes"), ADDED)
def test_an_entry_of_weight_0_adds_nothing(text, entry, slopes, tmp_path, monkeypatch):
    made = program(layer(text), {})
    scalar = {"a": np.array(1.5)} if "a" in made.network.tensors else {}
    few = {n: np.array(USUAL[n]) for n in entry} | scalar
    more = {n: np.append(few[n], v) for n, v in entry.items()} | scalar
    right = by_evaluator(made, few, Carried())
    for who, found in everywhere(made, more, tmp_path, monkeypatch).items():
        for name, value in found.items():
            value, at = np.asarray(value), right[name].shape
            usual = value[: len(few[name])] if name in entry else value
            np.testing.assert_allclose(
                usual.reshape(at), right[name], 1e-12, err_msg=f"{who}: {name}"
            )
        for name, slope in slopes.items():
            last = found[name][-1]
            exactly = np.isfinite(slope) or who in ("kernel", "NumPy", "float64")
            assert last == slope if exactly else not np.isfinite(last), (who, name, last)


PAIRS = "sqrt(Sum[d]((x[n,d]-x[m,d])**2))"


def test_distances_of_all_pairs(tmp_path, monkeypatch):
    """‖x[n] − x[m]‖ at n = m, and of equal rows: its derivative there is declared to be 0."""
    both = [program(layer(t), {}) for t in (f"L = Sum[n,m]({PAIRS})", f"L = 2*Sum[n<m]({PAIRS})")]
    arrays = {"x": np.array([[0.5, 1.0], [2.0, -1.0], [0.25, 3.0], [1.0, 1.5]])}
    right = by_evaluator(both[1], arrays, Carried())
    for who, found in everywhere(both[0], arrays, tmp_path, monkeypatch).items():
        for name in right:
            np.testing.assert_allclose(found[name], right[name], 1e-12, err_msg=f"{who}: {name}")
    arrays["x"][3] = arrays["x"][1]
    for found in everywhere(both[1], arrays, tmp_path, monkeypatch).values():
        assert np.isfinite(found["x"]).all()


@pytest.mark.parametrize("text", ["L = sqrt(Sum[n](x[n]**2))", "L = Sum[n](abs(x[n])**3)**(1/3)"])
def test_norms_at_0(text, tmp_path, monkeypatch):
    made = program(layer(text), {})
    for who, found in everywhere(made, {"x": np.zeros(3)}, tmp_path, monkeypatch).items():
        assert not np.any(found["x"]) and found["L"] == 0, who


def test_what_has_no_value_stays_without(tmp_path, monkeypatch):
    """0/0 in a forward line, and NaN that is given."""
    made = program(layer("L = Sum[n](w[n]/x[n])"), {})
    arrays = {"w": np.array([0.0, 1]), "x": np.array([0.0, 2])}
    for found in everywhere(made, arrays, tmp_path, monkeypatch).values():
        assert np.isnan(found["L"])
    made = program(layer("L = Sum[n](r[n]*log(q[n]))"), {})
    arrays = {"r": np.array([0.0, 1]), "q": np.array([np.nan, 0.5])}
    for found in (
        by_kernel(made, arrays, tmp_path, monkeypatch),
        by_numpy_file(made, arrays, tmp_path, monkeypatch),
        by_evaluator(made, arrays, Float64()),
    ):
        assert np.isnan(found["L"])

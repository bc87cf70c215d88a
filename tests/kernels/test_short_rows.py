"""Functions along rows of few entries: their arguments stand apart, and nothing else changes."""

import re
from pathlib import Path

import numpy as np
import pytest
from agreement import agree, probed
from laid_out import as_python
from once import loaded, settings_of, traced
from variants import catalogued

import deltarule
from deltarule.kernels.module.axes_left_out import axes_left_out
from deltarule.kernels.module.source import Module

#: What is computed entry by entry along rows, of arrays that have fewer axes too.
LINES = (
    "tanh(s[n]*x[n, c])",
    "x[n, c]*sigmoid(g[c]*x[n, c] + s[n])",
    "exp(-(x[n, c] - s[n])**2)*log(2 + x[n, c]*x[n, c]*g[c]**2)",
)
LAYER = """
from deltarule.language import *

N, C = sizes("N C")
n, c = indices("n c")
x, s, g = input("x", N, C), input("s", N), parameter("g", C)
y = output("y", N, C)
y[n, c] = {}
"""


@pytest.mark.parametrize("name", catalogued())
def test_the_text_for_short_rows_agrees_with_the_evaluator(name, tmp_path, monkeypatch):
    for images in (False, True) if "images" in loaded(name).options else (None,):
        options = {} if images is None else {"images": images}
        made = traced(name, **settings_of(name), **options)[0]
        whole = Module(made, "float64")
        whole.files()
        found: dict = {}
        exec("\n".join(axes_left_out(whole.program, whole.matcher)), found)  # noqa: S102
        for sizes in found.get("SHORT_ROWS", {}):
            text = Module(made, "float64", short=sizes).text()
            agree(as_python(text, tmp_path, monkeypatch), made, probed(made, 1), str(sizes))


@pytest.fixture(scope="module", params=LINES)
def made(request, tmp_path_factory):
    """A layer's kernel."""
    file = tmp_path_factory.mktemp("rows") / "layer.py"
    file.write_text(LAYER.format(request.param))
    return deltarule.kernel(str(file))


@pytest.mark.parametrize("shape", [(50, 2), (50, 3), (50, 7), (2, 5), (3, 3), (50, 8), (50, 1)])
def test_few_entries_give_the_same(made, shape, monkeypatch):
    r = np.random.default_rng(1)
    arrays = {
        n: r.standard_normal(s) for n, s in (("x", shape), ("s", shape[:1]), ("g", shape[1:]))
    }
    arrays = {n: a for n, a in arrays.items() if n in made.inputs}
    arrays["dy"] = r.standard_normal(shape)
    expected = made.both(**arrays)
    monkeypatch.setattr("deltarule.kernels.compiled_kernel.FEW", 0)
    for results in (made.both(**arrays), made.bind(**arrays).both()):
        for result, wanted in zip(results, expected, strict=True):
            assert result.keys() == wanted.keys()
            for name, array in result.items():
                np.testing.assert_allclose(array, wanted[name], 1e-12, 1e-14)
    assert shape[1] not in (2, 3, 5, 7) or (False, (), ("C",)) in made._squeezed


def test_functions_run_along_all_entries(made):
    """Each function stands in a loop over the axes together, and is computed once an entry."""
    body = Path(made.formed(False, short=("C",)).__file__).read_text(encoding="utf-8")
    forward = body.partition("def forward_loops")[2].partition("\ndef ")[0]
    called = [line for line in forward.splitlines() if re.search(r"(tanh|sigmoid|exp)_of\(", line)]
    assert called and all(re.match(r" +y_\w+\[U\(n_c\)\] = ", line) for line in called)


@pytest.mark.parametrize("threads", (1, 2))
def test_threads_change_no_digit(threads, tmp_path):
    file = tmp_path / "layer.py"
    file.write_text(LAYER.format(LINES[1]))
    r = np.random.default_rng(1)
    x = r.standard_normal((90_000, 3))
    arrays = {"x": x, "s": x[:, 0].copy(), "g": np.ones(3), "dy": x[::-1].copy()}
    made = deltarule.kernel(str(file), parallel=True, threads=threads)
    values, gradients = made.both(**arrays)
    assert [short for _, _, short in made._squeezed] == [("C",)]
    others = deltarule.kernel(str(file), parallel=True, threads=2).bind(**arrays).both()
    for result, wanted in zip((values, gradients), others, strict=True):
        for name, array in result.items():
            np.testing.assert_array_equal(array, wanted[name])

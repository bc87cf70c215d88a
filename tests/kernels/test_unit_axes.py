"""Axes of one entry: a kernel without them gives the same, whichever sizes are 1.

Over the catalogue the text without them is run as plain Python and held against the evaluator;
layers of several forms are compiled, with each axis in turn of 1, 2 and 3 entries.
"""

from pathlib import Path

import numpy as np
import pytest
from agreement import probed
from laid_out import as_python
from once import loaded, settings_of, traced
from variants import catalogued

import deltarule
from deltarule.errors import DeltaruleError
from deltarule.kernels import squeezed_arrays
from deltarule.kernels.module.axes_left_out import axes_left_out
from deltarule.kernels.module.source import Module

#: Forms of layers by what stands along the last axis: sums over the axes around it, what is the
#: same along it, sums along it, and all of these.
LINES = {
    "normalised": """
m, v, y = intermediate("m", C), intermediate("v", C), output("y", N, C, T)
m[c] = Mean[n, t](x[n, c, t])
v[c] = Mean[n, t]((x[n, c, t] - m[c])**2)
y[n, c, t] = tanh(g[c]*(x[n, c, t] - m[c])/sqrt(v[c] + 1))
""",
    "shifted": """
y = output("y", N, C, T)
y[n, c, t] = relu(x[n, c, t] + g[c])
""",
    "summed": """
y = output("y", N, C)
y[n, c] = g[c]*Sum[t](x[n, c, t]**2)
""",
    "softmax": """
y = output("y", N, C, T)
y[n, c, t] = g[c]*exp(x[n, c, t])/Sum[q](exp(x[n, c, q]))
""",
    "loss": """
e = loss("e", Sum[n, c](log(1 + Sum[t](exp(x[n, c, t])))*g[c]))
""",
}
HEAD = """
from deltarule.language import *

N, C, T = sizes("N C T")
n, c, t, q = indices("n c t q")
x, g = input("x", N, C, T), parameter("g", C)
"""


@pytest.mark.parametrize("name", catalogued())
def test_the_text_without_them_agrees_with_the_evaluator(name, tmp_path, monkeypatch):
    for images in (False, True) if "images" in loaded(name).options else (None,):
        options = {} if images is None else {"images": images}
        made = traced(name, **settings_of(name), **options)[0]
        whole = Module(made, "float64")
        whole.files()
        table = _table(whole)
        for size, (_, behind) in table.items():
            unit = (size, *behind)
            text = Module(made, "float64", unit=unit).text()
            module = as_python(text, tmp_path, monkeypatch)
            arrays = probed(made, 1, **dict.fromkeys(unit, 1))
            axes = squeezed_arrays.axes_of(whole_module(table), unit)
            named = {n: n for n in arrays} | {f"d{t}": g for t, g in made.upstream.items()}
            few = {n: np.squeeze(arrays[a], axes.get(n, ())) for n, a in named.items()}
            values = module.forward(*(few[n] for n in module.GIVEN))
            assert set(module.KEPT) <= values.keys()
            for n, value in values.items():
                _alike(value, arrays[n])
            kept = [values[n] for n in module.KEPT]
            given = [few[n] for n in module.GIVEN]
            gradients = module.backward(*given, *kept, *(few[n] for n in module.UPSTREAM))
            for n, gradient in gradients.items():
                _alike(gradient, arrays[made.gradients[n]])


def _table(module: Module) -> dict:
    lines = axes_left_out(module.program, module.matcher)
    found: dict = {}
    exec("\n".join(lines), found)  # noqa: S102 - our own text
    return found.get("UNIT_AXES", {})


def whole_module(table: dict):
    """What has a table of axes, as a kernel's module does."""
    return type("made", (), {"UNIT_AXES": table})


def _alike(value, expected):
    np.testing.assert_allclose(value, expected.reshape(value.shape), 1e-9, 1e-11)


@pytest.fixture(scope="module", params=LINES)
def made(request, tmp_path_factory):
    """A layer's kernel."""
    file = tmp_path_factory.mktemp("layers") / f"{request.param}.py"
    file.write_text(HEAD + LINES[request.param])
    return deltarule.kernel(str(file))


def _given(made, *shape: int) -> dict:
    r = np.random.default_rng(sum(shape))
    arrays = {"x": r.standard_normal(shape), "g": r.standard_normal(shape[1])}
    if made.upstream:
        y = made.forward(**arrays)
        arrays["dy"] = r.standard_normal(y.shape)
    return arrays


@pytest.mark.parametrize("axis", range(3))
@pytest.mark.parametrize("entries", (1, 2, 3))
def test_each_axis_of_few_entries(made, axis, entries, monkeypatch):
    """In calls and bound, the same as with all loops; shapes have all their axes."""
    shape = [4, 5, 6]
    shape[axis] = entries
    arrays = _given(made, *shape)
    expected = made.both(**arrays)
    monkeypatch.setattr("deltarule.kernels.compiled_kernel.FEW", 0)
    ways = {"called": made.both(**arrays), "bound": made.bind(**arrays).both()}
    values = made.values(**{n: arrays[n] for n in made.inputs})
    ways["apart"] = values, made.backward(**arrays, **{n: values[n] for n in made.kept})
    for way, results in ways.items():
        for result, wanted in zip(results, expected, strict=True):
            assert result.keys() == wanted.keys(), way
            for name, array in result.items():
                assert array.shape == wanted[name].shape, (way, name)
                np.testing.assert_allclose(array, wanted[name], 1e-12, 1e-14)
    forms = {unit for _, unit, _ in made._squeezed}
    assert forms <= {("T",), ()}
    assert ("T",) in forms or (axis, entries) != (2, 1)


def test_loops_are_longer(made):
    """Every one of these layers has loops of its own for one entry, and they have no such axis."""
    assert made.module.UNIT_AXES["T"][0]["x"] == 2
    without = made.formed(False, unit=("T",))
    body = Path(without.__file__).read_text(encoding="utf-8")
    assert "range(T)" not in body
    assert "range(C" in body or "range(N" in body


def test_what_is_bound_follows_its_arrays_and_fills_those_given(made, monkeypatch):
    monkeypatch.setattr("deltarule.kernels.compiled_kernel.FEW", 0)
    arrays = _given(made, 4, 5, 1)
    arrays["x"] = np.asfortranarray(arrays["x"])  # a copy is bound
    filled = {"x": np.full((4, 5, 1), np.nan)}
    bound = made.bind_filling({}, filled, arrays)
    bound.both()
    arrays["x"] *= 2
    values, gradients = bound.both()
    assert gradients["x"] is filled["x"]
    monkeypatch.setattr("deltarule.kernels.compiled_kernel.FEW", 1 << 40)
    for result, wanted in zip((values, gradients), made.both(**arrays), strict=True):
        for name, array in result.items():
            np.testing.assert_allclose(array, wanted[name], 1e-12, 1e-14)


def test_what_does_not_fit_is_said_with_all_axes(made, monkeypatch):
    monkeypatch.setattr("deltarule.kernels.compiled_kernel.FEW", 0)
    arrays = _given(made, 4, 5, 1)
    with pytest.raises(DeltaruleError, match=r"g has the shape \[6\]"):
        made.both(**{**arrays, "g": np.ones(6)})
    if made.upstream:
        with pytest.raises(DeltaruleError, match="dy has (1 axes|the shape)"):
            made.both(**{**arrays, "dy": np.ones(7)})


@pytest.mark.parametrize("threads", (1, 2))
def test_threads_change_no_digit(threads, tmp_path, monkeypatch):
    file = tmp_path / "layer.py"
    file.write_text(HEAD + LINES["normalised"])
    made = deltarule.kernel(str(file), parallel=True, threads=threads)
    arrays = _given(made, 6000, 64, 1)
    values, gradients = made.both(**arrays)
    alone = deltarule.kernel(str(file), parallel=True, threads=2).bind(**arrays).both()
    assert [unit for _, unit, _ in made._squeezed] == [("T",)]
    for result, wanted in zip((values, gradients), alone, strict=True):
        for name, array in result.items():
            np.testing.assert_array_equal(array, wanted[name])

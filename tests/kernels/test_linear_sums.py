"""Sums by positions, sums up to a place, products of all but one: linear wherever they stand."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest
from agreement import agree, probed
from laid_out import as_python

import deltarule
from deltarule.kernels.module.plain_source import PlainModule
from deltarule.kernels.module.source import Module
from deltarule.kernels.passes.program import program

HEAD = """
from deltarule.language import *

N, M, V, D = sizes("N M V D")
n, m, v, d, k = indices("n m v d k")
"""
GIVEN = {
    "i": 'input("i", N, below=V)', "j": 'input("j", M, below=V)', "a": 'input("a", N, D)',
    "b": 'input("b", M, D)', "z": 'input("z", V, D)',
}  # fmt: skip
#: By name: the equations of a layer, and those of its sizes that grow.
LAYERS = {
    "a_factor": "y[n, d] = a[n, d] * tanh(z[i[n], d])",
    "two_added": "y[v, d] = Sum[n](a[n, d], where=i[n] == v) + Sum[m](b[m, d], where=j[m] == v)",
    "multiplied": "y[v, d] = Sum[n](a[n, d], where=i[n] == v) * Sum[m](b[m, d], where=j[m] == v)",
    "under_a_function": "y[v, d] = tanh(Sum[n](a[n, d], where=i[n] == v)) + z[v, d]",
    "cut": "y[v, d] = Sum[n](a[n, d], where=(i[n] == v) & (v < V - 2) & (v > 0)) + z[v, d]",
    "up_to": "y[n, d] = Sum[k](a[k, d], where=k <= n)",
    "before_and_behind": "y[n, d] = Sum[k](a[k, d], where=k < n) - Sum[k](a[k, d]**2, where=k > n)",
    "further_on": "y[n, d] = a[n, d] * Sum[k](a[k, d], where=k <= n + 2)",
    "up_to_within": "y[n, d] = tanh(Sum[k](a[k, d], where=k <= n)) * a[n, d]",
    "from_there_on": "y[v, n] = Sum[k, d](a[k, d]**2, where=k >= n) + z[v, 0]",
    "product": "y[d] = Product[n](tanh(a[n, d]))",
    "product_of_rows": "y[n] = Product[d](a[n, d])",
    "product_of_all": "y[n] = b[0, 0] * z[0, 0] + Product[m, d](b[m, d]) * a[n, 0]",
}
AXES = {"v, d": "V, D", "n, d": "N, D", "v, n": "V, N", "n": "N", "d": "D"}


def written(name, folder):
    """A layer of the table as a file."""
    line = LAYERS[name]
    axes = AXES[line[2 : line.index("]")]]
    path = folder / f"{name}.py"
    given = "".join(f"{t} = {is_}\n" for t, is_ in GIVEN.items() if f"{t}[" in line)
    path.write_text(f'{HEAD}{given}y = output("y", {axes})\n{line}\n', encoding="utf-8")
    return program(str(path), {"V": 5} if "V" in f"{given}{axes}" else {})


@pytest.mark.parametrize("name", LAYERS)
def test_they_agree_with_the_evaluator(name, tmp_path, monkeypatch):
    """With sizes of 0 and 1, and entries that are 0, in both kinds of kernels."""
    made = written(name, tmp_path)
    module = as_python(Module(made, "float64").text(), tmp_path, monkeypatch)
    for seed, sizes in enumerate(({}, {"N": 1, "D": 1}, {"N": 0}, {"N": 9, "M": 4, "D": 3})):
        arrays = probed(made, seed, **sizes)
        agree(module, made, arrays, f"{name} {sizes}")
    agree_plain(made, arrays, tmp_path, monkeypatch)


def agree_plain(made, arrays, folder, monkeypatch):
    """The loops for readers, held against the evaluator's arrays."""
    plain = PlainModule(made)
    text = plain.text()
    module = as_python(text, folder, monkeypatch)
    for each, one in plain.passes.items():
        given = [x if (x := arrays[n]).ndim else x.item() for n in one.takes]
        results = getattr(module, each)(*given)
        results = results if len(one.returns) != 1 else (results,)
        for tensor, value in zip(one.returns, results, strict=True):
            np.testing.assert_allclose(value, arrays[tensor], 1e-9, 1e-11, err_msg=tensor)


@pytest.mark.parametrize("name", LAYERS)
def test_they_take_linear_time(name, tmp_path, monkeypatch):
    """Twice the numbers in a kernel that is plain Python are not three times the lines it runs."""
    made = written(name, tmp_path)
    plain = PlainModule(made)
    module = as_python(plain.text(), tmp_path, monkeypatch)
    fewer, more = (_lines(plain, module, probed(made, 0, N=n, M=n, D=2)) for n in (20, 40))
    assert more < 2.5 * fewer


def _lines(plain, module, arrays):
    """How many lines both passes run."""
    count = SimpleNamespace(lines=0)

    def trace(frame, event, _):
        count.lines += event == "line"
        return trace

    for each, one in plain.passes.items():
        given = [x if (x := arrays[n]).ndim else x.item() for n in one.takes]
        before = sys.gettrace()
        sys.settrace(trace)
        try:
            getattr(module, each)(*given)
        finally:
            sys.settrace(before)
    return count.lines


def test_what_is_no_number_goes_on_from_where_it_stands(tmp_path, monkeypatch):
    module = as_python(Module(written("up_to", tmp_path), "float64").text(), tmp_path, monkeypatch)
    a = np.ones((6, 2))
    a[2, 0], a[3, 1], a[4, 1] = np.nan, np.inf, -np.inf
    with np.errstate(invalid="ignore"):
        values = module.forward(a)
        sums = np.cumsum(a, axis=0)
    np.testing.assert_array_equal(values["y"], sums)


@pytest.mark.parametrize("zeros", [[], [1], [0, 3], [4]])
def test_a_product_of_others_needs_no_quotient(zeros, tmp_path, monkeypatch):
    """An entry of 0, or one that is no number, is not in the product that stands in its place."""
    module = as_python(
        Module(written("product_of_rows", tmp_path), "float64").text(), tmp_path, monkeypatch
    )
    a = np.arange(2.0, 12.0).reshape(2, 5)
    a[0, zeros], a[1, 2] = 0, np.nan
    gradient = module.backward(a, np.ones(2))["a"]
    others = [[np.prod(np.delete(row, k)) for k in range(5)] for row in a]
    np.testing.assert_array_equal(gradient, others)
    assert np.isfinite(gradient[1, 2]) and np.isnan(gradient[1, :2]).all()


def test_sums_in_single_precision_keep_their_digits(tmp_path, monkeypatch):
    module = as_python(Module(written("up_to", tmp_path), "float32").text(), tmp_path, monkeypatch)
    a = np.full((3000, 1), 0.1, np.float32)
    exact = np.cumsum(a.astype(float), axis=0)
    np.testing.assert_allclose(module.forward(a)["y"], exact, rtol=1e-7)


@pytest.mark.slow
def test_threads_change_no_digit(tmp_path, cache):
    """Compiled once for threads: what threads share are rows, each summed by one of them."""
    path = tmp_path / "rows.py"
    path.write_text(
        "from deltarule.language import *\n"
        'N, K, D = sizes("N K D")\nn, k, l, d = indices("n k l d")\n'
        'x, y = input("x", N, K, D), output("y", N, K, D)\n'
        "y[n, k, d] = Sum[l](x[n, l, d], where=l <= k)\n",
        encoding="utf-8",
    )
    rng = np.random.default_rng(0)
    x, dy = rng.standard_normal((2, 7, 300, 5))
    found = []
    for threads in (1, 2):
        kernel = deltarule.kernel(str(path), parallel=True, threads=threads, cache=cache)
        found.append([kernel.forward(x=x), kernel.both(x=x, dy=dy)[1]["x"]])
    for one, two in zip(*found, strict=True):
        np.testing.assert_array_equal(one, two)
    np.testing.assert_allclose(found[0][0], np.cumsum(x, axis=1), rtol=1e-9, atol=1e-12)

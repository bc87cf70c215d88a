"""Sorted entries: their order, that of equal ones, where the gradient goes, and what is refused."""

import numpy as np
import pytest

from deltarule import check_derivation
from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.run import run
from deltarule.errors import DeltaruleError
from deltarule.kernels.module.plain_source import PlainModule
from deltarule.kernels.passes.program import program
from deltarule.language.load import load

HEAD = '''"""A layer."""
from deltarule.language import *
N, D = sizes("N D")
n, d, e = indices("n d e")
x, s, y = input("x", N, D), input("s", N, D), output("y", N, D)
'''
X = np.array([[2.0, 5.0, 2.0, -3.0], [1.0, 0.0, 1.0, 1.0]])
S = np.array([[1.0, 0.0, 1.0, 0.0], [4.0, 3.0, 2.0, 1.0]])


def network(tmp_path, lines):
    path = tmp_path / "layer.py"
    path.write_text(HEAD + lines + "\n", encoding="utf-8")
    return load(path)


def values(found):
    sizes = dict(zip(found.tensors["x"].axes, X.shape, strict=True))
    table = Values({"x": X, "s": S}, sizes, {}, found.tensors)
    run(found.equations, table, Float64())
    return table.arrays


@pytest.mark.parametrize(
    ("line", "rows", "ranks"),
    [
        ("Sort[d](x[n, d])", np.sort(X), [[1, 3, 2, 0], [1, 0, 2, 3]]),
        ("Sort[d](x[n, d], descending=True)", -np.sort(-X), [[1, 0, 2, 3], [0, 3, 1, 2]]),
        ("Sort[n](x[n, d])", np.sort(X, axis=0), [[1, 1, 1, 0], [0, 0, 0, 1]]),
        (
            "Sort[d](x[n, d], by=s[n, d])",
            np.take_along_axis(X, np.argsort(S, kind="stable"), 1),
            [[2, 0, 3, 1], [3, 2, 1, 0]],
        ),
    ],
)
def test_of_equal_ones_the_first_comes_first(tmp_path, line, rows, ranks):  # 0.1 s each
    found = network(tmp_path, f"y[n, d] = {line}")
    (rank,) = (t for t in found.tensors.values() if t.integral)
    arrays = values(found)
    assert arrays["y"].tolist() == rows.tolist() and arrays[rank.name].tolist() == ranks
    assert len(found.equations) == 2  # the ranks, and what is put out


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("axis", ["n", "d"])
def test_kernels_sort_instead_of_counting(tmp_path, monkeypatch, axis, backwards):  # 0.1 s each
    """NaN comes behind all others; of equal ones the first comes first, the largest first too."""
    line = f"y[n, d] = Sort[{axis}](x[n, d], by=s[n, d], descending={backwards})"
    text = PlainModule(program(network(tmp_path, line), {})).text()
    assert "np.argsort" in text and "for n_" not in text.partition("argsort")[0]
    monkeypatch.setattr("numba.config.DISABLE_JIT", True)
    space = {}
    exec(compile(text, "kernel.py", "exec"), space)  # noqa: S102 - our own text
    keys = np.array([[2.0, 5, 2, -3, np.nan], [1, 0, 1, 1, 2], [2, 0, 1, 1, 2]])
    x, along = np.arange(15.0).reshape(3, 5), "nd".index(axis)
    order = np.argsort(-keys if backwards else keys, axis=along, kind="stable")
    found = space["forward"](x, keys)
    assert found[0].tolist() == np.take_along_axis(x, order, along).tolist()


def test_what_is_sorted_twice_is_ranked_once(tmp_path):
    line = "y[n, d] = Sort[d](x[n, d]) * s[n, d] + Sort[d](x[n, d]) + Sort[d](s[n, d], by=x[n, d])"
    found = network(tmp_path, line)
    assert [e.name for e in found.equations] == ["x_rank", "x_sorted", "s_sorted", "y"]
    order = np.argsort(X, kind="stable")
    wanted = np.sort(X) * (S + 1) + np.take_along_axis(S, order, 1)
    assert values(found)["y"].tolist() == wanted.tolist()


def test_sorted_lines_are_derived_under_their_own_name(tmp_path):  # 0.5 s
    lines = "z = intermediate('z', N, D)\nz[n, d] = Sort[d](x[n, d] * s[n, d])\n"
    found = network(tmp_path, lines + "y[n, d] = z[n, d] ** 2 + z[n, 0]")
    assert [e.name for e in found.equations] == ["x_key", "x_key_rank", "z", "y"]
    report = check_derivation(found, compiled=False)
    assert report.fault is None and report.checks and all(c.right for c in report.checks)


@pytest.mark.parametrize(
    ("line", "fact", "remedy"),
    [
        (
            "Sort[n, d](x[n, d])",
            "Sort has several indices",
            "sort all entries along one axis: Sort[k](x[n, k])",
        ),
        (
            "Sort[d](x[n, d], where=d > 0)",
            "Sort has a where=",
            "sort all entries along one axis: Sort[k](x[n, k])",
        ),
        (
            "Sort[d](x[n, d], descending=1)",
            "descending = 1 is neither True nor False",
            "leave it out for the smallest first, or say descending=True",
        ),
    ],
)
def test_what_is_refused(tmp_path, line, fact, remedy):
    with pytest.raises(DeltaruleError) as refused:
        network(tmp_path, f"y[n, d] = {line}")
    error = refused.value
    assert (error.fact, error.place, error.remedy) == (fact, "layer.py, line 6", remedy)

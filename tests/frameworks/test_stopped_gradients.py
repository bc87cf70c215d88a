"""What a stopped gradient reads is left out of an emitted file's self-check, which says so."""

import runpy

import pytest

from deltarule.frameworks.file_text import emitted_for
from deltarule.kernels.passes.program import program
from deltarule.kernels.self_check import behind_stops, checked
from deltarule.language.load import load

TEXT = '''"""Quantised weights, straight through."""
from deltarule.language import *
N, D = sizes("N D")
n, d = indices("n d")
x = input("x", N, D)
v = parameter("v", D)
w = intermediate("w", D)
y = output("y", N)
w[d] = 2 * v[d]
y[n] = Sum[d](x[n, d] * (w[d] + stop_gradient(round(w[d]) - w[d])))
'''


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "quantised.py"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_weights_behind_a_stop_are_not_compared(path):
    made = program(load(path), {})
    assert behind_stops(made) == {"v", "w"}
    assert checked(made, behind_stops(made)) == ("x",)


def test_the_file_says_so_and_agrees(path, tmp_path, capsys):
    file = tmp_path / "emitted.py"
    file.write_text(emitted_for("numpy", str(path), {}), encoding="utf-8")
    assert runpy.run_path(str(file))["self_check"]()
    told = capsys.readouterr().out
    assert "gradient of x: agrees with" in told
    assert "gradient of v: not tried, it is stopped on the way" in told


def test_what_has_another_way_to_an_output_is_tried(tmp_path, capsys):
    """x reaches y without a stop; the averages r and s alone are stopped, and are left out."""
    file = tmp_path / "norm.py"
    file.write_text(emitted_for("numpy", "batch_norm", {"running": True}), encoding="utf-8")
    assert runpy.run_path(str(file))["self_check"]()
    told = capsys.readouterr().out
    assert told.count("agrees with") == 5 and "gradient of x: agrees with" in told
    assert "not tried" not in told


def test_frameworks_stop_by_themselves_and_try_all(path):
    text = emitted_for("torch", str(path), {})
    assert "CHECKED, ROOTS = ('x', 'v'), ('x', 'v')" in text
    assert "not tried" not in text and ".detach()" in text

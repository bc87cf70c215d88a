"""Emitted files run by themselves, check themselves, and overwrite nothing of anybody's."""

import ast
import importlib.util
import os
import subprocess
import sys

import numpy as np
import pytest

from deltarule.errors import DeltaruleError
from deltarule.kernels.export import emitted, plain_emitted, write_emitted
from deltarule.kernels.module.kernel_file import MACHINERY
from deltarule.kernels.module.source import Module
from deltarule.kernels.passes.program import program
from deltarule.kernels.prelude import texts
from deltarule.signed_files import is_ours
from deltarule.typed.typed_layer import layer

#: log Γ, ψ and, in the gradient, ψ₁.
GAMMAS = layer("y[n] = lgamma(x[n])·z[n] + digamma(x[n])")

#: Gradients that are single numbers, of an input, of what a recurrence keeps, and of a parameter.
SCALARS = layer("s[t] = a*s[t-1] + b*x[t]; L = Sum[t]((y[t] - c*s[t])^2)")


def as_module(text, folder, monkeypatch):
    """The file as a module whose functions are not compiled."""
    monkeypatch.setattr("numba.config.DISABLE_JIT", True)
    path = folder / "taken_away.py"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("taken_away", path)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "taken_away", module)
    spec.loader.exec_module(module)
    return module


ALONE = (
    "import sys, runpy\n"
    "sys.modules['sympy'] = sys.modules['deltarule'] = sys.modules['flint'] = None\n"
    "runpy.run_path(sys.argv[1], run_name='__main__')"
)


def run_alone(path, name: str, **environment: str) -> str:
    """What an emitted file prints where nothing else of ours is installed."""
    write_emitted(path, emitted(name, {}))
    command, settings = [sys.executable, "-c", ALONE, str(path)], {**os.environ, **environment}
    done = subprocess.run(command, capture_output=True, text=True, env=settings)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_emitted_file_runs_alone_and_checks_itself(tmp_path):
    """With products, whose compilation takes ten times as long, as Python; without, compiled."""
    shown = run_alone(tmp_path / "dense_kernels.py", "dense", NUMBA_DISABLE_JIT="1")
    for line in ("x [2, 3]", "dy [2, 5]", "forward: y [2, 5]"):
        assert line in shown
    for name in "xWb":
        assert f"gradient of {name}: agrees with differences" in shown
    shown = run_alone(tmp_path / "activation_kernels.py", "activation")
    assert "gradient of z: agrees with differences" in shown


@pytest.mark.parametrize("parallel", [False, True])
@pytest.mark.parametrize("name", ["attention", "conv2d", "lstm", "softmax", SCALARS])
def test_a_file_begins_with_its_passes_and_ends_with_its_machinery(
    name, parallel, tmp_path, monkeypatch
):
    written = Module(program(name, {}), "float32", parallel).text()
    passes, machinery = (
        {node.name for node in ast.parse(part).body if isinstance(node, ast.FunctionDef)}
        for part in written.split(MACHINERY)
    )
    assert {"forward_loops", "backward_loops", "forward", "backward"} <= passes
    assert not passes & texts.names() and "fitting" in machinery
    assert as_module(written, tmp_path, monkeypatch).GIVEN


@pytest.mark.parametrize(
    ("name", "dtype"),
    [
        ("label_cross_entropy", "float64"),
        ("max_pool2d", "float32"),
        ("batch_norm", "complex128"),
        ("kalman", "float64"),
        ("momentum", "float64"),
        (GAMMAS, "float32"),
        (GAMMAS, "float64"),
        (GAMMAS, "complex128"),
    ],
)
def test_every_kind_of_array_and_number_is_drawn(name, dtype, tmp_path, monkeypatch):
    assert as_module(emitted(name, {}, dtype), tmp_path, monkeypatch).self_check()


@pytest.mark.parametrize(
    "name",
    [
        GAMMAS,
        SCALARS,
        "power_mean",
        "rnn",
        "label_cross_entropy",
        "ridge_regression",
        "kalman",
        "momentum",
        "recursive_network",
    ],
)
def test_a_plain_file_checks_itself(name, tmp_path, monkeypatch):
    assert as_module(plain_emitted(name, {}), tmp_path, monkeypatch).self_check()


@pytest.mark.parametrize("wrong", ["sign", "half", "transposed", "not a number"])
def test_a_planted_error_is_told_by_name(wrong, tmp_path, monkeypatch, capsys):
    module = as_module(emitted("dense", {}), tmp_path, monkeypatch)
    right = module.backward_loops

    def planted(*arrays):
        right(*arrays)
        gradient = next(a for a in arrays if a is not arrays[1] and np.shape(a) == (3, 5))
        gradient[:] = {
            "sign": -gradient,
            "half": gradient / 2,
            "not a number": np.nan,
            "transposed": gradient.T.reshape(3, 5),
        }[wrong]

    monkeypatch.setattr(module, "backward_loops", planted)
    assert not module.self_check()
    lines = [line for line in capsys.readouterr().out.splitlines() if "gradient of" in line]
    told = [line for line in lines if "agrees" not in line]
    said = "NaN in it or in differences (gap nan)" if wrong == "not a number" else "DIFFERS from"
    assert len(told) == 1 and f"gradient of W: {said}" in told[0]


def test_docstrings_tell_shapes_settings_and_formulas(tmp_path, monkeypatch):
    module = as_module(emitted("conv2d", {"stride": "2"}), tmp_path, monkeypatch)
    assert "stride = 2, dilation = 1, pad = 0" in " ".join(module.__doc__.split())
    assert "I = ⌊(H − K)/2⌋ + 1" in module.__doc__
    assert "returns  y [N, F, I, J]" in module.forward.__doc__
    told = " ".join(module.backward.__doc__.split())
    assert "takes x [N, C, H, W], w [F, C, K, L], b [F], dL_dy [N, F, I, J]" in told
    assert "∂L/∂b[f] = Σ_{n,i,j} ∂L/∂y[n, f, i, j]" in told


def test_only_our_own_unchanged_file_is_overwritten(tmp_path):
    text, path = emitted("half_squared", {}), tmp_path / "kernels.py"
    write_emitted(path, text)
    write_emitted(path, text)
    path.write_text(text.replace("real(2)", "real(3)") + "# mine\n", encoding="utf-8")
    with pytest.raises(DeltaruleError, match="is not as deltarule wrote it"):
        write_emitted(path, text)
    write_emitted(path, text, force=True)
    assert is_ours(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("name", "fact"),
    [("kernels.txt", "is no name of a Python file"), ("nowhere/kernels.py", "there is no folder")],
)
def test_a_file_that_cannot_be_written_is_told(tmp_path, name, fact):
    with pytest.raises(DeltaruleError, match=fact):
        write_emitted(tmp_path / name, "x = 1\n")


def test_the_parts_of_one_file_do_not_use_a_name_twice():
    """In a file of its own a kernel has all its parts, and what is defined last is what counts."""
    found: dict[str, set[str]] = {}
    for node in ast.parse(texts.text(set(texts._ORDER))).body:
        if isinstance(node, ast.FunctionDef):
            names = [node.name]
        elif isinstance(node, ast.Assign):
            written = [n for t in node.targets for n in ast.walk(t) if isinstance(n, ast.Name)]
            names = [n.id for n in written if isinstance(n.ctx, ast.Store)]
        else:
            continue
        for name in names:
            found.setdefault(name, set()).add(ast.dump(node))
    assert [name for name, nodes in found.items() if len(nodes) > 1] == []


CALLED_BY_NAME = """\
from numba import carray, njit, types
from deltarule.kernels.prelude.calls import apart, data, outside

@njit
def one_more(n):
    apart()
    return n + 1

@outside(types.CPointer(types.float32), types.int64)
def write(place, n):
    carray(place, 1)[0] = one_more(n)

@njit(forceinline=True)
def copied_in(array, n):
    write(data(array), n)

@njit
def first(array):
    copied_in(array, 2)
"""


def test_a_function_that_is_copied_in_may_be_the_first_to_call_one_by_name(tmp_path):
    """Numba hands the wish to be copied in down to all that it compiles for such a caller."""
    path = tmp_path / "called_by_name.py"
    path.write_text(CALLED_BY_NAME, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("called_by_name", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    array = np.zeros(1, np.float32)
    module.first(array)
    assert array[0] == 3

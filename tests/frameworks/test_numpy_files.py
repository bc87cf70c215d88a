"""Passes as arrays at once: what the evaluator gives, for every derivation, in NumPy."""

import subprocess
import sys
import warnings

import numpy as np
import pytest
from agreement import evaluated, selected
from laid_out import as_python
from once import settings_of, traced

from deltarule.frameworks.dialect import DIALECTS
from deltarule.frameworks.file_text import FrameworkFile, emitted_for
from deltarule.kernels.python_text.long_lines import folded
from deltarule.language.catalogue import catalogue
from deltarule.networks.recurrences import sequence_lengths
from deltarule.signed_files import is_ours
from deltarule.typed.typed_layer import layer


@pytest.mark.parametrize("name", catalogue())
def test_arrays_agree_with_the_evaluator(name, tmp_path, monkeypatch):
    settings = settings_of(name)
    assert_arrays_agree(traced(name, **settings)[0], tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("name", "options"),
    [("rnn", {"lengths": True}), ("gru", {"lengths": True, "bidirectional": True})],
)
def test_no_time_beyond_the_last_is_read(name, options, tmp_path, monkeypatch):
    """Both cases of an array's choice are computed: h[t + 1] too, where t is the last time."""
    assert_arrays_agree(traced(name, **options)[0], tmp_path, monkeypatch)


def assert_arrays_agree(made, tmp_path, monkeypatch):
    """The passes of a program, with arrays, give what the evaluator gives."""
    file = FrameworkFile(made, DIALECTS["numpy"])
    module = as_python(folded(file.text()), tmp_path, monkeypatch)
    arrays, called = evaluated(made, 1).arrays, file.called()
    found = dict(arrays)
    for each, one in (("forward", called.forward), ("backward", called.backward)):
        if not one.returns:
            continue
        with np.errstate(all="ignore"):
            results = getattr(module, each)(*(found[n] for n in one.takes))
        results = results if len(one.returns) != 1 else (results,)
        assert len(results) == len(one.returns)
        for tensor, value in zip(one.returns, map(np.asarray, results)):
            found[tensor] = value
            if value.ndim < arrays[tensor].ndim:
                value = selected(value, arrays[tensor].shape)
            np.testing.assert_allclose(value, arrays[tensor], 1e-9, 1e-11, False, tensor)


@pytest.mark.parametrize("target", DIALECTS)
def test_files_for_frameworks_are_python(target):
    """PyTorch and JAX themselves are in tests/peers."""
    for name in ("dense", "rnn", "max_pool1d", "label_cross_entropy"):
        text = emitted_for(target, name, {})
        compile(text, name, "exec")
        assert is_ours(text) and "deltarule" not in text.split("# Written")[0]
        code = [line for line in text.splitlines() if "∂" not in line and '"""' not in line]
        assert max(map(len, code)) <= 100, name


def test_a_file_for_numpy_needs_nothing_else_and_checks_itself(tmp_path):
    path = tmp_path / "rnn_numpy.py"
    path.write_text(emitted_for("numpy", "rnn", {}), encoding="utf-8")
    alone = (
        "import sys, runpy\n"
        "sys.modules['numba'] = sys.modules['sympy'] = sys.modules['deltarule'] = None\n"
        "runpy.run_path(sys.argv[1], run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", alone, path], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for name in ("x", "W_xh", "W_hh", "b_h", "h0", "W_hy", "b_y"):
        assert f"gradient of {name}: agrees with differences" in done.stdout
    assert "compiling" not in done.stdout


@pytest.mark.parametrize(
    "text",
    [
        "y[n] = log(x[n])",
        "y[n] = lgamma(x[n])·z[n] + digamma(x[n])",
        "L = -Σ_n (t_n log m_n − m_n − log(t_n!))",
    ],
)
def test_self_checks_draw_what_has_values(text, tmp_path, monkeypatch):
    module = as_python(emitted_for("numpy", layer(text), {}), tmp_path, monkeypatch)
    assert module.self_check()


def test_float32_stays_float32(tmp_path, monkeypatch):
    for name in ("batch_norm", "attention", "gru", "conv2d"):
        made, _ = traced(name)
        file = FrameworkFile(made, DIALECTS["numpy"])
        module = as_python(file.text(), tmp_path, monkeypatch)
        arrays, called = evaluated(made, 1).arrays, file.called()
        for each, one in (("forward", called.forward), ("backward", called.backward)):
            given = [np.float32(a) if (a := arrays[n]).dtype.kind == "f" else a for n in one.takes]
            results = getattr(module, each)(*given)
            for tensor, value in zip(one.returns, results if len(one.returns) > 1 else [results]):
                assert value.dtype == np.float32, (name, tensor)


def test_a_determinant_below_0_has_no_logarithm(tmp_path, monkeypatch):
    """As in the kernels: NaN, and not the logarithm of |det X|."""
    text = emitted_for("numpy", layer("E = det(X)"), {})
    module = as_python(text, tmp_path, monkeypatch)
    for matrix, value in (([[0.0, 1.0], [1.0, 0.0]], np.nan), ([[0.0, 1.0], [-1.0, 0.0]], 1.0)):
        np.testing.assert_allclose(module.forward(np.array(matrix))[0], value)


@pytest.mark.parametrize("name", ["rnn", "lstm", "crf", "kalman"])
def test_a_sequence_without_steps_is_refused_in_a_sentence(name, tmp_path, monkeypatch):
    made, _ = traced(name)
    file = FrameworkFile(made, DIALECTS["numpy"])
    module = as_python(file.text(), tmp_path, monkeypatch)
    arrays, called = evaluated(made, 1).arrays, file.called()
    for each, one in (("forward", called.forward), ("backward", called.backward)):
        (extent,) = sequence_lengths(getattr(made, each).equations)
        assert str(extent) == "T"
        axes = {n: file.program.network.tensors.get(n) for n in one.takes}
        given = [
            arrays[n][tuple(slice(0 if a == extent else None) for a in (t.axes if t else ()))]
            for n, t in axes.items()
        ]
        with pytest.raises(ValueError, match="the sequence has no steps: T = 0; give T at least 1"):
            getattr(module, each)(*given)


@pytest.mark.parametrize("name", ["lstm_cell", "swish", "swiglu", "mlp"])
def test_nothing_is_said_of_an_infinity_on_the_way(name, tmp_path, monkeypatch):
    """1/(1 + exp(800)) is 0, and no number that is lost."""
    made = traced(name)[0]
    file = FrameworkFile(made, DIALECTS["numpy"])
    module = as_python(folded(file.text()), tmp_path, monkeypatch)
    arrays, called = evaluated(made, 1).arrays, file.called()
    given = {n: np.asarray(a, np.float64) * 2000.0 for n, a in arrays.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        values = module.forward(*(given[n] for n in called.forward.takes))
        values = values if isinstance(values, tuple) else (values,)
        known = {**given, **dict(zip(called.forward.returns, values, strict=True))}
        module.backward(*(known[n] for n in called.backward.takes))

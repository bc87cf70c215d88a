"""Kernels as plain loops: what the evaluator gives without Numba, and the same with it."""

import re

import numpy as np
import pytest
from agreement import evaluated, selected
from laid_out import as_python
from once import loaded, settings_of, traced
from plain_loops import arrays_of, plain_of

import deltarule
from deltarule.calculus.derived_again import hvp
from deltarule.errors import DeltaruleError
from deltarule.expressions.functions import OPERATIONS
from deltarule.kernels import plain_kernel
from deltarule.kernels.module.plain_source import PlainModule
from deltarule.kernels.passes.program import program
from deltarule.language.catalogue import catalogue
from deltarule.typed.typed_layer import layer


@pytest.mark.parametrize("name", catalogue())
def test_plain_loops_agree_with_the_evaluator(name, tmp_path, monkeypatch):
    """What is new memory holds NaN: an entry that no loop writes would show."""
    assert_they_agree(plain_of(name), arrays_of(name), tmp_path, monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "wrt"), [("ctc", "y"), ("crf", "u"), ("hmm", "log_A")])
def test_plain_loops_of_second_derivatives_read_nothing_beyond_an_array(
    name, wrt, tmp_path, monkeypatch
):
    """A read of data stands behind the guard that keeps it inside: l[s + 2] behind s ≤ M − 3."""
    assert_loops_agree(program(hvp(loaded(name), wrt), {}), tmp_path, monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize(
    "cell",
    [
        "tanh(x[t, n, m] + Sum[k](h[t - 1, n, k] * A[k, m]) * sigmoid(h[t - 1, n, m]))",
        "max(0, x[t, n, m] + Sum[k](h[t - 1, n, k] * A[k, m]) * h[t - 1, n, m])",
        "x[t, n, m] + Sum[k](h[t - 1, n, k] * A[k, m] * tanh(h[t - 1, n, m]) * x[t, n, k])",
        "tanh(Mean[q](h[t - 1, q, m]) + Sum[k](h[t - 1, n, k] * A[k, m]) * h[t - 1, n, m])",
    ],
)
@pytest.mark.parametrize("before", ["h0", "0"])
def test_products_with_entries_of_two_times_read_nothing_beyond_the_last(
    cell, before, tmp_path, monkeypatch
):
    """∂L/∂h[t + 1]·f(h[t]) becomes a line of the loop, under the guard that it comes from."""
    path = tmp_path / "cell.py"
    path.write_text(
        f"""
from deltarule.language import *

T, N, H = sizes("T N H")
t, n, q, k, m = index("t", T), index("n", N), index("q", N), index("k", H), index("m", H)
x, A, h0 = input("x", T, N, H), parameter("A", H, H), parameter("h0", N, H)
h, y = state("h", T, N, H, before={before}), output("y", T, N, H)
h[t, n, m] = {cell}
y[t, n, m] = h[t, n, m] * h0[n, m]
""",
        encoding="utf-8",
    )
    assert_loops_agree(program(deltarule.load(path), {}), tmp_path, monkeypatch)


def test_room_is_of_the_kind_of_an_array_where_a_number_is_taken_first(tmp_path, monkeypatch):
    made = program(deltarule.layer("y[i,j] = m + b[i] + c[j]"), {})
    assert_loops_agree(made, tmp_path, monkeypatch)


def test_numbers_between_both_passes_are_no_arrays():
    """Compiled, where one is compared, an array of no axes is of another type."""
    network = deltarule.layer("L = max(0, ‖a − p‖² − m)")
    plain, tuned = (deltarule.kernel(network, plain=own) for own in (True, False))
    given = {"a": np.arange(3.0), "p": np.ones(3), "m": 1.0}
    for name, value in plain.backward(**given).items():
        np.testing.assert_allclose(value, tuned.backward(**given)[name], err_msg=name)


def assert_loops_agree(made, tmp_path, monkeypatch):
    """The loops of a program, run as plain Python, give what the evaluator gives."""
    assert_they_agree(PlainModule(made), evaluated(made, 1).arrays, tmp_path, monkeypatch)


def assert_they_agree(plain: PlainModule, arrays: dict, tmp_path, monkeypatch):
    """The same of loops and of what the evaluator gave."""
    text = plain.text()
    assert max(map(len, text.splitlines())) <= 100
    said = "".join(line for line in text.splitlines() if line.lstrip().startswith("#"))
    assert not any(f"{function.row.name}(" in said for function in OPERATIONS)
    module = as_python(text, tmp_path, monkeypatch)
    found = dict(arrays)
    for each, one in plain.passes.items():
        # Numbers have no dtype where they are compiled.
        given = [a if (a := found[n]).ndim else a.item() for n in one.takes]
        with np.errstate(all="ignore"):
            results = getattr(module, each)(*given)
        results = results if len(one.returns) != 1 else (results,)
        assert len(results) == len(one.returns)
        for tensor, value in zip(one.returns, map(np.asarray, results)):
            found[tensor] = value
            if value.ndim < arrays[tensor].ndim:
                value = selected(value, arrays[tensor].shape)
            np.testing.assert_allclose(value, arrays[tensor], 1e-9, 1e-11, False, tensor)


def test_nothing_of_a_plain_text_is_machinery():
    for name in ("dense", "conv2d", "max_pool2d", "softmax"):
        text = PlainModule(traced(name)[0]).text()
        assert not {"U(", "real(", "ctypes", "intrinsic", "llvm"} & {
            word for word in ("U(", "real(", "ctypes", "intrinsic", "llvm") if word in text
        }
        assert 20 <= len(text.splitlines()) <= 60, name


@pytest.mark.parametrize(
    ("name", "settings"),
    [("conv2d", {"stride": 2, "pad": 1}), ("max_pool2d", {}), ("rnn", {}), ("embedding", {})],
)
def test_plain_and_tuned_kernels_give_the_same(name, settings):
    tuned = deltarule.kernel(name, **settings)
    plain = deltarule.kernel(name, plain=True, **settings)
    assert plain.inputs == tuned.inputs and plain.outputs == tuned.outputs
    made, _ = traced(name, **settings)
    arrays = evaluated(made, 2).arrays
    given = {n: arrays[n] for n in plain.inputs}
    given |= {f"d{output}": arrays[g] for output, g in made.upstream.items()}
    forward, backward = (k.backward(**given) for k in (plain, tuned))
    assert forward.keys() == backward.keys()
    for tensor, value in forward.items():
        np.testing.assert_allclose(value, backward[tensor], 1e-12, 1e-13, err_msg=tensor)


@pytest.mark.parametrize("name", catalogue())
def test_gradients_come_in_the_tuned_order_and_in_the_one_type_of_what_is_given(
    name, tmp_path, monkeypatch
):
    made = plain_of(name).program
    monkeypatch.setattr(plain_kernel, "program", lambda *_: made)
    monkeypatch.setattr(plain_kernel, "PlainModule", lambda _: plain_of(name))
    monkeypatch.setattr(
        plain_kernel, "_imported", lambda _, text, __: as_python(text, tmp_path, monkeypatch)
    )
    plain = deltarule.kernel(name, plain=True, **settings_of(name))
    arrays = arrays_of(name)
    given = {n: arrays[n] for n in plain.inputs}
    given |= {f"d{output}": arrays[g] for output, g in made.upstream.items()}
    real = [n for n in given if given[n].dtype.kind == "f"]
    for kind in ("float64", "float32"):
        typed = {n: a.astype(kind) if n in real else a for n, a in given.items()}
        with np.errstate(all="ignore"):
            found = plain.backward(**typed)
        assert list(found) == list(made.gradients)
        assert {a.dtype.name for a in found.values()} <= {kind}
    for other in real[1:]:
        with pytest.raises(DeltaruleError, match=f"{other} is an array of float64, but {real[0]}"):
            plain.backward(**{**typed, other: given[other]})


@pytest.mark.parametrize("kind", ["uint8", "bool", "int16", "int64", "object"])
def test_integers_and_lists_take_the_type_of_the_real_arrays(kind):
    plain, tuned = (deltarule.kernel("dense", plain=own) for own in (True, False))
    W, b = np.linspace(-1, 1, 15).reshape(3, 5), np.linspace(0, 1, 5)
    x = np.array([[0, 1, 1], [1, 0, 1]]).astype(kind)
    x = x.tolist() if kind == "object" else x
    y = plain.forward(x=x, W=W, b=b)
    np.testing.assert_allclose(y, tuned.forward(x=x, W=W, b=b), 1e-14)
    assert y.dtype == np.float64
    assert plain.forward(x=x, W=W.round().astype(int), b=[1] * 5).dtype == np.float64
    if kind != "int64":
        single = {"W": W.astype("float32"), "b": b.astype("float32")}
        assert plain.forward(x=x, **single).dtype == np.float32


@pytest.mark.parametrize("plain", [True, False])
@pytest.mark.parametrize(
    ("name", "given", "fact", "remedy"),
    [
        (
            "embedding",
            {"w": [[0, 7]], "E": np.ones((5, 2))},
            "w[0, 1] = 7 is out of range",
            "w holds whole numbers from 0 to V − 1 = 4",
        ),
        (
            "binary_cross_entropy",
            {"yhat": [[0.5, 1.5]], "y": [[0.0, 1.0]]},
            "yhat[0, 1] = 1.5 is out of range",
            "yhat is between 0 and 1",
        ),
    ],
)
def test_entries_out_of_range_are_refused_in_one_sentence(name, given, fact, remedy, plain):
    with pytest.raises(DeltaruleError) as found:
        deltarule.kernel(name, plain=plain).forward(**given)
    assert (found.value.fact, found.value.remedy) == (fact, remedy)


def test_what_a_plain_kernel_cannot_take_is_told():
    plain = deltarule.kernel("dense", plain=True)
    x, W, b = np.ones((2, 3)), np.ones((3, 4)), np.ones(4)
    for given, fact in (
        ({"x": x, "W": W}, "b is missing"),
        ({"x": x, "W": W.T, "b": b}, "W has the shape [4, 3], but D is 3"),
        ({"x": x[0], "W": W, "b": b}, "x has 1 axes"),
        ({"x": x, "W": W, "b": b, "c": b}, "the kernel takes no array c"),
    ):
        with pytest.raises(DeltaruleError) as found:
            plain.forward(**given)
        assert found.value.fact == fact and found.value.remedy
    with pytest.raises(DeltaruleError, match="threads are for tuned kernels"):
        deltarule.kernel("dense", plain=True, parallel=True)


#: Numbers of more bits than kernels compute with, where NumPy has them.
LONG = ["float128"] if hasattr(np, "float128") else []


@pytest.mark.parametrize("kind", [*LONG, "object", "complex128", "U3", "datetime64[s]"])
def test_plain_kernels_refuse_types_as_tuned_ones_do(kind):
    plain, x = deltarule.kernel("dense", plain=True), np.ones((2, 3), int).astype(kind)
    with pytest.raises(DeltaruleError) as refused:
        plain.forward(x=x, W=np.ones((3, 2)), b=np.ones(2))
    fact = f"x is an array of {x.dtype}"
    assert (refused.value.fact, refused.value.place) == (fact, "dense")
    assert refused.value.remedy == "give it as float64"


def test_plain_kernels_refuse_masks_sizes_and_empty_sequences_as_tuned_ones_do():
    window = {"x": np.ones((1, 1, 4, 4)), "w": np.ones((1, 1, 7, 7)), "b": np.ones(1)}
    step = {"x": np.ones((0, 2, 3)), "y": np.ones((0, 2, 2)), "h0": np.ones((2, 2))}
    step |= {"W_xh": np.ones((3, 2)), "b_h": np.ones(2), "b_y": np.ones(2)}
    step |= {"W_hh": np.ones((2, 2)), "W_hy": np.ones((2, 2))}
    masked = {**window, "x": np.ma.masked_array(window["x"], window["x"] > 0)}
    for name, given, fact, remedy in (
        ("conv2d", masked, "x is a masked array", "give a plain one, such as its filled(0)"),
        ("conv2d", window, "the sizes do not fit: I = -2", "I is H + 1 − K"),
        ("rnn", step, "the sequence has no steps: T = 0", "give T at least 1"),
    ):
        with pytest.raises(DeltaruleError) as refused:
            deltarule.kernel(name, plain=True).forward(**given)
        assert (refused.value.fact, refused.value.remedy) == (fact, remedy)


def _loops_of(text: str) -> int:
    """How many loops a forward pass that stands alone has: n, m in np.ndindex(N, M) are two."""
    plain = PlainModule(program(layer(text), {})).text().split("def forward")[1]
    heads = (line.strip() for line in plain.split("@compiled")[0].splitlines() if "for " in line)
    return sum(len(head.split(" in ")[0].split(",")) for head in heads)


@pytest.mark.parametrize(
    ("text", "loops"),
    [
        # What reads the entry itself shares all loops; a sum of a row is added up in those.
        ("h[n, m] = tanh(x[n, m])\ny[n, m] = h[n, m]*h[n, m]", 2),
        ("h[n, m] = tanh(x[n, m])\ny[n] = Sum[m](h[n, m]*x[n, m])", 2),
        ("h[n, m] = tanh(x[n, m])\ny = Sum[n, m](h[n, m]*x[n, m])", 2),
        # Another name of an index is no hindrance.
        ("h[n, m] = tanh(x[n, m])\ny[k, l] = h[k, l]*x[k, l]", 2),
        # What reads other rows, or all of them, waits until they are written.
        ("h[n, m] = tanh(x[n, m])\ny[m] = Sum[n](h[n, m]*x[n, m])", 4),
        ("h[n, m] = tanh(x[n, m])\ny[n, m] = h[n, m]/Sum[n](h[n, m])", 6),
    ],
)
def test_loops_are_shared_where_what_is_read_is_written(text, loops, tmp_path, monkeypatch):
    assert _loops_of(text) == loops
    assert_loops_agree(program(layer(text), {}), tmp_path, monkeypatch)


@pytest.mark.parametrize("name", catalogue())
def test_every_equation_stands_in_the_text(name):
    plain = plain_of(name)
    made = plain.program
    _, *passes = plain.text().split("\n@compiled\ndef ")
    texts = {text.partition("(")[0]: text for text in passes}
    for each, one in (("forward", made.forward), ("backward", made.backward)):
        said = re.findall(r"^ *# \S", texts.get(each, ""), re.MULTILINE)
        assert len(said) == len(one.equations) or each not in texts, each


@pytest.mark.parametrize("name", ["conv2d", "batch_norm", "softmax_cross_entropy", "mlp"])
@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_compiled_loops_give_what_python_gives(name, kind, tmp_path, monkeypatch):
    made, _ = traced(name)
    plain, arrays = deltarule.kernel(name, plain=True), evaluated(made, 3).arrays
    given = {n: np.asarray(arrays[n]).astype(kind) for n in plain.inputs}
    compiled = plain.values(**given)
    module = as_python(plain.source, tmp_path, monkeypatch)
    found = module.forward(*(given[n] for n in plain.passes["forward"].takes))
    found = found if len(plain.passes["forward"].returns) != 1 else (found,)
    for tensor, value in zip(plain.passes["forward"].returns, found, strict=True):
        close = 1e-5 if kind == "float32" else 1e-13
        np.testing.assert_allclose(compiled[tensor], value, close, close, err_msg=tensor)
        assert value.ndim == 0 or compiled[tensor].dtype == np.dtype(kind)

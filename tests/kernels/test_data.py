"""Labels, positions and masks: whatever numbers they hold, no foreign memory is read."""

import importlib.util
import re
import subprocess
import sys

import numpy as np
import pytest
from once import programmed, settings_of
from with_integers import INDEXED

import deltarule
from deltarule.arithmetic.random_arrays import random_arrays
from deltarule.arithmetic.settings import setting, sizes_at
from deltarule.kernels.api import Kernel
from deltarule.kernels.export import emitted
from deltarule.kernels.module.source import Module

BAD = {"one too small": -1, "a padding of PyTorch": -100, "far out": 10**9, "the size": None}


def test_the_catalogue_has_such_derivations():
    assert {"embedding", "label_cross_entropy", "multiclass_svm", "crf", "roi_pool"} <= set(INDEXED)


@pytest.mark.parametrize("name", INDEXED)
def test_a_number_out_of_range_is_refused_by_every_pass(name, tmp_path, monkeypatch):
    open_ = settings_of(name, 2)
    made = programmed(name, **INDEXED[name] | open_)
    sizes = sizes_at(made.network, setting(made.network))
    text = Module(made, "float64").text()
    kernel = Kernel(name, as_python(text, tmp_path, monkeypatch), "float64")
    given = random_arrays(made.network, sizes)
    upstream = {f"d{t}": np.ones_like(kernel.values(**given)[t]) for t in made.upstream}
    whole = [t for t in made.network.tensors.values() if t.given and t.integral]
    assert whole
    for tensor in whole:
        # Of a tree −1 is no node; the last node is no child, and no parent, of its own.
        for bad in (-2, 10**9, given[tensor.name].size - 1) if tensor.points else BAD.values():
            array = given[tensor.name].copy()
            array.flat[-1] = int(tensor.integers_below.subs(sizes)) if bad is None else bad
            refused(kernel, {**given, tensor.name: array}, upstream, tensor.name)
            own = given[tensor.name].copy()
            while_bound(kernel, {**given, tensor.name: own}, upstream, tensor.name, array)


def as_python(text: str, folder, monkeypatch):
    """The kernel's file as a module whose functions are not compiled."""
    monkeypatch.setattr("numba.config.DISABLE_JIT", True)
    (folder / "kernel.py").write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("kernel_with_data", folder / "kernel.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "kernel_with_data", module)
    spec.loader.exec_module(module)
    return module


def refused(kernel, arrays: dict, upstream: dict, name: str) -> None:
    calls = (
        lambda: kernel.forward(**arrays),
        lambda: kernel.backward(**arrays, **upstream),
        lambda: kernel.both(**arrays, **upstream),
        lambda: kernel.bind(**arrays, **upstream),
    )
    for call in calls:
        with pytest.raises(deltarule.DeltaruleError, match="is out of range") as caught:
            call()
        assert caught.value.fact.startswith(f"{name}[") or arrays[name].ndim == 0
        assert str(arrays[name].flat[-1]) in caught.value.fact


def while_bound(kernel, arrays: dict, upstream: dict, name: str, bad: np.ndarray) -> None:
    bound = kernel.bind(**arrays, **upstream)
    bound.both()
    arrays[name][...] = bad
    for call in (bound.forward, bound.backward, bound.both):
        with pytest.raises(deltarule.DeltaruleError, match="is out of range"):
            call()


def test_compiled_passes_refuse_too(cache):
    kernel = deltarule.kernel("label_cross_entropy", cache=cache)
    z, t = np.zeros((3000, 4)), np.zeros(3000, np.int64)
    for bad in BAD.values():
        t[-1] = 4 if bad is None else bad
        refused(kernel, {"z": z, "t": t}, {}, "t")
        while_bound(kernel, {"z": z, "t": np.zeros_like(t)}, {}, "t", t)
        small = {"z": z[-9:], "t": np.zeros_like(t[-9:])}
        while_bound(kernel, small, {}, "t", t[-9:])


def test_the_message_says_which_entry(cache):
    kernel = deltarule.kernel("label_cross_entropy", cache=cache)
    with pytest.raises(deltarule.DeltaruleError) as caught:
        kernel.forward(z=np.zeros((3, 5)), t=[0, 5, 2])
    assert str(caught.value) == (
        "t[1] = 5 is out of range\n  where: label_cross_entropy\n"
        "  remedy: t holds whole numbers from 0 to C − 1 = 4"
    )


@pytest.mark.parametrize("kind", ["b1", "u1", "i4", ">i8", "u8", "f4", "f8"])
def test_labels_of_any_type_of_numbers_count(cache, kind):
    kernel = deltarule.kernel("label_cross_entropy", cache=cache)
    z, t = np.random.default_rng(0).normal(size=(4, 3)), np.array([0, 1, 1, 0])
    wanted = kernel.both(z=z, t=t)
    found = kernel.both(z=z, t=t.astype(kind))
    assert found[0]["E"] == wanted[0]["E"]
    assert np.array_equal(found[1]["z"], wanted[1]["z"])


@pytest.mark.parametrize(
    ("label", "shown"),
    [(np.nan, "nan"), (np.inf, "inf"), (1.5, "1.5"), (1e30, "1e+30"), (np.uint64(2**64 - 1), "18")],
)
def test_labels_that_are_no_whole_numbers_are_refused(cache, label, shown):
    kernel = deltarule.kernel("label_cross_entropy", cache=cache)
    with pytest.raises(deltarule.DeltaruleError) as caught:
        kernel.forward(z=np.zeros((2, 3)), t=np.array([label, label]))
    assert caught.value.fact.startswith(f"t[0] = {shown}")
    assert caught.value.fact.endswith("is not a whole number (of 64 bits)")


def test_what_was_copied_to_be_bound_is_copied_at_every_call(cache):
    kernel = deltarule.kernel("label_cross_entropy", cache=cache)
    z, t = np.random.default_rng(0).normal(size=(3, 4)).T, np.zeros(4, np.int32)
    bound = kernel.bind(z=z, t=t)
    for label in (0, 1, 2):
        t[:] = label
        z += 1
        values, gradients = bound.both()
        wanted = kernel.both(z=z, t=t)
        assert np.isclose(values["E"], wanted[0]["E"])
        assert np.allclose(gradients["z"], wanted[1]["z"])


def test_declared_properties_are_tested(cache):
    kernel = deltarule.kernel("softmax_cross_entropy", cache=cache)
    z, t = np.zeros((2, 3)), np.full((2, 3), 1 / 3)
    kernel.forward(z=z, t=t)
    t[1, 2] = 0.5
    with pytest.raises(deltarule.DeltaruleError, match="^the sum over axis 1 of t, .* is not 1"):
        kernel.forward(z=z, t=t)
    kernel = deltarule.kernel("binary_cross_entropy", cache=cache)
    for bad in (-0.1, 1.1):
        with pytest.raises(deltarule.DeltaruleError) as caught:
            kernel.forward(yhat=np.array([[bad]]), y=np.ones((1, 1)))
        assert caught.value.fact == f"yhat[0, 0] = {bad} is out of range"
        assert caught.value.remedy == "yhat is between 0 and 1"


def test_an_emitted_file_refuses_too(tmp_path):
    (tmp_path / "svm.py").write_text(emitted("multiclass_svm", {}), encoding="utf-8")
    code = (
        "import numpy, svm\n"
        "for bad in (-1, -100, 4, 10**9):\n"
        "    try:\n"
        "        svm.forward(numpy.ones((2, 4)), numpy.array([0, bad]))\n"
        "    except svm.Misfit as error:\n"
        "        print(error.args[0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    told = [f"t[1] = {bad} is out of range" for bad in (-1, -100, 4, 10**9)]
    assert done.stdout.splitlines() == told


def test_where_data_point_to_is_read_once_for_a_row_and_not_for_each_entry():
    """In E[w[n, t], d] the word is the same for all d: the loop over d is vectorised then."""
    text = Module(programmed("embedding"), "float32").without_prelude()
    [loop] = re.findall(r"    +(\w+) = w\[.*\]\n +for d in range\(D\):\n +(.*)", text)[:1]
    assert f"E[U({loop[0]}), U(d)]" in loop[1]

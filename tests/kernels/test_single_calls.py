"""Methods of the smallest bound kernels are functions of C's: they compute, keep and refuse the
same as those of Python.
"""

import copy
import gc
import inspect
import re
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from numba import carray, njit, types  # pyright: ignore[reportPrivateImportUsage]

from deltarule.errors import DeltaruleError
from deltarule.kernels import single_call
from deltarule.kernels.api import kernel
from deltarule.kernels.prelude.addresses import address_at

PASSES = ("forward", "backward", "both")


def network():
    random = np.random.default_rng(3)
    shapes = {"x": (1, 2), "Theta1": (2, 3), "Theta2": (3, 1), "y": (1, 1)}
    return kernel("mlp"), {n: random.normal(size=shape) for n, shape in shapes.items()}


def single(bound) -> list[str]:
    """The methods that are functions of C's."""
    return [name for name in PASSES if inspect.isbuiltin(getattr(bound, name))]


def test_they_follow_the_arrays_and_outlive_what_they_came_from():
    made, arrays = network()
    bound = made.bind(**arrays)
    assert single(bound) == list(PASSES)
    forward, backward, both = (getattr(bound, name) for name in PASSES)
    values, gradients = bound.values, bound.gradients
    assert both.__doc__ == type(bound).both.__doc__
    assert not inspect.signature(both).parameters
    for number in (0.5, -2.0, np.nan):
        arrays["Theta1"][1, 2] = number
        wanted = made.both(**arrays)
        assert forward() is values and backward() is gradients
        for found in ((values, gradients), both()):
            for one, other in zip(found, wanted, strict=True):
                for name, array in other.items():
                    np.testing.assert_array_equal(one[name], array)
    del bound, values, gradients, arrays
    gc.collect()
    again = both()
    for name, array in wanted[1].items():
        np.testing.assert_array_equal(again[1][name], array)


@pytest.mark.slow
def test_what_a_pass_calls_is_the_same_machine_code_wherever_that_is_called_from(tmp_path):
    """Code that is optimised twice adds up the sums of rows in another order; which of two copies
    runs then depends on what was called before."""
    made = kernel("attention", dtype="float32", cache=tmp_path)
    arrays = {n: np.ones((1, 3, 4), np.float32) for n in "QKV"}
    made.bind(**arrays).forward()
    made.forward(**arrays)
    here, there = (_bodies(getattr(made.module, name)) for name in ("forward_at", "forward_loops"))
    [strip] = [name for name in here if "strip1" in name]
    assert here[strip] == there[strip]


def _bodies(function) -> dict[str, str]:
    """The functions in a compiled function's code, by name, without the numbers of remarks."""
    [found] = function.overloads.values()
    code = re.sub(r"[#!]\d+", "", found.library.get_llvm_str())
    return dict(re.findall(r"^define [^@]*@([^\s(]+)\([^\n]*\n(.*?)^}", code, re.M | re.S))


def test_no_reference_is_lost_or_kept():
    made, arrays = network()
    bound = made.bind(**arrays)
    given = bound.both()
    before = sys.getrefcount(given), sys.getrefcount(bound.values)
    for _ in range(100):
        bound.both()
        bound.forward()
    assert (sys.getrefcount(given), sys.getrefcount(bound.values)) == before


def test_threads_of_python_call_one_after_the_other():
    made, arrays = network()
    bound = made.bind(**arrays)
    wanted = {n: a.copy() for n, a in bound.both()[1].items()}
    workers = [threading.Thread(target=lambda: [bound.both() for _ in range(500)]) for _ in "123"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for name, array in wanted.items():
        np.testing.assert_array_equal(bound.gradients[name], array)


def test_without_upstream_gradients_only_the_forward_pass_is_one():
    bound = kernel("softmax").bind(z=np.ones((2, 3)))
    assert single(bound) == ["forward"]
    with pytest.raises(DeltaruleError, match="the gradients of the outputs are missing"):
        bound.both()
    with pytest.raises(DeltaruleError, match="cannot be pickled or copied"):
        copy.copy(bound)


@pytest.mark.parametrize("many", ["large", "copied", "labels"])
def test_what_has_more_to_do_is_called_as_before(many):
    made, arrays = network()
    if many == "large":
        arrays["x"], arrays["y"] = np.ones((900, 2)), np.ones((900, 1))
    elif many == "copied":
        arrays["Theta1"] = np.asfortranarray(arrays["Theta1"])
    else:
        made, arrays = kernel("embedding"), {"E": np.ones((4, 3)), "w": np.array([[1, 3]])}
    assert single(made.bind(**arrays)) == []


@pytest.mark.parametrize("rows", [1, 900])
def test_gradients_without_a_forward_pass_are_those_of_the_arrays(rows, monkeypatch):
    """What the backward pass reads is there at the first call: small kernels and others."""
    made, arrays = network()
    arrays["x"], arrays["y"] = np.ones((rows, 2)), np.ones((rows, 1))
    wanted = made.both(**arrays)[1]
    empty = np.empty
    monkeypatch.setattr(np, "empty", lambda *a, **k: _poisoned(empty(*a, **k)))
    for name, array in made.bind(**arrays).backward().items():
        np.testing.assert_array_equal(array, wanted[name])


def _poisoned(array):
    if array.dtype.kind == "f":
        array.fill(np.nan)
    return array


def test_passes_are_called_in_turn_and_the_first_without_room_ends_it():
    seen = np.zeros(1, np.int64)
    table = np.array([seen.ctypes.data], np.int64)
    place = int(table.ctypes.data)

    @njit
    def add(number):
        carray(address_at(place, 0, np.int64), (1,))[0] += number

    @njit
    def fails(_number):
        raise MemoryError

    for function in (add, fails):
        function.compile((types.int64,))
    add_at, fails_at = (single_call.address(f, (0,)) for f in (add, fails))
    folder, result = Path(network()[0].module.__file__).parent, object()

    def made(*passes):
        method = single_call.method("both", "", folder, passes, (seen, table), result)
        assert method is not None
        return method

    assert made((add_at, 3), (add_at, 4))() is result
    assert seen[0] == 7
    with pytest.raises(MemoryError):
        made((add_at, 3), (fails_at, 0), (add_at, 4))()
    assert seen[0] == 10

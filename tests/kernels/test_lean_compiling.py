"""Kernels are compiled with fewer statements of Numba's: to the same machine code, but wider."""

import re

import llvmlite.binding
import numpy as np
import pytest
from numba import njit, types

import deltarule
from deltarule.kernels.cache.lean_compiling import lean
from deltarule.kernels.cache.linking import made_in_one_go
from deltarule.kernels.cache.wide_vectors import FULL_WIDTH

OPTIONS = {"error_model": "numpy", "fastmath": {"contract"}, "nogil": True}
U = np.uint64


def entries(x, plan, n):
    """Every kind of index, and numbers that change their type when they are stored."""
    total = x[0, -1] + x[n, plan[-1]] * 2
    for k in range(plan.size):
        plan[k] = plan[k - 1] + n % 3
        for o in range(U(x.shape[1])):
            x[k % x.shape[0], o] += plan[k] * total
    x[-n, 1] = plan[0]
    x[np.int32(1), U(0)] = n > 2
    plan[np.int32(-1)] = x[1, 2]
    row = x[1]
    row[n] = 3
    return total, n, row[-2]


def handed_on(n, count):
    """Arrays and tuples that go from function to function."""
    made = np.empty(count, np.float32)
    for k in range(count):
        made[k] = 0.1 * n + k
    return made, made[: count // 2], (n, count)


def given() -> tuple:
    return np.arange(12, dtype=np.float32).reshape(3, 4), np.array([1, 2, 3, 0, 3]), 2


def arithmetic(dispatcher) -> list[str]:
    """The instructions that reckon with numbers, in their order."""
    [text] = dispatcher.inspect_asm().values()
    return re.findall(r"\bv?f?n?m?(?:add|sub|mul|div)\d*[sp][sd]\b", text)


def test_entries_of_arrays_are_what_numba_and_python_make_of_them():
    usual = njit(**OPTIONS)(entries)
    fast = njit(**OPTIONS)(entries)
    kinds = (types.float32[:, ::1], types.int64[::1], types.int64)
    usual.compile(kinds)
    with lean():
        fast.compile(kinds)
    results = []
    for function in (entries, usual, fast):
        x, plan, n = given()
        results.append((function(x, plan, n), x, plan))
    for found, x, plan in results[1:]:
        np.testing.assert_allclose(found, results[0][0], rtol=1e-6)
        np.testing.assert_allclose(x, results[0][1], rtol=1e-6)
        assert (plan == results[0][2]).all()
    for one, other in zip(results[1][1:], results[2][1:], strict=True):
        assert one.tobytes() == other.tobytes()
    assert arithmetic(usual) == arithmetic(fast) != []


def test_arrays_and_tuples_are_handed_on_and_given_back():
    inner = njit(**OPTIONS, no_cpython_wrapper=True)(handed_on)

    @njit(**OPTIONS)
    def around(n):
        made, half, (m, count) = inner(n, 6)
        made, rest = half, made
        return made.sum() + rest[m] + count, rest

    with made_in_one_go():
        around.compile((types.int64,))
    total, rest = around(3)
    made, half, _ = handed_on(3, 6)
    assert total == np.float32(half.sum()) + made[3] + 6
    assert (rest == made).all()


def test_vectors_fill_the_registers():
    def doubled(x):
        for k in range(U(x.size)):
            x[k] = 2 * x[k]

    function = njit(**OPTIONS)(doubled)
    with lean():
        function.compile((types.float32[::1],))
    [llvm], [machine] = function.inspect_llvm().values(), function.inspect_asm().values()
    assert FULL_WIDTH in llvm
    assert has_avx512() == ("zmm" in machine)


def has_avx512() -> bool:
    return bool(llvmlite.binding.get_host_cpu_features().get("avx512f"))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_two_threads_add_up_as_one_does(cache, dtype):
    """What threads share is a function that is copied into others, and compiled there again."""
    one, two = (
        deltarule.kernel("softmax", dtype=dtype, parallel=True, threads=n, cache=cache)
        for n in (1, 2)
    )
    z, dp = np.random.default_rng(0).normal(size=(2, 700, 90)).astype(dtype)
    for given in ({"z": z}, {"z": z, "dp": dp}):
        found = [(k.backward if "dp" in given else k.forward)(**given) for k in (one, two)]
        values = [f["z"] if isinstance(f, dict) else f for f in found]
        assert values[0].tobytes() == values[1].tobytes()

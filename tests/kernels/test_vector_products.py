"""Products of matrices of which one size is 1, or few: nothing is packed, whatever the strides."""

from functools import partial
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from laid_out import as_python
from numba import njit

import deltarule
from deltarule.kernels import build
from deltarule.kernels.module.source import Module
from deltarule.kernels.passes.program import program

FEW, MANY = st.integers(1, 5), st.integers(1, 70) | st.sampled_from([256, 511, 1030, 2100])
#: What packs, or adds up number by number.
OTHERS = {"in_panels", "of_few_rows", "by_room", "in_parts"}
TRANSPOSED = {"nn": ("A[n,k]", "B[k,m]"), "nt": ("A[n,k]", "B[m,k]"), "tn": ("A[k,n]", "B[k,m]")}


@pytest.fixture(scope="module", params=["float32", "float64"])
def made(request, cache):
    """Products as a function of arrays."""
    module = build.module("rnn", {}, request.param, False, cache)
    data, multiply = module.data, module.multiply

    @njit
    def multiplied(c, cs, a, as_, b, bs, sizes, scale, add):
        M, N, K = sizes
        multiply(
            *(data(c), 1, cs[0], cs[1], data(a), 2, as_[0], as_[1], data(b), 3, bs[0], bs[1]),
            *(M, N, K, scale, add, 0),
        )

    return np.dtype(request.param), multiplied


def laid(matrix: np.ndarray, start: int, rows_first: bool, gap: int):
    """A matrix in a flat array of NaN: the array, its strides, and the view of its entries."""
    rows, columns = matrix.shape
    pitch = (columns if rows_first else rows) + gap
    strides = (pitch, 1) if rows_first else (1, pitch)
    room = np.full(start + pitch * max(rows, columns) + 1, np.nan, matrix.dtype)
    steps = [s * matrix.itemsize for s in strides]
    seen = np.lib.stride_tricks.as_strided(room[start:], matrix.shape, steps)
    seen[...] = matrix
    return room, strides, seen


@settings(max_examples=150, deadline=None)
@given(
    *(st.permutations([0, 1, 2]), FEW, st.tuples(MANY, MANY), st.tuples(*[st.booleans()] * 3)),
    *(st.sampled_from([0, 3]), st.sampled_from([0, 1, 3]), st.sampled_from([1.0, -0.5])),
)
def test_products_of_few_vectors_agree_with_numpy(made, order, few, many, lies, gap, add, scale):
    """Any of the three sizes is small, and the matrices lie by rows or columns; the rest is NaN."""
    dtype, multiplied = made
    sizes = np.take([few, *many], order)
    M, N, K = map(int, sizes)
    random = np.random.default_rng(int(sizes @ [1, 3, 7]))
    a, b, c = (random.normal(size=s).astype(dtype) for s in ((M, K), (K, N), (M, N)))
    wanted = scale * (a.astype("f8") @ b) + (c if add else 0)
    bound = (K + 2) * np.finfo(dtype).eps * (abs(scale) * (abs(a) @ abs(b)) + abs(c))
    room, strides, seen = laid(c if add else c * np.nan, 1, lies[0], gap)
    between = np.isnan(room).sum()
    flat_a, a_strides, _ = laid(a, 2, lies[1], gap)
    flat_b, b_strides, _ = laid(b, 3, lies[2], gap)
    sizes = (M, N, K)
    multiplied(room, strides, flat_a, a_strides, flat_b, b_strides, sizes, dtype.type(scale), add)
    assert (abs(seen - wanted) <= bound + np.finfo(dtype).tiny).all()
    assert np.isnan(room).sum() == (between if add else between - M * N)


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 2, 0), (2, 0, 1)])
def test_infinite_numbers_stay_in_their_rows(made, order):
    """What stands for nothing is multiplied with nothing: 0·∞ would be NaN."""
    dtype, multiplied = made
    M, N, K = np.take([3, 37, 41], order)
    a, b = np.ones((M, K), dtype), np.ones((K, N), dtype)
    a[-1, -1] = np.inf
    b[-1, 0] = -np.inf
    room, strides, seen = laid(np.zeros((M, N), dtype), 1, True, 0)
    flat_a, a_strides, _ = laid(a, 2, True, 0)
    flat_b, b_strides, _ = laid(b, 3, True, 0)
    multiplied(room, strides, flat_a, a_strides, flat_b, b_strides, (M, N, K), dtype.type(1), 0)
    with np.errstate(invalid="ignore"):
        np.testing.assert_array_equal(seen, a @ b)


@pytest.mark.parametrize("name", TRANSPOSED)
@pytest.mark.parametrize("few", [1, 3])
def test_any_number_of_threads_gives_the_same_digits(name, few, cache):
    """Both passes of products of which one size is small, large enough that threads are woken."""
    text = "y[n,m] = tanh(Sum[k]({}*{}) + c[m])".format(*TRANSPOSED[name])
    kernels = [
        deltarule.kernel(deltarule.layer(text), dtype="float32", cache=cache, **settings)
        for settings in ({}, *({"parallel": True, "threads": n} for n in (1, 2)))
    ]
    random = np.random.default_rng(0)
    for place in range(3):
        sizes = {"n": 700, "k": 801, "m": 650, "nkm"[place]: few}
        given = {
            tensor[0]: random.normal(size=[sizes[i] for i in tensor[2:-1:2]]).astype("f4")
            for tensor in (*TRANSPOSED[name], "c[m]", "y[n,m]")
        }
        dy = given.pop("y")
        plain, one, two = ({"y": k.forward(**given), **k.backward(**given, dy=dy)} for k in kernels)
        for key, value in one.items():
            np.testing.assert_array_equal(two[key], value)
            np.testing.assert_allclose(plain[key], value, rtol=0, atol=2e-5 * abs(value).max())


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("few", [1, 2, 3, 4])
def test_nothing_is_packed_where_one_size_is_small(place, few, tmp_path, monkeypatch):
    """Whatever the strides; and plain Python, for each function in machine code, gives the same."""
    text = Module(program(deltarule.layer("y[n,m] = Sum[k](A[n,k]*B[k,m])"), {}), "float64").text()
    module = as_python(text, tmp_path, monkeypatch)
    called = []
    for name in OTHERS | {"of_vectors"}:
        known = getattr(module, name)
        monkeypatch.setattr(module, name, partial(_noted, called, name, known))
    sizes = [24, 25, 26]
    sizes[place] = few
    M, N, K = sizes
    random = np.random.default_rng(0)
    a, b = random.normal(size=(M, K)), random.normal(size=(K, N))
    for lies in product((True, False), repeat=3):
        room, strides, seen = laid(np.full((M, N), np.nan), 1, lies[0], 2)
        flat_a, a_strides, _ = laid(a, 2, lies[1], 2)
        flat_b, b_strides, _ = laid(b, 3, lies[2], 2)
        given = (room, 1, *strides, flat_a, 2, *a_strides, flat_b, 3, *b_strides, *sizes)
        module.multiply(*given, 1.0, 0, 1)
        np.testing.assert_allclose(seen, a @ b, rtol=1e-12, atol=1e-12)
    assert called == ["of_vectors"] * 8


def _noted(calls: list, name: str, function, *arguments):
    calls.append(name)
    return function(*arguments)

"""Compiled matrix products: any sizes and strides, with the totals in registers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from deltarule.kernels import build

#: Products of up to about 3 × 3 × 3 are done without a call.
SIZE = st.one_of(st.integers(1, 3), st.integers(1, 45))
#: How a matrix lies: its rows side by side, its columns, or no two entries next to each other.
LAYOUT = st.sampled_from(["rows", "columns", "apart"])


@pytest.fixture(scope="module", params=["float32", "float64"])
def made(request, cache):
    """Products and packed products, as functions of arrays."""
    module = build.module("rnn", {}, request.param, False, cache)
    names = vars(module)
    data, multiply, multiply_packed = (names[n] for n in ("data", "multiply", "multiply_packed"))
    pack_all, aligned, wide = names["pack_all"], names["aligned"], names["NR"]

    @njit
    def product(c, cs, a, as_, b, bs, sizes, scale, add):
        M, N, K = sizes
        multiply(
            data(c),
            1,
            cs[0],
            cs[1],
            data(a),
            2,
            as_[0],
            as_[1],
            data(b),
            3,
            bs[0],
            bs[1],
            M,
            N,
            K,
            scale,
            add,
            0,
        )

    @njit
    def packed(c, cs, a, as_, b, bs, sizes, scale, add):
        # Of panels that are K deep the first rows may be all that is summed; alone or with threads.
        M, N, K = sizes
        first, alone = K - N % 2 * (K // 3), M % 2
        panels = aligned((N + 2 * wide) * (K + wide))
        pack_all(data(panels), data(b), 3, bs[0], bs[1], N, K, scale)
        multiply_packed(
            data(c),
            1,
            cs[0],
            cs[1],
            data(a),
            2,
            as_[0],
            as_[1],
            data(panels),
            K,
            M,
            N,
            first,
            add,
            alone,
        )
        if first < K:
            multiply(
                data(c),
                1,
                cs[0],
                cs[1],
                data(a),
                2 + as_[1] * first,
                as_[0],
                as_[1],
                data(b),
                3 + bs[0] * first,
                bs[0],
                bs[1],
                M,
                N,
                K - first,
                scale,
                1,
                alone,
            )
        return panels  # else Numba frees them when their place is known, before the call

    return np.dtype(request.param), product, packed


def laid(matrix: np.ndarray, start: int, layout: str, gap: int):
    """A matrix in a flat array from `start` on: the array, and its strides."""
    rows, columns = matrix.shape
    unit = 2 if layout == "apart" else 1
    pitch = (rows if layout == "columns" else columns) * unit + gap
    strides = (unit, pitch) if layout == "columns" else (pitch, unit)
    room = np.full(start + pitch * max(rows, columns) + 1, np.nan, matrix.dtype)
    for r in range(rows):
        for c in range(columns):
            room[start + strides[0] * r + strides[1] * c] = matrix[r, c]
    return room, strides


@settings(max_examples=80, deadline=None)
@given(
    SIZE,
    SIZE,
    st.one_of(st.just(0), SIZE, st.integers(190, 400)),
    LAYOUT,
    LAYOUT,
    LAYOUT,
    st.one_of(st.integers(0, 3), st.just(600)),
    st.sampled_from([0, 1, 3]),
    st.sampled_from([1.0, -0.5]),
    st.integers(0, 2**31),
)
def test_products_agree_with_numpy_whatever_the_strides(
    made, M, N, K, a_layout, b_layout, c_layout, gap, add, scale, seed
):
    """What lies between rows is NaN: it must neither be used nor be written.

    What is to be overwritten is NaN too, so that nothing of it can be left.
    """
    dtype, product, packed = made
    random = np.random.default_rng(seed)
    a, b, c = (random.normal(size=s).astype(dtype) for s in ((M, K), (K, N), (M, N)))
    wanted = scale * (a.astype("f8") @ b) + (c if add else 0)
    bound = (K + 2) * np.finfo(dtype).eps * (abs(scale) * (abs(a) @ abs(b)) + abs(c))
    for run in (product, packed):
        room, strides = laid(c, 1, c_layout, gap)
        between = np.isnan(room)
        if not add:
            room[:] = np.nan
        flat_a, a_strides = laid(a, 2, a_layout, gap)
        flat_b, b_strides = laid(b, 3, b_layout, gap)
        run(room, strides, flat_a, a_strides, flat_b, b_strides, (M, N, K), dtype.type(scale), add)
        found = np.array(
            [[room[1 + strides[0] * m + strides[1] * n] for n in range(N)] for m in range(M)]
        )
        assert (abs(found - wanted) <= bound + np.finfo(dtype).tiny).all()
        assert np.isnan(room[between]).all()


@pytest.mark.parametrize("M, N, K", [(500, 70, 17), (253, 300, 400), (13, 1040, 200), (5, 33, 16)])
@pytest.mark.parametrize("layout", ["columns", "rows"])
def test_large_products_agree_with_numpy(made, M, N, K, layout):
    """Several blocks of rows and of what is summed, panels that are not full, both ways to lie."""
    dtype, product, _ = made
    random = np.random.default_rng(0)
    a, b = (random.normal(size=s).astype(dtype) for s in ((M, K), (K, N)))
    flat_a, a_strides = laid(a, 2, layout, 700)
    flat_b, b_strides = laid(b, 3, "rows", 0)
    room = np.full(1 + M * N, np.nan, dtype)
    sizes = (M, N, K)
    wanted, bound = a.astype("f8") @ b, 4 * K * np.finfo(dtype).eps * (abs(a) @ abs(b))
    for add in (0, 1):
        run = (room, (N, 1), flat_a, a_strides, flat_b, b_strides, sizes, dtype.type(1), add)
        product(*run)
        found = room[1:].reshape(M, N)
        assert (abs(found - (1 + add) * wanted) <= (1 + add) * bound).all()
    assert np.isnan(room[0])


@pytest.mark.parametrize("rows, columns", [(1, 1), (3, 40), (20, 40)])
def test_long_sums_keep_their_digits(made, rows, columns):
    """Equal numbers are rounded to the same side again and again: blocks keep that small."""
    dtype, product, _ = made
    K = 100_000
    a, b = np.full(2 + rows * K, 0.1, dtype), np.full(3 + columns * K, 0.1, dtype)
    for add in (0, 1):
        c = np.ones(1 + rows * columns, dtype)
        product(c, (columns, 1), a, (K, 1), b, (1, K), (rows, columns, K), dtype.type(1), add)
        wanted = K * float(dtype.type(0.1)) ** 2 + add
        assert abs(c[1:].astype(float) / wanted - 1).max() < 3e-5
        assert c[0] == 1

"""Sums over windows in one to three directions and in groups, at any sizes, strides and layouts.

The functions of one compiled kernel take any of these; they are compared with NumPy, tap by tap.
"""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit
from sums_by_taps import STILL, compiled_sums, give_the_sums

import deltarule
from deltarule.kernels import build


@pytest.fixture(scope="module")
def summed(cache):
    return compiled_sums(cache)


DIRECTION = st.builds(
    SimpleNamespace,
    length=st.integers(1, 9),
    taps=st.integers(1, 4),
    stride=st.integers(1, 3),
    dilation=st.integers(1, 3),
    pad=st.integers(0, 2),
)
MISSING = st.just(STILL)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(
    st.one_of(
        st.tuples(MISSING, MISSING, DIRECTION),
        st.tuples(MISSING, DIRECTION, DIRECTION),
        st.tuples(DIRECTION, DIRECTION, DIRECTION),
    ),
    st.integers(1, 3),
    st.sampled_from([(1, 1, 1), (1, 3, 5), (5, 1, 1), (17, 1, 2), (2, 2, 19), (3, 2, 1)]),
    st.sampled_from([(0, 1, 2, 3, 4, 5), (0, 3, 4, 5, 1, 2), (5, 2, 0, 4, 1, 3)]),
    st.integers(0, 2),
)
def test_any_windows_groups_and_layouts_give_the_sums(summed, moved, n, channels, order, begins):
    give_the_sums(summed, moved, n, channels, order, begins)


SQUARE = st.builds(
    SimpleNamespace,
    length=st.integers(1, 40),
    taps=st.just(3),
    stride=st.just(2),
    dilation=st.just(1),
    pad=st.integers(0, 3),
)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    st.tuples(MISSING, SQUARE, SQUARE),
    st.integers(1, 3),
    st.sampled_from([(1, 1, 1), (3, 1, 2), (5, 2, 1), (17, 1, 1)]),
    st.sampled_from([(0, 1, 2, 3, 4, 5), (4, 2, 1, 0, 3, 5)]),
    st.integers(0, 2),
)
def test_squares_in_steps_of_two_give_the_sums(summed, moved, n, channels, order, begins):
    """Rows of several vectors with entries side by side: they are taken apart in registers."""
    give_the_sums(summed, moved, n, channels, order, begins)


ROWS = st.builds(
    SimpleNamespace,
    length=st.integers(1, 60),
    taps=st.integers(1, 6),
    stride=st.just(1),
    dilation=st.integers(1, 2),
    pad=st.integers(0, 3),
)


@settings(max_examples=24, deadline=None, derandomize=True)
@given(
    st.one_of(
        st.tuples(MISSING, ROWS, ROWS),
        st.tuples(MISSING, MISSING, ROWS),
        st.tuples(DIRECTION, MISSING, ROWS),
    ),
    st.integers(1, 2),
    st.sampled_from([(1, 1, 6), (1, 3, 5), (2, 2, 4), (1, 4, 1), (1, 1, 13), (1, 9, 2)]),
    st.sampled_from([(0, 1, 2, 3, 4, 5), (2, 1, 0, 3, 4, 5), (0, 1, 2, 4, 3, 5)]),
    st.integers(0, 2),
)
def test_long_rows_of_few_channels_give_the_sums(summed, moved, n, channels, order, begins):
    """Columns are unfolded, in several blocks of rows where they reach beyond a near cache."""
    give_the_sums(summed, moved, n, channels, order, begins)


FEW = st.builds(
    SimpleNamespace,
    length=st.integers(1, 6),
    taps=st.integers(1, 3),
    stride=st.integers(1, 3),
    dilation=st.integers(1, 2),
    pad=st.integers(0, 2),
)
SMALL = st.builds(
    SimpleNamespace,
    length=st.integers(1, 9),
    taps=st.integers(1, 5),
    stride=st.just(1),
    dilation=st.integers(1, 2),
    pad=st.integers(0, 3),
)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    st.one_of(
        st.tuples(MISSING, SMALL, SMALL),
        st.tuples(MISSING, MISSING, SMALL),
        st.tuples(FEW, FEW, FEW),
    ),
    st.sampled_from([2, 18, 40, 70]),
    st.sampled_from([(1, 1, 1), (17, 1, 1), (3, 1, 2), (5, 2, 1)]),
    st.sampled_from([(0, 1, 2, 3, 4, 5), (4, 2, 1, 0, 3, 5), (0, 3, 4, 5, 1, 2)]),
    st.integers(0, 2),
)
def test_small_planes_of_many_images_give_the_sums(summed, moved, n, channels, order, begins):
    """They are laid out one behind the other, several images at a time."""
    give_the_sums(summed, moved, n, channels, order, begins)


MANY = st.builds(
    SimpleNamespace,
    length=st.integers(8, 30),
    taps=st.integers(1, 4),
    stride=st.integers(1, 2),
    dilation=st.integers(1, 2),
    pad=st.integers(0, 2),
)


@settings(max_examples=24, deadline=None, derandomize=True)
@given(
    st.one_of(
        st.tuples(MISSING, MANY, MANY), st.tuples(MISSING, MISSING, MANY), st.tuples(FEW, MANY, FEW)
    ),
    st.integers(1, 3),
    st.sampled_from([(1, 16, 12), (2, 15, 37), (1, 30, 100), (1, 24, 13), (2, 11, 20), (1, 5, 12)]),
    st.integers(0, 2),
)
def test_many_places_of_many_channels_give_the_sums(summed, moved, n, channels, begins):
    """For the weights, channels are turned round: into panels, or those of a place side by side."""
    give_the_sums(summed, moved, n, channels, (0, 1, 2, 3, 4, 5), begins)


BROAD = st.builds(
    SimpleNamespace,
    length=st.one_of(st.sampled_from([64, 96, 112, 128]), st.integers(60, 130)),
    taps=st.integers(2, 3),
    stride=st.sampled_from([1, 1, 2]),
    dilation=st.just(1),
    pad=st.sampled_from([1, 0, 2]),
)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    st.one_of(
        st.tuples(MISSING, MISSING, BROAD),
        st.tuples(MISSING, FEW, BROAD),
        st.tuples(FEW, FEW, MANY),
    ),
    st.sampled_from([9, 18, 35]),
    st.sampled_from([(1, 64, 48), (2, 32, 37), (1, 24, 50), (1, 47, 13), (1, 96, 64)]),
    st.sampled_from([(0, 1, 2, 3, 4, 5), (1, 0, 2, 3, 4, 5), (0, 3, 4, 5, 1, 2)]),
    st.integers(0, 2),
)
def test_many_images_of_many_channels_give_the_sums(summed, moved, n, channels, order, begins):
    """They are laid out block by block; sums go straight into rows that fill vectors."""
    give_the_sums(summed, moved, n, channels, order, begins)


@settings(max_examples=24, deadline=None, derandomize=True)
@given(
    st.one_of(
        st.tuples(MISSING, FEW, FEW), st.tuples(MISSING, MISSING, FEW), st.tuples(FEW, FEW, FEW)
    ),
    st.integers(1, 3),
    st.sampled_from([(1, 96, 64), (1, 70, 131), (2, 67, 37), (1, 3, 600), (1, 600, 16)]),
    st.integers(0, 2),
)
def test_few_places_of_many_channels_give_the_sums(summed, moved, n, channels, begins):
    """Windows are the rows of a matrix, and the weights are read where they lie."""
    give_the_sums(summed, moved, n, channels, (0, 1, 2, 3, 4, 5), begins)


def plan_of(n, c, f, length, filters_last=False):
    """A plan of windows of 3 × 3 with a pad of 1; with `filters_last`, taps are not neighbours."""
    image, of_w = length * length, (1, 9 * f, f * 3, f) if filters_last else (c * 9, 9, 3, 1)
    strides = [c * image, 0, image, 0, length, 1, 0, *of_w[:2], 0, *of_w[2:]]
    strides += [f * image, 0, image, 0, length, 1]
    sizes = [n, 1, c, f, 1, length, length, 1, 3, 3, 1, length, length]
    return np.array([*strides, *sizes, *[1] * 6, 0, 1, 1, 0, 0, 0, 0])


@pytest.mark.parametrize(
    "sizes, taken",
    [
        ((1, 512, 512, 7), True),
        ((1, 64, 64, 5), True),
        ((1, 64, 64, 5, True), False),
        ((8, 16, 16, 28), False),
        ((1, 1, 6, 28), False),
    ],
)
def test_windows_are_rows_where_places_are_few(cache, sizes, taken):
    names = vars(build.module("grouped_conv2d", {}, "float64", False, cache))
    data, pays, of = names["data"], names["im2col_pays"], [names[f"OF_{t}"] for t in "XWY"]

    @njit
    def run(plan, of, y):
        return pays(data(plan), of, data(y))

    y = np.zeros(sizes[0] * sizes[2] * sizes[3] ** 2)
    assert [run(plan_of(*sizes), tensor, y) for tensor in of] == [taken] * 3


def test_an_infinite_gradient_reaches_no_weight_that_does_not_see_it(summed):
    """At the corner, the first taps lie beyond the border, where X is laid out as 0."""
    plan, c, f, length = plan_of(1, 64, 64, 5), 64, 64, 5
    x, w, y = np.ones(c * length * length), np.empty(f * c * 9), np.ones(f * length * length)
    y[0] = np.inf
    summed(x, w, y, x, plan, 1)
    w = w.reshape(f, c, 3, 3)
    assert np.isinf(w[0, :, 1:, 1:]).all()
    assert np.isfinite(w[0, :, 0]).all() and np.isfinite(w[0, :, :, 0]).all()
    assert np.isfinite(w[1:]).all()


@pytest.mark.parametrize("images", [7, 17])
def test_threads_change_no_digit_of_many_images(cache, images):
    """Threads share blocks of images, or what all of them have together."""
    random = np.random.default_rng(images)
    shapes = {"x": (images, 64, 96), "w": (48, 64, 3), "b": (48,)}
    arrays = {name: random.normal(size=shape) for name, shape in shapes.items()}
    found = []
    for threads in (1, 2):
        kernel = deltarule.kernel("conv1d", parallel=True, threads=threads, cache=cache)
        value = kernel.forward(**arrays)
        found.append([value, *kernel.backward(**arrays, dy=np.cos(value)).values()])
    assert all(np.array_equal(one, two) for one, two in zip(*found, strict=True))

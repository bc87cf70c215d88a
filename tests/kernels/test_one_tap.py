"""Windows of one tap are products of matrices, of what lies in memory, whatever the layout."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit
from sums_by_taps import STILL, compiled_sums, give_the_sums

import deltarule
from deltarule.kernels import build

#: Layouts of n, groups, channels and three directions: channels first, last, in front of images.
ORDERS = [(0, 1, 2, 3, 4, 5), (0, 3, 4, 5, 1, 2), (1, 2, 0, 3, 4, 5), (5, 2, 0, 4, 1, 3)]


@pytest.fixture(scope="module")
def summed(cache):
    return compiled_sums(cache)


def direction(longest):
    return st.builds(
        SimpleNamespace,
        length=st.integers(1, longest),
        taps=st.just(1),
        stride=st.sampled_from([1, 1, 2, 3]),
        dilation=st.integers(1, 2),
        pad=st.just(0),
    )


MISSING = st.just(STILL)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(
    st.one_of(
        st.tuples(MISSING, MISSING, direction(140)),
        st.tuples(MISSING, direction(16), direction(16)),
        st.tuples(direction(5), direction(6), direction(7)),
    ),
    st.integers(1, 9),
    st.sampled_from([(1, 1, 1), (1, 3, 5), (2, 17, 40), (3, 2, 1), (1, 40, 1), (1, 70, 33)]),
    st.sampled_from(ORDERS),
    st.integers(0, 2),
)
def test_one_tap_gives_the_sums(summed, moved, n, channels, order, begins):
    give_the_sums(summed, moved, n, channels, order, begins)


def plan_of(n, c, f, length, stride, last):
    """A plan of windows of one tap over squares, with channels first or last."""
    places = (length - 1) // stride + 1

    def strides(channels, side):
        area = side * side
        steps = (1, side * channels, channels) if last else (area, side, 1)
        return [channels * area, 0, steps[0], 0, *steps[1:]]

    sizes = [n, 1, c, f, 1, length, length, 1, 1, 1, 1, places, places]
    steps = [1, stride, stride, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0]
    weights = [0, c, 1, 0, 1, 1]
    return np.array([*strides(c, length), *weights, *strides(f, places), *sizes, *steps])


@pytest.mark.parametrize(
    "sizes, moved",
    [
        ((8, 64, 64, 28, 1, False), False),
        ((8, 64, 64, 7, 1, True), False),
        ((1, 256, 256, 14, 1, False), False),
        ((32, 512, 512, 1, 1, False), False),
        ((4, 64, 128, 28, 2, False), True),
        ((16, 256, 256, 7, 1, False), True),
    ],
)
def test_columns_are_laid_out_only_where_places_lie_apart(cache, sizes, moved):
    """Of few images, whose rows of places fill few vectors, or of windows in steps."""
    names = vars(build.module("grouped_conv2d", {}, "float64", False, cache))
    of = tuple(names[f"OF_{t}"] for t in "XY")
    alone, together, room = (names[k] for k in ("pointwise", "images_together", "room_of"))

    @njit
    def run(plan, x, y):
        return alone(plan), room(plan, x, together(plan, x, y))

    found, many = run(plan_of(*sizes), *of)
    assert found and (many > 1) is moved


@pytest.mark.parametrize("settings", [{}, {"stride": 2}, {"layout": "channels_last"}])
@pytest.mark.parametrize("images, side", [(3, 30), (17, 7)])
def test_threads_change_no_digit_of_one_tap(cache, settings, images, side):
    """Threads share images, or each product."""
    random = np.random.default_rng(images)
    shapes = {"x": [images, 40, side, side], "w": (70, 40, 1, 1), "b": (70,)}
    if "layout" in settings:
        shapes["x"] = [images, side, side, 40]
    arrays = {name: random.normal(size=shape) for name, shape in shapes.items()}
    found = []
    for threads in (1, 2):
        kernel = deltarule.kernel("conv2d", parallel=True, threads=threads, cache=cache, **settings)
        value = kernel.forward(**arrays)
        found.append([value, *kernel.backward(**arrays, dy=np.cos(value)).values()])
    assert all(np.array_equal(one, two) for one, two in zip(*found, strict=True))

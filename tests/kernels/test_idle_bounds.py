"""Bounds that plain kernels leave out never bind, and windows without padding have none."""

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deltarule.expressions.nodes import FloorQuotient
from deltarule.expressions.symbols import Index, Size
from deltarule.kernels.passes.idle_bounds import certain
from deltarule.kernels.plain_kernel import plain_source

H, K, I = map(Size, "HKI")
i, k = map(Index, "ik")
small = st.integers(-2, 2)


def places(height, width, stride, pad):
    return (height + 2 * pad - width) // stride + 1


@given(small, small, small, small, small, st.integers(1, 3), st.integers(0, 2), st.booleans())
def test_what_is_called_certain_holds_for_all_sizes(a, b, c, d, e, stride, pad, at_edge):
    if at_edge:  # a guard H − 1 + e − (stride·i + k), or one near it
        a, b, c, d = -stride, -1, 1, 0
    value = a * i + b * k + c * H + d * K + e
    if certain(value, {i: I, k: K}, {I: FloorQuotient(H + 2 * pad - K, stride) + 1}):
        for height, width in product(range(7), range(7)):
            for at, tap in product(range(places(height, width, stride, pad)), range(width)):
                assert a * at + b * tap + c * height + d * width + e >= 0


@pytest.mark.parametrize("stride", (1, 2, 3))
@pytest.mark.parametrize("pad", (0, 1))
def test_an_edge_is_certain_where_it_is_never_crossed(stride, pad):
    defined = {I: FloorQuotient(H + 2 * pad - K, stride) + 1}
    edge = H - 1 + 2 * pad - stride * i - k
    assert certain(edge, {i: I, k: K}, defined)
    assert not certain(edge - 1, {i: I, k: K}, defined)


@pytest.mark.parametrize("stride", (1, 2, 3))
@pytest.mark.parametrize("dilation", (1, 2))
def test_windows_without_padding_run_over_all_taps(stride, dilation):
    text = plain_source("conv2d", {"stride": stride, "dilation": dilation})
    forward, gradient = text.split("def backward")
    assert "max(" not in forward and "min(" not in forward
    assert not re.search(r"range\(.*(max|min)", gradient.split("∂L/∂x[n, c, p, q] =")[0])
    assert "max(0" in gradient  # an image's border is seen by fewer windows


def test_padding_leaves_its_bounds():
    forward = plain_source("conv2d", {"pad": 1}).split("def backward")[0]
    assert re.search(r"for k in range\(max\(0, 1 - i\), min\(K, H \+ 1 - i\)\)", forward)

"""Layouts of courses' arrays: there and back, and what is none."""

import numpy as np
import pytest

from deltarule.errors import DeltaruleError
from deltarule.submissions.axes_layout import layout


@pytest.mark.parametrize(
    ("pattern", "shape", "extents", "there"),
    [
        ("n d -> d n", (2, 3), {}, (3, 2)),
        ("n (a b) -> n a b", (2, 6), {"a": 2, "b": 3}, (2, 2, 3)),
        ("m -> 1 m", (4,), {}, (1, 4)),
        ("c -> 1 c 1 1", (3,), {}, (1, 3, 1, 1)),
        ("f c k l -> k l c f", (2, 3, 4, 5), {}, (4, 5, 3, 2)),
        ("t n d -> (t n) d", (1, 2, 3), {}, (2, 3)),
        ("(n h w) c -> n c h w", (12, 5), {"n": 2, "h": 2, "w": 3}, (2, 5, 2, 3)),
    ],
)
def test_an_array_goes_there_and_back(pattern, shape, extents, there):
    own = layout(pattern, "here")
    array = np.arange(float(np.prod(shape))).reshape(shape)
    laid = own.to_course(array, extents)
    assert laid.shape == there
    assert np.array_equal(own.to_tensor(laid, shape), array)
    assert sorted(laid.ravel()) == sorted(array.ravel())


@pytest.mark.parametrize(
    "pattern",
    ["n d", "n d -> d", "n n -> n n", "n d -> d n; x", "", "->n", "n d -> n d e", "2 -> 2"],
)
def test_what_is_no_layout_is_refused(pattern):
    with pytest.raises(DeltaruleError) as error:
        layout(pattern, "course.toml, line 3: x")
    assert str(error.value).splitlines()[0].endswith("says no layout of axes")
    assert "n d -> d n" in error.value.remedy

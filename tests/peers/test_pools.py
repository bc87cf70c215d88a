"""Options of pools that users of PyTorch expect, and what takes pools back: values and gradients.

A new option is one row, as in test_options.py.
"""

from __future__ import annotations

import pytest
import torch.nn.functional as F
from test_lecture_layers import draw
from test_spaces_and_states import agrees
from torch import Tensor


def pool(rank: int, *size, **settings):
    function = (F.max_pool1d, F.max_pool2d, F.max_pool3d)[rank - 1]
    return lambda x: function(x, size, **settings)


def unpool(output_size, *size, **settings):
    """From the places that PyTorch's own pool puts out; windows do not overlap."""
    function = (F.max_unpool1d, F.max_unpool2d, F.max_unpool3d)[len(size) - 1]
    return lambda x, at: function(x, at, size, output_size=output_size, **settings)


def places(shape: tuple[int, ...], *size, **settings) -> Tensor:
    """Where the largest entries of a random array stand."""
    return pool(len(size), *size, return_indices=True, **settings)(draw(*shape).detach())[1]


def mean(*size, **settings):
    function = (F.avg_pool1d, F.avg_pool2d, F.avg_pool3d)[len(size) - 1]
    return lambda x: function(x, size, **settings)


POOLED = {"x": (2, 3, 11, 10)}
TIMES = {"x": (2, 3, 12)}
VOXELS = {"x": (2, 3, 4, 6, 5)}

#: Derivation, options, PyTorch's function, its arguments: their shapes, or what has no gradient.
ROWS = [
    (
        "max_pool1d",
        {"width": 3, "stride": 2, "pad": 1, "ceil_mode": True, "dilation": 2},
        pool(1, 3, stride=2, padding=1, ceil_mode=True, dilation=2),
        {"x": (2, 3, 10)},
    ),
    (
        "max_pool2d",
        {"height": 3, "width": 2, "stride": "2,3", "pad": "1,0", "dilation": "2,1"},
        pool(2, 3, 2, stride=(2, 3), padding=(1, 0), dilation=(2, 1)),
        POOLED,
    ),
    (
        "max_pool2d",
        {"height": 2, "width": 3, "stride": 3, "pad": "0,1", "ceil_mode": True},
        pool(2, 2, 3, stride=3, padding=(0, 1), ceil_mode=True),
        POOLED,
    ),
    (
        "max_pool1d",
        {"width": 3, "stride": 2, "pad": 1, "indices": True, "dilation": 2},
        pool(1, 3, stride=2, padding=1, dilation=2, return_indices=True),
        {"x": (2, 3, 10)},
    ),
    (
        "max_pool2d",
        {"height": 2, "width": 3, "stride": "3,2", "pad": "0,1", "indices": True},
        pool(2, 2, 3, stride=(3, 2), padding=(0, 1), return_indices=True),
        POOLED,
    ),
    (
        "max_pool2d",
        {"height": 2, "width": 3, "stride": 3, "ceil_mode": True, "indices": True},
        pool(2, 2, 3, stride=3, ceil_mode=True, return_indices=True),
        POOLED,
    ),
    (
        "max_pool3d",
        {
            "depth": 2,
            "height": 3,
            "width": 2,
            "stride": "1,2,3",
            "pad": "0,1,1",
            "dilation": "2,1,1",
        },
        pool(3, 2, 3, 2, stride=(1, 2, 3), padding=(0, 1, 1), dilation=(2, 1, 1)),
        VOXELS,
    ),
    (
        "max_pool3d",
        {"depth": 2, "height": 2, "width": 3, "stride": "2,3,2", "pad": "1,0,1", "indices": True},
        pool(3, 2, 2, 3, stride=(2, 3, 2), padding=(1, 0, 1), return_indices=True),
        VOXELS,
    ),
    (
        "max_pool3d",
        {"depth": 2, "height": 3, "width": 2, "stride": 2, "ceil_mode": True, "indices": True},
        pool(3, 2, 3, 2, stride=2, ceil_mode=True, return_indices=True),
        VOXELS,
    ),
    (
        "max_unpool1d",
        {"width": 3, "stride": 3, "pad": 1, "output_padding": 1},
        unpool((2, 3, 11), 3, stride=3, padding=1),
        {"x": (2, 3, 4), "at": places((2, 3, 11), 3, stride=3, padding=1)},
    ),
    (
        "max_unpool2d",
        {"height": 2, "width": 3, "stride": "2,3", "output_padding": "1,0"},
        unpool((2, 3, 5, 9), 2, 3, stride=(2, 3)),
        {"x": (2, 3, 2, 3), "at": places((2, 3, 5, 9), 2, 3, stride=(2, 3))},
    ),
    (
        "max_unpool2d",
        {"height": 2, "width": 2, "stride": 2, "layout": "channels_last"},
        lambda x, at: unpool((2, 3, 4, 6), 2, 2)(x.movedim(-1, 1), at.movedim(-1, 1)).movedim(
            1, -1
        ),
        {"x": (2, 2, 3, 3), "at": places((2, 3, 4, 6), 2, 2).movedim(1, -1)},
    ),
    (
        "max_unpool3d",
        {"depth": 1, "height": 2, "width": 3, "stride": "1,2,3", "output_padding": "0,1,2"},
        unpool((2, 3, 4, 7, 5), 1, 2, 3, stride=(1, 2, 3)),
        {"x": (2, 3, 4, 3, 1), "at": places((2, 3, 4, 7, 5), 1, 2, 3, stride=(1, 2, 3))},
    ),
    (
        "avg_pool2d",
        {"height": 3, "width": 2, "stride": "2,3", "pad": "1,0", "ceil_mode": True},
        mean(3, 2, stride=(2, 3), padding=(1, 0), ceil_mode=True),
        {"x": (2, 3, 10, 9)},
    ),
    (
        "avg_pool2d",
        {"height": 3, "width": 2, "stride": "2,1", "pad": 1, "border": "inside"},
        mean(3, 2, stride=(2, 1), padding=1, count_include_pad=False),
        POOLED,
    ),
    (
        "avg_pool2d",
        {"height": 3, "width": 2, "stride": 2, "divisor": 5},
        mean(3, 2, stride=2, divisor_override=5),
        POOLED,
    ),
    ("avg_pool1d", {"width": 3, "stride": 2, "pad": 1}, mean(3, stride=2, padding=1), TIMES),
    (
        "avg_pool1d",
        {"width": 3, "stride": 2, "pad": 1, "border": "inside", "ceil_mode": True},
        mean(3, stride=2, padding=1, count_include_pad=False, ceil_mode=True),
        TIMES,
    ),
    (
        "avg_pool1d",
        {"width": 3, "stride": 2, "pad": 1, "ceil_mode": True},
        mean(3, stride=2, padding=1, ceil_mode=True),
        TIMES,
    ),
    (
        "avg_pool3d",
        {"depth": 2, "height": 3, "width": 2, "stride": "1,2,3", "pad": "1,1,0"},
        mean(2, 3, 2, stride=(1, 2, 3), padding=(1, 1, 0)),
        VOXELS,
    ),
    (
        "avg_pool3d",
        {"depth": 2, "height": 3, "width": 2, "stride": 2, "pad": "0,1,1", "border": "inside"},
        mean(2, 3, 2, stride=2, padding=(0, 1, 1), count_include_pad=False),
        VOXELS,
    ),
    (
        "avg_pool3d",
        {"depth": 2, "height": 3, "width": 2, "stride": 2, "ceil_mode": True, "divisor": 5},
        mean(2, 3, 2, stride=2, ceil_mode=True, divisor_override=5),
        VOXELS,
    ),
]


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize(
    "name, options, theirs, shapes", [pytest.param(*row, id=f"{row[0]} {row[1]}") for row in ROWS]
)
def test_a_pool(name, options, theirs, shapes, compiled):
    given = {n: s if isinstance(s, Tensor) else draw(*s) for n, s in shapes.items()}
    agrees(name, theirs, given, compiled, **options)

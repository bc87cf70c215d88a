"""Channels last, filters as TensorFlow has them, and attention of time first, against PyTorch."""

from __future__ import annotations

import pytest
import torch.nn.functional as F
from test_lecture_layers import draw
from test_options import attention, conv, transposed
from test_pools import mean, pool
from test_spaces_and_states import agrees
from torch import Tensor

LAST = {"layout": "channels_last", "filters": "outputs_last"}


def last(function):
    """A function of channels first, of images whose channels are last; so are filters' outputs."""

    def turned(x, **given):
        if "w" in given:
            given["w"] = given["w"].movedim(-1, 0).movedim(-1, 1)
        found = function(x.movedim(-1, 1), **given)
        several = not isinstance(found, Tensor)
        return tuple(f.movedim(1, -1) for f in found) if several else found.movedim(1, -1)

    return turned


def times_first(function):
    """Attention of [T, N, D], PyTorch's layout where batch_first is False."""

    def turned(Q, K, V):
        return function(*(a.movedim(0, -2) for a in (Q, K, V))).movedim(-2, 0)

    return turned


#: Derivation, options, PyTorch's function, and the shapes of its arguments.
ROWS = [
    ("conv1d", LAST, last(conv(1)), {"x": (2, 11, 3), "w": (3, 3, 4), "b": (4,)}),
    (
        "conv2d",
        {**LAST, "stride": 2, "pad": "1,0"},
        last(conv(2, stride=2, padding=(1, 0))),
        {"x": (2, 9, 8, 3), "w": (3, 2, 3, 4), "b": (4,)},
    ),
    (
        "conv2d",
        {**LAST, "groups": 3},
        last(conv(2, groups=3)),
        {"x": (2, 7, 8, 6), "w": (3, 2, 2, 9), "b": (9,)},
    ),
    ("conv3d", LAST, last(conv(3)), {"x": (2, 5, 4, 6, 3), "w": (2, 3, 2, 3, 2), "b": (2,)}),
    (
        "transposed_conv2d",
        {**LAST, "stride": 2},
        last(transposed(2, stride=2)),
        {"x": (2, 5, 4, 3), "w": (3, 2, 4, 3), "b": (4,)},
    ),
    (
        "max_pool2d",
        {"height": 2, "width": 3, "stride": 2, "indices": True, "layout": "channels_last"},
        last(pool(2, 2, 3, stride=2, return_indices=True)),
        {"x": (2, 9, 8, 3)},
    ),
    (
        "avg_pool3d",
        {"depth": 2, "height": 2, "width": 1, "stride": 2, "layout": "channels_last"},
        last(mean(2, 2, 1, stride=2)),
        {"x": (2, 4, 6, 5, 3)},
    ),
    (
        "batch_norm",
        {"images": True, "layout": "channels_last"},
        last(lambda x, gamma, beta: F.batch_norm(x, None, None, gamma, beta, training=True)),
        {"x": (3, 2, 5, 4), "gamma": (4,), "beta": (4,)},
    ),
    (
        "group_norm",
        {"G": 2, "layout": "channels_last"},
        last(lambda x, gamma, beta: F.group_norm(x, 2, gamma, beta)),
        {"x": (3, 2, 5, 4), "gamma": (4,), "beta": (4,)},
    ),
    (
        "instance_norm",
        {"affine": False, "layout": "channels_last"},
        last(lambda x: F.instance_norm(x)),
        {"x": (3, 2, 5, 4)},
    ),
    (
        "attention",
        {"layout": "time_first"},
        times_first(attention()),
        {"Q": (4, 2, 3), "K": (5, 2, 3), "V": (5, 2, 7)},
    ),
    (
        "attention",
        {"layout": "time_first", "heads": "all", "mask": "causal"},
        times_first(attention(is_causal=True)),
        {"Q": (4, 2, 3, 5), "K": (4, 2, 3, 5), "V": (4, 2, 3, 7)},
    ),
]


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize(
    "name, options, theirs, shapes", [pytest.param(*row, id=f"{row[0]} {row[1]}") for row in ROWS]
)
def test_an_order(name, options, theirs, shapes, compiled):
    agrees(name, theirs, {n: draw(*s) for n, s in shapes.items()}, compiled, **options)

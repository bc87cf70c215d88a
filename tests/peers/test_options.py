"""Options of derivations that users of PyTorch expect: values, and gradients by all arguments.

A new option is one row: the derivation, its options, PyTorch's function of the arguments by name,
and the arguments' shapes, small and unequal.
"""

from __future__ import annotations

from functools import partial

import pytest
import torch
import torch.nn.functional as F
from test_lecture_layers import draw
from test_spaces_and_states import agrees
from torch import Tensor


def conv(rank: int, **settings):
    function = (F.conv1d, F.conv2d, F.conv3d)[rank - 1]
    return lambda x, w, b: function(x, w, b, **settings)


def transposed(rank: int, **settings):
    function = (F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d)[rank - 1]
    return lambda x, w, b: function(x, w, b, **settings)


def same_as_onnx(stride: tuple[int, int], **settings):
    """SAME with a stride: ⌈H/S⌉ places, more padding behind (ONNX's SAME_UPPER, TensorFlow's)."""

    def function(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
        sides = []
        for n, k, s in zip(x.shape[:1:-1], w.shape[:1:-1], stride[::-1], strict=True):
            whole = max(0, (-(-n // s) - 1) * s + k - n)
            sides += [whole // 2, whole - whole // 2]
        return F.conv2d(F.pad(x, sides), w, b, stride=stride, **settings)

    return function


def uneven(rank: int, *sides: int, **settings):
    convolution = conv(rank, **settings)
    return lambda x, w, b: convolution(F.pad(x, sides), w, b)


def attention(**settings):
    def function(Q, K, V, mask=None):
        return F.scaled_dot_product_attention(Q, K, V, attn_mask=mask, **settings)

    return function


def label_loss(ignored: bool = False, **settings):
    """Of classes G = 1 and of examples that a mask leaves out PyTorch is told −100."""

    def function(z, t, v=None, m=None):
        kept = t if m is None else torch.where(m == 1, t, -100)
        kept = torch.where(kept == 1, -100, kept) if ignored else kept
        return F.cross_entropy(z, kept, weight=v, **settings)

    return function


def batch_norm(x, gamma, beta, r0, s0):
    """Ours keeps 0.9 of what was kept before; PyTorch calls the other 0.1 the momentum."""
    mean, variance = r0.clone(), s0.clone()
    y = F.batch_norm(x, mean, variance, gamma, beta, training=True, momentum=0.1)
    return y, mean, variance


def unit(*shape):
    return torch.rand(shape, dtype=torch.float64) + 0.5


FAR = torch.tensor(
    [[1000, 0, 0], [0, 1, 2], [-1000, 1000, 0], [-1000, -1000, 3], [1000, 1, -1000]],
    dtype=torch.float64,
)
COUNTED = {"t": torch.tensor([0, 2, 1, 2, 1]), "m": torch.tensor([1, 1, 1, 0, 0])}
WEIGHTS = {"v": torch.tensor([0.5, 2, 1.25], dtype=torch.float64)}
NORMED = {"x": (3, 4, 2, 5)}
HEADS = {"Q": (2, 6, 4, 3), "K": (2, 2, 5, 3), "V": (2, 2, 5, 7)}
EXAMPLES = {"Q": (2, 4, 3), "K": (2, 5, 3), "V": (2, 5, 7)}
SEQUENCE = {"x": (2, 3, 11), "w": (4, 3, 3), "b": (4,)}
IMAGE = {"x": (2, 3, 9, 8), "w": (4, 3, 3, 2), "b": (4,)}
VOLUME = {"x": (2, 3, 5, 6, 7), "w": (2, 3, 2, 3, 2), "b": (2,)}
GROUPS = {"x": (2, 6, 7, 8), "w": (9, 2, 3, 2), "b": (9,)}

#: Derivation, options, PyTorch's function, its arguments: their shapes, or what has no gradient.
ROWS = [
    ("conv1d", {"pad": "2:1"}, uneven(1, 2, 1), SEQUENCE),
    ("conv1d", {"pad": "same", "dilation": 2}, conv(1, padding="same", dilation=2), SEQUENCE),
    ("conv1d", {"groups": 3}, conv(1, groups=3), {"x": (2, 6, 7), "w": (9, 2, 3), "b": (9,)}),
    (
        "conv2d",
        {"stride": (2, 3), "pad": (1, 2), "dilation": (2, 1)},
        conv(2, stride=(2, 3), padding=(1, 2), dilation=(2, 1)),
        IMAGE,
    ),
    ("conv2d", {"pad": "1:0,2:3"}, uneven(2, 2, 3, 1, 0), IMAGE),
    ("conv2d", {"pad": "same"}, conv(2, padding="same"), IMAGE),
    ("conv2d", {"pad": "same", "stride": "2,3"}, same_as_onnx((2, 3)), IMAGE),
    (
        "conv2d",
        {"groups": 3, "stride": 2, "pad": "1,0"},
        conv(2, groups=3, stride=2, padding=(1, 0)),
        GROUPS,
    ),
    (
        "conv2d",
        {"groups": 6},
        conv(2, groups=6),
        {"x": (2, 6, 7, 8), "w": (12, 1, 3, 2), "b": (12,)},
    ),
    (
        "conv3d",
        {"stride": "1,2,3", "pad": "0,1,1", "dilation": "2,1,1"},
        conv(3, stride=(1, 2, 3), padding=(0, 1, 1), dilation=(2, 1, 1)),
        VOLUME,
    ),
    (
        "conv3d",
        {"groups": 2},
        conv(3, groups=2),
        {"x": (2, 6, 3, 4, 5), "w": (4, 3, 2, 3, 2), "b": (4,)},
    ),
    (
        "transposed_conv1d",
        {"stride": 3, "pad": 1, "output_padding": 2, "dilation": 2},
        transposed(1, stride=3, padding=1, output_padding=2, dilation=2),
        {"x": (2, 3, 5), "w": (3, 4, 3), "b": (4,)},
    ),
    (
        "transposed_conv1d",
        {"groups": 2},
        transposed(1, groups=2, stride=2),
        {"x": (2, 6, 5), "w": (6, 2, 3), "b": (4,)},
    ),
    (
        "transposed_conv2d",
        {"stride": "2,3", "pad": "1,0", "output_padding": "0,1", "dilation": "1,2"},
        transposed(2, stride=(2, 3), padding=(1, 0), output_padding=(0, 1), dilation=(1, 2)),
        {"x": (2, 3, 5, 4), "w": (3, 4, 3, 2), "b": (4,)},
    ),
    (
        "transposed_conv2d",
        {"groups": 3, "stride": 2, "output_padding": 1},
        transposed(2, groups=3, stride=2, output_padding=1),
        {"x": (2, 6, 4, 5), "w": (6, 2, 3, 2), "b": (6,)},
    ),
    (
        "transposed_conv3d",
        {"stride": "1,2,3", "pad": "0,1,1", "output_padding": "0,0,1"},
        transposed(3, stride=(1, 2, 3), padding=(0, 1, 1), output_padding=(0, 0, 1)),
        {"x": (2, 3, 3, 4, 2), "w": (3, 2, 2, 3, 2), "b": (2,)},
    ),
    (
        "batch_norm",
        {"images": True, "running": True},
        batch_norm,
        {**NORMED, "gamma": (4,), "beta": (4,), "r0": unit(4), "s0": unit(4)},
    ),
    (
        "batch_norm",
        {"statistics": "kept"},
        lambda x, gamma, beta, mu, v: F.batch_norm(x, mu, v, gamma, beta),
        {"x": (3, 4), "gamma": (4,), "beta": (4,), "mu": unit(4), "v": unit(4)},
    ),
    (
        "batch_norm",
        {"affine": False, "images": True},
        lambda x: F.batch_norm(x, None, None, training=True),
        NORMED,
    ),
    ("layer_norm", {"affine": False}, lambda x: F.layer_norm(x, (4,)), {"x": (3, 4)}),
    ("group_norm", {"affine": False, "G": 2}, lambda x: F.group_norm(x, 2), NORMED),
    ("instance_norm", {"affine": False}, lambda x: F.instance_norm(x), NORMED),
    ("attention", {"scale": "0.3"}, attention(scale=0.3), EXAMPLES),
    ("attention", {"mask": "added"}, attention(), {**EXAMPLES, "mask": (2, 4, 5)}),
    (
        "attention",
        {"heads": "all", "mask": "added"},
        attention(),
        {"Q": (2, 3, 4, 5), "K": (2, 3, 6, 5), "V": (2, 3, 6, 7), "mask": (2, 3, 4, 6)},
    ),
    (
        "label_cross_entropy",
        {"smoothed": True, "ignored": True, "G": 1, "stable": True},
        label_loss(ignored=True, label_smoothing=0.1, reduction="sum"),
        {"z": FAR, "t": COUNTED["t"]},
    ),
    (
        "label_cross_entropy",
        {"masked": True, "reduction": "mean"},
        label_loss(reduction="mean"),
        {"z": FAR, **COUNTED},
    ),
    (
        "label_cross_entropy",
        {"weighted": True, "ignored": True, "G": 1, "masked": True, "reduction": "mean"},
        label_loss(ignored=True, reduction="mean"),
        {"z": FAR, **COUNTED, **WEIGHTS},
    ),
    ("attention", {"heads": "grouped", "R": 3}, attention(enable_gqa=True), HEADS),
    (
        "attention",
        {"heads": "grouped", "R": 3, "mask": "causal", "scale": "0.3"},
        attention(enable_gqa=True, is_causal=True, scale=0.3),
        {**HEADS, "K": (2, 2, 4, 3), "V": (2, 2, 4, 7)},
    ),
    *(
        (
            "attention",
            {"heads": "grouped", "R": 3, "mask": "top_left"},
            attention(enable_gqa=True, is_causal=True),
            {**HEADS, "K": (2, 2, keys, 3), "V": (2, 2, keys, 7)},
        )
        for keys in (2, 7)
    ),
    (
        "attention",
        {"heads": "grouped", "R": 3, "mask": "bottom_right"},
        partial(attention(enable_gqa=True), mask=torch.ones(4, 7).tril(3) > 0),
        {**HEADS, "K": (2, 2, 7, 3), "V": (2, 2, 7, 7)},
    ),
]


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize(
    "name, options, theirs, shapes", [pytest.param(*row, id=f"{row[0]} {row[1]}") for row in ROWS]
)
def test_an_option(name, options, theirs, shapes, compiled):
    given = {n: s if isinstance(s, Tensor) else draw(*s) for n, s in shapes.items()}
    if "z" in given:
        given["z"] = given["z"].clone().requires_grad_()
    agrees(name, theirs, given, compiled, **options)

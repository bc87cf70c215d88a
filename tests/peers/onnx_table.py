"""Which of ONNX's operators are which of our derivations; see torch_table.py.

A row takes the inputs of a node, in their order, and its attributes by name. It gives the first
outputs of the node. Where PyTorch has the same operation, its row is used.
"""

from __future__ import annotations

import torch
import torch_functions as f
import torch_losses as losses
import torch_pools as pools
from ours import Inexpressible, Ours
from torch import Tensor
from torch_shapes import padded


def _windows(x: Tensor, rank: int, attributes: dict, sizes: tuple[int, ...]):
    """Strides, dilations and the padding before and after, as ONNX's attributes say."""
    strides = attributes.pop("strides", (1,) * rank)
    dilations = attributes.pop("dilations", (1,) * rank)
    pads = tuple(attributes.pop("pads", (0,) * (2 * rank)))
    automatic = attributes.pop("auto_pad", "NOTSET")
    attributes.pop("kernel_shape", None)
    before, after = pads[:rank], pads[rank:]
    if automatic.startswith("SAME"):
        whole = [
            max(0, (-(-n // s) - 1) * s + d * (k - 1) + 1 - n)
            for n, s, d, k in zip(x.shape[2:], strides, dilations, sizes, strict=True)
        ]
        before = [n // 2 if automatic == "SAME_UPPER" else n - n // 2 for n in whole]
        after = [n - b for n, b in zip(whole, before, strict=True)]
    return tuple(strides), tuple(dilations), tuple(before), tuple(after)


def _nothing_left(attributes: dict) -> None:
    for name, value in attributes.items():
        raise Inexpressible(f"{name} = {value}")


def conv(ours: Ours, x, w, b=None, **attributes) -> Tensor:
    groups = attributes.pop("group", 1)
    found = _windows(x, w.ndim - 2, attributes, w.shape[2:])
    strides, dilations, before, after = found
    _nothing_left(attributes)
    if before != after:
        x, before = padded(x, before, after), (0,) * len(before)
    return f.conv(ours, x, w, b, strides, before, dilations, groups)


def conv_transpose(ours: Ours, x, w, b=None, **attributes) -> Tensor:
    if "output_shape" in attributes or "auto_pad" in attributes:
        raise Inexpressible("a padding that follows from the shape of the output")
    rank = w.ndim - 2
    groups = attributes.pop("group", 1)
    more = attributes.pop("output_padding", (0,) * rank)
    strides, dilations, before, after = _windows(x, rank, attributes, w.shape[2:])
    _nothing_left(attributes)
    if before != after:
        found = f.conv_transpose(ours, x, w, b, strides, 0, more, groups, dilations)
        for axis, (one, two) in enumerate(zip(before, after, strict=True), start=2):
            found = found.narrow(axis, one, found.shape[axis] - one - two)
        return found
    return f.conv_transpose(ours, x, w, b, strides, before, more, groups, dilations)


def _pool(row, value: float):
    def pool(ours: Ours, x, **attributes) -> Tensor:
        x, rank, sizes = x.to(torch.float64), x.ndim - 2, tuple(attributes["kernel_shape"])
        if rank not in row:
            raise Inexpressible(f"a pool in {rank} dimensions")
        ceiling = bool(attributes.pop("ceil_mode", 0))
        attributes.pop("storage_order", None)  # of the indices, which are not compared
        count = bool(attributes.pop("count_include_pad", 0))
        automatic = "auto_pad" in attributes
        strides, dilations, before, after = _windows(x, rank, attributes, sizes)
        _nothing_left(attributes)
        if not value and set(dilations) != {1}:
            raise Inexpressible("a mean pool with dilation")
        named = {"dilation": dilations} if value else {"count_include_pad": count}
        if before != after:
            if not value and (automatic or not count):
                raise Inexpressible("a border inside that differs at the ends")
            x, before = padded(x, before, after, value), (0,) * rank
        return row[rank](ours, x, sizes, strides, before, ceil_mode=ceiling, **named)

    return pool


def gemm(ours: Ours, a, b, c=None, alpha=1.0, beta=1.0, transA=0, transB=0) -> Tensor:
    a, b = a.T if transA else a, b.T if transB else b
    if c is None:
        return f.mm(ours, alpha * a, b)
    return f.addmm(ours, c, a, b, alpha=alpha, beta=beta)


def matmul(ours: Ours, a, b) -> Tensor:
    if a.ndim != 2 or b.ndim != 2:
        raise Inexpressible("products of several matrices")
    return f.mm(ours, a, b)


def flatten(ours: Ours, x, axis: int = 1) -> Tensor:
    axis %= x.ndim
    found = pools.flatten(ours, x, axis) if axis < x.ndim else x[..., None]
    return found.reshape(x.shape[:axis].numel(), -1)


def batch_normalization(
    ours: Ours, x, scale, b, mean, var, epsilon=1e-5, momentum=0.9, training_mode=0
) -> Tensor:
    return pools.batch_norm(ours, x, mean, var, scale, b, bool(training_mode), eps=epsilon)


def layer_normalization(ours: Ours, x, scale, b=None, axis=-1, epsilon=1e-5, stash_type=1):
    return pools.layer_norm(ours, x, x.shape[axis:], scale, b, epsilon)


def group_normalization(ours: Ours, x, scale, b, num_groups, epsilon=1e-5, stash_type=1):
    return pools.group_norm(ours, x, num_groups, scale, b, epsilon)


def instance_normalization(ours: Ours, x, scale, b, epsilon=1e-5) -> Tensor:
    return pools.instance_norm(ours, x, None, None, scale, b, eps=epsilon)


def lrn(ours: Ours, x, size, alpha=1e-4, beta=0.75, bias=1.0) -> Tensor:
    return pools.local_response_norm(ours, x, size, alpha, beta, bias)


def gather(ours: Ours, data, indices, axis: int = 0) -> Tensor:
    if axis != 0 or data.ndim != 2:
        raise Inexpressible("rows along another axis, or of arrays")
    if (indices < 0).any():
        raise Inexpressible("rows counted from the end")
    return f.embedding(ours, indices, data)


def prelu(ours: Ours, x, slope) -> Tensor:
    slopes = slope.expand(x.shape)
    found = ours("prelu")(z=x.reshape(1, -1), a=slopes.reshape(-1))
    return found.reshape(x.shape)


def softmax(ours: Ours, x, axis: int = -1) -> Tensor:
    return f.softmax(ours, x, axis)


def elu(ours: Ours, x, alpha: float = 1.0) -> Tensor:
    return f.elu(ours, x, alpha)


def dropout(ours: Ours, x, ratio=None, training_mode=None, seed=None) -> Tensor:
    raise Inexpressible("a mask that is drawn inside")


def cross_entropy(ours: Ours, scores, labels, weights=None, reduction="mean", ignore_index=-100):
    return losses.cross_entropy(
        ours, scores, labels, weights, ignore_index=ignore_index, reduction=reduction
    )


def log_sum_exp(ours: Ours, x, axes=None, keepdims=1, noop_with_empty_axes=0) -> Tensor:
    if axes is not None and not len(axes) or axes is None and noop_with_empty_axes:
        raise Inexpressible("no axis at all")
    dims = list(range(x.ndim)) if axes is None else axes.tolist()
    return f.logsumexp(ours, x, dims, bool(keepdims))


def attention(ours: Ours, q, k, v, mask=None, *rest, **attributes) -> Tensor:
    if rest or q.ndim != 4:
        raise Inexpressible("a cache of keys, or heads in one axis")
    scale, causal = attributes.pop("scale", None), bool(attributes.pop("is_causal", 0))
    _nothing_left({n: a for n, a in attributes.items() if a})
    if mask is not None and causal:
        raise Inexpressible("two masks")
    several = q.shape[1] != k.shape[1]
    return losses.attention(ours, q, k, v, mask, 0.0, causal, scale, several)


ROWS = {
    "Relu": f.relu, "LeakyRelu": lambda ours, x, alpha=0.01: f.leaky_relu(ours, x, alpha),
    "Elu": elu, "Celu": lambda ours, x, alpha=1.0: f.celu(ours, x, alpha), "Gelu": f.gelu,
    "Sigmoid": f.activation("sigmoid"), "Tanh": f.activation("tanh"),
    "Exp": f.activation("exp"), "Softplus": f.softplus, "Softmax": softmax, "PRelu": prelu,
    "ReduceLogSumExp": log_sum_exp, "Dropout": dropout, "Gemm": gemm, "MatMul": matmul,
    "Gather": gather, "Conv": conv, "ConvTranspose": conv_transpose,
    "MaxPool": _pool({n: pools.max_pool(n) for n in (1, 2, 3)}, -torch.inf),
    "AveragePool": _pool({1: pools.avg_pool(1), 2: pools.avg_pool(2)}, 0),
    "GlobalAveragePool": lambda ours, x: pools.adaptive_avg_pool2d(ours, x, (1, 1)),
    "GlobalMaxPool": lambda ours, x: pools.adaptive_max_pool2d(ours, x, (1, 1)),
    "BatchNormalization": batch_normalization, "LayerNormalization": layer_normalization,
    "GroupNormalization": group_normalization, "InstanceNormalization": instance_normalization,
    "LRN": lrn, "Flatten": flatten,
    "Concat": lambda ours, *tensors, axis: pools.cat(ours, tensors, axis),
    "SoftmaxCrossEntropyLoss": cross_entropy, "Attention": attention,
}  # fmt: skip

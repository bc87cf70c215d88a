"""PyTorch's pools and normalisations by our derivations, with PyTorch's signatures."""

from __future__ import annotations

import math

import torch
from ours import Inexpressible, Ours
from torch import Tensor
from torch_shapes import along, batched, edges, images, of_our_own, padded, rows, same

MAXIMA = {1: "max_pool1d", 2: "max_pool2d", 3: "max_pool3d"}
UNPOOLED = {1: "max_unpool1d", 2: "max_unpool2d", 3: "max_unpool3d"}
SIDES = ("depth", "height", "width")


def _windows(x: Tensor, rank: int, kernel_size, stride, padding, ceil_mode: bool):
    """Extents, strides, and the padding before and after along each axis."""
    size = along(kernel_size, rank)
    steps = along(stride if stride not in (None, (), []) else kernel_size, rank)
    before, after = along(padding, rank), []
    for n, k, s, p in zip(x.shape[x.ndim - rank :], size, steps, before, strict=True):
        count = (n + 2 * p - k) // s + 1
        if ceil_mode:
            count = math.ceil((n + 2 * p - k) / s) + 1
            count -= (count - 1) * s >= n + p
        after.append(max(p, (count - 1) * s + k - n - p))
    return size, steps, before, tuple(after)


def max_pool(rank: int):
    def row(
        ours: Ours,
        x: Tensor,
        kernel_size,
        stride=None,
        padding=0,
        dilation=1,
        ceil_mode=False,
        return_indices=False,
    ) -> Tensor:
        x, out = batched(x, rank + 2)
        windows = dict(zip(SIDES[-rank:], along(kernel_size, rank), strict=True))
        made = ours(
            MAXIMA[rank],
            **windows,
            stride=along(stride if stride not in (None, (), []) else kernel_size, rank),
            pad=along(padding, rank),
            dilation=along(dilation, rank),
            ceil_mode=bool(ceil_mode),
        )
        return out(made(x=x))

    return row


def max_unpool(rank: int):
    def row(
        ours: Ours,
        x: Tensor,
        indices: Tensor,
        kernel_size,
        stride=None,
        padding=0,
        output_size=None,
    ) -> Tensor:
        x, out = batched(x, rank + 2)
        at, _ = batched(indices, rank + 2)
        if any(len(row.unique()) < row.numel() for row in at.flatten(2).flatten(0, 1)):
            raise Inexpressible("two entries for one place, of which PyTorch keeps either")
        sizes = along(kernel_size, rank)
        steps = along(stride if stride not in (None, (), []) else kernel_size, rank)
        edge = along(padding, rank)
        usual = [(n - 1) * s + k - 2 * p for n, s, k, p in zip(x.shape[2:], steps, sizes, edge)]
        more = [n - m for n, m in zip((output_size or usual)[-rank:], usual, strict=True)]
        if min(more) < 0:
            raise Inexpressible("less than what the windows cover")
        windows = dict(zip(SIDES[-rank:], sizes, strict=True))
        made = ours(UNPOOLED[rank], **windows, stride=steps, pad=edge, output_padding=tuple(more))
        return out(made(x=x, at=at))

    return row


def avg_pool(rank: int):
    def row(
        ours: Ours,
        x: Tensor,
        kernel_size,
        stride=None,
        padding=0,
        ceil_mode=False,
        count_include_pad=True,
        divisor_override=None,
    ) -> Tensor:
        x, out = batched(x, rank + 2)
        size, steps, before, after = _windows(x, rank, kernel_size, stride, padding, ceil_mode)
        step = same(steps, "the stride")
        if tuple(before) != after:
            raise Inexpressible("windows that stand out, which are divided by less")
        border = "whole" if count_include_pad or divisor_override else "inside"
        if rank == 1:
            if border == "inside" and before[0]:
                raise Inexpressible("a border inside along one axis alone")
            x, size = padded(x, before, after)[..., None], (*size, 1)
            before = after = (0, 0)
        edge, x = edges(x, before, after) if border == "whole" else (before[0], x)
        if border == "inside" and len(set(before)) > 1:
            raise Inexpressible("the padding differs between the axes")
        found = ours(
            "avg_pool2d", height=size[0], width=size[1], stride=step, pad=edge, border=border
        )(x=x)
        found = found[..., 0] if rank == 1 else found
        return out(found * (math.prod(size) / divisor_override if divisor_override else 1))

    return row


def adaptive_max_pool2d(ours: Ours, x: Tensor, output_size, return_indices=False) -> Tensor:
    x, out = batched(x, 4)
    wanted = [
        n if n is not None else m for n, m in zip(along(output_size, 2), x.shape[2:], strict=True)
    ]
    if wanted == [1, 1]:
        return out(ours("global_max_pool")(x=x)[..., None, None])
    here = torch.zeros(len(x), dtype=torch.int64)
    found = ours("roi_pool", I=wanted[0], J=wanted[1])(
        x=x,
        m=torch.arange(len(x)),
        t=here,
        h=here + x.shape[2] - 1,
        l=here,
        w=here + x.shape[3] - 1,
    )
    return out(found)


def adaptive_avg_pool2d(ours: Ours, x: Tensor, output_size) -> Tensor:
    x, out = batched(x, 4)
    if [
        n if n is not None else m for n, m in zip(along(output_size, 2), x.shape[2:], strict=True)
    ] != [1, 1]:
        raise Inexpressible("bins of unequal size, of which the mean is taken")
    return out(ours("global_avg_pool")(x=x)[..., None, None])


def _affine(x: Tensor, shape, weight: Tensor | None, bias: Tensor | None) -> tuple[Tensor, Tensor]:
    weight = x.new_ones(shape) if weight is None else weight
    return weight.reshape(-1), (x.new_zeros(shape) if bias is None else bias).reshape(-1)


def batch_norm(
    ours: Ours,
    x: Tensor,
    running_mean,
    running_var,
    weight=None,
    bias=None,
    training=False,
    momentum=0.1,
    eps=1e-5,
) -> Tensor:
    if x.ndim < 2:
        raise Inexpressible("an array without channels")
    gamma, beta = _affine(x, x.shape[1], weight, bias)
    if training:
        several = x.ndim > 2
        flat = images(x) if several else x
        made = ours("batch_norm", images=several, epsilon=str(eps))
        return made(x=flat, gamma=gamma, beta=beta).reshape(x.shape)
    last = x.movedim(1, -1)
    made = ours("batch_norm_inference", epsilon=str(eps))
    found = made(x=rows(last), gamma=gamma, beta=beta, mu=running_mean, v=running_var)
    return found.reshape(last.shape).movedim(-1, 1)


def layer_norm(ours: Ours, x: Tensor, normalized_shape, weight=None, bias=None, eps=1e-5):
    gamma, beta = _affine(x, normalized_shape, weight, bias)
    found = ours("layer_norm", epsilon=str(eps))(
        x=rows(x, len(normalized_shape)), gamma=gamma, beta=beta
    )
    return found.reshape(x.shape)


def group_norm(ours: Ours, x: Tensor, num_groups, weight=None, bias=None, eps=1e-5) -> Tensor:
    gamma, beta = _affine(x, x.shape[1], weight, bias)
    made = ours("group_norm", G=num_groups, epsilon=str(eps))
    found = made(x=images(x), gamma=gamma, beta=beta)
    return found.reshape(x.shape)


def instance_norm(
    ours: Ours,
    x: Tensor,
    running_mean=None,
    running_var=None,
    weight=None,
    bias=None,
    use_input_stats=True,
    momentum=0.1,
    eps=1e-5,
) -> Tensor:
    if not use_input_stats:
        return batch_norm(ours, x, running_mean, running_var, weight, bias, False, 0, eps)
    gamma, beta = _affine(x, x.shape[1], weight, bias)
    made = ours("instance_norm", epsilon=str(eps))
    return made(x=images(x), gamma=gamma, beta=beta).reshape(x.shape)


def local_response_norm(ours: Ours, x: Tensor, size, alpha=1e-4, beta=0.75, k=1.0) -> Tensor:
    numbers = {"alpha": str(alpha), "beta": str(beta), "kappa": str(k)}
    if size % 2 and size > 1:
        made = ours("lrn", radius=size // 2, **numbers)
    else:
        made = ours(of_our_own("lrn_of_any_width"), channels=size, before=size // 2, **numbers)
    return made(x=images(x)).reshape(x.shape)


def flatten(ours: Ours, x: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    rank = max(x.ndim, 1)
    start, end = start_dim % rank, end_dim % rank
    lead, flat, rest = x.shape[:start], x.shape[start : end + 1], x.shape[end + 1 :]
    if len(flat) > 3 or rest:
        raise Inexpressible("more than three axes, or axes behind them")
    shape = (*flat, *[1] * (3 - len(flat)))
    return ours("flatten")(x=x.reshape(lead.numel(), *shape)).reshape(*lead, flat.numel())


def cat(ours: Ours, tensors, dim: int = 0, axis: int | None = None) -> Tensor:
    found, dim = tensors[0], dim if axis is None else axis
    for tensor in tensors[1:]:
        if found.ndim != tensor.ndim:
            raise Inexpressible("an empty array of other axes, which PyTorch leaves out")
        found = _two(ours, found, tensor, dim % found.ndim)
    if len(tensors) < 2:
        raise Inexpressible("one array alone")
    return found


def _two(ours: Ours, u: Tensor, v: Tensor, dim: int) -> Tensor:
    before, after = u.shape[:dim].numel(), u.shape[dim + 1 :].numel()
    found = ours("concatenation")(
        u=u.reshape(before, u.shape[dim], after, 1), v=v.reshape(before, v.shape[dim], after, 1)
    )
    return found.reshape(*u.shape[:dim], u.shape[dim] + v.shape[dim], *u.shape[dim + 1 :])

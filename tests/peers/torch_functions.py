"""PyTorch's functions by our derivations, each with the signature of PyTorch's own."""

from __future__ import annotations

import torch
from ours import Inexpressible, Ours
from torch import Tensor
from torch_shapes import along, batched, edges, images, of_our_own, padded, rows, same

CONVOLUTIONS = {1: "conv1d", 2: "conv2d", 3: "conv3d"}


def activation(name: str):
    """An elementwise function of the derivation `activation`."""
    return _elementwise("activation", activation=name)


def _of_our_own(name: str):
    return _elementwise(of_our_own(name))


def _elementwise(derivation: str, **options):
    def row(ours: Ours, z: Tensor, **settings) -> Tensor:
        given = {k: str(v) for k, v in settings.items()}
        return ours(derivation, **options, **given)(z=z.reshape(1, -1)).reshape(z.shape)

    return row


def relu(ours: Ours, z: Tensor, inplace: bool = False) -> Tensor:
    return activation("relu")(ours, z)


def leaky_relu(ours: Ours, z: Tensor, negative_slope: float = 0.01, inplace=False) -> Tensor:
    return activation("leaky_relu")(ours, z, alpha=negative_slope)


def elu(ours: Ours, z: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    return activation("elu")(ours, z, alpha=alpha)


def celu(ours: Ours, z: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    return alpha * activation("elu")(ours, z / alpha)


def gelu(ours: Ours, z: Tensor, approximate: str = "none") -> Tensor:
    if approximate != "none":
        return activation("gelu_tanh")(ours, z)
    return activation("gelu")(ours, z)


def softplus(ours: Ours, z: Tensor, beta: float = 1, threshold: float = 20) -> Tensor:
    if (z * beta > threshold).any():
        return _of_our_own("softplus_up_to")(ours, z, beta=beta, top=threshold)
    return _elementwise("activation", activation="softplus", scaled=True)(ours, z, beta=beta)


def silu(ours: Ours, z: Tensor, inplace: bool = False) -> Tensor:
    return activation("silu")(ours, z)


def logsigmoid(ours: Ours, z: Tensor) -> Tensor:
    return -activation("softplus")(ours, -z)


def prelu(ours: Ours, z: Tensor, weight: Tensor) -> Tensor:
    places = z.reshape(1, 1, -1, 1) if z.ndim < 2 else images(z)
    channels = places.movedim(1, -1)
    slopes = weight.reshape(-1).expand(channels.shape[-1])
    found = ours("prelu")(z=rows(channels), a=slopes).reshape(channels.shape)
    return found.movedim(-1, 1).reshape(z.shape)


def rrelu(ours: Ours, z: Tensor, lower=1 / 8, upper=1 / 3, training=False, inplace=False):
    if training:
        raise Inexpressible("slopes that PyTorch draws and does not give out")
    return activation("leaky_relu")(ours, z, alpha=(lower + upper) / 2)


def softmax(ours: Ours, z: Tensor, dim: int, dtype=None) -> Tensor:
    if z.ndim == 0:
        return softmax(ours, z[None], 0)[0]
    last = z.movedim(dim, -1)
    return ours("softmax")(z=rows(last)).reshape(last.shape).movedim(-1, dim)


def softmin(ours: Ours, z: Tensor, dim: int, dtype=None) -> Tensor:
    return softmax(ours, -z, dim)


def logsumexp(ours: Ours, z: Tensor, dim, keepdim: bool = False) -> Tensor:
    if z.ndim == 0:
        return logsumexp(ours, z[None], 0)
    dims = sorted(d % z.ndim for d in along(dim, 1))
    last = z.movedim(dims, list(range(-len(dims), 0)))
    found = ours("shifted_logsumexp")(z=rows(last, len(dims))).reshape(last.shape[: -len(dims)])
    for d in dims if keepdim else ():
        found = found.unsqueeze(d)
    return found


def dropout(ours: Ours, x: Tensor, p: float = 0.5, training: bool = True, inplace=False) -> Tensor:
    if not training:
        return x
    if p == 1:
        raise Inexpressible("nothing is kept, and division is by ρ = 0")
    mask = torch.nn.functional.dropout(torch.ones_like(x), p, True) != 0
    found = ours("dropout", rho=str(1 - p))(
        x=x.reshape(1, -1), mask=mask.to(torch.int64).reshape(1, -1)
    )
    return found.reshape(x.shape)


def linear(ours: Ours, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    if weight.ndim == 1:
        return linear(ours, x, weight[None], None if bias is None else bias.reshape(1))[..., 0]
    tensors = {"x": rows(x), "W": weight} | ({} if bias is None else {"b": bias})
    found = ours("dense", orientation="Wx", bias=bias is not None)(**tensors)
    return found.reshape(*x.shape[:-1], len(weight))


def mm(ours: Ours, x: Tensor, w: Tensor) -> Tensor:
    return ours("dense", bias=False)(x=x, W=w)


def addmm(ours: Ours, b: Tensor, x: Tensor, w: Tensor, alpha=1, beta=1) -> Tensor:
    if b.ndim > 1 and b.shape[0] > 1:
        raise Inexpressible("a bias that differs between examples")
    bias = beta * b.reshape(-1).expand(w.shape[1])
    return ours("dense")(x=alpha * x, W=w, b=bias)


def bilinear(ours: Ours, u: Tensor, v: Tensor, weight: Tensor, bias: Tensor | None = None):
    c = weight.new_zeros(len(weight)) if bias is None else bias
    found = ours("bilinear")(u=rows(u), v=rows(v), W=weight.movedim(0, -1), c=c)
    return found.reshape(*u.shape[:-1], len(weight))


def embedding(
    ours: Ours,
    w: Tensor,
    weight: Tensor,
    padding_idx=None,
    max_norm=None,
    norm_type=2.0,
    scale_grad_by_freq=False,
    sparse=False,
) -> Tensor:
    if max_norm is not None or padding_idx is not None or scale_grad_by_freq or sparse:
        raise Inexpressible("rows that are rescaled, or have no gradient")
    found = ours("embedding")(w=w.reshape(1, -1), E=weight)
    return found.reshape(*w.shape, weight.shape[1])


def conv(
    ours: Ours,
    x: Tensor,
    w: Tensor,
    b: Tensor | None = None,
    stride=1,
    padding=0,
    dilation=1,
    groups=1,
) -> Tensor:
    rank = w.ndim - 2
    x, out = batched(x, w.ndim)
    before, after = _padding(padding, w, along(dilation, rank))
    strides, dilations = along(stride, rank), along(dilation, rank)
    if rank == 2 and len({*strides}) + len({*dilations}) > 2:
        x = padded(x, before, after)
        return out(_by_axis(ours, x, w, b, strides, dilations, groups))
    settings = {"stride": same(stride, "the stride"), "dilation": same(dilation, "the dilation")}
    settings["pad"], x = edges(x, before, after)
    if groups == 1:
        given = {} if b is None else {"b": b}
        return out(ours(CONVOLUTIONS[rank], bias=b is not None, **settings)(x=x, w=w, **given))
    b = w.new_zeros(len(w)) if b is None else b
    if rank == 3:
        parts = zip(x.chunk(groups, 1), w.chunk(groups), b.chunk(groups), strict=True)
        made = ours("conv3d", **settings)
        return out(torch.cat([made(x=one, w=two, b=three) for one, two, three in parts], 1))
    found = _grouped(ours, x, w, b, groups, settings)
    return out(found)


def _by_axis(ours: Ours, x, w, b, strides, dilations, groups: int) -> Tensor:
    b = w.new_zeros(len(w)) if b is None else b
    layer = ours(
        of_our_own("conv2d_by_axis"),
        down=strides[0],
        across=strides[1],
        apart_down=dilations[0],
        apart_across=dilations[1],
    )
    parts = zip(x.chunk(groups, 1), w.chunk(groups), b.chunk(groups), strict=True)
    return torch.cat([layer(x=one, w=two, b=three) for one, two, three in parts], 1)


def _grouped(ours: Ours, x: Tensor, w: Tensor, b: Tensor, groups: int, settings: dict) -> Tensor:
    if w.ndim == 3:
        x = padded(x, (settings["pad"],), (settings["pad"],))[..., None]
        settings = {**settings, "pad": 0}
        return _grouped(ours, x, w[..., None], b, groups, settings)[..., 0]
    inputs, outputs = x.shape[1] // groups, len(w) // groups
    return ours("grouped_conv2d", G=groups, A=inputs, B=outputs, **settings)(x=x, w=w, b=b)


def _padding(padding, w: Tensor, dilation: tuple[int, ...]):
    rank = w.ndim - 2
    if padding == "valid":
        padding = 0
    if padding == "same":
        whole = [d * (k - 1) for d, k in zip(dilation, w.shape[2:], strict=True)]
        return [n // 2 for n in whole], [n - n // 2 for n in whole]
    return along(padding, rank), along(padding, rank)


def conv_transpose(
    ours: Ours,
    x: Tensor,
    w: Tensor,
    b: Tensor | None = None,
    stride=1,
    padding=0,
    output_padding=0,
    groups=1,
    dilation=1,
) -> Tensor:
    rank = w.ndim - 2
    if rank != 2:
        raise Inexpressible(f"transposed convolution in {rank} dimensions")
    x, out = batched(x, w.ndim)
    if groups > 1:
        parts = (x.chunk(groups, 1), w.chunk(groups, 0))
        biases = [None] * groups if b is None else b.chunk(groups)
        return out(
            torch.cat(
                [
                    conv_transpose(
                        ours, one, two, three, stride, padding, output_padding, 1, dilation
                    )
                    for one, two, three in zip(*parts, biases, strict=True)
                ],
                1,
            )
        )
    if same(dilation, "the dilation") != 1:
        raise Inexpressible("a transposed convolution with dilation")
    step, more = same(stride, "the stride"), along(output_padding, rank)
    b = w.new_zeros(w.shape[1]) if b is None else b
    if not any(more):
        edge = same(padding, "the padding")
        return out(ours("transposed_conv2d", stride=step, pad=edge)(x=x, w=w, b=b))
    found = ours("transposed_conv2d", stride=step, pad=0)(x=x, w=w, b=b)
    for axis, (edge, extra) in enumerate(zip(along(padding, rank), more, strict=True), start=2):
        if extra > edge:
            raise Inexpressible("rows behind the last stamp")
        found = found.narrow(axis, edge, found.shape[axis] - 2 * edge + extra)
    return out(found)

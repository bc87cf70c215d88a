"""PyTorch's losses, attention and recurrent layers by our derivations, with its signatures."""

from __future__ import annotations

import math

import torch
from ours import Inexpressible, Ours
from torch import Tensor
from torch.nn.functional import one_hot
from torch_functions import activation
from torch_shapes import of_our_own, reduced


def _error(derivation: str):
    def row(
        ours: Ours,
        yhat: Tensor,
        y: Tensor,
        size_average=None,
        reduce=None,
        reduction="mean",
        weight=None,
    ) -> Tensor:
        if weight is not None:
            raise Inexpressible("a weight for every entry")
        return reduced(lambda a, b: ours(derivation)(yhat=a, y=b), reduction, yhat, y)

    return row


l1_loss = _error("absolute_error")


def mse_loss(
    ours: Ours,
    yhat: Tensor,
    y: Tensor,
    size_average=None,
    reduce=None,
    reduction="mean",
    weight=None,
) -> Tensor:
    if reduction != "mean" or weight is not None:
        return _error("squared_error")(ours, yhat, y, reduction=reduction, weight=weight)
    yhat, y = torch.broadcast_tensors(yhat, y)
    return ours("mean_squared_error")(yhat=yhat.reshape(1, -1), y=y.reshape(1, -1))


def smooth_l1_loss(
    ours: Ours, yhat: Tensor, y: Tensor, size_average=None, reduce=None, reduction="mean", beta=1.0
) -> Tensor:
    if beta == 0:
        return l1_loss(ours, yhat, y, reduction=reduction)
    return beta * _error("smooth_l1")(ours, yhat / beta, y / beta, reduction=reduction)


def huber_loss(ours: Ours, yhat: Tensor, y: Tensor, reduction="mean", delta=1.0, weight=None):
    scaled = yhat / delta, y / delta
    return delta**2 * _error("smooth_l1")(ours, *scaled, reduction=reduction, weight=weight)


def binary_cross_entropy(
    ours: Ours,
    yhat: Tensor,
    y: Tensor,
    weight=None,
    size_average=None,
    reduce=None,
    reduction="mean",
) -> Tensor:
    def total(a, b):
        return ours("binary_cross_entropy")(yhat=a, y=b)

    if weight is None:
        return reduced(total, reduction, yhat, y)
    each = weight * reduced(total, "none", yhat, y)
    return {"none": lambda: each, "sum": each.sum, "mean": each.mean}[reduction]()


def binary_cross_entropy_with_logits(
    ours: Ours,
    z: Tensor,
    y: Tensor,
    weight=None,
    size_average=None,
    reduce=None,
    reduction="mean",
    pos_weight=None,
) -> Tensor:
    if pos_weight is not None:
        raise Inexpressible("a weight of the positive answers")
    yhat = activation("sigmoid")(ours, z)
    return binary_cross_entropy(ours, yhat, y, weight, reduction=reduction)


def soft_margin_loss(
    ours: Ours, s: Tensor, y: Tensor, size_average=None, reduce=None, reduction="mean"
) -> Tensor:
    each = activation("softplus")(ours, -y * s)
    return {"none": lambda: each, "sum": each.sum, "mean": each.mean}[reduction]()


def multi_margin_loss(
    ours: Ours,
    s: Tensor,
    t: Tensor,
    p=1,
    margin=1.0,
    weight=None,
    size_average=None,
    reduce=None,
    reduction="mean",
) -> Tensor:
    if p != 1 or margin <= 0 or weight is not None:
        raise Inexpressible("squared distances, weights, or no margin")
    s, t = s.reshape(-1, max(s.shape[-1:], default=1)), t.reshape(-1)
    each = [
        margin * ours("multiclass_svm")(s=one[None] / margin, t=label[None]) / s.shape[1]
        for one, label in zip(s, t, strict=True)
    ]
    each = torch.stack(each)
    return {"none": lambda: each, "sum": each.sum, "mean": each.mean}[reduction]()


def cross_entropy(
    ours: Ours,
    z: Tensor,
    t: Tensor,
    weight=None,
    size_average=None,
    ignore_index=-100,
    reduce=None,
    reduction="mean",
    label_smoothing=0.0,
) -> Tensor:
    z = z if z.ndim > 1 else z[None]
    last = z.movedim(1, -1)
    logits, classes = last.reshape(-1, z.shape[1]), z.shape[1]
    if t.dtype.is_floating_point:
        return _with_probabilities(ours, logits, t, last, weight, reduction, label_smoothing)
    labels = t.reshape(-1)
    kept = labels != ignore_index
    if weight is None and not label_smoothing:
        each = _rows(ours("label_cross_entropy"), logits[kept], labels[kept])
        count = kept.sum()
    else:
        targets = one_hot(labels[kept], classes).to(z.dtype)
        targets = (1 - label_smoothing) * targets + label_smoothing / classes
        v = torch.ones(classes, dtype=z.dtype) if weight is None else weight
        each = _rows(ours("weighted_cross_entropy"), logits[kept], targets, v=v)
        count = v.detach()[labels[kept]].sum()
    if reduction != "none":
        return each.sum() / (count if reduction == "mean" else 1)
    return torch.zeros(len(labels), dtype=z.dtype).masked_scatter(kept, each).reshape(t.shape)


def _with_probabilities(ours, logits, t, last, weight, reduction, label_smoothing) -> Tensor:
    targets = t.movedim(1, -1).reshape(logits.shape).detach()
    classes = logits.shape[1]
    targets = (1 - label_smoothing) * targets + label_smoothing / classes
    if not torch.allclose(targets.sum(1), torch.ones(len(targets), dtype=targets.dtype)):
        v = targets.new_ones(classes) if weight is None else weight
        each = _rows(ours(of_our_own("cross_entropy_of_any_targets")), logits, targets, v=v)
    elif weight is None:
        each = _rows(ours("softmax_cross_entropy"), logits, targets)
    else:
        each = _rows(ours("weighted_cross_entropy"), logits, targets, v=weight)
    if reduction == "none":
        return each.reshape(last.shape[:-1])
    return each.sum() / (len(logits) if reduction == "mean" else 1)


def _rows(layer, z: Tensor, t: Tensor, **more: Tensor) -> Tensor:
    """The error of each row by itself."""
    found = [layer(z=one[None], t=label[None], **more) for one, label in zip(z, t, strict=True)]
    return torch.stack(found) if found else z.sum(1)


def attention(
    ours: Ours,
    q: Tensor,
    k: Tensor,
    v: Tensor,
    attn_mask=None,
    dropout_p=0.0,
    is_causal=False,
    scale=None,
    enable_gqa=False,
) -> Tensor:
    if dropout_p:
        raise Inexpressible("dropout that PyTorch draws inside")
    if attn_mask is not None and attn_mask.dtype != torch.bool:
        raise Inexpressible("a mask that is added")
    if enable_gqa:
        k, v = (a.repeat_interleave(q.shape[-3] // k.shape[-3], -3) for a in (k, v))
    lead = torch.broadcast_shapes(q.shape[:-2], k.shape[:-2], v.shape[:-2])
    Q, K, V = (a.expand(*lead, *a.shape[-2:]).reshape(-1, *a.shape[-2:]) for a in (q, k, v))
    if scale is not None:
        Q = Q * (scale * math.sqrt(q.shape[-1]))
    queries, keys = Q.shape[1], K.shape[1]
    if attn_mask is None and is_causal and queries == keys:
        found = ours("attention", mask="causal")(Q=Q, K=K, V=V)
    elif attn_mask is None and not is_causal:
        found = ours("attention")(Q=Q, K=K, V=V)
    else:
        seen = attn_mask if attn_mask is not None else torch.ones(queries, keys).tril() > 0
        mask = seen.expand(*lead, queries, keys).reshape(-1, queries, keys).to(torch.int64)
        found = ours("attention", mask="given")(Q=Q, K=K, V=V, mask=mask.contiguous())
    return found.reshape(*lead, queries, V.shape[-1])

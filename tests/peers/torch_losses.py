"""PyTorch's losses, attention and recurrent layers by our derivations, with its signatures."""

from __future__ import annotations

import math

import torch
from ours import Inexpressible, Ours
from torch import Tensor
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
        settings=None,
    ) -> Tensor:
        if weight is not None:
            raise Inexpressible("a weight for every entry")
        yhat, y = torch.broadcast_tensors(yhat, y)
        given = {"yhat": yhat.reshape(1, -1), "y": y.reshape(1, -1)}
        found = ours(derivation, reduction=reduction, **(settings or {}))(**given)
        return found.reshape(yhat.shape) if reduction == "none" else found

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
    return _error("smooth_l1")(ours, yhat, y, reduction=reduction, settings={"beta": str(beta)})


def huber_loss(ours: Ours, yhat: Tensor, y: Tensor, reduction="mean", delta=1.0, weight=None):
    settings = {"delta": str(delta)}
    return _error("huber")(ours, yhat, y, reduction=reduction, weight=weight, settings=settings)


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
    z, y = torch.broadcast_tensors(z, y)
    if pos_weight is not None:
        pos_weight = pos_weight.expand(z.shape).reshape(-1)
    more = {} if pos_weight is None else {"w": pos_weight}
    layer = ours("binary_cross_entropy", logits=True, weighted=bool(more), reduction="none")
    each = layer(z=z.reshape(1, -1), y=y.reshape(1, -1), **more).reshape(z.shape)
    each = each if weight is None else weight * each
    return {"none": lambda: each, "sum": each.sum, "mean": each.mean}[reduction]()


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
    settings = {"stable": True, "reduction": reduction, "weighted": weight is not None}
    more = {} if weight is None else {"v": weight.detach()}
    if label_smoothing:
        settings |= {"smoothed": True, "epsilon": str(label_smoothing)}
    kept = labels != ignore_index
    if 0 <= ignore_index < classes and not kept.all():  # a class, such as padding
        settings |= {"ignored": True, "ignore_index": ignore_index}
        kept[:] = True
    found = ours("label_cross_entropy", **settings)(z=logits[kept], t=labels[kept], **more)
    if reduction != "none":
        return found
    return torch.zeros(len(labels), dtype=z.dtype).masked_scatter(kept, found).reshape(t.shape)


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

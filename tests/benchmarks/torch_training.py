"""Steps of training in PyTorch: networks, and what moves their parameters.

A network is a function of the arrays (as tensors) that returns the parameters by name, in the
layout that PyTorch prefers, and a function that gives the loss.
"""

from __future__ import annotations

from functools import partial

import torch
import torch.nn.functional as F
from torch import nn
from training_steps import MOMENTUM, RATE


def _parameters(a: dict) -> dict:
    """Weights of dense layers lie as nn.Linear keeps them."""
    given = ("x", "t", "w", "label", "h0", "c0")
    kept = {n: v for n, v in a.items() if v.is_floating_point() and n not in given}
    return {n: v.t().contiguous() if n[0] == "W" else v for n, v in kept.items()}


def _dense(p: dict, h, numbers: str, bias: str, function):
    """Dense layers one after another; the last one's outputs are taken as they come."""
    for k in numbers:
        h = F.linear(h, p[f"W{k}"], p[f"{bias}{k}"])
        h = h if k == numbers[-1] else function(h)
    return h


def lenet5(a):
    p = _parameters(a)

    def loss():
        h = a["x"]
        for k in "12":
            h = F.avg_pool2d(torch.tanh(F.conv2d(h, p[f"w{k}"], p[f"b{k}"])), 2)
        return F.cross_entropy(_dense(p, h.flatten(1), "345", "b", torch.tanh), a["t"])

    return p, loss


def keras_cnn(a):
    p = _parameters(a)

    def loss():
        h = a["x"]
        for k in "12":
            h = F.max_pool2d(F.conv2d(h, p[f"w{k}"], p[f"b{k}"]), 2)
        return F.cross_entropy(_dense(p, h.flatten(1), "34", "b", torch.relu), a["t"])

    return p, loss


def alexnet(a):
    p = _parameters(a)

    def conv(h, k, **more):
        return F.relu(F.conv2d(h, p[f"w{k}"], p[f"b{k}"], **more), inplace=True)

    def loss():
        h = a["x"]
        for k, more in (("1", {"stride": 4}), ("2", {"padding": 2})):
            h = F.local_response_norm(conv(h, k, **more), 5, 5e-4, 0.75, 2.0)
            h = F.max_pool2d(h, 3, 2)
        for k in "345":
            h = conv(h, k, padding=1)
        h = F.max_pool2d(h, 3, 2).flatten(1)
        return F.cross_entropy(_dense(p, h, "678", "c", torch.relu), a["t"])

    return p, loss


def vgg11(a):
    p = _parameters(a)

    def loss():
        h = a["x"]
        for block in (("1a",), ("2a",), ("3a", "3b"), ("4a", "4b"), ("5a", "5b")):
            for k in block:
                h = F.relu(F.conv2d(h, p[f"w_{k}"], p[f"b_{k}"], padding=1), inplace=True)
            h = F.max_pool2d(h, 2)
        return F.cross_entropy(_dense(p, h.flatten(1), "678", "b", torch.relu), a["t"])

    return p, loss


def residual_network(a):
    p = _parameters(a)

    def conv(x, k, stride=1):
        w = p[f"w_{k}"]
        s = F.conv2d(x, w, None, stride, w.shape[-1] // 2)
        return F.batch_norm(s, None, None, p[f"gamma_{k}"], p[f"beta_{k}"], True, eps=1e-5)

    def loss():
        h = F.relu(conv(a["x"], "stem"), inplace=True)
        for k, stride in (("1", 1), ("2", 1), ("3", 2), ("4", 1)):
            shortcut = conv(h, f"{k}s", stride) if stride > 1 else h
            inner = F.relu(conv(h, f"{k}a", stride), inplace=True)
            h = F.relu(conv(inner, f"{k}b").add_(shortcut), inplace=True)
        return F.cross_entropy(F.linear(h.mean((2, 3)), p["W_fc"], p["b_fc"]), a["t"])

    return p, loss


def lstm_language_model(a):
    """The gates' weights lie side by side, in PyTorch's order i, f, g, o."""
    p, gates = _parameters(a), "ifgo"
    units = a["h0"].shape[-1]
    cell = nn.LSTM(units, units, dtype=a["E"].dtype)
    with torch.no_grad():
        for mine, theirs in (("W_x", cell.weight_ih_l0), ("W_h", cell.weight_hh_l0)):
            theirs.copy_(torch.cat([a[f"{mine}{g}"] for g in gates], -1).t())
        cell.bias_ih_l0.copy_(torch.cat([a[f"b_{g}"] for g in gates]))
        cell.bias_hh_l0.zero_()
    cell.bias_hh_l0.requires_grad_(False)
    leaves = {n: p[n] for n in ("E", "W_hy", "b_y")}
    leaves |= {"W_x": cell.weight_ih_l0, "W_h": cell.weight_hh_l0, "b_": cell.bias_ih_l0}
    states, words, labels = (a["h0"][None], a["c0"][None]), a["w"], a["label"].flatten()

    def loss():
        h = cell(F.embedding(words, leaves["E"]), states)[0].flatten(0, 1)
        return F.cross_entropy(F.linear(h, leaves["W_hy"], leaves["b_y"]), labels)

    return leaves, loss


def _named(found: dict) -> dict:
    """Tensors as the derivation has them: gates apart, weights of dense layers turned."""
    named = {}
    for name, value in found.items():
        if name in ("W_x", "W_h", "b_"):
            pieces = zip("ifgo", value.chunk(4), strict=True)
            named |= {f"{name}{g}": v.t() if name[0] == "W" else v for g, v in pieces}
        else:
            named[name] = value.t() if name[0] == "W" else value
    return named


def prepared_step(network, way: str, a: dict):
    """A function that does one step, and one that names what it gave."""
    leaves, loss = network(a)
    parameters = list(leaves.values())
    for leaf in parameters:
        leaf.requires_grad_()
    speeds = [torch.zeros_like(v) for v in parameters]
    move = partial(_MOVES[way.rpartition(" ")[2]], parameters, speeds)

    def run():
        value = loss()
        gradients = torch.autograd.grad(value, parameters)
        with torch.no_grad():
            move(list(gradients))
        return value, gradients

    def told(given):
        value, gradients = given
        found = _named(dict(zip(leaves, gradients, strict=True)))
        found |= {f"{n} after": v for n, v in _named(leaves).items()}
        return {
            "value": value.detach().numpy(),
            **{n: v.detach().numpy() for n, v in found.items()},
        }

    return run, told


def _each(parameters: list, speeds: list, gradients: list) -> None:
    """Three operations, each over all tensors."""
    torch._foreach_mul_(speeds, MOMENTUM)
    torch._foreach_add_(speeds, gradients)
    torch._foreach_add_(parameters, speeds, alpha=-RATE)


def _fused(parameters: list, speeds: list, gradients: list) -> None:
    """What SGD(fused=True) calls, without what that looks after."""
    settings = {"weight_decay": 0.0, "momentum": MOMENTUM, "lr": RATE, "dampening": 0.0}
    flags = {"nesterov": False, "maximize": False, "is_first_step": False}
    torch._fused_sgd_(parameters, gradients, speeds, **settings, **flags)


_MOVES = {"foreach": _each, "fused": _fused}
_LAYOUTS = ("plain", "channels_last", "no mkldnn")


def _ways(layouts: tuple[str, ...], network) -> dict:
    return {f"{layout} {move}": network for layout in layouts for move in _MOVES}


TRAINED = {
    f"{n.__name__} step": _ways(_LAYOUTS, n)
    for n in (lenet5, keras_cnn, alexnet, vgg11, residual_network)
} | {"lstm_language_model step": _ways(("plain", "no mkldnn"), lstm_language_model)}

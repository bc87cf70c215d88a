"""The PyTorch peer: each workload in the ways that could be its fastest.

A formulation is a function of the arrays (as tensors) and settings that returns the leaves by
name, a function that gives the value, the upstream gradient (None for a loss), and how to turn
the gradients of the leaves into those of the tensors. Gradients are asked for by
`torch.autograd.grad`, which spares the accumulation into `.grad`; only what is wanted has
`requires_grad`.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn
from torch_training import TRAINED, prepared_step


def conv(a, settings):
    leaves = {n: a[n] for n in ("x", "w", "b")}
    s, p = settings["stride"], settings["pad"]
    return leaves, lambda: F.conv2d(a["x"], a["w"], a["b"], s, p), a["dy"], dict


def windows(a, settings):
    """In one, two or three directions, in groups of channels."""
    leaves = {n: a[n] for n in ("x", "w", "b")}
    summed = {3: F.conv1d, 4: F.conv2d, 5: F.conv3d}[a["x"].ndim]
    more = {"padding": settings["pad"], "groups": settings.get("groups", 1)}
    return leaves, lambda: summed(a["x"], a["w"], a["b"], **more), a["dy"], dict


def mlp(a, _settings):
    leaves = {n: a[n] for n in ("x", "Theta1", "Theta2")}

    def value():
        h = torch.sigmoid(a["x"] @ a["Theta1"])
        return F.mse_loss(torch.sigmoid(h @ a["Theta2"]), a["y"], reduction="sum") / 2

    return leaves, value, None, dict


def mlp_linear(a, _settings):
    """With the weights as nn.Linear keeps them."""
    leaves = {"x": a["x"], **{n: a[n].t().contiguous() for n in ("Theta1", "Theta2")}}

    def value():
        h = torch.sigmoid(F.linear(leaves["x"], leaves["Theta1"]))
        out = torch.sigmoid(F.linear(h, leaves["Theta2"]))
        return F.mse_loss(out, a["y"], reduction="sum") / 2

    return leaves, value, None, lambda g: {n: v if n == "x" else v.t() for n, v in g.items()}


def max_pool(a, _settings):
    return {"x": a["x"]}, lambda: F.max_pool2d(a["x"], 2), a["dy"], dict


def avg_pool(a, _settings):
    return {"x": a["x"]}, lambda: F.avg_pool2d(a["x"], 2), a["dy"], dict


def avg_pool_means(a, _settings):
    n, c, h, w = a["x"].shape
    x = a["x"]
    return {"x": x}, lambda: x.view(n, c, h // 2, 2, w // 2, 2).mean((3, 5)), a["dy"], dict


def batch_norm(a, _settings):
    leaves = {n: a[n] for n in ("x", "gamma", "beta")}

    def value():
        return F.batch_norm(a["x"], None, None, a["gamma"], a["beta"], training=True, eps=1e-5)

    return leaves, value, a["dy"], dict


def attention(a, _settings):
    """One head: the fused kernel takes [batch, head, time, entry]."""
    leaves = {n: a[n][:, None] for n in "QKV"}

    def value():
        return F.scaled_dot_product_attention(leaves["Q"], leaves["K"], leaves["V"])

    return leaves, value, a["dy"][:, None], dict


def attention_products(a, _settings):
    leaves = {n: a[n] for n in "QKV"}
    scale = a["Q"].shape[-1] ** -0.5

    def value():
        e = torch.baddbmm(a["Q"].new_empty(1, 1, 1), a["Q"], a["K"].mT, beta=0, alpha=scale)
        return torch.softmax(e, -1) @ a["V"]

    return leaves, value, a["dy"], dict


def lenet5(a, _settings):
    names = ("x", "w1", "b1", "w2", "b2", *(f"{k}{n}" for n in (3, 4, 5) for k in "Wb"))
    leaves = {n: a[n].t().contiguous() if n[0] == "W" else a[n] for n in names}
    p = leaves

    def value():
        h = F.avg_pool2d(torch.tanh(F.conv2d(p["x"], p["w1"], p["b1"])), 2)
        h = F.avg_pool2d(torch.tanh(F.conv2d(h, p["w2"], p["b2"])), 2).flatten(1)
        h = torch.tanh(F.linear(h, p["W3"], p["b3"]))
        return F.linear(torch.tanh(F.linear(h, p["W4"], p["b4"])), p["W5"], p["b5"])

    return (
        leaves,
        value,
        a["dfc5"],
        lambda g: {n: v.t() if n[0] == "W" else v for n, v in g.items()},
    )


def _filled(cell, a, gates, hidden_biases):
    """A recurrent cell with the arrays' weights; a bias that is none of them is 0 and constant."""
    with torch.no_grad():
        for mine, theirs in (("W_x", cell.weight_ih_l0), ("W_h", cell.weight_hh_l0)):
            theirs.copy_(torch.cat([a[f"{mine}{g}"] for g in gates], -1).t())
        cell.bias_ih_l0.copy_(torch.cat([a[f"b_{g}"] for g in gates]))
        cell.bias_hh_l0.zero_()
        if hidden_biases:
            cell.bias_hh_l0[-128:] = a["b_u"]
    cell.bias_hh_l0.requires_grad_(hidden_biases)
    parts = {
        "W_x": cell.weight_ih_l0,
        "W_h": cell.weight_hh_l0,
        "b_": cell.bias_ih_l0,
        **({"b_u": cell.bias_hh_l0} if hidden_biases else {}),
    }

    def named(grads):
        found = {n: v for n, v in grads.items() if n not in parts}
        for kind in ("W_x", "W_h", "b_"):
            for gate, piece in zip(gates, grads[kind].split(128)):
                found[f"{kind}{gate}"] = piece.t()
        if hidden_biases:
            found["b_u"] = grads["b_u"][-128:]
        return found

    return parts, named


def rnn(a, _settings):
    cell = nn.RNN(64, 128, dtype=a["x"].dtype)
    parts, named = _filled(cell, a, "h", False)
    leaves = {"x": a["x"], "h0": a["h0"][None], "W_hy": a["W_hy"], "b_y": a["b_y"], **parts}

    def value():
        states = cell(leaves["x"], leaves["h0"])[0].view(-1, 128)
        out = torch.addmm(a["b_y"], states, a["W_hy"])
        return F.mse_loss(out, a["y"].view(-1, 16), reduction="sum") / 2

    return leaves, value, None, named


def lstm(a, _settings):
    """PyTorch's order of the gates is i, f, g, o."""
    cell = nn.LSTM(64, 128, dtype=a["x"].dtype)
    parts, named = _filled(cell, a, "ifgo", False)
    leaves = {"x": a["x"], "h0": a["h0"][None], "c0": a["c0"][None], **parts}
    return leaves, lambda: cell(leaves["x"], (leaves["h0"], leaves["c0"]))[0], a["dy"], named


def gru(a, _settings):
    cell = nn.GRU(64, 128, dtype=a["x"].dtype)
    parts, named = _filled(cell, a, "rzg", True)
    leaves = {"x": a["x"], "h0": a["h0"][None], **parts}
    return leaves, lambda: cell(leaves["x"], leaves["h0"])[0], a["dy"], named


LAYOUTS = ("plain", "channels_last", "no mkldnn")
#: torch.compile was tried on all but the recurrent workloads; only this one gained by it.
WAYS = {
    "conv": dict.fromkeys(LAYOUTS, conv),
    "windows": dict.fromkeys(LAYOUTS, windows),
    "lenet5": dict.fromkeys(LAYOUTS, lenet5),
    "max_pool": dict.fromkeys(LAYOUTS[:2], max_pool),
    "avg_pool": {
        **dict.fromkeys(LAYOUTS[:2], avg_pool),
        "means": avg_pool_means,
        "channels_last compiled": avg_pool,
    },
    "batch_norm": dict.fromkeys(LAYOUTS[:2], batch_norm),
    "mlp": {"products": mlp, "linear": mlp_linear},
    "attention": {"fused": attention, "products": attention_products},
    "rnn": {"nn.RNN": rnn},
    "gru": {"nn.GRU": gru},
    "lstm": {"nn.LSTM": lstm, "no mkldnn": lstm},
    **TRAINED,
}


def prepared(peer: str, way: str, arrays: dict, settings: dict, threads: int):
    """A function that does one pass, and one that names what it gave."""
    torch.set_num_threads(threads)
    torch.backends.mkldnn.enabled = not way.startswith("no mkldnn")
    a = {n: torch.tensor(v) for n, v in arrays.items()}
    if way.startswith("channels_last"):
        a = {n: v.to(memory_format=torch.channels_last) if v.ndim == 4 else v for n, v in a.items()}
    if peer in TRAINED:
        return prepared_step(TRAINED[peer][way], way, a)
    leaves, value, upstream, named = WAYS[peer][way](a, settings)
    for leaf in leaves.values():
        leaf.requires_grad_()
    asked = tuple(leaves.values())
    if way.endswith("compiled"):
        value = torch.compile(value)

    def run():
        out = value()
        return out, torch.autograd.grad(out, asked, upstream)

    def told(given):
        out, grads = given
        found = {"value": out.detach(), **named(dict(zip(leaves, grads)))}
        return {n: v.numpy() for n, v in found.items()}

    return run, told

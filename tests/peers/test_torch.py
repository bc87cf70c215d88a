"""Gradients in float64 compared with those of PyTorch's autograd, to 1e−12."""

import numpy as np
import pytest

from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.run import run
from deltarule.calculus import derive
from deltarule.language.load import load

torch = pytest.importorskip("torch")
F = torch.nn.functional


def rnn(g):
    h, states = g["h0"], []
    for x in g["x"]:
        h = torch.tanh(x @ g["W_xh"] + h @ g["W_hh"] + g["b_h"])
        states.append(h)
    return torch.stack(states) @ g["W_hy"] + g["b_y"]


def cell(module, g, names, states):
    """One of PyTorch's recurrent layers with our weights; its gates stand in the order of names."""
    weight = [torch.cat([g[f"W_{k}{n}"] for n in names], 1).T for k in "xh"]
    bias = torch.cat([g[f"b_{n}"] for n in names])
    if "b_u" in g:
        inner = torch.cat([torch.zeros_like(g["b_u"])] * 2 + [g["b_u"]])
    else:
        inner = torch.zeros_like(bias)
    first = tuple(s[None] for s in states)
    made = module(g["x"].shape[-1], states[0].shape[-1], dtype=torch.float64)
    given = dict(
        zip(
            ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"),
            (*weight, bias, inner),
            strict=True,
        )
    )
    start = first if len(first) > 1 else first[0]
    return torch.func.functional_call(made, given, (g["x"], start))[0]


def lstm(g):
    return cell(torch.nn.LSTM, g, "ifgo", (g["h0"], g["c0"]))


def gru(g):
    return cell(torch.nn.GRU, g, "rzg", (g["h0"],))


def layer_norm(g):
    return F.layer_norm(g["x"], g["x"].shape[-1:], g["gamma"], g["beta"], 1e-5)


def batch_norm(g):
    return F.batch_norm(g["x"], None, None, g["gamma"], g["beta"], True, 0.0, 1e-5)


def conv2d(g):
    return F.conv2d(g["x"], g["w"], g["b"], stride=2, padding=1, dilation=2)


def max_pool2d(g):
    return F.max_pool2d(g["x"], (3, 2), stride=2, padding=1)


def attention(g):
    return F.scaled_dot_product_attention(g["Q"], g["K"], g["V"])


def causal(g):
    return F.scaled_dot_product_attention(g["Q"], g["K"], g["V"], is_causal=True)


def cross_entropy(g):
    return F.cross_entropy(g["z"], g["t"], reduction="sum")


RECURRENT = {"T": 5, "N": 3, "D": 4, "H": 6}
IMAGES = {"N": 3, "C": 2, "H": 9, "W": 8}

# Name, options, numbers for sizes, PyTorch's function of the givens by name.
PEERS = {
    "rnn": ("rnn", {"loss": "none"}, RECURRENT, rnn),
    "lstm": ("lstm", {}, RECURRENT, lstm),
    "gru": ("gru", {"reset": "after"}, RECURRENT, gru),
    "conv2d": (
        "conv2d",
        {"stride": 2, "pad": 1, "dilation": 2},
        {**IMAGES, "F": 4, "K": 3, "L": 2},
        conv2d,
    ),
    "max_pool2d": (
        "max_pool2d",
        {"height": 3, "width": 2, "stride": 2, "pad": 1},
        IMAGES,
        max_pool2d,
    ),
    "batch_norm": ("batch_norm", {}, {"N": 7, "C": 5}, batch_norm),
    "layer_norm": ("layer_norm", {}, {"N": 5, "D": 7}, layer_norm),
    "attention": ("attention", {}, {"N": 2, "I": 4, "J": 5, "D": 6, "M": 3}, attention),
    "attention, causal": (
        "attention",
        {"mask": "causal"},
        {"N": 2, "I": 4, "D": 6, "M": 3},
        causal,
    ),
    "softmax_cross_entropy": ("softmax_cross_entropy", {}, {"N": 6, "C": 5}, cross_entropy),
}


@pytest.mark.parametrize("peer", PEERS)
def test_gradients_are_those_of_autograd(peer):
    name, options, sizes, function = PEERS[peer]
    derivation = derive(load(name, **options))
    network = derivation.network
    attributes = {a.name: n for a, n in network.attributes.items()}
    probe = Probe(network, Float64(), **{**attributes, **sizes})
    arrays = probe.values.arrays
    for upstream in derivation.upstream:
        noise = probe.noise(network.tensors[upstream].axes)
        arrays[f"d{derivation.of}/d{upstream}"] = noise
    run(derivation.equations(), probe.values, Float64())
    givens = {
        t.name: torch.tensor(arrays[t.name], dtype=torch.float64, requires_grad=t.role != "target")
        for t in network.tensors.values()
        if t.given
    }
    found = function(givens)
    forward = derivation.upstream[0] if derivation.upstream else derivation.of
    assert _off(found.detach().numpy(), arrays[forward]) < 1e-12
    for upstream in derivation.upstream:
        found = (found * torch.tensor(arrays[f"d{derivation.of}/d{upstream}"])).sum()
    found.backward()
    off = {
        g: _off(arrays[f"d{derivation.of}/d{g}"], t.grad.numpy())
        for g, t in givens.items()
        if t.requires_grad
    }
    print(f"{peer}: {len(off)} gradients, at most {max(off.values()):.1e} off")
    assert max(off.values()) < 1e-12, off


def _off(ours, theirs) -> float:
    """The largest difference, relative to the largest entry."""
    return float(np.abs(np.asarray(ours) - theirs).max() / max(1.0, np.abs(theirs).max()))

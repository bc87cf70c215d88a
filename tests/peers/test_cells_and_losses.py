"""Cells, losses with penalties, and a fractional stride, as PyTorch has them."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from test_lecture_layers import T, draw, labels, unit
from test_spaces_and_states import agrees


def gru_cell(x, h0, **weights):
    # PyTorch keeps the weights of all gates in one matrix, the new state's last.
    stacked = (torch.cat([weights[f"{kind}{k}"] for k in "rzg"]) for kind in KINDS)
    return torch.gru_cell(x[None], h0[None], *stacked)[0]


def lstm_cell(x, h0, c0, **weights):
    wide = (torch.cat([weights[f"{kind}{k}"] for k in "ifgo"], 1) for kind in KINDS[:2])
    bias = torch.cat([weights[f"b_{k}"] for k in "ifgo"])
    h, c = torch.lstm_cell(x, (h0, c0), *(w.T for w in wide), bias, torch.zeros_like(bias))
    return c, h


def fractional(x, w, b):
    spread = torch.zeros(*x.shape[:2], 2 * x.shape[2] - 1, 2 * x.shape[3] - 1, **T)
    spread[:, :, ::2, ::2] = x
    return F.conv2d(spread, w, b)


KINDS = ("W_x", "W_h", "b_x", "b_h")
GRU = {"W_x": (3, 4), "W_h": (3, 3), "b_x": (3,), "b_h": (3,)}
LAYERS = {
    "gru_cell": (
        gru_cell,
        {
            "x": draw(4), "h0": draw(3),
            **{f"{n}{k}": draw(*s) for k in "rzg" for n, s in GRU.items()},
        },
    ),
    "lstm_cell": (
        lstm_cell,
        {
            "x": draw(2, 4), "h0": draw(2, 3), "c0": draw(2, 3),
            **{f"{n}{k}": draw(*s) for k in "ifgo" for n, s in zip(KINDS, ((4, 3), (3, 3)))},
            **{f"b_{k}": draw(3) for k in "ifgo"},
        },
    ),
    "rnn_cell": (
        lambda x, h0, **w: torch.rnn_tanh_cell(x, h0, *w.values()),
        {
            "x": draw(2, 4), "h0": draw(2, 3), "W_ih": draw(3, 4), "W_hh": draw(3, 3),
            "b_ih": draw(3), "b_hh": draw(3),
        },
    ),
    "upsampled_conv2d": (fractional, {"x": draw(2, 3, 4, 5), "w": draw(2, 3, 3, 2), "b": draw(2)}),
    "logistic_regression": (
        lambda x, w, b, t: F.binary_cross_entropy_with_logits(x @ w + b, t.double()),
        {"x": draw(6, 3), "w": draw(3), "b": draw(), "t": labels(2, 6)},
    ),
    "regularised_classifier": (
        lambda x, W1, b1, t: F.cross_entropy(x @ W1 + b1, t) + 0.1 * (W1**2).sum(),
        {"x": draw(6, 3), "W1": draw(3, 4), "b1": draw(4), "t": labels(4, 6)},
    ),
    "regularised_dense": (
        lambda x, W, b, t: ((x @ W + b - t) ** 2).sum() / 2 + 0.005 * (W**2).sum(),
        {"x": draw(6, 3), "W": draw(3, 2), "b": draw(2), "t": draw(6, 2).detach()},
    ),
    "running_statistics": (
        # PyTorch's own running variance is the unbiased one.
        lambda x, r0, s0: (
            0.9 * r0 + 0.1 * x.mean(0), 0.9 * s0 + 0.1 * x.var(0, unbiased=False)
        ),
        {"x": draw(6, 3), "r0": draw(3), "s0": unit(3)},
    ),
    "swish": (lambda z, beta: z * (beta * z).sigmoid(), {"z": draw(3, 4), "beta": draw()}),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("compiled", [False, True])
def test_a_cell_or_a_loss(name, compiled):
    agrees(name, *LAYERS[name], compiled, **({"factor": 2} if name == "upsampled_conv2d" else {}))

"""Mistakes in layers beyond dense ones, planted in NumPy: each must be named as what it is."""

from __future__ import annotations

import numpy as np
import pytest
from layers_by_hand import (
    CONV,
    EPSILON,
    Planted,
    attention_da,
    attention_de,
    attention_dq,
    attention_givens,
    average_dx,
    average_givens,
    batch_xhat,
    conv2d_givens,
    conv_dw,
    conv_dx,
    conv_givens,
    conv_y,
    dilated_givens,
    dropout_givens,
    embedding_givens,
    last_embedding,
    logits,
    norm_dx,
    norm_givens,
    pool_dx,
    pool_givens,
    sheet,
    skip_dx,
    skip_givens,
    softmax,
    statistics,
    tied_givens,
    weights,
    with_labels,
)

from deltarule.marking import mark
from deltarule.marking.verdicts import MISTAKE

OVERLAPPING = {"width": 3, "stride": 1}
BORDER = {"stride": 1, "pad": 1}

# The numbers are those of the list of students' mistakes.
PLANTED = {
    "15 diagonal of the Jacobian": Planted(
        "softmax", logits, "dL/dz",
        lambda q: q["dL/dp"] * softmax(q["z"]) * (1 - softmax(q["z"])), ("diagonal alone",),
    ),
    "15 softmax's sum as a constant": Planted(
        "softmax", logits, "dL/dz", lambda q: q["dL/dp"] * softmax(q["z"]),
        ("path frozen", "summand lost"),
    ),
    "16 slope of softmax again": Planted(
        "softmax_cross_entropy", with_labels, "dE/dz",
        lambda q: (softmax(q["z"]) - q["t"]) * softmax(q["z"]) * (1 - softmax(q["z"])),
        ("slope twice",),
    ),
    "19 kernel not turned": Planted(
        "conv1d", conv_givens, "dL/dx", lambda q: conv_dx(q, turned=True), ("kernel turned",), CONV,
    ),
    "19 kernel turned in the value": Planted(
        "conv1d", dilated_givens, "y", lambda q: conv_y(q, turned=True), ("kernel turned",),
        {"dilation": 2},
    ),
    "20 stride lost in dx": Planted(
        "conv1d", conv_givens, "dL/dx", lambda q: conv_dx(q, stride=1), ("stride lost",), CONV,
    ),
    "20 stride lost in dw": Planted(
        "conv1d", conv_givens, "dL/dw", lambda q: conv_dw(q, stride=1), ("stride lost",), CONV,
    ),
    "20 dilation lost": Planted(
        "conv1d", dilated_givens, "y", lambda q: conv_y(q, dilation=1), ("dilation lost",),
        {"dilation": 2},
    ),
    "21 padding lost in dx": Planted(
        "conv1d", conv_givens, "dL/dx", lambda q: conv_dx(q, pad=0), ("padding lost",), CONV,
    ),
    "21 padding lost in dw": Planted(
        "conv1d", conv_givens, "dL/dw", lambda q: conv_dw(q, pad=0), ("padding lost",), CONV,
    ),
    "22 summed over the batch only": Planted(
        "conv2d", conv2d_givens, "dL/db", lambda q: q["dL/dy"].sum(0)[:, 0, 0], ("one path only",),
    ),
    "22 mean over the places": Planted(
        "conv2d", conv2d_givens, "dL/db", lambda q: q["dL/dy"].sum(0).mean((1, 2)),
        ("mean for sum",),
    ),
    "23 windows written over": Planted(
        "max_pool1d", pool_givens, "dL/dx", pool_dx, ("assignment for accumulation",), OVERLAPPING,
    ),
    "23 averages written over": Planted(
        "avg_pool2d", average_givens, "dL/dx", lambda q: average_dx(q, add=False),
        ("assignment for accumulation",), BORDER,
    ),
    "24 all of a tie": Planted(
        "max_pool1d", tied_givens, "dL/dx", lambda q: pool_dx(q, add=True, all_of_a_tie=True),
        ("all of a tie",), OVERLAPPING,
    ),
    "mean for the largest": Planted(
        "max_pool1d", pool_givens, "y",
        lambda q: np.stack([q["x"][:, :, i:i + 3].mean(-1) for i in range(4)], -1),
        ("mean for the largest",), OVERLAPPING,
    ),
    "gradient spread over the window": Planted(
        "max_pool1d", pool_givens, "dL/dx",
        lambda q: np.stack([q["dL/dy"][:, :, max(0, p - 2):p + 1].sum(-1) / 3
                            for p in range(6)], -1),
        ("mean for the largest",), OVERLAPPING,
    ),
    "25 divisor lost": Planted(
        "avg_pool2d", average_givens, "dL/dx", lambda q: average_dx(q, "none"), ("divisor lost",),
        BORDER,
    ),
    "25 divisor of the border": Planted(
        "avg_pool2d", average_givens, "dL/dx", lambda q: average_dx(q, "inside"),
        ("another divisor",), BORDER,
    ),
    "26 statistics as constants": Planted(
        "batch_norm", norm_givens, "dL/dx", lambda q: norm_dx(q, 0, False, False), ("path frozen",),
        decimals=3,
    ),
    "27 mean path alone": Planted(
        "batch_norm", norm_givens, "dL/dx", lambda q: norm_dx(q, 0, True, False), ("path frozen",),
        decimals=3,
    ),
    "27 variance path alone": Planted(
        "batch_norm", norm_givens, "dL/dx", lambda q: norm_dx(q, 0, False, True), ("path frozen",),
        decimals=3,
    ),
    "28 γ lost": Planted(
        "batch_norm", norm_givens, "dL/dx", lambda q: norm_dx({**q, "gamma": np.ones(4)}, 0),
        ("scale lost",), decimals=3,
    ),
    "29 ε outside the root": Planted(
        "batch_norm", norm_givens, "xhat",
        lambda q: batch_xhat(q, root=lambda v: np.sqrt(v) + EPSILON), ("ε misplaced",),
    ),
    "29 ε taken away": Planted(
        "batch_norm", norm_givens, "xhat",
        lambda q: batch_xhat(q, root=lambda v: np.sqrt(v - EPSILON)), ("ε misplaced", "sign"),
    ),
    "29 n − 1 for n": Planted(
        "batch_norm", norm_givens, "v", lambda q: q["x"].var(0, ddof=1), ("n − 1 for n",),
        decimals=11,
    ),
    "30 over the batch": Planted(
        "layer_norm", norm_givens, "xhat", lambda q: batch_xhat(q, 0), ("another axis",),
    ),
    "30 over the batch, backward": Planted(
        "layer_norm", norm_givens, "dL/dx", lambda q: norm_dx(q, 0), ("another axis",), decimals=3,
    ),
    "30 over the units": Planted(
        "batch_norm", norm_givens, "dL/dx", lambda q: norm_dx(q, 1), ("another axis",), decimals=3,
    ),
    "attention: slope of softmax lost": Planted(
        "attention", attention_givens, "dL/dQ", lambda q: attention_dq(q, attention_da(q)),
        ("slope lost", "path frozen"),
    ),
    "attention: softmax's sum as a constant": Planted(
        "attention", attention_givens, "dL/dQ",
        lambda q: attention_dq(q, attention_da(q) * weights(q)), ("path frozen", "summand lost"),
    ),
    "attention: diagonal alone": Planted(
        "attention", attention_givens, "dL/dQ",
        lambda q: attention_dq(q, attention_da(q) * weights(q) * (1 - weights(q))),
        ("diagonal alone",),
    ),
    "attention: scale lost": Planted(
        "attention", attention_givens, "dL/dQ", lambda q: attention_dq(q, attention_de(q), 1.0),
        ("constant lost",),
    ),
    "39 duplicates lost": Planted(
        "embedding", embedding_givens, "dL/dE", last_embedding, ("assignment for accumulation",),
    ),
    "40 mask lost": Planted(
        "dropout", dropout_givens, "dL/dx", lambda q: q["dL/dy"] / 0.5, ("mask lost",),
    ),
    "40 1/p lost": Planted(
        "dropout", dropout_givens, "dL/dx", lambda q: q["dL/dy"] * q["mask"], ("constant lost",),
    ),
    "skip connection lost": Planted(
        "residual", skip_givens, "dL/dx", lambda q: skip_dx(q, skip=False),
        ("path frozen", "summand lost"),
    ),
    "branch lost": Planted(
        "residual", skip_givens, "dL/dx", lambda q: skip_dx(q, branch=False),
        ("path frozen", "summand lost"),
    ),
}  # fmt: skip

#: The same functions without the mistake.
RIGHT = {
    "convolution": Planted("conv1d", conv_givens, "dL/dx", conv_dx, (), CONV),
    "kernel": Planted("conv1d", conv_givens, "dL/dw", conv_dw, (), CONV),
    "dilated": Planted("conv1d", dilated_givens, "y", conv_y, (), {"dilation": 2}),
    "maximum": Planted(
        "max_pool1d", pool_givens, "dL/dx", lambda q: pool_dx(q, add=True), (), OVERLAPPING
    ),
    "average": Planted("avg_pool2d", average_givens, "dL/dx", average_dx, (), BORDER),
    "batch norm": Planted(
        "batch_norm", norm_givens, "dL/dx", lambda q: norm_dx(q, 0), (), decimals=3
    ),
    "layer norm": Planted(
        "layer_norm", norm_givens, "dL/dx", lambda q: norm_dx(q, 1), (), decimals=3
    ),
    "attention": Planted(
        "attention", attention_givens, "dL/dQ", lambda q: attention_dq(q, attention_de(q)), ()
    ),
    "skip": Planted("residual", skip_givens, "dL/dx", skip_dx, ()),
    "mean": Planted(
        "batch_norm", norm_givens, "v", lambda q: statistics(q["x"], 0)[1][0], (), decimals=11
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_named(name):
    case = PLANTED[name]
    verdict = mark(sheet(case, 3)).verdicts[-1]
    assert verdict.verdict == MISTAKE, verdict
    assert len(verdict.mistakes) == 1 and verdict.mistakes[0] in case.kinds, verdict


@pytest.mark.parametrize("name", RIGHT)
def test_the_right_value_is_right(name):
    assert all(v.right for v in mark(sheet(RIGHT[name], 3)).verdicts)

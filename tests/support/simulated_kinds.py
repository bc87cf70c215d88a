"""Four kinds of network for a simulated class, line by line in NumPy, with mistakes in them.

A small dense one as on a slide, a batch with softmax, convolution with max pooling, a recurrent one
of two times. Nothing here comes from the engine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

RATE = 0.5
Lines = dict[str, Callable]


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


@dataclass(frozen=True)
class Kind:
    """A kind of network: its name and options, its givens, its lines, and mistakes in them."""

    network: str
    options: dict
    givens: Callable
    lines: Lines
    mistakes: dict[str, Lines]
    rate: float | None = None


def _numbers(random, *shape, low=-190, high=190, unit=100):
    return random.integers(low, high, shape) / unit


def _dense_givens(random) -> dict:
    d, h, m = random.integers(2, 4), random.integers(2, 4), random.integers(1, 3)
    return {
        "x": _numbers(random, d), "Theta1": _numbers(random, d, h),
        "Theta2": _numbers(random, h, m), "y": _numbers(random, m, low=5, high=95),
    }


DENSE = Kind(
    "mlp", {"layers": 2, "batch": False}, _dense_givens,
    {
        "s1": lambda q: q["x"] @ q["Theta1"],
        "h1": lambda q: sigmoid(q["s1"]),
        "s2": lambda q: q["h1"] @ q["Theta2"],
        "yhat": lambda q: sigmoid(q["s2"]),
        "E": lambda q: np.sum((q["y"] - q["yhat"]) ** 2) / 2,
        "dE/dyhat": lambda q: q["yhat"] - q["y"],
        "dE/ds2": lambda q: q["dE/dyhat"] * q["yhat"] * (1 - q["yhat"]),
        "dE/dTheta2": lambda q: np.outer(q["h1"], q["dE/ds2"]),
        "dE/dh1": lambda q: q["Theta2"] @ q["dE/ds2"],
        "dE/ds1": lambda q: q["dE/dh1"] * q["h1"] * (1 - q["h1"]),
        "dE/dTheta1": lambda q: np.outer(q["x"], q["dE/ds1"]),
        "Theta2 after": lambda q: q["Theta2"] - RATE * q["dE/dTheta2"],
        "Theta1 after": lambda q: q["Theta1"] - RATE * q["dE/dTheta1"],
    },
    {
        "tanh for σ": {"h1": lambda q: np.tanh(q["s1"])},
        "no σ at the output": {"yhat": lambda q: q["s2"]},
        "sign of the error": {"dE/dyhat": lambda q: q["y"] - q["yhat"]},
        "factor 2": {"dE/dyhat": lambda q: 2 * (q["yhat"] - q["y"])},
        "slope lost": {"dE/ds2": lambda q: q["dE/dyhat"] + 0},
        "slope at the sum": {"dE/ds2": lambda q: q["dE/dyhat"] * q["s2"] * (1 - q["s2"])},
        "slope lost in the hidden layer": {"dE/ds1": lambda q: q["dE/dh1"] + 0},
        "weights for activations": {"dE/dTheta2": lambda q: q["Theta2"] * q["dE/ds2"]},
        "one path only": {"dE/dh1": lambda q: q["Theta2"][:, 0] * q["dE/ds2"][0]},
        "up the slope": {"Theta2 after": lambda q: q["Theta2"] + RATE * q["dE/dTheta2"]},
        "a number out of nowhere": {"s2": lambda q: q["h1"] @ (q["Theta2"] * 0 + 0.7) + 0.4183},
    },
    RATE,
)


def _softmax(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def _batch_givens(random) -> dict:
    n, d, h, c = 2, 2, random.integers(2, 4), random.integers(2, 4)
    return {
        "x": _numbers(random, n, d), "Theta1": _numbers(random, d, h), "b1": _numbers(random, h),
        "Theta2": _numbers(random, h, c), "b2": _numbers(random, c),
        "t": np.eye(c)[random.integers(0, c, n)],
    }


BATCH = Kind(
    "mlp",
    {"layers": 2, "bias": True, "activation": "tanh", "orientation": "xW",
     "loss": "softmax_cross_entropy"},
    _batch_givens,
    {
        "s1": lambda q: q["x"] @ q["Theta1"] + q["b1"],
        "h1": lambda q: np.tanh(q["s1"]),
        "z": lambda q: q["h1"] @ q["Theta2"] + q["b2"],
        "p": lambda q: _softmax(q["z"]),
        "dE/dz": lambda q: q["p"] - q["t"],
        "dE/dTheta2": lambda q: q["h1"].T @ q["dE/dz"],
        "dE/db2": lambda q: q["dE/dz"].sum(0),
        "dE/dh1": lambda q: q["dE/dz"] @ q["Theta2"].T,
        "dE/ds1": lambda q: q["dE/dh1"] * (1 - q["h1"] ** 2),
        "dE/dTheta1": lambda q: q["x"].T @ q["dE/ds1"],
        "dE/db1": lambda q: q["dE/ds1"].sum(0),
    },
    {
        "bias forgotten": {"z": lambda q: q["h1"] @ q["Theta2"]},
        "sign of the error": {"dE/dz": lambda q: q["t"] - q["p"]},
        "slope of softmax again": {"dE/dz": lambda q: (q["p"] - q["t"]) * q["p"] * (1 - q["p"])},
        "h not squared": {"dE/ds1": lambda q: q["dE/dh1"] * (1 - q["h1"])},
        "slope of σ": {"dE/ds1": lambda q: q["dE/dh1"] * q["h1"] * (1 - q["h1"])},
        "mean over the batch": {"dE/dTheta2": lambda q: q["h1"].T @ q["dE/dz"] / 2},
        "one row of the bias": {"dE/db2": lambda q: q["dE/dz"][0]},
    },
)


def _windows(x, k):
    return np.lib.stride_tricks.sliding_window_view(x, (k, k), axis=(-2, -1))


def _convolve(x, w):
    return np.einsum("ncijkl,fckl->nfij", _windows(x, w.shape[-1]), w)


def _pool(s):
    n, f, i, j = s.shape
    return s.reshape(n, f, i // 2, 2, j // 2, 2)


def _unpool(q):
    parts = _pool(q["s"])
    top = parts == parts.max((3, 5), keepdims=True)
    return (top * q["t"][:, :, :, None, :, None]).reshape(q["s"].shape)


def _back_to_x(delta, w):
    k = w.shape[-1] - 1
    padded = np.pad(delta, ((0, 0), (0, 0), (k, k), (k, k)))
    return np.einsum("nfijkl,fckl->ncij", _windows(padded, k + 1), w[:, :, ::-1, ::-1])


def _conv_givens(random) -> dict:
    # Entries that never tie: every number of x is another one.
    x = random.permutation(np.arange(-40, 41))[:25].reshape(1, 1, 5, 5) / 10
    return {"x": x, "w": _numbers(random, 2, 1, 2, 2), "t": _numbers(random, 1, 2, 2, 2)}


CONV = Kind(
    "conv_pool", {}, _conv_givens,
    {
        "s": lambda q: _convolve(q["x"], q["w"]),
        "y": lambda q: _pool(q["s"]).max((3, 5)),
        "E": lambda q: np.sum(q["t"] * q["y"]),
        "dE/ds": _unpool,
        "dE/dw": lambda q: np.einsum("ncijkl,nfij->fckl", _windows(q["x"], 2)[:, :, :4, :4]
                                     .reshape(1, 1, 4, 4, 2, 2), q["dE/ds"]),
        "dE/dx": lambda q: _back_to_x(q["dE/ds"], q["w"]),
    },
    {
        "kernel turned": {"s": lambda q: _convolve(q["x"], q["w"][:, :, ::-1, ::-1])},
        "mean for the largest": {"y": lambda q: _pool(q["s"]).mean((3, 5))},
        "spread over the window": {
            "dE/ds": lambda q: np.repeat(np.repeat(q["t"], 2, 2), 2, 3) / 4},
        "sign": {"dE/ds": lambda q: -_unpool(q)},
        "kernel not turned": {
            "dE/dx": lambda q: _back_to_x(q["dE/ds"], q["w"][:, :, ::-1, ::-1])},
    },
)


def _rnn_givens(random) -> dict:
    d, h, o = 2, random.integers(2, 4), 2
    return {
        "x": _numbers(random, 2, 1, d), "h0": _numbers(random, 1, h),
        "W_xh": _numbers(random, d, h), "W_hh": _numbers(random, h, h), "b_h": _numbers(random, h),
        "W_hy": _numbers(random, h, o), "b_y": _numbers(random, o),
        "y": _numbers(random, 2, 1, o),
    }


def _before(q, t):
    return q["h"][t - 1] if t else q["h0"]


def _later(q, t):
    return q["dE/ds"][1] @ q["W_hh"].T if t == 0 else 0.0


RNN = Kind(
    "rnn", {"loss": "half_squared"}, _rnn_givens,
    {
        "s h": (
            lambda q, t: q["x"][t] @ q["W_xh"] + _before(q, t) @ q["W_hh"] + q["b_h"],
            lambda q, t: np.tanh(q["s"][t]),
        ),
        "yhat": lambda q: q["h"] @ q["W_hy"] + q["b_y"],
        "dE/dyhat": lambda q: q["yhat"] - q["y"],
        "dE/dh dE/ds": (
            lambda q, t: q["dE/dyhat"][t] @ q["W_hy"].T + _later(q, t),
            lambda q, t: q["dE/dh"][t] * (1 - q["h"][t] ** 2),
        ),
        "dE/dW_hy": lambda q: sum(q["h"][t].T @ q["dE/dyhat"][t] for t in (0, 1)),
        "dE/dW_hh": lambda q: sum(_before(q, t).T @ q["dE/ds"][t] for t in (0, 1)),
        "dE/dW_xh": lambda q: sum(q["x"][t].T @ q["dE/ds"][t] for t in (0, 1)),
        "dE/db_h": lambda q: q["dE/ds"].sum((0, 1)),
    },
    {
        "no next time": {"dE/dh dE/ds": (
            lambda q, t: q["dE/dyhat"][t] @ q["W_hy"].T,
            lambda q, t: q["dE/dh"][t] * (1 - q["h"][t] ** 2),
        )},
        "slope lost": {"dE/dh dE/ds": (
            lambda q, t: q["dE/dyhat"][t] @ q["W_hy"].T + _later(q, t),
            lambda q, t: q["dE/dh"][t] + 0,
        )},
        "bias of the output forgotten": {"yhat": lambda q: q["h"] @ q["W_hy"]},
        "sign of the error": {"dE/dyhat": lambda q: q["y"] - q["yhat"]},
        "h of the wrong time": {
            "dE/dW_hh": lambda q: sum(q["h"][t].T @ q["dE/ds"][t] for t in (0, 1))},
    },
)

KINDS = {"dense": DENSE, "batch": BATCH, "conv": CONV, "rnn": RNN}

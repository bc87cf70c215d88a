"""Convolutional networks of a simulated class, line by line in NumPy, with slips in them."""

from __future__ import annotations

from functools import partial

import numpy as np
from layers_by_hand import average_dx, conv_dw, conv_dx
from simulated_lines import Kind, Slip, numbers


def _windows(x, k):
    return np.lib.stride_tricks.sliding_window_view(x, (k, k), axis=(-2, -1))


def _convolve(x, w):
    return np.einsum("ncijkl,fckl->nfij", _windows(x, w.shape[-1]), w)


def _turned(w):
    return w[:, :, ::-1, ::-1]


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


def _back_to_w(x, delta):
    patches = np.lib.stride_tricks.sliding_window_view(x, (4, 4), axis=(-2, -1))
    return np.einsum("ncklij,nfij->fckl", patches, delta)


def _pool_givens(random) -> dict:
    # Entries that never tie: every number of x is another one.
    x = random.permutation(np.arange(-40, 41))[:25].reshape(1, 1, 5, 5) / 10
    return {"x": x, "w": numbers(random, 2, 1, 2, 2), "t": numbers(random, 1, 2, 2, 2)}


POOLED = Kind(
    "conv_pool",
    {},
    _pool_givens,
    {
        "s": lambda q: _convolve(q["x"], q["w"]),
        "y": lambda q: _pool(q["s"]).max((3, 5)),
        "E": lambda q: np.sum(q["t"] * q["y"]),
        "dE/ds": _unpool,
        "dE/dw": lambda q: _back_to_w(q["x"], q["dE/ds"]),
        "dE/dx": lambda q: _back_to_x(q["dE/ds"], q["w"]),
    },
    (
        Slip("kernel turned", "s", lambda q: _convolve(q["x"], _turned(q["w"]))),
        Slip("kernel transposed", "s", lambda q: _convolve(q["x"], q["w"].swapaxes(2, 3))),
        Slip("mean for the largest", "y", lambda q: _pool(q["s"]).mean((3, 5))),
        Slip("smallest for the largest", "y", lambda q: _pool(q["s"]).min((3, 5))),
        Slip("sum for the largest", "y", lambda q: _pool(q["s"]).sum((3, 5))),
        Slip(
            "spread over the window",
            "dE/ds",
            lambda q: np.repeat(np.repeat(q["t"], 2, 2), 2, 3) / 4,
        ),
        Slip(
            "to every entry of the window",
            "dE/ds",
            lambda q: np.repeat(np.repeat(q["t"], 2, 2), 2, 3),
        ),
        Slip("kernel not turned", "dE/dx", lambda q: _back_to_x(q["dE/ds"], _turned(q["w"]))),
        Slip("kernel turned in dw", "dE/dw", lambda q: _turned(_back_to_w(q["x"], q["dE/ds"]))),
        Slip("one channel only", "dE/dx", lambda q: _back_to_x(q["dE/ds"][:, :1], q["w"][:1])),
    ),
)


def _strided_givens(random) -> dict:
    return {
        "x": numbers(random, 2, 2, 7),
        "w": numbers(random, 3, 2, 3),
        "b": numbers(random, 3),
        "dL/dy": numbers(random, 2, 3, 4),
    }


def strided_y(q, stride=2, pad=1, turned=False):
    w = q["w"][:, :, ::-1] if turned else q["w"]
    wide = np.zeros((2, 2, 20))
    wide[:, :, pad : pad + 7] = q["x"]
    return np.stack(
        [
            q["b"] + np.einsum("nck,fck->nf", wide[:, :, stride * i : stride * i + 3], w)
            for i in range(4)
        ],
        axis=-1,
    )


STRIDED = Kind(
    "conv1d",
    {"stride": 2, "pad": 1},
    _strided_givens,
    {"y": strided_y, "dL/db": lambda q: q["dL/dy"].sum((0, 2)), "dL/dw": conv_dw, "dL/dx": conv_dx},
    (
        Slip("kernel turned", "y", partial(strided_y, turned=True)),
        Slip("stride lost", "y", partial(strided_y, stride=1)),
        Slip("padding lost", "y", partial(strided_y, pad=0)),
        Slip("bias forgotten", "y", lambda q: strided_y({**q, "b": 0 * q["b"]})),
        Slip("stride lost in dw", "dL/dw", partial(conv_dw, stride=1)),
        Slip("padding lost in dw", "dL/dw", partial(conv_dw, pad=0)),
        Slip("kernel not turned", "dL/dx", partial(conv_dx, turned=True)),
        Slip("stride lost in dx", "dL/dx", partial(conv_dx, stride=1)),
        Slip("padding lost in dx", "dL/dx", partial(conv_dx, pad=0)),
        Slip("over the batch only", "dL/db", lambda q: q["dL/dy"].sum(0)[:, 0]),
        Slip("over the places only", "dL/db", lambda q: q["dL/dy"][0].sum(-1)),
        Slip("mean over the places", "dL/db", lambda q: q["dL/dy"].sum(0).mean(-1)),
        Slip("mean over the batch", "dL/db", lambda q: q["dL/dy"].mean(0).sum(-1)),
        Slip("mean over the batch in dw", "dL/dw", lambda q: conv_dw(q) / 2),
    ),
)


def _average_givens(random) -> dict:
    return {"x": numbers(random, 1, 1, 3, 4), "dL/dy": numbers(random, 1, 1, 4, 5)}


def average_y(q, divisor="window"):
    wide, inside = np.zeros((5, 6)), np.zeros((5, 6))
    wide[1:4, 1:5], inside[1:4, 1:5] = q["x"][0, 0], 1
    under = {"window": 4, "none": 1, "inside": _windows(inside, 2).sum((2, 3))}[divisor]
    return (_windows(wide, 2).sum((2, 3)) / under)[None, None]


AVERAGED = Kind(
    "avg_pool2d",
    {"stride": 1, "pad": 1},
    _average_givens,
    {"y": average_y, "dL/dx": average_dx},
    (
        Slip("divisor lost", "y", partial(average_y, divisor="none")),
        Slip("divisor of the border", "y", partial(average_y, divisor="inside")),
        Slip("divisor lost in dx", "dL/dx", partial(average_dx, divisor="none")),
        Slip("divisor of the border in dx", "dL/dx", partial(average_dx, divisor="inside")),
        Slip("written over", "dL/dx", partial(average_dx, add=False)),
    ),
)

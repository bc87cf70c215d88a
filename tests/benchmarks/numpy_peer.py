"""The NumPy peer: convolution by im2col, dense networks by products, as a careful person writes."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def numpy_run(peer: str, settings: dict, arrays: dict, _threads: int):
    """A function that does one forward and backward pass in NumPy."""
    return {"conv": _conv, "mlp": _mlp, "max_pool": _max_pool}[peer](settings, arrays)


def _conv(settings: dict, a: dict):
    x, w, b, dy = a["x"], a["w"], a["b"], a["dy"]
    s, p = settings["stride"], settings["pad"]
    (n, c, h, _), (f, _, k, _) = x.shape, w.shape
    i, j = dy.shape[2:]

    def run():
        padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        seen = sliding_window_view(padded, (k, k), (2, 3))[:, :, ::s, ::s]
        columns = seen.transpose(0, 2, 3, 1, 4, 5).reshape(n * i * j, c * k * k)
        flat = w.reshape(f, -1)
        y = (columns @ flat.T + b).reshape(n, i, j, f).transpose(0, 3, 1, 2)
        rows = dy.transpose(0, 2, 3, 1).reshape(-1, f)
        dw, db = (rows.T @ columns).reshape(w.shape), rows.sum(0)
        back = (rows @ flat).reshape(n, i, j, c, k, k)
        dx = np.zeros_like(padded)
        for u in range(k):
            for v in range(k):
                dx[:, :, u:u + s * i:s, v:v + s * j:s] += back[..., u, v].transpose(0, 3, 1, 2)
        return y, dw, db, dx[:, :, p:p + h, p:p + h]

    return run


def _mlp(_settings: dict, a: dict):
    x, t1, t2, y = a["x"], a["Theta1"], a["Theta2"], a["y"]

    def run():
        h = 1 / (1 + np.exp(-(x @ t1)))
        out = 1 / (1 + np.exp(-(h @ t2)))
        d2 = (out - y) * out * (1 - out)
        d1 = (d2 @ t2.T) * h * (1 - h)
        return ((y - out) ** 2).sum() / 2, h.T @ d2, x.T @ d1, d1 @ t1.T

    return run


def _max_pool(_settings: dict, a: dict):
    x, dy = a["x"], a["dy"]
    n, c, h, w = x.shape

    def run():
        seen = x.reshape(n, c, h // 2, 2, w // 2, 2).transpose(0, 1, 2, 4, 3, 5)
        flat = seen.reshape(n, c, h // 2, w // 2, 4)
        best = flat.argmax(-1)[..., None]
        y = np.take_along_axis(flat, best, -1)[..., 0]
        back = np.zeros_like(flat)
        np.put_along_axis(back, best, dy[..., None], -1)
        dx = back.reshape(n, c, h // 2, w // 2, 2, 2).transpose(0, 1, 2, 4, 3, 5)
        return y, dx.reshape(x.shape)

    return run

"""The NumPy peer's layers, as a careful person writes them: products for all that are products.

A formulation is a function of the arrays and settings that returns one that does the forward pass
and all gradients, and gives them as {"value": …, tensor: gradient}.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy_recurrent import gru, lstm, rnn


def columns_of(x, k, stride=1):
    """The windows of x, one a row: im2col."""
    n, c = x.shape[:2]
    seen = sliding_window_view(x, (k, k), (2, 3))[:, :, ::stride, ::stride]
    i, j = seen.shape[2:4]
    return seen.transpose(0, 2, 3, 1, 4, 5).reshape(n * i * j, c * k * k)


def images_of(columns, shape, k, i, j, stride=1):
    """The sum of all windows in their places: `columns_of` backwards."""
    n, c = shape[:2]
    back = columns.reshape(n, i, j, c, k, k).transpose(4, 5, 0, 3, 1, 2)
    x = np.zeros(shape, columns.dtype)
    for u in range(k):
        for v in range(k):
            x[:, :, u : u + stride * i : stride, v : v + stride * j : stride] += back[u, v]
    return x


def conv(a, settings):
    """im2col, and one product each way."""
    x, w, b, dy = a["x"], a["w"], a["b"], a["dy"]
    s, p = settings["stride"], settings["pad"]
    (n, _, h, _), (f, _, k, _) = x.shape, w.shape
    i, j = dy.shape[2:]

    def run():
        padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p))) if p else x
        columns, flat = columns_of(padded, k, s), w.reshape(f, -1)
        y = (columns @ flat.T + b).reshape(n, i, j, f).transpose(0, 3, 1, 2)
        rows = dy.transpose(0, 2, 3, 1).reshape(-1, f)
        dx = images_of(rows @ flat, padded.shape, k, i, j, s)[:, :, p : p + h, p : p + h]
        return {"value": y, "w": (rows.T @ columns).reshape(w.shape), "b": rows.sum(0), "x": dx}

    return run


def windows(a, settings):
    """Windows in any number of directions, in groups of channels: im2col, and products."""
    x, w, b, dy = a["x"], a["w"], a["b"], a["dy"]
    p, g = settings["pad"], settings.get("groups", 1)
    (n, c), (f, _), taps, out = x.shape[:2], w.shape[:2], w.shape[2:], dy.shape[2:]
    d = len(taps)
    inside = (..., *(slice(p, p + size) for size in x.shape[2:]))

    def run():
        padded = np.pad(x, ((0, 0), (0, 0), *((p, p),) * d))
        seen = sliding_window_view(padded, taps, tuple(range(2, 2 + d)))
        seen = seen.reshape(n, g, c // g, *out, *taps)
        order = (1, 0, *range(3, 3 + d), 2, *range(3 + d, 3 + 2 * d))
        columns = seen.transpose(order).reshape(g, n * np.prod(out), -1)
        flat = w.reshape(g, f // g, -1)
        y = (columns @ flat.transpose(0, 2, 1)).reshape(g, n, -1, f // g)
        y = y.transpose(1, 0, 3, 2).reshape(dy.shape) + b.reshape(-1, *(1,) * d)
        rows = dy.reshape(n, g, f // g, -1).transpose(1, 0, 3, 2).reshape(g, -1, f // g)
        dw = (rows.transpose(0, 2, 1) @ columns).reshape(w.shape)
        back = (rows @ flat).reshape(g, n, *out, c // g, *taps)
        dx = np.zeros_like(padded).reshape(n, g, c // g, *padded.shape[2:])
        turn = (1, 0, 2 + d, *range(2, 2 + d))
        for tap in np.ndindex(*taps):
            place = (..., *(slice(t, t + size) for t, size in zip(tap, out, strict=True)))
            dx[place] += back[(..., *tap)].transpose(turn)
        db = rows.sum(1).ravel()
        return {"value": y, "w": dw, "b": db, "x": dx.reshape(padded.shape)[inside]}

    return run


def mlp(a, _settings):
    """Two layers of sigmoids and half the squared error."""
    x, t1, t2, y = a["x"], a["Theta1"], a["Theta2"], a["y"]

    def run():
        h = 1 / (1 + np.exp(-(x @ t1)))
        out = 1 / (1 + np.exp(-(h @ t2)))
        gap = out - y
        d2 = gap * out * (1 - out)
        d1 = (d2 @ t2.T) * h * (1 - h)
        loss = np.vdot(gap, gap) / 2
        return {"value": loss, "Theta2": h.T @ d2, "Theta1": x.T @ d1, "x": d1 @ t1.T}

    return run


def max_pool_slices(a, _settings):
    """The largest of four slices; the first slice that equals it gets the gradient."""
    x, dy = a["x"], a["dy"]

    def run():
        slices = [(..., slice(u, None, 2), slice(v, None, 2)) for u in (0, 1) for v in (0, 1)]
        y = np.maximum(
            np.maximum(x[slices[0]], x[slices[1]]), np.maximum(x[slices[2]], x[slices[3]])
        )
        dx, left = np.empty_like(x), dy
        for part in slices:
            here = np.where(x[part] == y, left, 0)
            dx[part] = here
            left = left - here
        return {"value": y, "x": dx}

    return run


def max_pool_argmax(a, _settings):
    """The windows side by side, and the place of the largest."""
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
        return {"value": y, "x": dx.reshape(x.shape)}

    return run


def mean_of_four(x):
    """The mean of every window of 2 × 2."""
    y = x[..., ::2, ::2] + x[..., ::2, 1::2]
    y += x[..., 1::2, ::2]
    y += x[..., 1::2, 1::2]
    y *= 0.25
    return y


def spread_over_four(dy):
    """A quarter of each entry to each of its window of 2 × 2."""
    n, c, i, j = dy.shape
    dx = np.empty((n, c, i, 2, j, 2), dy.dtype)
    dx[...] = (dy * dy.dtype.type(0.25))[:, :, :, None, :, None]
    return dx.reshape(n, c, 2 * i, 2 * j)


def avg_pool(a, _settings):
    """Four slices added up."""
    x, dy = a["x"], a["dy"]
    return lambda: {"value": mean_of_four(x), "x": spread_over_four(dy)}


def batch_norm(a, _settings):
    """Mean and variance by sums over the batch and all places."""
    x, dy = a["x"], a["dy"]
    gamma, beta = a["gamma"], a["beta"]
    count, over = x.size // x.shape[1], (0, 2, 3)

    def wide(v):
        return v[:, None, None]

    def run():
        xhat = x - wide(x.mean(over))
        inverse = 1 / np.sqrt(np.einsum("nchw,nchw->c", xhat, xhat) / count + 1e-5)
        inverse = inverse.astype(x.dtype)
        xhat *= wide(inverse)
        y = xhat * wide(gamma)
        y += wide(beta)
        dbeta, dgamma = dy.sum(over), np.einsum("nchw,nchw->c", dy, xhat)
        dx = xhat
        dx *= wide(-dgamma / count)
        dx += dy
        dx -= wide(dbeta / count)
        dx *= wide(gamma * inverse)
        return {"value": y, "gamma": dgamma, "beta": dbeta, "x": dx}

    return run


def attention(a, _settings):
    """Batched products; softmax's gradient from its values."""
    q, k, v, dy = a["Q"], a["K"], a["V"], a["dy"]
    scale = q.dtype.type(q.shape[-1] ** -0.5)

    def run():
        p = q @ k.transpose(0, 2, 1)
        p *= scale
        p -= p.max(-1, keepdims=True)
        np.exp(p, out=p)
        p /= p.sum(-1, keepdims=True)
        y = p @ v
        dv = p.transpose(0, 2, 1) @ dy
        de = dy @ v.transpose(0, 2, 1)
        de -= np.einsum("nim,nim->ni", dy, y)[..., None]
        de *= p
        de *= scale
        return {"value": y, "V": dv, "Q": de @ k, "K": de.transpose(0, 2, 1) @ q}

    return run


def lenet5(a, _settings):
    """The layers above one after another; images lie as the products leave them."""
    n = a["x"].shape[0]

    def convolved(x, w, b):
        f, _, k, _ = w.shape
        side = x.shape[2] - k + 1
        columns = columns_of(x, k)
        rows = columns @ w.reshape(f, -1).T
        rows += b
        np.tanh(rows, out=rows)
        return columns, rows.reshape(n, side, side, f).transpose(0, 3, 1, 2)

    def convolved_back(columns, w, dy):
        rows = dy.transpose(0, 2, 3, 1).reshape(-1, w.shape[0])
        return rows, (rows.T @ columns).reshape(w.shape), rows.sum(0)

    def run():
        grads = {}
        columns1, c1 = convolved(a["x"], a["w1"], a["b1"])
        columns2, c2 = convolved(mean_of_four(c1), a["w2"], a["b2"])
        flat = mean_of_four(c2)
        layers = [flat.reshape(n, -1)]
        for k in (3, 4, 5):
            s = layers[-1] @ a[f"W{k}"] + a[f"b{k}"]
            layers.append(np.tanh(s) if k < 5 else s)
        delta = a["dfc5"]
        for k in (5, 4, 3):
            h = layers[k - 3]
            grads |= {f"W{k}": h.T @ delta, f"b{k}": delta.sum(0)}
            delta = delta @ a[f"W{k}"].T
            if k > 3:
                delta *= 1 - h * h
        d2 = spread_over_four(delta.reshape(flat.shape)) * (1 - c2 * c2)
        rows, grads["w2"], grads["b2"] = convolved_back(columns2, a["w2"], d2)
        back = rows @ a["w2"].reshape(16, -1)
        d1 = spread_over_four(images_of(back, (n, 6, 14, 14), 5, 10, 10)) * (1 - c1 * c1)
        rows, grads["w1"], grads["b1"] = convolved_back(columns1, a["w1"], d1)
        dx = images_of(rows @ a["w1"].reshape(6, -1), a["x"].shape, 5, 28, 28)
        return {"value": layers[-1], **grads, "x": dx}

    return run


WAYS = {
    "conv": {"im2col": conv},
    "windows": {"im2col": windows},
    "mlp": {"products": mlp},
    "max_pool": {"slices": max_pool_slices, "argmax": max_pool_argmax},
    "avg_pool": {"slices": avg_pool},
    "batch_norm": {"sums": batch_norm},
    "attention": {"products": attention},
    "lenet5": {"im2col": lenet5},
    "rnn": {"products": rnn},
    "lstm": {"products": lstm},
    "gru": {"products": gru},
}


def prepared(peer: str, way: str, arrays: dict, settings: dict, threads: int):
    """A function that does one pass, and one that names what it gave."""
    return WAYS[peer][way](arrays, settings), dict

"""Wrong gradients, one for each kind of mistake: all must be caught, and named as far as can be."""

import numpy as np


def two_means_kept(x, gamma, eps=1e-5):
    """x [N, D], gamma [D]"""
    mean, var = x.mean(0), x.var(0)
    hat = (x - mean) / np.sqrt(var + eps)
    return gamma * hat, (hat, var, gamma, eps)


def two_means_kept_backward(dout, cache):
    hat, var, gamma, eps = cache
    return dout * gamma / np.sqrt(var + eps), (dout * hat).sum(0)


def variance_kept(x, gamma, eps=1e-5):
    """x [N, D], gamma [D]"""
    mean = x.mean(0)
    var = ((x - mean) ** 2).mean(0)
    hat = (x - mean) / np.sqrt(var + eps)
    return gamma * hat, (hat, var, gamma, eps)


def variance_kept_backward(dout, cache):
    hat, var, gamma, eps = cache
    g = dout * gamma
    return (g - g.mean(0)) / np.sqrt(var + eps), (dout * hat).sum(0)


def gamma_lost(x, gamma, eps=1e-5):
    """x [N, D], gamma [D]"""
    return variance_kept(x, gamma, eps)


def gamma_lost_backward(dout, cache):
    hat, var, _, eps = cache
    dx = (dout - dout.mean(0) - hat * (dout * hat).mean(0)) / np.sqrt(var + eps)
    return dx, (dout * hat).sum(0)


def rows_set(E, t):
    """E [V, D], t [N below V]"""
    return E[t]


def rows_set_backward(E, t, dy):
    g = np.zeros(E.shape)
    g[t] += dy
    return {"E": g}


def exchanged(x, w, stride=1, dilation=1):
    """x [H], w [K]"""
    n = (len(x) - dilation * (len(w) - 1) - 1) // stride + 1
    return np.array(
        [sum(x[stride * i + dilation * k] * w[k] for k in range(len(w))) for i in range(n)]
    )


def exchanged_backward(x, w, dy, stride=1, dilation=1):
    dx, dw = np.zeros(len(x)), np.zeros(len(w))
    for i in range(len(dy)):
        for k in range(len(w)):
            j = dilation * i + stride * k
            if j < len(x):
                dx[j] += dy[i] * w[k]
                dw[k] += dy[i] * x[j]
    return dx, dw


def dilation_unread(x, w, stride=1, dilation=1):
    """x [H], w [K]"""
    return exchanged(x, w, stride, dilation)


def dilation_unread_backward(x, w, dy, stride=1, dilation=1):
    dx, dw = np.zeros(len(x)), np.zeros(len(w))
    for i in range(len(dy)):
        for k in range(len(w)):
            dx[stride * i + k] += dy[i] * w[k]
            dw[k] += dy[i] * x[stride * i + k]
    return dx, dw


def same(x, w, stride=4):
    """x [H], w [K]"""
    n = -(-len(x) // stride)
    pad = ((n - 1) * stride + len(w) - len(x)) // 2
    y = np.zeros(n, dtype=np.result_type(x, w))
    for i in range(n):
        for k in range(len(w)):
            if 0 <= i * stride + k - pad < len(x):
                y[i] += x[i * stride + k - pad] * w[k]
    return y


def same_backward(x, w, dy, stride=4):
    pad = max(((len(dy) - 1) * stride + len(w) - len(x)) // 2, 0)
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for i in range(len(dy)):
        for k in range(len(w)):
            if 0 <= i * stride + k - pad < len(x):
                dx[i * stride + k - pad] += dy[i] * w[k]
                dw[k] += dy[i] * x[i * stride + k - pad]
    return {"x": dx, "w": dw}


def not_flipped(x, w):
    """x [H], w [K]"""
    return np.convolve(x, w[::-1], "valid")


def not_flipped_backward(x, w, dy):
    return np.convolve(dy, w[::-1]), np.convolve(x, dy[::-1], "valid")


def weights_lost(s, t, a):
    """s [N, C], t [N below C], a [C positive]"""
    p = np.exp(s) / np.exp(s).sum(1, keepdims=True)
    return -(a[t] * np.log(p[np.arange(len(t)), t])).mean()


def weights_lost_backward(s, t, a):
    p = np.exp(s) / np.exp(s).sum(1, keepdims=True)
    rows = np.arange(len(t))
    da = np.zeros_like(a)
    np.add.at(da, t, -np.log(p[rows, t]) / len(t))
    p[rows, t] -= 1
    return {"s": p / len(t), "a": da}


def factor_unread(x, factor=3):
    """x [N, D]"""
    return factor * np.tanh(x)


def factor_unread_backward(x, dy, factor=3):
    return 3 * dy * (1 - np.tanh(x) ** 2)


def no_skip(x, W):
    """x [N, D], W [D, D]"""
    return x + np.tanh(x @ W)


def no_skip_backward(x, W, dy):
    g = dy * (1 - np.tanh(x @ W) ** 2)
    return g @ W.T, x.T @ g


def in_wrong_order(x, y):
    """x [N], y [N]"""
    return x**2 * y


def in_wrong_order_backward(x, y, dy):
    return x**2 * dy, 2 * x * y * dy


def mean_over_rows(x, t):
    """x [N, D], t [N, D]"""
    return ((x - t) ** 2).mean()


def mean_over_rows_backward(x, t):
    return 2 * (x - t) / len(x), 2 * (t - x) / x.size


def norm_kept(x):
    """x [N, D]"""
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def norm_kept_backward(x, dy):
    return dy / np.linalg.norm(x, axis=1, keepdims=True)


def root_lost(q, k):
    """q [N, D], k [M, D]"""
    return q @ k.T / np.sqrt(q.shape[1])


def root_lost_backward(q, k, dy):
    return dy @ k, dy.T @ q / np.sqrt(q.shape[1])


def diagonal(x):
    """x (N, D)"""
    e = np.exp(x - x.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def diagonal_backward(y, dy):
    return y * (1 - y) * dy


def through_one(x, res):
    """x [B, D], res [B, D]"""
    s = res + x
    return s / np.sqrt((s * s).mean(-1, keepdims=True) + 1e-6), s


def through_one_backward(x, res, dout, dres_out):
    s = res + x
    r = np.sqrt((s * s).mean(-1, keepdims=True) + 1e-6)
    g = dout + dres_out
    ds = g / r - s * (g * s).mean(-1, keepdims=True) / r**3
    return {"x": ds, "res": ds}


def always_last(x, axis=-1):
    """x [N, D]"""
    return np.cumsum(x, axis)


def always_last_backward(x, dy, axis=-1):
    return np.flip(np.cumsum(np.flip(dy, -1), -1), -1)


def tiny(x):
    """x [N, D]"""
    return x * 1e-12


def tiny_backward(dy):
    return 0 * dy


def column(x, b):
    """x [N, D], b [N]"""
    return x + b[:, None]


def column_backward(x, b, dy):
    return dy, dy[:, 0]


class Dense:
    """Shapes are told by nobody."""

    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dy):
        self.dW, self.db = self.x.T @ dy, dy.mean(0)
        return dy @ self.W.T

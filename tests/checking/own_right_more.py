"""More right gradients: single precision, several results, parameters in dicts, classes."""

import numpy as np


def row_bias(x, b):
    """x [N, D], b [1, D]"""
    out = x.copy()
    out += b
    return out


def row_bias_backward(dy, b):
    return {"x": dy, "b": dy.sum(0, keepdims=True)}


def single(x, w):
    """x [N, D], w [D, M]"""
    return np.tanh(x.astype(np.float32) @ w.astype(np.float32))


def single_backward(x, w, y, dy):
    g = (dy * (1 - y**2)).astype(np.float32)
    return g @ w.T.astype(np.float32), x.T.astype(np.float32) @ g


def back_in_single(x):
    """x [N]"""
    return np.sin(x)


def back_in_single_backward(x, dy):
    return dy * np.cos(x.astype(np.float32)).astype(float)


def rotated(x, angle=0.5):
    """x: array of shape (N, 2)"""
    c, s = np.cos(angle), np.sin(angle)
    return x @ np.array([[c, -s], [s, c]])


def rotated_backward(x, dy, angle=0.5):
    return rotated(dy, -angle)


def parts(x):
    """x [N, D]"""
    mean = x.mean(1)
    return mean, x - mean[:, None]


def parts_backward(x, dmean, drest):
    return (dmean - drest.sum(1))[:, None] / x.shape[1] + drest


def layer(x, params, act="tanh"):
    """x [N, D], params: W [D, M], b [M]"""
    s = x @ params["W"] + params["b"]
    if act == "tanh":
        return np.tanh(s)
    if act == "relu":
        return np.maximum(s, 0)
    return s


def layer_backward(x, params, dy, act="tanh"):
    s = x @ params["W"] + params["b"]
    slope = {"tanh": 1 - np.tanh(s) ** 2, "relu": s > 0}.get(act, 1)
    return {"x": dy * slope @ params["W"].T, "params": {"W": x.T @ (dy * slope),
                                                        "b": (dy * slope).sum(0)}}  # fmt: skip


def in_a_tuple(x, p):
    """x [N, D]"""
    W, b = p
    return x @ W + b


def in_a_tuple_backward(x, p, dy):
    W, _ = p
    return dy @ W.T, (x.T @ dy, dy.sum(0))


def product(x):
    """x [N]"""
    return np.prod(x)


def product_backward(x):
    return np.array([np.prod(np.delete(x, k)) for k in range(len(x))])


def cross_entropy(s, t, reduction="mean"):
    """s [N, C], t [N below C]"""
    s = s - s.max(1, keepdims=True)
    losses = np.log(np.exp(s).sum(1)) - s[np.arange(len(t)), t]
    return losses.mean() if reduction == "mean" else losses.sum()


def cross_entropy_backward(s, t, dloss=1.0, reduction="mean"):
    p = np.exp(s - s.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    p[np.arange(len(t)), t] -= 1
    return dloss * (p / len(t) if reduction == "mean" else p)


def ramps(x):
    """x [N]"""
    return np.maximum(x, 0) - np.maximum(-x, 0)


def ramps_backward(dy):
    return dy


class Linear:
    """x [N, D], W [D, M], b [M]"""

    def __init__(self, W, b):
        self.W, self.b, self.grads = W, b, {}

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dy):
        self.grads = {"W": self.x.T @ dy, "b": dy.sum(0)}
        return dy @ self.W.T


class Swish:
    def __init__(self, beta=1.0):
        self.beta = beta

    def __call__(self, x):
        self.x = x
        self.s = 1 / (1 + np.exp(-self.beta * x))
        return x * self.s

    def backward(self, dout):
        return dout * (self.s + self.beta * self.x * self.s * (1 - self.s))

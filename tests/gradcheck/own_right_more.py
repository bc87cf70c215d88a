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
    return {
        "x": dy * slope @ params["W"].T,
        "params": {"W": x.T @ (dy * slope), "b": (dy * slope).sum(0)},
    }


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


class Sized:
    """Makes its parameters itself."""

    def __init__(self, n_in, n_out, scale=0.5):
        self.W = scale * np.random.randn(n_in, n_out)
        self.b = np.zeros(n_out)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW, self.db = self.x.T @ dout, dout.sum(axis=0)
        return dout @ self.W.T


def two_largest(x, k=2):
    """x [N, D]"""
    return np.sort(x, axis=1)[:, -k:]


def two_largest_backward(x, dy, k=2):
    g = np.zeros_like(x)
    np.put_along_axis(g, np.argsort(x, axis=1)[:, -k:], dy, axis=1)
    return g


def cosine(a, b):
    """a [N, D], b [N, D]"""
    return (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)


def cosine_backward(a, b, y, dy):
    p, q = (np.linalg.norm(z, axis=1, keepdims=True) for z in (a, b))
    c, d = y[:, None], dy[:, None]
    return d * (b / p / q - c * a / p**2), d * (a / p / q - c * b / q**2)


def inverse(A):
    """A [D, D]"""
    return np.linalg.inv(A)


def inverse_backward(y, dy):
    return -y.T @ dy @ y.T


def pool_forward_naive(x, pool_param):
    """
    - x: data of shape (N, H)
    - pool_param: a dict with pool_height and stride
    """
    k, s = pool_param["pool_height"], pool_param["stride"]
    at = s * np.arange((x.shape[1] - k) // s + 1)[:, None] + np.arange(k)
    return x[:, at].mean(-1), (x, pool_param, at)


def pool_backward_naive(dout, cache):
    x, pool_param, at = cache
    dx = np.zeros_like(x)
    np.add.at(dx, (slice(None), at), dout[:, :, None] / pool_param["pool_height"])
    return dx


def cell(x, h, c, W):
    """x [N, D], h [N, H1], c [N, H1], W [D + H1, 2*H1]"""
    f, g = np.split(np.concatenate([x, h], 1) @ W, 2, axis=1)
    c = c / (1 + np.exp(-f)) + np.tanh(g)
    return np.tanh(c), c


def cell_backward(x, h, c, W, dh, dc):
    xh = np.concatenate([x, h], 1)
    f, g = np.split(xh @ W, 2, axis=1)
    f, g = 1 / (1 + np.exp(-f)), np.tanh(g)
    d = dc + dh * (1 - np.tanh(c * f + g) ** 2)
    dz = np.concatenate([d * c * f * (1 - f), d * (1 - g**2)], 1)
    dxh = dz @ W.T
    return dxh[:, : x.shape[1]], dxh[:, x.shape[1] :], d * f, xh.T @ dz

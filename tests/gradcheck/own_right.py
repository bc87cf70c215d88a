"""Right gradients in as many styles as people write them in: none may ever be called wrong."""

import numpy as np


def two_layers(x, W, V):
    """x [N, D], W [D, H], V [H, M]"""
    return np.maximum(x @ W, 0) @ V


def two_layers_backward(x, W, V, dy):
    s = x @ W
    g = (dy @ V.T) * (s > 0)
    return g @ W.T, x.T @ g, np.maximum(s, 0).T @ dy


def batch_norm(x, gamma, beta, eps=1e-5):
    """x [N, D], gamma [D], beta [D]"""
    mean, var = x.mean(0), x.var(0)
    hat = (x - mean) / np.sqrt(var + eps)
    return gamma * hat + beta, (hat, var, gamma, eps)


def batch_norm_backward(dout, cache):
    hat, var, gamma, eps = cache
    g = dout * gamma
    dx = (g - g.mean(0) - hat * (g * hat).mean(0)) / np.sqrt(var + eps)
    return dx, (dout * hat).sum(0), dout.sum(0)


def log_sum_exp(x):
    """x: [N, D]"""
    m = x.max(1, keepdims=True)
    return (m + np.log(np.exp(x - m).sum(1, keepdims=True)))[:, 0]


def grad_log_sum_exp(x, dy):
    e = np.exp(x - x.max(1, keepdims=True))
    return [list(row) for row in e / e.sum(1, keepdims=True) * dy[:, None]]


def leaky(x, slope=0.01):
    """x [N]"""
    return np.where(x > 0, x, slope * x)


def leaky_backward(x, dy, slope=0.01, check=False):
    return dy * np.where(x >= 0, 1, slope)


def embedding(E, t):
    """E [V, D], t [N below V]"""
    return E[t]


def embedding_backward(E, t, dy):
    g = np.zeros(E.shape)
    np.add.at(g, t, dy)
    return {"E": g}


def logs(x):
    """x [N]"""
    return np.log(x) + np.sqrt(1 - x)


def logs_backward(x, dy):
    return dy * (1 / x - 0.5 / np.sqrt(1 - x))


def softmax(x, axis=-1):
    """x [N, D]"""
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def softmax_backward(y, dy, axis=-1):
    return y * (dy - (dy * y).sum(axis, keepdims=True))


def beside(x, h):
    """x [N, H], h [N, D]"""
    return np.concatenate([x, h], axis=1)


def beside_backward(dy, x):
    return dy[:, : x.shape[1]], dy[:, x.shape[1] :]


def gate(z, x):
    """z [N, H + D], x [N, H]"""
    return z[:, : x.shape[1]] * x


def gate_backward(z, x, dy):
    g = np.zeros_like(z)
    g[:, : x.shape[1]] = dy * x
    return g, dy * z[:, : x.shape[1]]


def logistic(x):
    """x [N]"""
    return 1 / (1 + np.exp(-x))


def logistic_prime(x):
    return logistic(x) * (1 - logistic(x))


def absolute_error(x, t):
    """x [N, D], t [N, D]"""
    return np.abs(x - t).mean()


def absolute_error_grad(x, t):
    return np.sign(x - t) / x.size, np.sign(t - x) / x.size


def hinge(s, t):
    """s [N, C], t [N below C]"""
    rows = np.arange(len(t))
    m = np.maximum(0, s - s[rows, t][:, None] + 1)
    m[rows, t] = 0
    return m.sum() / len(t)


def hinge_backward(s, t):
    rows = np.arange(len(t))
    g = (s - s[rows, t][:, None] + 1 > 0) * 1.0
    g[rows, t] = 0
    g[rows, t] = -g.sum(1)
    return g / len(t)


def rnn_forward(x, W, U, h0):
    """x [T, N, D], W [D, H2], U [H2, H2], h0 [N, H2]"""
    hs, h = [], h0
    for x_t in x:
        h = np.tanh(x_t @ W + h @ U)
        hs.append(h)
    return np.stack(hs), (x, W, U, h0, hs)


def rnn_backward(dhs, cache):
    x, W, U, h0, hs = cache
    dx, dW, dU, dh = np.zeros_like(x), np.zeros_like(W), np.zeros_like(U), np.zeros_like(h0)
    for t in reversed(range(len(x))):
        g = (dh + dhs[t]) * (1 - hs[t] ** 2)
        dx[t], dh = g @ W.T, g @ U.T
        dW += x[t].T @ g
        dU += (hs[t - 1] if t else h0).T @ g
    return {"dx": dx, "dW": dW, "dU": dU, "dh0": dh}


def max_pool(x, k=2):
    """x [N, H, W]"""
    n, h, w = x.shape
    x = x[:, : h // k * k, : w // k * k]
    return x.reshape(n, h // k, k, w // k, k).max((2, 4))


def max_pool_backward(x, y, dy, k=2):
    dx = np.zeros_like(x)
    n, h, w = y.shape
    up = np.repeat(np.repeat(y, k, 1), k, 2)
    mask = (x[:, : h * k, : w * k] == up) * 1.0
    ties = mask.reshape(n, h, k, w, k).sum((2, 4))
    share = np.repeat(np.repeat(dy / ties, k, 1), k, 2)
    dx[:, : h * k, : w * k] = mask * share
    return dx


def attention(q, k, v, causal=True):
    """q [N, T, D], k [N, T, D], v [N, T, P]"""
    s = np.einsum("ntd,nsd->nts", q, k) / np.sqrt(q.shape[-1])
    if causal:
        s = np.where(np.tril(np.ones(s.shape[1:])) > 0, s, -1e9)
    e = np.exp(s - s.max(-1, keepdims=True))
    a = e / e.sum(-1, keepdims=True)
    return np.einsum("nts,nsp->ntp", a, v), a


def attention_vjp(q, k, v, dout, cache):
    da = np.einsum("ntp,nsp->nts", dout, v)
    ds = cache * (da - (da * cache).sum(-1, keepdims=True)) / np.sqrt(q.shape[-1])
    return (
        np.einsum("nts,nsd->ntd", ds, k),
        np.einsum("nts,ntd->nsd", ds, q),
        np.einsum("nts,ntp->nsp", cache, dout),
    )


def grouped(x, w, groups=2):
    """x [N, C], w [F, C//groups]"""
    x = x.reshape(len(x), groups, -1)
    w = w.reshape(groups, -1, w.shape[1])
    return np.einsum("ngc,gfc->ngf", x, w).reshape(len(x), -1)


def grouped_backward(x, w, dy, groups=2):
    g = dy.reshape(len(x), groups, -1)
    xs, ws = x.reshape(len(x), groups, -1), w.reshape(groups, -1, w.shape[1])
    return (
        np.einsum("ngf,gfc->ngc", g, ws).reshape(x.shape),
        np.einsum("ngf,ngc->gfc", g, xs).reshape(w.shape),
    )


def conv1d(x, w, b=None, stride=4, dilation=1, pad=0):
    """x [H], w [K], b []"""
    x = np.pad(x, pad)
    n = (len(x) - dilation * (len(w) - 1) - 1) // stride + 1
    at = stride * np.arange(n)[:, None] + dilation * np.arange(len(w))
    return x[at] @ w + (0 if b is None else b)


def conv1d_backward(x, w, dy, b=None, stride=4, dilation=1, pad=0):
    wide = np.pad(x, pad)
    at = stride * np.arange(len(dy))[:, None] + dilation * np.arange(len(w))
    dx = np.zeros_like(wide)
    np.add.at(dx, at, dy[:, None] * w)
    return dx[pad : pad + len(x)], dy @ wide[at], dy.sum() if b is not None else None

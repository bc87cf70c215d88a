"""Layers as linear maps: a column of ones for the bias, Jacobians written out, Fourier transforms."""
import numpy as np

EPS = 1e-5


def with_ones(rows):
    return np.concatenate([rows, np.ones((len(rows), 1))], axis=1)


def affine_forward(x, w, b):
    rows = with_ones(x.reshape(len(x), -1))
    both = np.vstack([w, b])
    return rows @ both, {"rows": rows, "both": both, "shape": x.shape}


def affine_backward(dout, cache):
    drows = np.matmul(dout, np.swapaxes(cache["both"], 0, 1))
    dboth = np.zeros_like(cache["both"])
    for row, g in zip(cache["rows"], dout):
        dboth += np.outer(row, g)
    return drows[:, :-1].reshape(cache["shape"]), dboth[:-1], dboth[-1]


def relu_forward(x):
    out = (x + np.abs(x)) / 2
    return out, np.sign(x)


def relu_backward(dout, cache):
    return dout * 0.5 * (1 + cache)


def conv_forward_naive(x, w, b, conv_param):
    s, p = (conv_param[key] for key in ("stride", "pad"))
    x = np.pad(x, [(0, 0), (0, 0), (p, p), (p, p)])
    H, W = x.shape[2:]
    K, L = w.shape[2:]
    spectrum = np.einsum("nchw,fchw->nfhw", np.fft.fft2(x), np.conj(np.fft.fft2(w, s=(H, W))))
    whole = np.fft.ifft2(spectrum).real
    out = whole[:, :, : H - K + 1 : s, : W - L + 1 : s] + b.reshape(1, -1, 1, 1)
    return out, (x, w, s, p)


def conv_backward_naive(dout, cache):
    x, w, s, p = cache
    dx, dw = np.zeros(x.shape), np.empty(w.shape)
    I, J = dout.shape[2:]
    K, L = w.shape[2:]
    for k in range(K):
        for l in range(L):
            taps = np.s_[:, :, k : k + s * (I - 1) + 1 : s, l : l + s * (J - 1) + 1 : s]
            dw[:, :, k, l] = np.tensordot(dout, x[taps], axes=([0, 2, 3], [0, 2, 3]))
            dx[taps] += np.tensordot(w[:, :, k, l], dout, axes=([0], [1])).swapaxes(0, 1)
    H, W = x.shape[2] - 2 * p, x.shape[3] - 2 * p
    return dx[..., p : p + H, p : p + W], dw, np.add.reduce(dout, axis=(0, 2, 3))


def max_pool_forward_naive(x, pool_param):
    K, L, s = (pool_param[n] for n in ("pool_height", "pool_width", "stride"))
    I, J = (x.shape[2] - K + s) // s, (x.shape[3] - L + s) // s
    out = np.full((*x.shape[:2], I, J), -np.inf)
    for k in range(K):
        for l in range(L):
            np.maximum(out, x[:, :, k : k + s * I : s, l : l + s * J : s][:, :, :I, :J], out=out)
    return out, (x, out, K, L, s)


def max_pool_backward_naive(dout, cache):
    x, out, K, L, s = cache
    I, J = dout.shape[2:]
    left, dx = np.array(dout), np.zeros(x.shape)
    for k in reversed(range(K)):
        for l in reversed(range(L)):
            taps = np.s_[:, :, k : k + s * (I - 1) + 1 : s, l : l + s * (J - 1) + 1 : s]
            taken = np.where(x[taps] == out, left, 0)
            dx[taps] += taken
            left = left - taken
    return dx


def batchnorm_forward(x, gamma, beta, bn_param):
    mode, eps = bn_param["mode"], bn_param.get("eps", EPS)
    m = bn_param.get("momentum", 0.9)
    old = bn_param.get("running_mean", np.zeros(x.shape[1])), bn_param.get(
        "running_var", np.zeros(x.shape[1])
    )
    if mode == "test":
        a = gamma / np.sqrt(old[1] + eps)
        return a * x + (beta - a * old[0]), None
    mean = np.average(x, axis=0)
    centred = x - mean
    var = np.einsum("nd,nd->d", centred, centred) / len(x)
    bn_param["running_mean"] = old[0] + (1 - m) * (mean - old[0])
    bn_param["running_var"] = m * old[1] + (1 - m) * var
    inv = np.power(var + eps, -0.5)
    return gamma * (centred * inv) + beta, (centred, inv, gamma)


def batchnorm_backward(dout, cache):
    centred, inv, gamma = cache
    N, D = dout.shape
    dx = np.zeros((N, D))
    for d in range(D):
        hat = centred[:, d] * inv[d]
        jacobian = (np.eye(N) - np.ones((N, N)) / N - np.outer(hat, hat) / N) * inv[d]
        dx[:, d] = jacobian.T @ (gamma[d] * dout[:, d])
    return dx, np.diagonal(dout.T @ (centred * inv)), np.ones(N) @ dout


batchnorm_backward_alt = batchnorm_backward


def layernorm_forward(x, gamma, beta, ln_param):
    param = {"mode": "train", "eps": ln_param.get("eps", EPS)}
    hat, cache = batchnorm_forward(x.T, 1.0, 0.0, param)
    return hat.T * gamma + beta, (hat.T, cache, gamma)


def layernorm_backward(dout, cache):
    hat, (centred, inv, _), gamma = cache
    dx, _, _ = batchnorm_backward((dout * gamma).T, (centred, inv, np.ones(len(dout))))
    return dx.T, (hat * dout).sum(0), dout.sum(0)


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", EPS)
    C = x.shape[1]
    if bn_param["mode"] == "train":
        mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3))
        m = bn_param.get("momentum", 0.9)
        for name, value in (("running_mean", mean), ("running_var", var)):
            bn_param[name] = m * bn_param.get(name, np.zeros(C)) + (1 - m) * value
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    column = lambda v: np.expand_dims(v, (0, 2, 3))
    inv = 1 / np.sqrt(var + eps)
    hat = (x - column(mean)) * column(inv)
    return column(gamma) * hat + column(beta), (hat, inv, gamma)


def spatial_batchnorm_backward(dout, cache):
    hat, inv, gamma = cache
    along, M = (0, 2, 3), dout[:, 0].size
    dbeta, dgamma = dout.sum(along), np.sum(dout * hat, along)
    rest = dout - (dbeta[:, None, None] + hat * dgamma[:, None, None]) / M
    return (gamma * inv)[:, None, None] * rest, dgamma, dbeta


def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    parts, caches = [], []
    for part in np.split(x, G, axis=1):
        rows = part.reshape(len(x), -1)
        sd = np.sqrt(rows.var(1) + gn_param.get("eps", EPS))[:, None]
        hat = (rows - rows.mean(1)[:, None]) / sd
        parts.append(hat.reshape(part.shape))
        caches.append((hat, sd))
    hat = np.concatenate(parts, axis=1)
    return hat * gamma + beta, (caches, hat, gamma, G)


def spatial_groupnorm_backward(dout, cache):
    caches, hat, gamma, G = cache
    pieces = []
    for (h, sd), g in zip(caches, np.split(dout * gamma, G, axis=1)):
        g2 = g.reshape(len(g), -1)
        n = g2.shape[1]
        dx = (n * g2 - g2.sum(1)[:, None] - h * (g2 * h).sum(1)[:, None]) / (n * sd)
        pieces.append(dx.reshape(g.shape))
    over = dict(axis=(0, 2, 3), keepdims=True)
    return np.concatenate(pieces, 1), np.sum(dout * hat, **over), np.sum(dout, **over)

"""Jacobians, keepdims everywhere, single precision inside, one helper for all norms."""
import numpy as np


def _normalise(x, eps, axis):
    mu = np.mean(x, axis=axis, keepdims=True)
    centred = np.subtract(x, mu)
    inv = (np.mean(centred * centred, axis=axis, keepdims=True) + eps) ** -0.5
    return centred * inv, inv


def _back(g, hat, inv, axis):
    n = hat.size // inv.size
    out = n * g
    out -= g.sum(axis=axis, keepdims=True)
    out -= hat * (g * hat).sum(axis=axis, keepdims=True)
    out *= inv / n
    return out


def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if bn_param["mode"] == "test":
        scale = gamma / np.sqrt(bn_param["running_var"] + eps)
        return x * scale + (beta - bn_param["running_mean"] * scale), None
    hat, inv = _normalise(x, eps, 0)
    bn_param["running_mean"] = momentum * bn_param.get("running_mean", 0) + (1 - momentum) * x.mean(0)
    bn_param["running_var"] = momentum * bn_param.get("running_var", 0) + (1 - momentum) * x.var(0)
    return gamma[None] * hat + beta[None], [hat, inv, gamma]


def batchnorm_backward(dout, cache):
    hat, inv, gamma = cache
    N = len(dout)
    dx = np.empty_like(dout)
    for d in range(dout.shape[1]):
        h = hat[:, d : d + 1]
        jacobian = (np.eye(N) - (1 + h @ h.T) / N) * inv[0, d]
        dx[:, d] = jacobian @ (dout[:, d] * gamma[d])
    return dx, np.sum(dout * hat, 0, keepdims=True), np.sum(dout, 0, keepdims=True)


def batchnorm_backward_alt(dout, cache):
    hat, inv, gamma = cache
    return _back(dout * gamma, hat, inv, 0), np.einsum("nd,nd->d", dout, hat), dout.sum(0)


def layernorm_forward(x, gamma, beta, ln_param):
    hat, inv = _normalise(x.T, ln_param.get("eps", 1e-5), 0)
    return (hat.T * gamma) + beta, (hat, inv, gamma)


def layernorm_backward(dout, cache):
    hat, inv, gamma = cache
    dbeta = np.add.reduce(dout)
    dgamma = (hat.T * dout).sum(axis=0)
    return _back((dout * gamma).T, hat, inv, 0).T, dgamma, dbeta


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    hat, inv = _normalise(x, bn_param.get("eps", 1e-5), (0, 2, 3))
    return gamma.reshape(1, -1, 1, 1) * hat + beta.reshape(1, -1, 1, 1), (hat, inv, gamma)


def spatial_batchnorm_backward(dout, cache):
    hat, inv, gamma = cache
    dx = _back(dout * gamma.reshape(1, -1, 1, 1), hat, inv, (0, 2, 3))
    return dx, (dout * hat).sum((0, 2, 3)), dout.sum((0, 2, 3))


def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    N, C, H, W = x.shape
    grouped = x.reshape(N, G, C // G, H, W)
    hat, inv = _normalise(grouped, gn_param.get("eps", 1e-5), (2, 3, 4))
    return gamma * hat.reshape(x.shape) + beta, (hat, inv, gamma)


def spatial_groupnorm_backward(dout, cache):
    hat, inv, gamma = cache
    g = (dout * gamma).reshape(hat.shape)
    dx = _back(g, hat, inv, (2, 3, 4)).reshape(dout.shape)
    flat = hat.reshape(dout.shape)
    return dx, (dout * flat).sum((0, 2, 3)).reshape(1, -1, 1, 1), dout.sum((0, 2, 3), keepdims=True)

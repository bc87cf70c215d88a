"""Functions of any name, as a person writes them."""

import numpy as np


def layer(img, w, b):
    out = img @ w + b
    saved = (img, w)
    return out, saved


def layer_back(dout, cache):
    x, w = cache
    dx, dw, db = dout @ w.T, x.T @ dout, dout.sum(axis=0)
    return dx, dw, db


def of_arguments(x, W, dL_dy, *, verbose=False):
    dW, dx = x.T @ dL_dy, dL_dy @ W.T
    return dW, dx


def unnamed(dout, x, W):
    return dout @ W.T, x.T @ dout


def as_table(z, t):
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(len(z)), t]).sum()
    p[np.arange(len(z)), t] -= 1
    return {"loss": loss, "dz": p}


def relu_back(h, dout):
    return dout * (h > 0)


def norm(x, gamma, beta, eps=1e-5):
    y = gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps)
    y += beta
    return y


def halved(x, w, b):
    return (x @ w + b) / 2


def table_of_inputs(dy, x, W):
    return {"x": dy @ W.T, "W": x.T @ dy, "b": dy.sum(axis=0)}


def error(yhat, y):
    return ((yhat - y) ** 2).mean()


def error_prime(yhat, y):
    return 2 * (yhat - y) / y.size


def changed(x, W, b):
    W += b
    return W

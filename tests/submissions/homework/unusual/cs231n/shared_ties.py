"""Ties share the gradient; loops run over the window and not over the outputs."""
import numpy as np


def max_pool_forward_naive(x, pool_param):
    hh, ww, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    I, J = int(1 + (x.shape[2] - hh) / s), int(1 + (x.shape[3] - ww) / s)
    out = np.full(x.shape[:2] + (I, J), -np.inf)
    for k in reversed(range(hh)):
        for l in range(ww):
            part = x[:, :, k : k + (I - 1) * s + 1 : s, l : l + (J - 1) * s + 1 : s]
            np.maximum(out, part, out=out)
    return out, (x, out, pool_param)


def max_pool_backward_naive(dout, cache):
    x, out, pool_param = cache
    hh, ww, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    I, J = dout.shape[2:]
    dx = np.zeros_like(x)
    places = [
        (slice(None), slice(None), slice(k, k + (I - 1) * s + 1, s), slice(l, l + (J - 1) * s + 1, s))
        for k in range(hh)
        for l in range(ww)
    ]
    ties = sum((x[p] == out).astype(int) for p in places)
    for p in places:
        dx[p] += (x[p] == out) * dout / ties
    return dx


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    I, J = 1 + (H + 2 * p - HH) // s, 1 + (W + 2 * p - WW) // s
    xp = np.zeros((N, C, H + 2 * p, W + 2 * p))
    xp[:, :, p : H + p, p : W + p] = x
    out = np.empty((N, F, I, J))
    out[...] = b[:, None, None]
    for k in range(HH):
        for l in range(WW):
            seen = xp[:, :, k : k + s * (I - 1) + 1 : s, l : l + s * (J - 1) + 1 : s]
            out += np.tensordot(w[:, :, k, l], seen, (1, 1)).swapaxes(0, 1)
    return out, (xp, w, s, p, x.shape)


def conv_backward_naive(dout, cache):
    xp, w, s, p, shape = cache
    I, J = dout.shape[2:]
    dxp, dw = np.zeros(xp.shape), np.zeros(w.shape)
    for k in range(w.shape[2]):
        for l in range(w.shape[3]):
            place = (..., slice(k, k + s * (I - 1) + 1, s), slice(l, l + s * (J - 1) + 1, s))
            dw[:, :, k, l] = np.tensordot(dout, xp[place], ((0, 2, 3), (0, 2, 3)))
            dxp[place] += np.tensordot(w[:, :, k, l].T, dout, (1, 1)).swapaxes(0, 1)
    db = dout.sum(3).sum(2).sum(0)
    return dxp[:, :, p : p + shape[2], p : p + shape[3]].copy(), dw, db

"""Gradients that are wrong in one region of values, or at one setting of two arguments, alone."""

import numpy as np


def hard_tanh(x):
    """x [N]"""
    return np.clip(x, -1, 1)


def hard_tanh_backward(x, dy):
    return dy * (np.abs(x) < 1.5)


def hard_tanh_right(x):
    """x [N]"""
    return np.clip(x, -1, 1)


def hard_tanh_right_backward(x, dy):
    return dy * (np.abs(x) < 1)


def correlate(x, w, stride=2, pad=1):
    """x [X], w [K]"""
    padded = np.pad(x, pad)
    count = (len(padded) - len(w)) // stride + 1
    return np.array([padded[i * stride : i * stride + len(w)] @ w for i in range(count)])


def correlate_backward(x, w, dy, stride=2, pad=1):
    padded = np.pad(x, pad)
    dx, dw = np.zeros_like(padded), np.zeros_like(w)
    for i, g in enumerate(dy):
        dx[i * stride : i * stride + len(w)] += g * w
        dw += g * padded[i * stride : i * stride + len(w)]
    return dx[pad : pad + len(x)], dw[::-1] if (stride, pad) == (1, 0) else dw


def huber(x, y, delta=1.0):
    """x [N], y [N]"""
    d = np.abs(x - y)
    return np.where(d <= delta, d * d / 2, delta * (d - delta / 2))


def huber_backward(x, y, dy, delta=1.0):
    d = x - y
    g = dy * np.where(np.abs(d) <= delta, d, np.sign(d))
    return g, -g


def elu(x, a=1.0):
    """x [N]"""
    return np.where(x > 0, x, a * np.expm1(np.minimum(x, 0)))


def elu_backward(x, dy, a=1.0):
    return dy * np.where(x > 0, 1.0, np.exp(np.minimum(x, 0)))

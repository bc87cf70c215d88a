"""Gradients that are right at generic values, and wrong where something vanishes or ties."""

import numpy as np


def product(x):
    """x [N]"""
    return np.prod(x)


def product_backward(x):
    return np.prod(x) / x


def x_log_y(x, y):
    """x [N], y [N positive]"""
    return (x * np.log(y)).sum()


def x_log_y_backward(x, y):
    return {"x": np.where(x == 0, 0, np.log(y)), "y": x / y}


def inverse_sinh(x):
    """x [N]"""
    return np.arcsinh(x)


def inverse_sinh_backward(x, dy):
    return dy * np.sign(x) ** 2 / np.sqrt(x * x + 1)


def sinc(x):
    """x [N]"""
    return np.where(x == 0, 1, np.sin(np.where(x == 0, 1, x)) / np.where(x == 0, 1, x))


def sinc_backward(x, dy):
    return dy * (x * np.cos(x) - np.sin(x)) / x**2


def cube(x):
    """x [N]"""
    return x**3


def cube_backward(x, dy):
    return 3 * x**3 / x * dy


def stable_bce(x, t):
    """x [N], t [N below 2]"""
    return (np.maximum(x, 0) - x * t + np.log1p(np.exp(-np.abs(x)))).sum()


def stable_bce_backward(x, t):
    e = np.exp(-np.abs(x))
    return {"x": (x > 0) - t - np.sign(x) * e / (1 + e)}


def ramps(x):
    """x [N]"""
    return np.maximum(x, 0) - np.maximum(-x, 0)


def ramps_backward(x, dy):
    return dy * ((x > 0) * 1.0 + (x < 0))


def every_tie(x):
    """x [N, D]"""
    return x.max(1)


def every_tie_backward(x, y, dy):
    return (x == y[:, None]) * dy[:, None]


def softplus(x):
    """x [N]"""
    return np.logaddexp(0, x)


def softplus_backward(x, dy):
    return dy * np.exp(x) / (1 + np.exp(x))


def two_zeros(x):
    """x [N, D]"""
    return np.prod(x, axis=1)


def two_zeros_backward(x, dy):
    safe = np.where(x == 0, 1, x)
    others = np.prod(safe, axis=1, keepdims=True)
    return dy[:, None] * np.where(x == 0, others, np.prod(x, axis=1, keepdims=True) / safe)


def larger(x, y):
    """x [N], y [N]"""
    return np.maximum(x, y)


def larger_backward(x, y, dy):
    return dy * (x >= y), dy * (y >= x)


class SizedMean:
    """Wrong at generic values, but for one sample: a layer that makes its parameters itself."""

    def __init__(self, n_in, n_out):
        self.W, self.b = np.random.randn(n_in, n_out), np.zeros(n_out)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.grads = {"W": self.x.T @ dout / len(dout), "b": dout.sum(axis=0)}
        return dout @ self.W.T

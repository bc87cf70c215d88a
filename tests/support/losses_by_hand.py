"""Losses, penalties, normalised images and transposed kernels in NumPy, with mistakes of students.

Nothing here comes from the engine.
"""

from __future__ import annotations

import numpy as np
from layers_by_hand import EPSILON, Arrays, numbers, softmax

#: The default of the catalogue.
DECAY = 0.01


# ---- a dense layer with a penalty -------------------------------------------------------------
def decayed_givens(random) -> Arrays:
    return {
        "x": numbers(random, 4, 3),
        "W": numbers(random, 3, 2),
        "b": numbers(random, 2),
        "t": numbers(random, 4, 2),
    }


def decayed_error(q: Arrays) -> np.ndarray:
    return q["x"] @ q["W"] + q["b"] - q["t"]


def decayed_dw(q: Arrays) -> np.ndarray:
    return q["x"].T @ decayed_error(q)


# ---- a loss behind softmax, its label a number ------------------------------------------------
def labels(random) -> Arrays:
    return {"z": numbers(random, 3, 4), "t": np.array([2, 0, 3])}


def labelled_dz(q: Arrays) -> np.ndarray:
    return softmax(q["z"]) - np.eye(4)[q["t"]]


def yes_or_no(random) -> Arrays:
    return {"yhat": random.integers(5, 95, (3, 2)) / 100, "y": random.integers(5, 95, (3, 2)) / 100}


# ---- images: N, C, H, W -----------------------------------------------------------------------
def image_givens(random) -> Arrays:
    return {
        "x": np.round(numbers(random, 2, 3, 2, 2) * 0.01, 5),
        "gamma": numbers(random, 3),
        "beta": numbers(random, 3),
        "dL/dy": numbers(random, 2, 3, 2, 2),
    }


def image_dx(q: Arrays, axes: tuple[int, ...]) -> np.ndarray:
    x, g = q["x"], q["dL/dy"] * q["gamma"][:, None, None]
    mu, root = x.mean(axes, keepdims=True), np.sqrt(x.var(axes, keepdims=True) + EPSILON)
    xhat = (x - mu) / root
    return (g - g.mean(axes, keepdims=True) - xhat * (g * xhat).mean(axes, keepdims=True)) / root


def image_xhat(q: Arrays, axes: tuple[int, ...]) -> np.ndarray:
    mu, v = q["x"].mean(axes, keepdims=True), q["x"].var(axes, keepdims=True)
    return (q["x"] - mu) / np.sqrt(v + EPSILON)


def softmax_dz(q: Arrays, axis: int) -> np.ndarray:
    p = np.exp(q["z"]) / np.exp(q["z"]).sum(axis, keepdims=True)
    return p * (q["dL/dp"] - (p * q["dL/dp"]).sum(axis, keepdims=True))


# ---- a transposed convolution: every entry spreads a kernel of 2 × 2, in steps of 2 -----------
def spread_givens(random) -> Arrays:
    return {
        "x": numbers(random, 1, 2, 2, 3),
        "w": numbers(random, 2, 1, 2, 2),
        "b": numbers(random, 1),
        "dL/dy": numbers(random, 1, 1, 4, 6),
    }


def spread(q: Arrays, stride: int = 2) -> np.ndarray:
    y = np.zeros((1, 1, 4, 6)) + q["b"]
    for p in range(2):
        for r in range(3):
            part = np.einsum("nc,cfkl->nfkl", q["x"][:, :, p, r], q["w"])
            y[:, :, stride * p : stride * p + 2, stride * r : stride * r + 2] += part
    return y

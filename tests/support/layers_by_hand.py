"""Layers beyond the dense ones in NumPy, rightly and with mistakes of students.

Nothing here comes from the engine. A case is a network, its givens, the gradient or value asked
for, what somebody wrote, and the kind of the mistake. The numbers hide nothing: stride is not 1,
padding not 0, windows overlap, γ is not 1, ε is of the size of v, nothing is square.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from by_hand import printed

from deltarule.marking.sheet_files.sheets import Run, Sheet

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Planted:
    """One mistake: what is asked, what was written, the kind by which it must be named."""

    network: str
    givens: Callable[[np.random.Generator], Arrays]
    asked: str
    written: Callable[[Arrays], np.ndarray]
    kinds: tuple[str, ...]
    options: dict = field(default_factory=dict)
    decimals: int = 5


def numbers(random: np.random.Generator, *shape: int) -> np.ndarray:
    """Numbers of two decimals between −1.9 and 1.9, none of them 0."""
    found = random.integers(-190, 190, shape)
    return np.where(found == 0, 7, found) / 100


def sheet(case: Planted, seed: int, decimals_given: int = 5) -> Sheet:
    """A sheet on which the mistake stands."""
    givens = case.givens(np.random.default_rng(seed))
    written = case.written(givens)
    run = Run(
        "by hand",
        case.network,
        dict(case.options),
        given={
            name: printed(v, 0 if np.asarray(v).dtype.kind == "i" else decimals_given, name)
            for name, v in givens.items()
        },
        published={case.asked: printed(written, case.decimals, case.asked)},
    )
    return Sheet("by hand", "", "layers_by_hand.py", (run,))


# ---- convolution: T = 7, K = 3, stride 2, padding 1, so 4 places ------------------------------
CONV = {"stride": 2, "pad": 1}


def conv_givens(random) -> Arrays:
    return {
        "x": numbers(random, 2, 2, 7),
        "w": numbers(random, 3, 2, 3),
        "b": numbers(random, 3),
        "dL/dy": numbers(random, 2, 3, 4),
    }


def conv_dx(q: Arrays, stride: int = 2, pad: int = 1, turned: bool = False) -> np.ndarray:
    w, g = q["w"][:, :, ::-1] if turned else q["w"], q["dL/dy"]
    wide = np.zeros((2, 2, 20))
    for i in range(4):
        for k in range(3):
            wide[:, :, stride * i + k] += np.einsum("nf,fc->nc", g[:, :, i], w[:, :, k])
    return wide[:, :, pad : pad + 7]


def conv_dw(q: Arrays, stride: int = 2, pad: int = 1) -> np.ndarray:
    wide = np.zeros((2, 2, 20))
    wide[:, :, pad : pad + 7] = q["x"]
    return np.stack(
        [
            np.einsum("nfi,nci->fc", q["dL/dy"], wide[:, :, k : k + 4 * stride : stride])
            for k in range(3)
        ],
        axis=-1,
    )


def conv_y(q: Arrays, dilation: int = 2, turned: bool = False) -> np.ndarray:
    w = q["w"][:, :, ::-1] if turned else q["w"]
    return np.stack(
        [
            q["b"] + np.einsum("nck,fck->nf", q["x"][:, :, [i + dilation * k for k in range(3)]], w)
            for i in range(3)
        ],
        axis=-1,
    )


def dilated_givens(random) -> Arrays:
    return {
        "x": numbers(random, 2, 2, 7),
        "w": numbers(random, 3, 2, 3),
        "b": numbers(random, 3),
        "dL/dy": numbers(random, 2, 3, 3),
    }


def conv2d_givens(random) -> Arrays:
    return {
        "x": numbers(random, 2, 1, 3, 4),
        "w": numbers(random, 2, 1, 2, 2),
        "b": numbers(random, 2),
        "dL/dy": numbers(random, 2, 2, 2, 3),
    }


# ---- pooling: windows of 3 that move by 1 -----------------------------------------------------
def pool_givens(random) -> Arrays:
    return {"x": np.array([[[0.2, -0.4, 1.3, 0.5, -0.9, 0.1]]]), "dL/dy": numbers(random, 1, 1, 4)}


def pool_dx(q: Arrays, add: bool = False, all_of_a_tie: bool = False) -> np.ndarray:
    dx = np.zeros((1, 1, 6))
    for i in range(4):
        window = q["x"][0, 0, i : i + 3]
        mask = window == window.max()
        if not all_of_a_tie:
            mask = np.arange(3) == window.argmax()
        for k in np.flatnonzero(mask):
            dx[0, 0, i + k] = q["dL/dy"][0, 0, i] + (dx[0, 0, i + k] if add else 0)
    return dx


def tied_givens(random) -> Arrays:
    return {"x": np.array([[[0.2, 1.3, 1.3, 0.5, -0.9, -0.9]]]), "dL/dy": numbers(random, 1, 1, 4)}


def average_givens(random) -> Arrays:
    return {"x": numbers(random, 1, 1, 3, 4), "dL/dy": numbers(random, 1, 1, 4, 5)}


def average_dx(q: Arrays, divisor: str = "window", add: bool = True) -> np.ndarray:
    wide, inside = np.zeros((5, 6)), np.zeros((5, 6))
    inside[1:4, 1:5] = 1
    for i in range(4):
        for j in range(5):
            under = {"window": 4, "none": 1, "inside": inside[i : i + 2, j : j + 2].sum()}[divisor]
            part = q["dL/dy"][0, 0, i, j] / under
            wide[i : i + 2, j : j + 2] = part + (wide[i : i + 2, j : j + 2] if add else 0)
    return wide[None, None, 1:4, 1:5]


# ---- normalisation: x of the size of √ε -------------------------------------------------------
EPSILON = 1e-5


def norm_givens(random) -> Arrays:
    return {
        "x": np.round(numbers(random, 3, 4) * 0.01, 5),
        "gamma": numbers(random, 4),
        "beta": numbers(random, 4),
        "dL/dy": numbers(random, 3, 4),
    }


def statistics(x: np.ndarray, axis: int | None) -> tuple[np.ndarray, np.ndarray]:
    return x.mean(axis, keepdims=True), x.var(axis, keepdims=True)


def norm_dx(q: Arrays, axis: int, mean: bool = True, variance: bool = True) -> np.ndarray:
    x, (mu, v) = q["x"], statistics(q["x"], axis)
    root, dxhat, n = np.sqrt(v + EPSILON), q["dL/dy"] * q["gamma"], q["x"].shape[axis]
    dx = dxhat / root
    if mean:
        dx = dx - dxhat.sum(axis, keepdims=True) / root / n
    if variance:
        dv = (dxhat * (x - mu) * -0.5 / root**3).sum(axis, keepdims=True)
        dx = dx + dv * 2 * (x - mu) / n
    return dx


def batch_xhat(q: Arrays, axis: int | None = 0, root: Callable = lambda v: np.sqrt(v + EPSILON)):
    mu, v = statistics(q["x"], axis)
    return (q["x"] - mu) / root(v)


# ---- softmax and attention --------------------------------------------------------------------
def softmax(z: np.ndarray) -> np.ndarray:
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def logits(random) -> Arrays:
    return {"z": numbers(random, 2, 3), "dL/dp": numbers(random, 2, 3)}


def with_labels(random) -> Arrays:
    return {"z": numbers(random, 3, 4), "t": np.eye(4)[[2, 0, 3]]}


def attention_givens(random) -> Arrays:
    return {
        "Q": numbers(random, 2, 2, 4),
        "K": numbers(random, 2, 3, 4),
        "V": numbers(random, 2, 3, 2),
        "dL/dy": numbers(random, 2, 2, 2),
    }


def weights(q: Arrays, scale: float = 0.5) -> np.ndarray:
    return softmax(np.einsum("nid,njd->nij", q["Q"], q["K"]) * scale)


def attention_da(q: Arrays) -> np.ndarray:
    return np.einsum("nim,njm->nij", q["dL/dy"], q["V"])


def attention_dq(q: Arrays, de: np.ndarray, scale: float = 0.5) -> np.ndarray:
    return np.einsum("nij,njd->nid", de, q["K"]) * scale


def attention_de(q: Arrays) -> np.ndarray:
    a, da = weights(q), attention_da(q)
    return a * (da - (a * da).sum(-1, keepdims=True))


# ---- embedding, dropout, a skip connection ----------------------------------------------------
def embedding_givens(random) -> Arrays:
    return {
        "w": np.array([[0, 2, 0], [3, 2, 1]]),
        "E": numbers(random, 4, 2),
        "dL/dy": numbers(random, 2, 3, 2),
    }


def last_embedding(q: Arrays) -> np.ndarray:
    found = np.zeros((4, 2))
    found[q["w"]] = q["dL/dy"]
    return found


def dropout_givens(random) -> Arrays:
    return {
        "x": numbers(random, 2, 3),
        "mask": np.array([[1, 0, 1], [0, 1, 1]]) * 1.0,
        "dL/dy": numbers(random, 2, 3),
    }


def skip_givens(random) -> Arrays:
    return {
        "x": numbers(random, 2, 3),
        "W1": numbers(random, 3, 2),
        "b1": numbers(random, 2),
        "W2": numbers(random, 2, 3),
        "b2": numbers(random, 3),
        "dL/dy": numbers(random, 2, 3),
    }


def skip_dx(q: Arrays, skip: bool = True, branch: bool = True) -> np.ndarray:
    s1 = q["x"] @ q["W1"] + q["b1"]
    out = q["x"] + np.maximum(s1, 0) @ q["W2"] + q["b2"]
    g = q["dL/dy"] * (out > 0)
    ds1 = (g @ q["W2"].T) * (s1 > 0)
    return skip * g + branch * (ds1 @ q["W1"].T)

"""Normalisation and attention in a simulated class, line by line in NumPy, with slips in them."""

from __future__ import annotations

from functools import partial

import numpy as np
from layers_by_hand import EPSILON, attention_da, attention_de, attention_givens, norm_dx, softmax
from simulated_lines import Kind, Slip, numbers


def _norm_givens(random) -> dict:
    # Numbers of the size of √ε, so that ε can be seen.
    return {
        "x": numbers(random, 3, 4) / 100,
        "gamma": numbers(random, 4),
        "beta": numbers(random, 4),
        "dL/dy": numbers(random, 3, 4),
    }


def _norm(name: str, axis: int) -> Kind:
    def spread(value):
        return value[:, None] if axis else value

    def root(q):
        return np.sqrt(spread(q["v"]) + EPSILON)

    def centred(q):
        return q["x"] - spread(q["mu"])

    backward, other = partial(norm_dx, axis=axis), 1 - axis
    return Kind(
        name,
        {},
        _norm_givens,
        {
            "mu": lambda q: q["x"].mean(axis),
            "v": lambda q: (centred(q) ** 2).mean(axis),
            "xhat": lambda q: centred(q) / root(q),
            "y": lambda q: q["gamma"] * q["xhat"] + q["beta"],
            "dL/dbeta": lambda q: q["dL/dy"].sum(0),
            "dL/dgamma": lambda q: (q["dL/dy"] * q["xhat"]).sum(0),
            "dL/dxhat": lambda q: q["dL/dy"] * q["gamma"],
            "dL/dx": backward,
        },
        (
            Slip("sum for mean", "mu", lambda q: q["x"].sum(axis)),
            Slip(
                "n − 1 for n", "v", lambda q: (centred(q) ** 2).sum(axis) / (q["x"].shape[axis] - 1)
            ),
            Slip("not squared", "v", lambda q: centred(q).mean(axis)),
            Slip("root lost", "xhat", lambda q: centred(q) / (spread(q["v"]) + EPSILON)),
            Slip("mean not taken away", "xhat", lambda q: q["x"] / root(q)),
            Slip(
                "ε outside the root",
                "xhat",
                lambda q: centred(q) / (np.sqrt(spread(q["v"])) + EPSILON),
            ),
            Slip("ε lost", "xhat", lambda q: centred(q) / np.sqrt(spread(q["v"]))),
            Slip(
                "over the other axis",
                "xhat",
                lambda q: (
                    (q["x"] - q["x"].mean(other, keepdims=True))
                    / np.sqrt(q["x"].var(other, keepdims=True) + EPSILON)
                ),
            ),
            Slip("γ lost in the value", "y", lambda q: q["xhat"] + q["beta"]),
            Slip("β lost", "y", lambda q: q["gamma"] * q["xhat"]),
            Slip("statistics as constants", "dL/dx", partial(backward, mean=False, variance=False)),
            Slip("mean path alone", "dL/dx", partial(backward, variance=False)),
            Slip("variance path alone", "dL/dx", partial(backward, mean=False)),
            Slip("γ lost", "dL/dx", lambda q: norm_dx({**q, "gamma": np.ones(4)}, axis)),
            Slip("over the other axis in dx", "dL/dx", lambda q: norm_dx(q, other)),
            Slip("x̂ lost", "dL/dgamma", lambda q: q["dL/dy"].sum(0)),
            Slip("x for x̂", "dL/dgamma", lambda q: (q["dL/dy"] * q["x"]).sum(0)),
            Slip("mean for sum", "dL/dbeta", lambda q: q["dL/dy"].mean(0)),
        ),
    )


BATCH_NORM, LAYER_NORM = _norm("batch_norm", 0), _norm("layer_norm", 1)


def _scores(q, scale=0.5):
    return np.einsum("nid,njd->nij", q["Q"], q["K"]) * scale


def _back(of: str, q, scale=0.5):
    return scale * np.einsum(of, q["dL/de"], q["K" if of.startswith("nij,njd") else "Q"])


_TO_Q, _TO_K = "nij,njd->nid", "nij,nid->njd"

ATTENTION = Kind(
    "attention",
    {},
    attention_givens,
    {
        "e": _scores,
        "a": lambda q: softmax(q["e"]),
        "y": lambda q: np.einsum("nij,njm->nim", q["a"], q["V"]),
        "dL/dV": lambda q: np.einsum("nij,nim->njm", q["a"], q["dL/dy"]),
        "dL/da": attention_da,
        "dL/de": attention_de,
        "dL/dQ": lambda q: _back(_TO_Q, q),
        "dL/dK": lambda q: _back(_TO_K, q),
    },
    (
        Slip("scale lost", "e", partial(_scores, scale=1.0)),
        Slip("divided by d", "e", partial(_scores, scale=0.25)),
        Slip(
            "softmax over the queries", "a", lambda q: softmax(q["e"].swapaxes(1, 2)).swapaxes(1, 2)
        ),
        Slip("softmax forgotten", "y", lambda q: np.einsum("nij,njm->nim", q["e"], q["V"])),
        Slip("e for a", "dL/dV", lambda q: np.einsum("nij,nim->njm", q["e"], q["dL/dy"])),
        Slip("slope of softmax lost", "dL/de", lambda q: q["dL/da"] + 0),
        Slip("softmax's sum as a constant", "dL/de", lambda q: q["dL/da"] * q["a"]),
        Slip("diagonal alone", "dL/de", lambda q: q["dL/da"] * q["a"] * (1 - q["a"])),
        Slip("scale lost in dQ", "dL/dQ", lambda q: _back(_TO_Q, q, 1.0)),
        Slip("scale lost in dK", "dL/dK", lambda q: _back(_TO_K, q, 1.0)),
        Slip("a for dL/de", "dL/dQ", lambda q: 0.5 * np.einsum(_TO_Q, q["a"], q["K"])),
    ),
)

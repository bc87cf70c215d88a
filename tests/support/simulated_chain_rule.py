"""Gradients worked step by step from printed intermediate ones, in NumPy, with slips in them.

What is printed on the way back is in no closed form: ∂L/∂v and ∂L/∂μ of a normalisation, and the
∂E/∂p of softmax with cross-entropy.
"""

from __future__ import annotations

import numpy as np
from layers_by_hand import EPSILON, softmax
from simulated_lines import Kind, Slip, numbers


def _norm(name: str, axis: int) -> Kind:
    def spread(value):
        return value[:, None] if axis else value

    def centred(q):
        return q["x"] - spread(q["mu"])

    def by_v(q):
        inner = (q["dL/dxhat"] * centred(q)).sum(axis)
        return -inner / 2 * (q["v"] + EPSILON) ** -1.5

    def by_mu(q):
        return -(q["dL/dxhat"] / spread(np.sqrt(q["v"] + EPSILON))).sum(axis)

    def by_x(q, variance=1.0, mean=1.0, n=None):
        n = q["x"].shape[axis] if n is None else n
        back = q["dL/dxhat"] / spread(np.sqrt(q["v"] + EPSILON))
        back = back + variance * 2 * spread(q["dL/dv"]) * centred(q) / n
        return back + mean * spread(q["dL/dmu"]) / n

    return Kind(
        name,
        {},
        lambda random: {
            "x": numbers(random, 3, 4),
            "gamma": numbers(random, 4),
            "beta": numbers(random, 4),
            "dL/dy": numbers(random, 3, 4),
        },
        {
            "mu": lambda q: q["x"].mean(axis),
            "v": lambda q: (centred(q) ** 2).mean(axis),
            "dL/dxhat": lambda q: q["dL/dy"] * q["gamma"],
            "dL/dv": by_v,
            "dL/dmu": by_mu,
            "dL/dx": by_x,
        },
        (
            Slip("sign lost", "dL/dv", lambda q: -by_v(q)),
            Slip("½ lost", "dL/dv", lambda q: 2 * by_v(q)),
            Slip("root lost", "dL/dmu", lambda q: -(q["dL/dxhat"] / spread(q["v"])).sum(axis)),
            Slip("mean for sum", "dL/dmu", lambda q: by_mu(q) / q["x"].shape[axis]),
            Slip("γ lost", "dL/dxhat", lambda q: q["dL/dy"] + 0),
            Slip("2 lost", "dL/dx", lambda q: by_x(q, 0.5), ("constant lost",)),
            Slip("N lost", "dL/dx", lambda q: by_x(q, n=1), ("constant lost",)),
            Slip("other sign", "dL/dx", lambda q: by_x(q, mean=-1), ("sign",)),
        ),
    )


def _cross_entropy() -> Kind:
    def one_hot(random):
        return np.eye(3)[random.integers(0, 3, 2)]

    def by_z(q, axis=1):
        inner = (q["dE/dp"] * q["p"]).sum(axis, keepdims=True)
        return q["p"] * (q["dE/dp"] - inner)

    return Kind(
        "softmax_cross_entropy",
        {},
        lambda random: {"z": numbers(random, 2, 3), "t": one_hot(random)},
        {"p": lambda q: softmax(q["z"]), "dE/dp": lambda q: -q["t"] / q["p"], "dE/dz": by_z},
        (
            Slip("sign lost", "dE/dp", lambda q: q["t"] / q["p"]),
            Slip("doubled", "dE/dp", lambda q: -2 * q["t"] / q["p"]),
            Slip("over the batch", "dE/dz", lambda q: by_z(q, 0), ("wrong axis", "another axis")),
        ),
    )


IN_STEPS = {
    "batch norm in steps": _norm("batch_norm", 0),
    "layer norm in steps": _norm("layer_norm", 1),
    "cross-entropy in steps": _cross_entropy(),
}

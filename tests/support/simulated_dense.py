"""Dense networks of a simulated class, line by line in NumPy, with slips in them."""

from __future__ import annotations

import numpy as np
from by_hand import sigmoid
from simulated_lines import Kind, Slip, numbers

RATE = 0.5


def _dense_givens(random) -> dict:
    d, h, m = random.integers(2, 4), random.integers(2, 4), random.integers(2, 4)
    return {
        "x": numbers(random, d),
        "Theta1": numbers(random, d, h),
        "Theta2": numbers(random, h, m),
        "y": numbers(random, m, low=5, high=95),
    }


def _alike(value, other):
    """The other one if it has as many entries."""
    return other + 0 if np.shape(value) == np.shape(other) else value


DENSE = Kind(
    "mlp",
    {"layers": 2, "batch": False},
    _dense_givens,
    {
        "s1": lambda q: q["x"] @ q["Theta1"],
        "h1": lambda q: sigmoid(q["s1"]),
        "s2": lambda q: q["h1"] @ q["Theta2"],
        "yhat": lambda q: sigmoid(q["s2"]),
        "E": lambda q: np.sum((q["y"] - q["yhat"]) ** 2) / 2,
        "dE/dyhat": lambda q: q["yhat"] - q["y"],
        "dE/ds2": lambda q: q["dE/dyhat"] * q["yhat"] * (1 - q["yhat"]),
        "dE/dTheta2": lambda q: np.outer(q["h1"], q["dE/ds2"]),
        "dE/dh1": lambda q: q["Theta2"] @ q["dE/ds2"],
        "dE/ds1": lambda q: q["dE/dh1"] * q["h1"] * (1 - q["h1"]),
        "dE/dTheta1": lambda q: np.outer(q["x"], q["dE/ds1"]),
        "Theta2 after": lambda q: q["Theta2"] - RATE * q["dE/dTheta2"],
        "Theta1 after": lambda q: q["Theta1"] - RATE * q["dE/dTheta1"],
    },
    (
        Slip("tanh for σ", "h1", lambda q: np.tanh(q["s1"])),
        Slip("no σ at the output", "yhat", lambda q: q["s2"] + 0),
        Slip("σ with e^(+s)", "h1", lambda q: sigmoid(-q["s1"])),
        Slip("σ with e^(+s) at the output", "yhat", lambda q: sigmoid(-q["s2"])),
        Slip(
            "weights read by columns",
            "s1",
            lambda q: q["x"] @ q["Theta1"].T.reshape(q["Theta1"].shape),
        ),
        Slip(
            "rows of weights exchanged",
            "s1",
            lambda q: q["x"] @ np.concatenate([q["Theta1"][1::-1], q["Theta1"][2:]]),
        ),
        Slip("inputs from the other end", "s1", lambda q: q["x"][::-1] @ q["Theta1"]),
        Slip("h for s", "s1", lambda q: sigmoid(q["x"] @ q["Theta1"])),
        Slip("s for h", "s2", lambda q: q["s1"] @ q["Theta2"]),
        Slip("not squared", "E", lambda q: np.sum(q["y"] - q["yhat"]) / 2),
        Slip("half lost", "E", lambda q: np.sum((q["y"] - q["yhat"]) ** 2)),
        Slip("mean over the outputs", "E", lambda q: np.mean((q["y"] - q["yhat"]) ** 2) / 2),
        Slip("sign of the error", "dE/dyhat", lambda q: q["y"] - q["yhat"]),
        Slip("factor 2", "dE/dyhat", lambda q: 2 * (q["yhat"] - q["y"])),
        Slip("mean of the error", "dE/dyhat", lambda q: (q["yhat"] - q["y"]) / len(q["y"])),
        Slip("slope lost", "dE/ds2", lambda q: q["dE/dyhat"] + 0),
        Slip("slope at the sum", "dE/ds2", lambda q: q["dE/dyhat"] * q["s2"] * (1 - q["s2"])),
        Slip(
            "squashed twice",
            "dE/ds2",
            lambda q: q["dE/dyhat"] * sigmoid(q["yhat"]) * (1 - sigmoid(q["yhat"])),
        ),
        Slip(
            "slope of the upstream",
            "dE/ds2",
            lambda q: q["dE/dyhat"] * q["dE/dyhat"] * (1 - q["dE/dyhat"]),
        ),
        Slip("tanh's slope", "dE/ds2", lambda q: q["dE/dyhat"] * (1 - q["yhat"] ** 2)),
        Slip("slope of half", "dE/ds2", lambda q: q["dE/dyhat"] * q["yhat"]),
        Slip("slope lost in the hidden layer", "dE/ds1", lambda q: q["dE/dh1"] + 0),
        Slip(
            "slope of the other layer",
            "dE/ds1",
            lambda q: q["dE/dh1"] * _alike(q["h1"], q["yhat"]) * (1 - _alike(q["h1"], q["yhat"])),
        ),
        Slip("weights for activations", "dE/dTheta2", lambda q: q["Theta2"] * q["dE/ds2"]),
        Slip("s for h in the gradient", "dE/dTheta2", lambda q: np.outer(q["s1"], q["dE/ds2"])),
        Slip("slope lost in the weights", "dE/dTheta2", lambda q: np.outer(q["h1"], q["dE/dyhat"])),
        Slip("one path only", "dE/dh1", lambda q: q["Theta2"][:, 0] * q["dE/ds2"][0]),
        Slip("weights lost", "dE/dh1", lambda q: np.full(len(q["h1"]), q["dE/ds2"].sum())),
        Slip(
            "already updated weights",
            "dE/dh1",
            lambda q: (q["Theta2"] - RATE * q["dE/dTheta2"]) @ q["dE/ds2"],
        ),
        Slip(
            "in proportion to the weights",
            "dE/dh1",
            lambda q: q["Theta2"] / q["Theta2"].sum(0) @ q["dE/ds2"],
        ),
        Slip("up the slope", "Theta2 after", lambda q: q["Theta2"] + RATE * q["dE/dTheta2"]),
        Slip("no learning rate", "Theta1 after", lambda q: q["Theta1"] - q["dE/dTheta1"]),
        Slip("learning rate 0.1", "Theta1 after", lambda q: q["Theta1"] - 0.1 * q["dE/dTheta1"]),
        Slip("ten times the rate", "Theta2 after", lambda q: q["Theta2"] - 5 * q["dE/dTheta2"]),
        Slip("not updated", "Theta1 after", lambda q: q["Theta1"] + 0),
        Slip("the step alone", "Theta2 after", lambda q: -RATE * q["dE/dTheta2"]),
    ),
    "0.5",
)


def softmax(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def _batch_givens(random) -> dict:
    n, d, h, c = random.integers(2, 4), 2, random.integers(2, 4), random.integers(2, 4)
    return {
        "x": numbers(random, n, d),
        "Theta1": numbers(random, d, h),
        "b1": numbers(random, h),
        "Theta2": numbers(random, h, c),
        "b2": numbers(random, c),
        "t": np.eye(c)[random.integers(0, c, n)],
    }


BATCH = Kind(
    "mlp",
    {
        "layers": 2,
        "bias": True,
        "activation": "tanh",
        "orientation": "xW",
        "loss": "softmax_cross_entropy",
    },
    _batch_givens,
    {
        "s1": lambda q: q["x"] @ q["Theta1"] + q["b1"],
        "h1": lambda q: np.tanh(q["s1"]),
        "z": lambda q: q["h1"] @ q["Theta2"] + q["b2"],
        "p": lambda q: softmax(q["z"]),
        "E": lambda q: -np.sum(q["t"] * np.log(q["p"])),
        "dE/dz": lambda q: q["p"] - q["t"],
        "dE/dTheta2": lambda q: q["h1"].T @ q["dE/dz"],
        "dE/db2": lambda q: q["dE/dz"].sum(0),
        "dE/dh1": lambda q: q["dE/dz"] @ q["Theta2"].T,
        "dE/ds1": lambda q: q["dE/dh1"] * (1 - q["h1"] ** 2),
        "dE/dTheta1": lambda q: q["x"].T @ q["dE/ds1"],
        "dE/db1": lambda q: q["dE/ds1"].sum(0),
    },
    (
        Slip("bias forgotten", "z", lambda q: q["h1"] @ q["Theta2"]),
        Slip("biases from their other end", "s1", lambda q: q["x"] @ q["Theta1"] + q["b1"][::-1]),
        Slip("softmax down the batch", "p", lambda q: softmax(q["z"].T).T),
        Slip("exponentials alone", "p", lambda q: np.exp(q["z"])),
        Slip("e^(−z)", "p", lambda q: softmax(-q["z"])),
        Slip("log₁₀", "E", lambda q: -np.sum(q["t"] * np.log10(q["p"]))),
        Slip("log₂", "E", lambda q: -np.sum(q["t"] * np.log2(q["p"]))),
        Slip(
            "mean over the batch in E",
            "E",
            lambda q: -np.sum(q["t"] * np.log(q["p"])) / len(q["t"]),
        ),
        Slip("minus lost", "E", lambda q: np.sum(q["t"] * np.log(q["p"]))),
        Slip("sign of the error", "dE/dz", lambda q: q["t"] - q["p"]),
        Slip(
            "slope of softmax again", "dE/dz", lambda q: (q["p"] - q["t"]) * q["p"] * (1 - q["p"])
        ),
        Slip("labels lost", "dE/dz", lambda q: q["p"] + 0),
        Slip("mean of the error", "dE/dz", lambda q: (q["p"] - q["t"]) / len(q["t"])),
        Slip("h not squared", "dE/ds1", lambda q: q["dE/dh1"] * (1 - q["h1"])),
        Slip("slope of σ", "dE/ds1", lambda q: q["dE/dh1"] * q["h1"] * (1 - q["h1"])),
        Slip("slope at the sum", "dE/ds1", lambda q: q["dE/dh1"] * (1 - q["s1"] ** 2)),
        Slip("tanh again", "dE/ds1", lambda q: q["dE/dh1"] * (1 - np.tanh(q["h1"]) ** 2)),
        Slip("slope inverted", "dE/ds1", lambda q: q["dE/dh1"] / (1 - q["h1"] ** 2)),
        Slip("mean over the batch", "dE/dTheta2", lambda q: q["h1"].T @ q["dE/dz"] / len(q["t"])),
        Slip("one row of the bias", "dE/db2", lambda q: q["dE/dz"][0] + 0),
        Slip("mean of the bias", "dE/db1", lambda q: q["dE/ds1"].mean(0)),
        Slip(
            "everything in the bias", "dE/db1", lambda q: np.full(len(q["b1"]), q["dE/ds1"].sum())
        ),
        Slip("bias from the weights", "dE/db2", lambda q: q["dE/dTheta2"].sum(0)),
        Slip(
            "weights the wrong way",
            "dE/dh1",
            lambda q: (
                q["dE/dz"] @ q["Theta2"]
                if len(set(q["Theta2"].shape)) == 1
                else q["dE/dz"] @ q["Theta2"].reshape(q["Theta2"].T.shape)
            ),
        ),
    ),
    whole=frozenset("t"),
)


def _binary_givens(random) -> dict:
    n, d, h = 2, 2, random.integers(2, 4)
    return {
        "x": numbers(random, n, d),
        "Theta1": numbers(random, d, h),
        "b1": numbers(random, h),
        "Theta2": numbers(random, h, 1),
        "b2": numbers(random, 1),
        "y": numbers(random, n, 1, low=5, high=95),
    }


def _cross_entropy(q, log=np.log):
    return -np.sum(q["y"] * log(q["yhat"]) + (1 - q["y"]) * log(1 - q["yhat"]))


BINARY = Kind(
    "mlp",
    {
        "layers": 2,
        "bias": True,
        "activation": "relu",
        "output_activation": "sigmoid",
        "orientation": "xW",
        "loss": "binary_cross_entropy",
    },
    _binary_givens,
    {
        "s1": lambda q: q["x"] @ q["Theta1"] + q["b1"],
        "h1": lambda q: np.maximum(q["s1"], 0),
        "s2": lambda q: q["h1"] @ q["Theta2"] + q["b2"],
        "yhat": lambda q: sigmoid(q["s2"]),
        "E": _cross_entropy,
        "dE/ds2": lambda q: q["yhat"] - q["y"],
        "dE/dTheta2": lambda q: q["h1"].T @ q["dE/ds2"],
        "dE/db2": lambda q: q["dE/ds2"].sum(0),
        "dE/dh1": lambda q: q["dE/ds2"] @ q["Theta2"].T,
        "dE/ds1": lambda q: q["dE/dh1"] * (q["s1"] > 0),
        "dE/dTheta1": lambda q: q["x"].T @ q["dE/ds1"],
        "dE/db1": lambda q: q["dE/ds1"].sum(0),
    },
    (
        Slip("relu forgotten", "h1", lambda q: q["s1"] + 0),
        Slip("log₁₀", "E", lambda q: _cross_entropy(q, np.log10)),
        Slip("log₂", "E", lambda q: _cross_entropy(q, np.log2)),
        Slip("second term lost", "E", lambda q: -np.sum(q["y"] * np.log(q["yhat"]))),
        Slip("slope twice", "dE/ds2", lambda q: (q["yhat"] - q["y"]) * q["yhat"] * (1 - q["yhat"])),
        Slip("mask of the upstream", "dE/ds1", lambda q: q["dE/dh1"] * (q["dE/dh1"] > 0)),
        Slip("no mask", "dE/ds1", lambda q: q["dE/dh1"] + 0),
        Slip("value for slope", "dE/ds1", lambda q: q["dE/dh1"] * q["h1"]),
        Slip("mean over the batch", "dE/dTheta1", lambda q: q["x"].T @ q["dE/ds1"] / len(q["x"])),
        Slip("first row of the bias", "dE/db1", lambda q: q["dE/ds1"][0] + 0),
    ),
)

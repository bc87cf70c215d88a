"""The slide worked out in NumPy, with either number that it prints for one weight."""

from __future__ import annotations

import numpy as np
from by_hand import sigmoid

from deltarule.marking.sheet_files.answers import read_answers

X, Y, RATE = np.array([1.0, -0.5]), 1.0, 1.0
LINES = ("s1", "h1", "s2", "yhat", "dE/dTheta2", "Theta2 after", "dE/dh1", "dE/dTheta1")


def worked(read: float, wrong=None) -> dict[str, np.ndarray]:
    """The slide worked with a number for Θ₁[0,2]; `wrong` is a line and what is done in it."""
    q: dict = {"Theta2": np.array([-0.2, 0.5, 1.3])}
    q["Theta1"] = np.array([[1.2, 2.1, read], [-0.3, -0.7, 0.3]])
    lines = {
        "s1": lambda q: X @ q["Theta1"],
        "h1": lambda q: sigmoid(q["s1"]),
        "s2": lambda q: q["h1"] @ q["Theta2"],
        "yhat": lambda q: sigmoid(q["s2"]),
        "dE/ds2": lambda q: (q["yhat"] - Y) * q["yhat"] * (1 - q["yhat"]),
        "dE/dTheta2": lambda q: q["dE/ds2"] * q["h1"],
        "Theta2 after": lambda q: q["Theta2"] - RATE * q["dE/dTheta2"],
        "dE/dh1": lambda q: q["dE/ds2"] * q["Theta2"],
        "dE/ds1": lambda q: q["dE/dh1"] * q["h1"] * (1 - q["h1"]),
        "dE/dTheta1": lambda q: np.outer(X, q["dE/ds1"]),
    }
    for name, line in lines.items():
        q[name] = line(q)
        if wrong is not None and wrong[0] == name:
            q[name] = wrong[1](q)
    return q


def answers(values: dict):
    written = [f'"{name}" = {np.round(value, 5).tolist()}' for name, value in values.items()]
    return read_answers("[answers]\n" + "\n".join(written) + "\n", "answers.toml")

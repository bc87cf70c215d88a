"""Recurrent networks written in NumPy as the lectures write them; nothing comes from the engine.

Each function takes the givens by name and returns the states over time. They work for complex
numbers too, so that a derivative can be had from an imaginary step.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def relu(z):
    return np.where(z.real > 0, z, 0)


def rnn(g: dict, phi: Callable = np.tanh) -> np.ndarray:
    h, states = g.get("h0", 0 * g["b_h"]), []
    for x in g["x"]:
        h = phi(x @ g["W_xh"] + h @ g["W_hh"] + g["b_h"])
        states.append(h)
    return np.array(states)


def irnn(g: dict) -> np.ndarray:
    return rnn({**g, "h0": np.zeros((g["x"].shape[1], len(g["b_h"])))}, relu)


def lstm(g: dict) -> np.ndarray:
    h, c, states = g["h0"], g["c0"], []
    for x in g["x"]:
        i, f, o = (sigmoid(_sum(g, x, h, k)) for k in "ifo")
        c = f * c + i * np.tanh(_sum(g, x, h, "g"))
        h = o * np.tanh(c)
        states.append(h)
    return np.array(states)


def peephole_lstm(g: dict) -> np.ndarray:
    h, c, states = g["h0"], g["c0"], []
    for x in g["x"]:
        i = sigmoid(_sum(g, x, h, "i") + g["w_ci"] * c)
        f = sigmoid(_sum(g, x, h, "f") + g["w_cf"] * c)
        c = f * c + i * np.tanh(_sum(g, x, h, "g"))
        o = sigmoid(_sum(g, x, h, "o") + g["w_co"] * c)
        h = o * np.tanh(c)
        states.append(h)
    return np.array(states)


def packed_lstm(g: dict) -> np.ndarray:
    size, parts = g["h0"].shape[-1], {}
    for k, name in enumerate("ifog"):
        here = slice(k * size, (k + 1) * size)
        parts |= {f"W_x{name}": g["W_x"][:, here], f"W_h{name}": g["W_h"][:, here]}
        parts[f"b_{name}"] = g["b"][here]
    return lstm({**g, **parts})


def lstm_p(g: dict) -> np.ndarray:
    a, c, states = g["a0"], g["c0"], []
    for x in g["x"]:
        z, z_i, z_f, z_o = (
            x @ g["W" + k] + a @ g["U" + k] + g["b" + k] for k in ("", "_i", "_f", "_o")
        )
        c = sigmoid(z) * sigmoid(z_i) + c * sigmoid(z_f)
        a = sigmoid(c) * sigmoid(z_o)
        states.append(a)
    return np.array(states)


def gru(g: dict) -> np.ndarray:
    """The reset gate before the weights if there is no bias of its own behind them."""
    h, states = g["h0"], []
    for x in g["x"]:
        r, z = sigmoid(_sum(g, x, h, "r")), sigmoid(_sum(g, x, h, "z"))
        inner = r * (h @ g["W_hg"] + g["b_u"]) if "b_u" in g else (r * h) @ g["W_hg"]
        new = np.tanh(x @ g["W_xg"] + g["b_g"] + inner)
        h = (1 - z) * new + z * h
        states.append(h)
    return np.array(states)


def bidirectional(g: dict) -> np.ndarray:
    forward = rnn(
        {"x": g["x"], "h0": g["f0"], "W_xh": g["W_xf"], "W_hh": g["W_ff"], "b_h": g["b_f"]}
    )
    backward = rnn(
        {"x": g["x"][::-1], "h0": g["b0"], "W_xh": g["W_xb"], "W_hh": g["W_bb"], "b_h": g["b_b"]}
    )[::-1]
    return forward @ g["W_fy"] + backward @ g["W_by"] + g["b_y"]


def scrn(g: dict, alpha: float = 0.95) -> np.ndarray:
    c, h, outputs = g["c0"], g["h0"], []
    for x in g["x"]:
        c = (1 - alpha) * (x @ g["B"]) + alpha * c
        h = sigmoid(c @ g["P"] + x @ g["A"] + h @ g["R"])
        outputs.append(h @ g["U"] + c @ g["V"])
    return np.array(outputs)


def read_out(g: dict, h: np.ndarray) -> np.ndarray:
    return h @ g["W_hy"] + g["b_y"]


def half_squared(y: np.ndarray, yhat: np.ndarray):
    return ((y - yhat) ** 2).sum() / 2


def cross_entropy(y: np.ndarray, z: np.ndarray):
    p = np.exp(z) / np.exp(z).sum(-1, keepdims=True)
    return -(y * np.log(p)).sum()


def gradients(loss: Callable[[dict], complex], givens: dict, names) -> dict[str, np.ndarray]:
    """Derivatives of a loss by imaginary steps, exact to the last digits."""
    found = {}
    for name in names:
        slopes = np.empty(np.shape(givens[name]))
        for at in np.ndindex(slopes.shape):
            moved = np.array(givens[name], dtype=complex)
            moved[at] += 1e-30j
            slopes[at] = loss({**givens, name: moved}).imag / 1e-30
        found[name] = slopes
    return found


def _sum(g: dict, x, h, k: str):
    return x @ g["W_x" + k] + h @ g["W_h" + k] + g["b_" + k]

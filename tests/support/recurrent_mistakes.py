"""Backpropagation through time in NumPy, time by time, rightly and with mistakes of students.

Nothing here comes from the engine. Every network is a list of lines: a line over time is a function
of what is known and of the time t, any other a function of what is known. The error is half the
squared difference, summed.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from by_hand import printed, sigmoid

from deltarule.marking.sheet_files.sheets import Run, Sheet

GATES = {"lstm": "ifog", "gru": "rzg"}


def before(q: dict, name: str, t: int) -> np.ndarray:
    """A state one time before, the initial one before the first time."""
    return q[name][t - 1] if t else q[f"{name}0"]


def behind(q: dict, t: int, value: Callable) -> np.ndarray | float:
    """A value of the next time; 0 at the last one."""
    return value(t + 1) if t + 1 < len(q["x"]) else 0.0


def draw(kind: str, seed: int, sizes: tuple[int, int, int, int] = (3, 2, 2, 3)) -> dict:
    """Givens with two decimals: T times, N sequences, D inputs, H units (2 outputs of the rnn)."""
    random = np.random.default_rng(seed)
    T, N, D, H = sizes

    def some(*shape: int) -> np.ndarray:
        return random.integers(-110, 110, shape) / 100

    g = {"x": some(T, N, D), "h0": some(N, H)}
    if kind == "rnn":
        g |= {"W_xh": some(D, H), "W_hh": some(H, H), "b_h": some(H), "W_hy": some(H, 2)}
        return g | {"b_y": some(2), "y": some(T, N, 2)}
    if kind == "lstm":
        g["c0"] = some(N, H)
    for k in GATES[kind]:
        g |= {f"W_x{k}": some(D, H), f"W_h{k}": some(H, H), f"b_{k}": some(H)}
    return g | {"y": some(T, N, H)}


def worked(kind: str, g: dict, wrong: dict[str, Callable] | None = None) -> dict:
    """Every quantity; `wrong` puts functions in the place of single lines."""
    wrong, q, T = wrong or {}, dict(g), len(g["x"])
    forward, back, sums = LINES[kind]
    for lines, times in ((forward, range(T)), (back, range(T - 1, -1, -1))):
        for t in times:
            for name, line in lines.items():
                worked_out: Callable = wrong.get(name, line)
                found = np.asarray(worked_out(q, t))
                q.setdefault(name, np.zeros((T, *found.shape)))[t] = found
    for name, line in sums.items():
        summed: Callable = wrong.get(name, line)
        q[name] = summed(q)
    return q


def truncated(q: dict, k: int) -> np.ndarray:
    """∂E/∂W_hh of the rnn if every error goes back k times and no further."""
    total = np.zeros_like(q["W_hh"])
    for t in range(len(q["x"])):
        back = q["dE/dyhat"][t] @ q["W_hy"].T
        for u in range(t, max(-1, t - k), -1):
            slope = back * (1 - q["h"][u] ** 2)
            total += before(q, "h", u).T @ slope
            back = slope @ q["W_hh"].T
    return total


def truncated_error(q: dict, time: int, k: int) -> np.ndarray:
    """∂E/∂h of the rnn at a time if every error goes back k times."""
    total = np.zeros_like(q["h0"])
    for t in range(time, min(time + k, len(q["x"]))):
        back = (q["yhat"][t] - q["y"][t]) @ q["W_hy"].T
        for u in range(t, time, -1):
            back = (back * (1 - q["h"][u] ** 2)) @ q["W_hh"].T
        total += back
    return total


def wandering_forward(q: dict, time: int) -> np.ndarray:
    """∂E/∂h of the rnn if errors are carried from each time to the next one."""
    back = 0.0
    for t in range(time + 1):
        error = q["yhat"][t] - q["y"][t]
        state = error @ q["W_hy"].T + back
        back = (state * (1 - q["h"][t] ** 2)) @ q["W_hh"].T
    return state


def sheet(kind: str, g: dict, published: dict, decimals: int, asked: tuple[str, ...] = ()) -> Sheet:
    """The sheet of a network with what was published of it, or with what is asked."""
    run = Run(
        "by hand",
        kind,
        {"loss": "half_squared"},
        given={name: printed(v, 2, name) for name, v in g.items()},
        published={name: printed(v, decimals, name) for name, v in published.items()},
        asked=asked,
    )
    return Sheet("by hand", "", "recurrent_mistakes.py", (run,))


def over_time(q: dict, left: Callable, right: str) -> np.ndarray:
    """Σ_t left(t)ᵀ right[t]."""
    return sum(left(t).T @ q[right][t] for t in range(len(q["x"])))


def weight_sums(s: str, x: str, h: str, b: str) -> dict[str, Callable]:
    """The gradients of the weights behind one weighted sum."""
    return {
        f"dE/d{x}": lambda q: over_time(q, lambda t: q["x"][t], s),
        f"dE/d{h}": lambda q: over_time(q, lambda t: before(q, "h", t), s),
        f"dE/d{b}": lambda q: q[s].sum((0, 1)),
    }


RNN = (
    {
        "s": lambda q, t: q["x"][t] @ q["W_xh"] + before(q, "h", t) @ q["W_hh"] + q["b_h"],
        "h": lambda q, t: np.tanh(q["s"][t]),
        "yhat": lambda q, t: q["h"][t] @ q["W_hy"] + q["b_y"],
    },
    {
        "dE/dyhat": lambda q, t: q["yhat"][t] - q["y"][t],
        "dE/dh": lambda q, t: (
            q["dE/dyhat"][t] @ q["W_hy"].T + behind(q, t, lambda u: q["dE/ds"][u] @ q["W_hh"].T)
        ),
        "dE/ds": lambda q, t: q["dE/dh"][t] * (1 - q["h"][t] ** 2),
    },
    {
        **weight_sums("dE/ds", "W_xh", "W_hh", "b_h"),
        "dE/dW_hy": lambda q: over_time(q, lambda t: q["h"][t], "dE/dyhat"),
    },
)


def gated(kind: str, squash: dict[str, Callable], state: dict, back: dict) -> tuple:
    """A network of gates: the weighted sums, what they are put through, and their weights."""
    forward: dict[str, Callable] = {}
    sums: dict[str, Callable] = {}
    for k, phi in squash.items():
        if kind == "lstm" or k != "g":
            forward[f"s_{k}"] = lambda q, t, k=k: (
                q["x"][t] @ q[f"W_x{k}"] + before(q, "h", t) @ q[f"W_h{k}"] + q[f"b_{k}"]
            )
        else:
            forward["s_g"] = lambda q, t: (
                q["x"][t] @ q["W_xg"] + (q["r"][t] * before(q, "h", t)) @ q["W_hg"] + q["b_g"]
            )
        forward[k] = lambda q, t, k=k, phi=phi: phi(q[f"s_{k}"][t])
        sums |= weight_sums(f"dE/ds_{k}", f"W_x{k}", f"W_h{k}", f"b_{k}")
    return {**forward, **state}, back, sums


def carried_back(q: dict, u: int, gates: str) -> np.ndarray:
    """Σ over gates of ∂E/∂s at the time u, sent back through the gate's weights."""
    return sum(q[f"dE/ds_{k}"][u] @ q[f"W_h{k}"].T for k in gates)


def gate_slope(k: str) -> Callable:
    """∂E/∂s of a gate from ∂E/∂ of its output."""
    if k == "g":
        return lambda q, t: q["dE/dg"][t] * (1 - q["g"][t] ** 2)
    return lambda q, t: q[f"dE/d{k}"][t] * q[k][t] * (1 - q[k][t])


LSTM = gated(
    "lstm",
    {"i": sigmoid, "f": sigmoid, "o": sigmoid, "g": np.tanh},
    {
        "c": lambda q, t: q["f"][t] * before(q, "c", t) + q["i"][t] * q["g"][t],
        "h": lambda q, t: q["o"][t] * np.tanh(q["c"][t]),
    },
    {
        "dE/dh": lambda q, t: (
            q["h"][t] - q["y"][t] + behind(q, t, lambda u: carried_back(q, u, "ifog"))
        ),
        "dE/dc": lambda q, t: (
            q["dE/dh"][t] * q["o"][t] * (1 - np.tanh(q["c"][t]) ** 2)
            + behind(q, t, lambda u: q["dE/dc"][u] * q["f"][u])
        ),
        "dE/do": lambda q, t: q["dE/dh"][t] * np.tanh(q["c"][t]),
        "dE/df": lambda q, t: q["dE/dc"][t] * before(q, "c", t),
        "dE/di": lambda q, t: q["dE/dc"][t] * q["g"][t],
        "dE/dg": lambda q, t: q["dE/dc"][t] * q["i"][t],
        **{f"dE/ds_{k}": gate_slope(k) for k in "ifog"},
    },
)


def back_to_h(q: dict, u: int) -> np.ndarray:
    """What the GRU at the time u sends back to the state before it."""
    reset = q["r"][u] * (q["dE/ds_g"][u] @ q["W_hg"].T)
    return reset + q["dE/dh"][u] * q["z"][u] + carried_back(q, u, "rz")


GRU = gated(
    "gru",
    {"r": sigmoid, "z": sigmoid, "g": np.tanh},
    {"h": lambda q, t: (1 - q["z"][t]) * q["g"][t] + q["z"][t] * before(q, "h", t)},
    {
        "dE/dh": lambda q, t: q["h"][t] - q["y"][t] + behind(q, t, lambda u: back_to_h(q, u)),
        "dE/dg": lambda q, t: q["dE/dh"][t] * (1 - q["z"][t]),
        "dE/ds_g": gate_slope("g"),
        "dE/dz": lambda q, t: q["dE/dh"][t] * (before(q, "h", t) - q["g"][t]),
        "dE/ds_z": gate_slope("z"),
        "dE/dr": lambda q, t: before(q, "h", t) * (q["dE/ds_g"][t] @ q["W_hg"].T),
        "dE/ds_r": gate_slope("r"),
    },
)
GRU[2]["dE/dW_hg"] = lambda q: over_time(q, lambda t: q["r"][t] * before(q, "h", t), "dE/ds_g")

LINES = {"rnn": RNN, "lstm": LSTM, "gru": GRU}

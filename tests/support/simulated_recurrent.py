"""Recurrent networks of a simulated class, time by time in NumPy, with slips in them."""

from __future__ import annotations

import numpy as np
from recurrent_mistakes import (
    LINES,
    back_to_h,
    before,
    behind,
    carried_back,
    draw,
    over_time,
    truncated,
    truncated_error,
    wandering_forward,
)
from simulated_lines import Kind, Slip, Step


def _kind(name: str, sizes: tuple[int, int, int, int], slips: tuple[Slip, ...]) -> Kind:
    forward, back, sums = LINES[name]
    lines = {n: Step(work) for n, work in forward.items()}
    lines |= {n: Step(work, back=True) for n, work in back.items()} | sums
    return Kind(
        name,
        {"loss": "half_squared"},
        lambda random: draw(name, int(random.integers(1 << 30)), sizes),
        lines,
        slips,
    )


def dh_alone(q, t):
    return q["dE/dyhat"][t] @ q["W_hy"].T


RNN = _kind(
    "rnn",
    (3, 1, 2, 3),
    (
        Slip("bias of the output forgotten", "yhat", lambda q, t: q["h"][t] @ q["W_hy"]),
        Slip("state forgotten", "s", lambda q, t: q["x"][t] @ q["W_xh"] + q["b_h"]),
        Slip("σ for tanh", "h", lambda q, t: 1 / (1 + np.exp(-q["s"][t]))),
        Slip("sign of the error", "dE/dyhat", lambda q, t: q["y"][t] - q["yhat"][t]),
        Slip("no next time", "dE/dh", dh_alone),
        Slip(
            "weights transposed on the way back",
            "dE/dh",
            lambda q, t: dh_alone(q, t) + behind(q, t, lambda u: q["dE/ds"][u] @ q["W_hh"]),
        ),
        Slip("states truncated after 2", "dE/dh", lambda q, t: truncated_error(q, t, 2)),
        Slip("errors the other way", "dE/dh", wandering_forward),
        Slip("slope lost", "dE/ds", lambda q, t: q["dE/dh"][t] + 0),
        Slip("h not squared", "dE/ds", lambda q, t: q["dE/dh"][t] * (1 - q["h"][t])),
        Slip("slope of σ", "dE/ds", lambda q, t: q["dE/dh"][t] * q["h"][t] * (1 - q["h"][t])),
        Slip("slope inverted", "dE/ds", lambda q, t: q["dE/dh"][t] / (1 - q["h"][t] ** 2)),
        Slip("tanh again", "dE/ds", lambda q, t: q["dE/dh"][t] * (1 - np.tanh(q["h"][t]) ** 2)),
        Slip(
            "h of the wrong time", "dE/dW_hh", lambda q: over_time(q, lambda t: q["h"][t], "dE/ds")
        ),
        Slip("first time alone", "dE/dW_hh", lambda q: q["h0"].T @ q["dE/ds"][0]),
        Slip("last time alone", "dE/dW_xh", lambda q: q["x"][-1].T @ q["dE/ds"][-1]),
        Slip("mean over the times", "dE/db_h", lambda q: q["dE/ds"].mean((0, 1))),
        Slip("truncated after 1", "dE/dW_hh", lambda q: truncated(q, 1)),
        Slip("truncated after 2", "dE/dW_hh", lambda q: truncated(q, 2)),
        Slip(
            "inputs in reverse order",
            "dE/dW_xh",
            lambda q: over_time(q, lambda t: q["x"][2 - t], "dE/ds"),
        ),
    ),
)


def _local_error(q, t):
    return q["h"][t] - q["y"][t]


def _local_dc(q, t):
    return q["dE/dh"][t] * q["o"][t] * (1 - np.tanh(q["c"][t]) ** 2)


LSTM = _kind(
    "lstm",
    (2, 1, 2, 2),
    (
        Slip("forget gate lost in c", "c", lambda q, t: before(q, "c", t) + q["i"][t] * q["g"][t]),
        Slip("tanh of c lost", "h", lambda q, t: q["o"][t] * q["c"][t]),
        Slip("gate with e^(+s)", "f", lambda q, t: 1 / (1 + np.exp(q["s_f"][t]))),
        Slip("tanh for a gate", "o", lambda q, t: np.tanh(q["s_o"][t])),
        Slip("dh of this time alone", "dE/dh", _local_error),
        Slip("dc without dc_next", "dE/dc", _local_dc),
        Slip(
            "forget gate lost on the way back",
            "dE/dc",
            lambda q, t: _local_dc(q, t) + behind(q, t, lambda u: q["dE/dc"][u]),
        ),
        Slip("tanh lost in do", "dE/do", lambda q, t: q["dE/dh"][t] * q["c"][t]),
        Slip("c for c before", "dE/df", lambda q, t: q["dE/dc"][t] * q["c"][t]),
        Slip("i for g", "dE/di", lambda q, t: q["dE/dc"][t] * q["i"][t]),
        Slip("gate's slope lost", "dE/ds_f", lambda q, t: q["dE/df"][t] + 0),
        Slip(
            "slope of σ for tanh",
            "dE/ds_g",
            lambda q, t: q["dE/dg"][t] * q["g"][t] * (1 - q["g"][t]),
        ),
        Slip(
            "h of the wrong time",
            "dE/dW_hi",
            lambda q: over_time(q, lambda t: q["h"][t], "dE/ds_i"),
        ),
        Slip("last time alone", "dE/dW_xo", lambda q: q["x"][-1].T @ q["dE/ds_o"][-1]),
    ),
)

GRU = _kind(
    "gru",
    (2, 1, 2, 2),
    (
        Slip(
            "gates exchanged",
            "h",
            lambda q, t: q["z"][t] * q["g"][t] + (1 - q["z"][t]) * before(q, "h", t),
        ),
        Slip(
            "reset gate lost in the value",
            "s_g",
            lambda q, t: q["x"][t] @ q["W_xg"] + before(q, "h", t) @ q["W_hg"] + q["b_g"],
        ),
        Slip("dh of this time alone", "dE/dh", _local_error),
        Slip(
            "path through the reset lost",
            "dE/dh",
            lambda q, t: (
                _local_error(q, t)
                + behind(q, t, lambda u: back_to_h(q, u) - q["dE/ds_r"][u] @ q["W_hr"].T)
            ),
        ),
        Slip(
            "reset gate lost",
            "dE/dh",
            lambda q, t: (
                _local_error(q, t)
                + behind(
                    q,
                    t,
                    lambda u: (
                        q["dE/ds_g"][u] @ q["W_hg"].T
                        + q["dE/dh"][u] * q["z"][u]
                        + carried_back(q, u, "rz")
                    ),
                )
            ),
        ),
        Slip("1 − z for z", "dE/dg", lambda q, t: q["dE/dh"][t] * q["z"][t]),
        Slip("state before lost", "dE/dz", lambda q, t: -q["dE/dh"][t] * q["g"][t]),
        Slip("gate's slope lost", "dE/ds_z", lambda q, t: q["dE/dz"][t] + 0),
        Slip(
            "reset lost in dW",
            "dE/dW_hg",
            lambda q: over_time(q, lambda t: before(q, "h", t), "dE/ds_g"),
        ),
    ),
)

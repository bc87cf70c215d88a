"""Mistakes in backpropagation through time, planted by hand in NumPy, must be found and named."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from by_hand import printed
from recurrent_mistakes import (
    back_to_h,
    before,
    behind,
    carried_back,
    draw,
    over_time,
    sheet,
    truncated,
    truncated_error,
    wandering_forward,
    worked,
)

from deltarule.marking import mark
from deltarule.marking.open_sheet import OpenSheet
from deltarule.marking.sheet_files.answers import Answers
from deltarule.marking.verdicts import MISTAKE, RIGHT


def no_next_dc(q, t):
    return q["dE/dh"][t] * q["o"][t] * (1 - np.tanh(q["c"][t]) ** 2)


def local_error(q, t):
    return q["h"][t] - q["y"][t]


def dh_alone(q, t):
    return q["dE/dyhat"][t] @ q["W_hy"].T


# Number in the list of students' mistakes, network, what is asked, the wrong line, the kind found.
PLANTED = {
    "31 error of this time alone": ("rnn", "dE/dh", {"dE/dh": dh_alone}, "recurrence cut"),
    "31 seen in the weights": ("rnn", "dE/dW_hh", {"dE/dh": dh_alone}, "recurrence cut"),
    "32 h_t for h_{t−1}": (
        "rnn",
        "dE/dW_hh",
        {"dE/dW_hh": lambda q: over_time(q, lambda t: q["h"][t], "dE/ds")},
        "wrong time",
    ),
    "32 last step of the sweep alone": (
        "rnn",
        "dE/dW_hh",
        {"dE/dW_hh": lambda q: q["h0"].T @ q["dE/ds"][0]},
        "one path only",
    ),
    "32 last time alone": (
        "rnn",
        "dE/dW_xh",
        {"dE/dW_xh": lambda q: q["x"][-1].T @ q["dE/ds"][-1]},
        "one path only",
    ),
    "33 slope inverted": (
        "rnn",
        "dE/ds",
        {"dE/ds": lambda q, t: q["dE/dh"][t] / (1 - q["h"][t] ** 2)},
        "slope inverted",
    ),
    "33 h not squared": (
        "rnn",
        "dE/ds",
        {"dE/ds": lambda q, t: q["dE/dh"][t] * (1 - q["h"][t])},
        "slope misremembered",
    ),
    "33 slope at the output": (
        "rnn",
        "dE/ds",
        {"dE/ds": lambda q, t: q["dE/dh"][t] * (1 - np.tanh(q["h"][t]) ** 2)},
        "slope at the wrong place",
    ),
    "34 dc without dc_next": ("lstm", "dE/dc", {"dE/dc": no_next_dc}, "recurrence cut"),
    "34 seen in the weights": ("lstm", "dE/dW_hf", {"dE/dc": no_next_dc}, "recurrence cut"),
    "35 forget gate lost": (
        "lstm",
        "dE/dc",
        {"dE/dc": lambda q, t: no_next_dc(q, t) + behind(q, t, lambda u: q["dE/dc"][u])},
        "gate lost",
    ),
    "36 gate's slope lost": (
        "lstm",
        "dE/ds_f",
        {"dE/ds_f": lambda q, t: q["dE/df"][t]},
        "slope lost",
    ),
    "36 seen in the weights": (
        "lstm",
        "dE/dW_xi",
        {"dE/ds_i": lambda q, t: q["dE/di"][t]},
        "slope lost",
    ),
    "37 tanh lost": (
        "lstm",
        "dE/do",
        {"dE/do": lambda q, t: q["dE/dh"][t] * q["c"][t]},
        "activation lost",
    ),
    "38 path through the reset lost": (
        "gru",
        "dE/dh",
        {
            "dE/dh": lambda q, t: (
                local_error(q, t)
                + behind(q, t, lambda u: back_to_h(q, u) - q["dE/ds_r"][u] @ q["W_hr"].T)
            )
        },
        "recurrence cut",
    ),
    "38 reset gate lost": (
        "gru",
        "dE/dh",
        {
            "dE/dh": lambda q, t: (
                local_error(q, t)
                + behind(
                    q,
                    t,
                    lambda u: (
                        q["dE/ds_g"][u] @ q["W_hg"].T
                        + q["dE/dh"][u] * q["z"][u]
                        + carried_back(q, u, "rz")
                    ),
                )
            )
        },
        "gate lost",
    ),
    "38 one number for the reset gate": (
        "gru",
        "dE/dr",
        {
            "dE/dr": lambda q, t: np.repeat(
                (before(q, "h", t) * (q["dE/ds_g"][t] @ q["W_hg"].T)).sum(-1, keepdims=True), 3, -1
            )
        },
        "scalar gate",
    ),
    "38 z for 1 − z": (
        "gru",
        "dE/dg",
        {"dE/dg": lambda q, t: q["dE/dh"][t] * q["z"][t]},
        "gates exchanged",
    ),
    "8 bias from the weights of the state": (
        "rnn",
        "dE/db_h",
        {"dE/db_h": lambda q: over_time(q, lambda t: before(q, "h", t), "dE/ds").sum(0)},
        "bias from weights",
    ),
    "forget and input gate exchanged": (
        "lstm",
        "c",
        {"c": lambda q, t: q["i"][t] * before(q, "c", t) + q["f"][t] * q["g"][t]},
        "gates exchanged",
    ),
    "45 truncated after 2": (
        "rnn",
        "dE/dW_hh",
        {"dE/dW_hh": lambda q: truncated(q, 2)},
        "truncated",
    ),
    "45 states truncated after 2": (
        "rnn",
        "dE/dh",
        {"dE/dh": lambda q, t: truncated_error(q, t, 2)},
        "truncated",
    ),
    "45 inputs in reverse order": (
        "rnn",
        "dE/dW_xh",
        {"dE/dW_xh": lambda q: over_time(q, lambda t: q["x"][2 - t], "dE/ds")},
        "time order reversed",
    ),
    "45 errors in reverse order": (
        "rnn",
        "dE/dh",
        {"dE/dh": lambda q, t: wandering_forward(q, t)},
        "time order reversed",
    ),
}


@cache
def opened(kind: str) -> tuple[dict, OpenSheet]:
    """One sheet for all that is asked of a network: its mistakes are generated once."""
    asked = tuple(dict.fromkeys(a for k, a, *_ in PLANTED.values() if k == kind))
    givens = draw(kind, 2)
    return givens, OpenSheet(sheet(kind, givens, {}, 5, asked))


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_named(name):
    kind, asked, wrong, expected = PLANTED[name]
    givens, its_sheet = opened(kind)
    written = printed(worked(kind, givens, wrong)[asked], 5, asked)
    marking = its_sheet.mark(Answers(None, "", {asked: written}, "by hand"))
    (verdict,) = [v for v in marking.verdicts if v.quantity == asked]
    assert verdict.verdict == MISTAKE, verdict
    assert expected in verdict.mistakes, verdict


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_every_right_gradient_is_right(kind):
    givens = draw(kind, 3)
    values = worked(kind, givens)
    asked = {q: v for q, v in values.items() if q.startswith("dE/d")}
    marking = mark(sheet(kind, givens, asked, 6))
    assert marking.right == marking.of == len(asked)
    assert not marking.notes


@pytest.mark.slow
def test_the_line_where_it_happened_is_told():
    givens = draw("lstm", 4)
    written = worked("lstm", givens, {"dE/dc": no_next_dc})
    verdict = mark(sheet("lstm", givens, {"dE/db_f": written["dE/db_f"]}, 6)).verdicts[-1]
    assert verdict.finding.startswith("in ∂E/∂c, the path through the next time is lost")


# What hides which mistake: network, sizes, what is set, what is asked, the wrong line, the note.
HIDDEN = {
    "one time hides a cut recurrence": (
        "rnn",
        (1, 2, 2, 3),
        {},
        "dE/dW_hh",
        {"dE/dh": dh_alone},
        "in ∂E/∂h, the path through the next time is lost",
    ),
    "one time hides a lost dc_next": (
        "lstm",
        (1, 2, 2, 3),
        {},
        "dE/dc",
        {"dE/dc": no_next_dc},
        "the path through the next time is lost",
    ),
    "a cell of zero hides a gate's slope": (
        "lstm",
        (1, 2, 2, 3),
        {"c0": np.zeros((2, 3))},
        "dE/ds_f",
        {"dE/ds_f": lambda q, t: q["dE/df"][t]},
        "σ′(s_f[t, n, m]) is missing",
    ),
    "symmetric weights hide a transpose": (
        "rnn",
        (3, 2, 2, 3),
        {"W_hh": np.array([[0.5, -0.2, 0.1], [-0.2, 0.3, 0.7], [0.1, 0.7, -0.4]])},
        "dE/dh",
        {"dE/dh": lambda q, t: dh_alone(q, t) + behind(q, t, lambda u: q["dE/ds"][u] @ q["W_hh"])},
        "W_hh stands transposed",
    ),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_numbers_that_cannot_tell_accuse_nobody_and_say_so(name):
    kind, sizes, given, asked, wrong, note = HIDDEN[name]
    givens = draw(kind, 5, sizes) | given
    written = worked(kind, givens, wrong)[asked]
    marking = mark(sheet(kind, givens, {asked: written}, 5))
    assert [v.verdict for v in marking.verdicts] == [RIGHT]
    assert any("cannot tell whether" in n and note in n for n in marking.notes), marking.notes


def test_a_transposed_matrix_that_is_not_symmetric_is_named():
    givens = draw("rnn", 6)
    written = worked(
        "rnn",
        givens,
        {"dE/dh": lambda q, t: dh_alone(q, t) + behind(q, t, lambda u: q["dE/ds"][u] @ q["W_hh"])},
    )
    verdict = mark(sheet("rnn", givens, {"dE/dh": written["dE/dh"]}, 5)).verdicts[-1]
    assert verdict.mistakes == ("transposed",)

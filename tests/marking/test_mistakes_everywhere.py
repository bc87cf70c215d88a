"""The list of mistakes, planted in NumPy by Jacobians of forward equations, is named by marking.

Every row of the list is planted once, where it is at home; with DELTARULE_FULL=1 wherever it
changes these derivations. `python tests/support/planted_survey.py` goes through the catalogue.
"""

from __future__ import annotations

import numpy as np
import pytest
from planted_in_numpy import ROWS, Case, computation, planted
from planted_survey import NAMED, Marker
from planting import Row
from variants import FULL

#: A network of somebody's own, with what an LSTM has, and less of it.
GATED_CELL = """
from deltarule.language import *

T, N, H = sizes("T N H")
t, n, m = indices("t n m")
x, y = input("x", T, N, H), output("y", T, N, H)
v, w_f, w_o = parameter("v", H), parameter("w_f", H), parameter("w_o", H)
c = state("c", T, N, H, before=parameter("c0", N, H))
h = state("h", T, N, H, before=parameter("h0", N, H))
s_f, s_o = intermediate("s_f", T, N, H), intermediate("s_o", T, N, H)
f, o = intermediate("f", T, N, H), intermediate("o", T, N, H)
s_f[t, n, m] = x[t, n, m] + w_f[m] * h[t - 1, n, m]
f[t, n, m] = sigmoid(s_f[t, n, m])
c[t, n, m] = f[t, n, m] * c[t - 1, n, m] + x[t, n, m]
s_o[t, n, m] = x[t, n, m] + w_o[m] * h[t - 1, n, m]
o[t, n, m] = sigmoid(s_o[t, n, m])
h[t, n, m] = o[t, n, m] * tanh(c[t, n, m])
y[t, n, m] = v[m] * h[t, n, m]
"""


@pytest.mark.parametrize("home", dict.fromkeys(row.home for row in ROWS))
def test_what_is_planted_is_named(home, tmp_path):
    own = tmp_path / "gated_cell.py"
    own.write_text(GATED_CELL, encoding="utf-8")
    rows = [row for row in ROWS if row.home == home]
    marker, found, otherwise = Marker(), set(), []
    for case in planted(str(own) if home == own.stem else home, rows, None if FULL else 1):
        found.add(case.row.name)
        marked = marker(case)
        if marked.how != NAMED:
            otherwise.append((case.row.name, case.line, marked.how))
    assert found == {row.name for row in rows}
    assert otherwise == []


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("transposed_conv2d", "19 kernel turned"),  # where the kernel itself is read along a window
        ("crelu", "26, 27 path frozen"),  # of two ways back, each with a mask of its own
        ("layer_norm", "26, 27 path frozen"),  # and a factor whose loss makes a term vanish
    ],
)
@pytest.mark.slow
def test_what_went_by_another_name_is_named(name, row):
    rows, marker = [r for r in ROWS if r.name == row], Marker()
    assert {marker(case).how for case in planted(name, rows, 2)} == {NAMED}


def _named(marker: Marker, here, line: str, value: np.ndarray, kind: str) -> bool:
    row = Row("30 by hand", lambda j: iter(()), (kind,), here.network.name)
    return marker(Case(here.network.name, row, line, value, here)).how == NAMED


@pytest.mark.slow
def test_statistics_over_the_wrong_groups():
    here, marker = computation("group_norm"), Marker()
    q = here.floats.arrays
    x, epsilon = q["x"], 0.00001
    (n, channels, h, w), (_, groups) = x.shape, q["mu"].shape
    apart = x.reshape(n, channels // groups, groups, h, w)  # channel c in the group c mod G
    mu, v = apart.mean((1, 3, 4)), apart.var((1, 3, 4))
    assert _named(marker, here, "mu", mu, "wrong groups")
    of = np.arange(channels) % groups
    xhat = (x - mu[:, of, None, None]) / np.sqrt(v[:, of, None, None] + epsilon)
    assert _named(marker, here, "xhat", xhat, "wrong groups")
    over = (1, 2, 3)
    xhat = (x - x.mean(over, keepdims=True)) / np.sqrt(x.var(over, keepdims=True) + epsilon)
    g = q["dL/dy"] * q["gamma"][:, None, None]
    back = g - g.mean(over, keepdims=True) - xhat * (g * xhat).mean(over, keepdims=True)
    back = back / np.sqrt(x.var(over, keepdims=True) + epsilon)
    assert _named(marker, here, "dL/dx", back, "wrong groups")


def test_statistics_themselves_over_the_whole_array():
    here, marker = computation("layer_norm"), Marker()
    x = here.floats.arrays["x"]
    assert _named(marker, here, "mu", np.full(len(x), x.mean()), "another axis")
    assert _named(marker, here, "v", np.full(len(x), x.var()), "another axis")

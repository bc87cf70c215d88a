"""The list of mistakes, planted in NumPy by Jacobians of the forward equations, is generated.

`python tests/support/planted_in_numpy.py` does the same for the whole catalogue.
"""

from __future__ import annotations

import pytest
from planted_in_numpy import ROWS, planted

#: Derivations that have between them every row: dense, windows, statistics, softmax, time, data.
SOME = (
    "regularised_dense", "residual_conv", "batch_norm", "softmax", "rnn", "gru", "embedding",
    "dropout", "avg_pool2d", "conv1d",
)  # fmt: skip

_SEEN: dict[str, set[str]] = {}


@pytest.mark.parametrize("name", SOME)
def test_what_is_planted_is_generated_and_named(name):
    found = list(planted(name))
    assert found
    assert [(row, line) for row, line, generated in found if not generated] == []


def test_every_row_is_planted_somewhere():
    rows = {row for name in ("softmax_cross_entropy", *SOME) for row, _, _ in planted(name)}
    assert [row for row, _, _ in ROWS if row not in rows] == []

"""The list of mistakes, planted in NumPy by Jacobians of the forward equations, is generated.

`python tests/support/planted_in_numpy.py` does the same for the whole catalogue.
"""

from __future__ import annotations

import pytest
from planted_in_numpy import planted


@pytest.mark.parametrize("name", ["softmax", "mlp", "batch_norm", "embedding", "dropout", "conv1d"])
def test_what_is_planted_is_generated_and_named(name):
    found = list(planted(name))
    assert found
    assert [(row, line) for row, line, generated in found if not generated] == []

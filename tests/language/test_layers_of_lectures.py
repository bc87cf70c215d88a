"""Layers that are not in the catalogue, as a lecturer writes them: all go in (2 s for all).

What is derived of them is shown and measured by tests/support/lectured.py.
"""

import pytest
from lectured import lectured

from deltarule import check_derivation, load
from deltarule.networks.unused import unused

LAYERS = lectured()


@pytest.mark.slow
def test_all_go_in_and_use_what_they_declare(tmp_path):
    assert len(LAYERS) >= 220
    for name, written in LAYERS.items():
        path = tmp_path / f"{name}.py"
        path.write_text(written, encoding="utf-8")
        network = load(path)
        assert (name, unused(network)) == (name, [])


@pytest.mark.parametrize(
    "name",
    [
        "matern_kernel",  # at equal indices its distance is 0, which is a factor of everything
        "egnn",
        "holt_winters",  # a season of 4 times is longer than most trials
        "trpo_kl_surrogate",  # logarithms of shares, which sum to 1 and may be below 0
        "softcapped_attention",  # a mask of −∞ on a line of its own
        "gat_mask",
        "masked_max",
        "poincare_distance",
        "supcon",  # ranges that statements alone tell
        "fourier_features",  # halves of one tensor
        "expectile",  # a statement that is calculated with
        "smooth_needleman_wunsch",  # cases within cases, of which a place decides some
    ],
)
def test_kinds_of_layers_that_did_not_go_in_are_derived(tmp_path, name):  # 0.3 s each
    path = tmp_path / f"{name}.py"
    path.write_text(LAYERS[name], encoding="utf-8")
    found = check_derivation(load(path), compiled=False)
    assert found.fault is None and found.checks and all(c.right for c in found.checks)

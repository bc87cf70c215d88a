"""Layers that are not in the catalogue, as a lecturer writes them: all go in (1 s for all).

What is derived of them is shown and measured by tests/support/lectured.py.
"""

from lectured import lectured

from deltarule import load
from deltarule.networks.unused import unused

LAYERS = lectured()


def test_all_go_in_and_use_what_they_declare(tmp_path):
    assert len(LAYERS) >= 80
    for name, written in LAYERS.items():
        path = tmp_path / f"{name}.py"
        path.write_text(written, encoding="utf-8")
        network = load(path)
        assert (name, unused(network)) == (name, [])

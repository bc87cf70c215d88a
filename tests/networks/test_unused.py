"""What a file declares and does not use is said; nothing of the catalogue is."""

import pytest

from deltarule.cli.forward import forward
from deltarule.cli.page import Page
from deltarule.language.load import load
from deltarule.networks.unused import unused

LAYER = """
from deltarule.language import *

N, D, M = sizes("N D M")
n, d, m = indices("n d m")
x, y = input("x", N, D), output("y", N, M)
W1, W2, v = parameter("W1", D, M), parameter("W2", D, M), input("v", M)
s, t = intermediate("s", N, M), intermediate("tt", N, M)
s[n, m] = Sum[d](x[n, d] * W1[d, m])
y[n, m] = Sum[d](x[n, d] * W1[d, m])
"""


def test_what_nothing_uses_is_said(tmp_path):
    path = tmp_path / "layer.py"
    path.write_text(LAYER, encoding="utf-8")
    said = [
        "W2 is declared as parameter, but no equation reads it",
        "v is declared as input, but no equation reads it",
        "s has an equation, but no other equation reads it",
        "tt is declared as intermediate, but no equation gives it",
    ]
    assert unused(load(path)) == said
    page = Page(100)
    forward(page, load(path))
    shown = " ".join(page.plain.split())
    assert all(f"unused: {sentence}" in shown for sentence in said)


SOME = ["dense", "max_pool1d", "maxout", "shifted_logsumexp", "conv_pool", "adam", "batch_norm"]


@pytest.mark.parametrize("name", SOME)
def test_nothing_of_the_catalogue_is_unused(name):
    assert unused(load(name)) == []


@pytest.mark.parametrize("options", [{"unroll": 2}, {"truncate": 1}, {"chunks": 2}])
def test_nothing_of_a_variant_is_unused(options):
    assert unused(load("lstm", **options)) == []

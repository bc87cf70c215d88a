"""Maxima whose ties cancel: the derivation says it, and the check meets such ties."""

import pytest

from deltarule.calculus import derive
from deltarule.gradcheck.at_kinks import at_edges
from deltarule.gradcheck.kink_points import kinks_of, on_kinks
from deltarule.language.load import load

HEAD = '''"""A layer."""
from deltarule.language import *
N, D, K = sizes("N D K")
n, d, k = indices("n d k")
x, W = input("x", N, D), parameter("W", D, {size})
u = intermediate("u", N, {size})
y = output("y", N)
k = index("k", {size})
u[n, k] = Sum[d](tanh(x[n, d]) * exp(W[d, k]))
'''
TWO = "Max[k](u[n, k]) - Max[k](-u[n, k])"


def derived(tmp_path, right, size="2"):
    path = tmp_path / "layer.py"
    path.write_text(HEAD.format(size=size) + f"y[n] = {right}\n", encoding="utf-8")
    return derive(load(path))


@pytest.mark.slow
def test_a_sum_of_a_maximum_and_a_minimum_is_found_at_ties(tmp_path):
    derivation = derived(tmp_path, TWO)
    wrong = {c.tensor for c in at_edges(derivation, 0, {}) if not c.right}
    assert wrong == {"x", "W"}
    assert (
        derivation.gradients["u"].notes
        == (
            "Where max_k (−u[n, k]) and max_k u[n, k] have ties at the same values, each keeps its "
            "own convention; if their kinks cancel there, the sum is no derivative.",
        )
        and not derivation.gradients["u"].lenient
    )


@pytest.mark.parametrize(
    ("right", "said"),
    [
        ("Max[k](u[n, k] + 1) - 2 * Max[k](3 * u[n, k])", False),
        ("Max[k](u[n, k]) + Max[k](u[n, k], ties='split')", True),
        ("Max[k](u[n, k]) + Max[k](-u[n, k])", True),
        ("Max[k](u[n, k])", False),
    ],
)
def test_maxima_that_choose_alike_need_no_note(tmp_path, right, said):
    derivation = derived(tmp_path, right, "K")
    assert bool(derivation.gradients["u"].notes) == said
    assert all(c.right for c in at_edges(derivation, 0, {}))


def test_two_entries_of_a_maximum_are_made_to_tie(tmp_path):
    network = derived(tmp_path, "Max[k](u[n, k])", "K").network
    (site,) = kinks_of(network)
    assert [i.name for i, _ in site.inner] == ["k"]
    gaps = []
    for probe, moved in on_kinks(network, 128, 0, {"N": 1, "D": 2, "K": 3}):
        assert moved in ("x", "W")
        first, second, _ = sorted(float(v.mid()) for v in probe.values.arrays["u"].ravel())[::-1]
        gaps.append(first - second)
    assert min(gaps) < 1e-15

"""Gradient flow: sizes per time and layer, and what is said of them."""

import numpy as np
import pytest
import recurrent_by_hand as by_hand

from deltarule.errors import DeltaruleError
from deltarule.language.load import load
from deltarule.tracing.gradient_flow import flow, growth


def test_sizes_of_a_recurrent_network_are_the_products_of_its_jacobians():
    random = np.random.default_rng(3)
    given = {
        "x": random.normal(size=(12, 1, 8)),
        "W_xh": random.normal(size=(8, 8)) / 3,
        "W_hh": random.normal(size=(8, 8)) / 3,
    }
    given["W_hy"] = random.normal(size=(8, 8))
    found = flow(load("rnn", outputs="last", loss="none"), steps=12, givens=given)
    h = by_hand.rnn({**given, "b_h": np.zeros(8), "h0": np.zeros((1, 8))})
    back, sizes = given["W_hy"].sum(1), []
    for t in range(11, -1, -1):
        sizes.append(np.linalg.norm(back))
        back = given["W_hh"] @ (back * (1 - h[t, 0] ** 2))
    np.testing.assert_allclose([p.size for p in found.places], sizes, rtol=1e-12)
    assert [p.label for p in found.places] == [f"t = {t}" for t in range(11, -1, -1)]
    assert found.rate == pytest.approx((sizes[-1] / sizes[0]) ** (1 / 11))


def test_factors_of_a_chain_are_its_slopes_times_its_weights():
    weights = {f"theta{k}": 0.5 + k / 10 for k in range(1, 6)}
    found = flow(load("scalar_chain", layers=5), givens={**weights, "x": 0.3})
    h, units = 0.3, []
    for k in range(1, 6):
        h = 1 / (1 + np.exp(-weights[f"theta{k}"] * h))
        units.append(h)
    slopes = [h * (1 - h) for h in units]
    sizes = [slopes[4]]
    for k in range(4, 0, -1):
        sizes.append(sizes[-1] * weights[f"theta{k + 1}"] * slopes[k - 1])
    np.testing.assert_allclose([p.size for p in found.places], sizes, rtol=1e-12)
    assert [p.label for p in found.places] == [f"layer {k}" for k in range(5, 0, -1)]
    assert found.places[1].factor == pytest.approx(sizes[1] / sizes[0])


@pytest.mark.parametrize(
    ("name", "options", "givens", "verdict"),
    [
        ("rnn", {"outputs": "last"}, {}, "vanishing"),
        ("lstm", {"outputs": "last"}, {"b_f": 5}, "steady"),
        ("irnn", {}, {}, "steady"),
        ("scalar_chain", {"layers": 30}, {}, "vanishing"),
        ("scalar_chain", {"layers": 30, "activation": "relu"}, {}, "steady"),
        ("mlp", {"layers": 20, "activation": "exp"}, {}, "exploding"),
        ("shared_resnet", {}, {}, "exploding"),
    ],
)
def test_verdicts(name, options, givens, verdict):
    found = flow(load(name, **options), givens=givens)
    assert found.verdict == verdict
    assert verdict.removesuffix("ing")[:5] in found.sentence


def test_growth_of_the_decks():
    assert growth(1, 1000) == 1
    assert round(growth(1.01, 1000)) == 20959
    assert growth(0.99, 1000) == pytest.approx(4.3e-5, rel=1e-2)
    assert growth(0.01, 1000) == 0


@pytest.mark.parametrize(
    ("name", "options", "labels"),
    [
        (
            "resnet152",
            {"blocks": "1-2-1-1"},
            "y mean block_4x1 block_3x2 block_3x1 block_2x1 pool x",
        ),
        ("keras_cnn", {}, "y fc₃ flat pool₁ x"),
    ],
)
def test_networks_are_looked_at_where_their_layers_read(name, options, labels):
    """About 1 s each: the large ones are run as scaled-down copies."""
    found = flow(load(name, **options))
    assert " ".join(p.label for p in found.places) == labels
    assert all(0 < p.size < np.inf for p in found.places)
    assert bool(found.copy) == (name != "keras_cnn")


def test_a_single_layer_has_no_flow():
    with pytest.raises(DeltaruleError) as refused:
        flow(load("dense"))
    assert refused.value.fact == (
        "dense has neither times nor layers that a gradient could flow through"
    )

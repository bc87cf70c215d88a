"""Gradient flow: sizes per time and layer, and what is said of them."""

import json
import re
from decimal import Decimal

import mpmath
import numpy as np
import pytest
import recurrent_by_hand as by_hand

from deltarule.arithmetic.magnitude import Magnitude, as_magnitude
from deltarule.errors import DeltaruleError
from deltarule.language.load import load
from deltarule.pages.flow_html import flow_html
from deltarule.pages.flow_svg import flow_svg
from deltarule.reports.flow_values import flow_values
from deltarule.reports.things import ShownFlow
from deltarule.tracing import known_sizes
from deltarule.tracing.flow_found import growth
from deltarule.tracing.gradient_flow import flow


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
    assert growth(Magnitude(Decimal("0.01")), 1000).exact == Decimal("1e-2000")


@pytest.mark.slow
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


def layered(count):
    """theta_k of a chain of so many layers."""
    return [f"theta{k}" for k in range(1, count + 1)]


@pytest.mark.parametrize(
    ("weight", "layers", "log10", "words"),
    [
        # Beyond what floats hold at the end, in squares alone, from the first layer on; and back.
        (1e-100, 5, -400.0, "from 1 at layer 5 to 1e−400 at layer 1"),
        (1e-80, 3, -160.0, "from 1 at layer 3 to 1e−160 at layer 1"),
        (1e80, 3, 160.0, "from 1 at layer 3 to 1e160 at layer 1"),
        (1e300, 5, 1200.0, "it grows by a factor of 1e300 a step, from 1 at layer 5 to 1e1200"),
        (1e-300, 20, -5700.0, "it shrinks by a factor of 1e−300 a step"),
        (0.0, 3, -np.inf, "the gradient vanishes: from layer 2 on it is 0"),
        (1.0, 3, 0.0, "is steady: it changes by a factor of 1 a step"),
    ],
)
def test_a_product_of_factors_is_said_in_powers_of_ten_however_far_it_goes(
    weight, layers, log10, words
):
    """7 cases, 0.2 s together."""
    network = load("scalar_chain", layers=layers, activation="identity", loss="none")
    found = flow(network, givens={**dict.fromkeys(layered(layers), weight), "x": 0.5})
    last = as_magnitude(found.places[-1].size)
    assert last.log10 == pytest.approx(log10, abs=1e-9)
    assert words in found.sentence
    assert as_magnitude(found.rate).log10 == pytest.approx(log10 / (layers - 1), abs=1e-9)
    assert bool(found.ends) == (308 < abs(log10) < np.inf)
    text = json.dumps(flow_values(ShownFlow(found)), allow_nan=False)
    (*_, place) = json.loads(text)["places"]
    assert place["size"] == (None if found.ends else weight ** (layers - 1))
    assert place["log10"] == (None if weight == 0 else pytest.approx(log10, abs=1e-9))


def test_sizes_in_balls_are_those_of_float64_where_both_know_them(monkeypatch):
    """0.1 s."""
    plain = flow(load("rnn", outputs="last"), steps=40)
    monkeypatch.setattr(known_sizes, "LEAST", np.inf)
    wide = flow(load("rnn", outputs="last"), steps=40)
    np.testing.assert_allclose(wide.states["h"], plain.states["h"], rtol=1e-12)
    assert wide.ends == plain.ends == ""


def test_sizes_of_saturated_units_are_right_where_float64_has_0():
    """Against mpmath with 100 digits, which carries the recurrence by hand; 0.1 s."""
    given = {"W_xh": 60 * np.ones((8, 8)), "x": np.full((4, 1, 8), 0.125)}
    given |= {"W_hh": 5 * np.eye(8), "W_hy": np.ones((8, 8))}
    found = flow(load("rnn", outputs="last", loss="none"), steps=4, givens=given)
    with mpmath.workdps(100):
        h, slopes = mpmath.mpf(0), []
        for _ in range(4):
            h = mpmath.tanh(60 + 5 * h)
            slopes.append(1 - h**2)
        sizes = [8 * mpmath.sqrt(8)]
        for slope in slopes[:0:-1]:
            sizes.append(sizes[-1] * slope * 5)
        for place, size in zip(found.places, sizes, strict=True):
            assert abs(mpmath.mpf(str(place.size.exact)) / size - 1) < 1e-15
    assert found.verdict == "vanishing" and found.places[-1].size < 1e-150


@pytest.mark.parametrize("name", ["lstm", "rnn"])
def test_sizes_of_which_no_digit_is_known_are_bounds(name):
    """Slopes of units that saturate at 1e300 are below anything; 0.1 s each."""
    found = flow(load(name), steps=6, gain=1e300)
    assert found.verdict == "vanishing"
    assert re.fullmatch(r"the gradient vanishes: from t = 4 on it is below 1e−\d+", found.sentence)
    assert found.ends == "of a size with < no digit is known in 4000 bits: it is less than that"
    last = flow_values(ShownFlow(found))["places"][-1]
    assert last["size"] is last["factor"] is last["log10"] is None and last["log10_below"] < -900
    assert "NaN" not in flow_html(ShownFlow(found)) and "nan" not in flow_svg(found, ())


@pytest.mark.slow
def test_what_is_beyond_longer_exponents_or_too_slow_for_them_has_no_number(monkeypatch):
    tower = flow(load("mlp", layers=12, activation="exp"), gain=3)
    assert tower.verdict == "exploding"
    assert tower.sentence == (
        "the network explodes: at layer 12 there is no number left for the gradient"
    )
    assert "beyond longer exponents too" in tower.ends
    monkeypatch.setattr(known_sizes, "MOST_WIDE_PRODUCTS", -1)
    network = load("scalar_chain", layers=5, activation="identity", loss="none")
    slow = flow(network, givens={**dict.fromkeys(layered(5), 1e-100), "x": 0.5})
    assert slow.sentence == (
        "the gradient cannot be followed: at layer 2 there is no number for it"
    )
    assert slow.verdict == "unknown" and "too slow here" in slow.ends


def test_nothing_flows_from_what_is_0_already_and_weights_must_be_numbers():
    dead = flow(load("rnn"), steps=3, gain=0)
    assert dead.sentence == "no gradient flows: it is 0 at t = 2 already"
    assert dead.verdict == "vanishing"
    with pytest.raises(DeltaruleError) as refused:
        flow(load("rnn"), steps=3, gain=1.7e308)
    assert refused.value.fact == "with a gain of 1.7e308 weights are beyond the numbers of float64"


def test_a_single_layer_has_no_flow():
    with pytest.raises(DeltaruleError) as refused:
        flow(load("dense"))
    assert refused.value.fact == (
        "dense has neither times nor layers that a gradient could flow through"
    )

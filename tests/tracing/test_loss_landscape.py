"""Slices of the loss, and the ways of optimisers on them."""

import json
import xml.etree.ElementTree as ET
from fractions import Fraction

import numpy as np
import pytest
from click.testing import CliRunner
from once import loaded
from parsed_html import Whole

from deltarule.cli.landscape import landscape_values
from deltarule.cli.programs import program
from deltarule.errors import DeltaruleError
from deltarule.pages.landscape_svg import landscape_svg
from deltarule.tracing.loss_landscape import POINTS, Landscape, Way, landscape

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def found():
    return landscape(loaded("mlp"), ("gradient_descent", "momentum"), 8, 3, 1, Fraction(1, 10))


def test_a_small_step_takes_as_much_off_the_loss_as_the_gradient_says():
    rate = Fraction(1, 10**4)
    (way,) = landscape(loaded("mlp"), ("gradient_descent",), 2, 3, 0, rate).ways
    step = np.linalg.norm(way.places[1] - way.places[0])
    assert way.losses[0] - way.losses[1] == pytest.approx(step**2 / float(rate), rel=1e-2)


def test_ways_begin_together_and_lie_on_the_slice(found):
    first, second = found.ways
    assert first.losses[0] == second.losses[0] and np.allclose(first.places[0], second.places[0])
    assert len(first.losses) == 9 and second.losses[-1] < first.losses[-1] < first.losses[0]
    assert found.losses.shape == (POINTS, POINTS) and 0.9 < found.share <= 1
    assert found.sentence.startswith("momentum comes lowest")
    # The best way ends at the middle of the plane, where the loss is its own.
    assert np.allclose(second.places[-1], 0)
    near = np.abs(found.up).argmin(), np.abs(found.along).argmin()
    around = np.ptp(found.losses[near[0] - 1 : near[0] + 2, near[1] - 1 : near[1] + 2])
    assert abs(found.losses[near] - second.losses[-1]) <= around


def test_the_picture_has_a_cell_for_each_place_and_a_line_for_each_way(found):
    picture = ET.fromstring(landscape_svg(found, alone=True))
    cells = [r for r in picture.iter(f"{SVG}rect") if r.get("class") == "cell"]
    shades = np.array([float(c.get("fill-opacity", "nan")) for c in cells])
    assert len(cells) == POINTS**2
    assert shades[found.losses.argmin()] == 0 and shades[found.losses.argmax()] == shades.max()
    ways = {line.get("data-optimiser"): line for line in picture.iter(f"{SVG}polyline")}
    assert [*ways] == ["gradient_descent", "momentum"]
    assert all(len((line.get("points") or "").split()) == 9 for line in ways.values())


@pytest.mark.parametrize(
    ("rate", "sentence"),
    [
        # A saturated network: all three jump onto the same plateau.
        ("1e155", "gradient_descent, momentum and adam come equally low: from a loss of 1.566 to"),
        ("1e-25", "no way comes down: after 3 steps the loss is 1.566 as before"),
        ("1e-9", "adam comes lowest: from a loss of 1.5655489251 to 1.5655489198"),
    ],
)
def test_a_landscape_is_numbers_at_any_rate_and_names_no_winner_among_equals(rate, sentence):
    """0.4 s each."""
    usual = "gradient_descent", "momentum", "adam"
    with np.errstate(all="raise"):
        slice_ = landscape(loaded("mlp"), usual, 3, rate=Fraction(rate))
    assert slice_.sentence.startswith(sentence)
    assert 0 <= slice_.share <= 1 + 1e-12
    json.dumps(landscape_values(slice_), allow_nan=False)
    ET.fromstring(landscape_svg(slice_, alone=True))
    shares = slice_.shares
    for loss in np.unique(slice_.losses):
        assert len(set(shares[slice_.losses == loss])) == 1
    order = np.argsort(slice_.losses, axis=None)
    assert (np.diff(shares.ravel()[order]) >= 0).all() and shares.min() == 0


def test_a_way_that_rises_is_not_called_low_and_what_is_beyond_float64_is_highest():
    place = np.zeros((2, 2))
    ways = (
        Way("adam", np.array([1.0, 2.0]), place),
        Way("rmsprop", np.array([1.0, np.nan]), place),
    )
    losses = np.array([[np.nan, 1.0], [1.0 + 1e-15, np.inf]])
    axis = np.array([0.0, 1.0])
    rising = Landscape("x", {}, 2, axis, axis, losses, ways, 1.0)
    assert rising.sentence == (
        "no way comes down: the lowest goes from a loss of 1 to 2 in 1 step (adam)"
    )
    assert rising.shares.tolist() == [[0.5, 0.0], [0.0, 0.5]]
    assert rising.text(ways[1].losses[-1]) == "NaN"
    nowhere = Landscape("x", {}, 2, axis, axis, np.full((2, 2), np.inf), ways, 1.0)
    Whole(landscape_svg(nowhere, alone=True))
    assert "nan" not in landscape_svg(nowhere)
    assert landscape_values(nowhere)["losses"] == [[None, None], [None, None]]


@pytest.mark.parametrize(
    ("rate", "fact"),
    [
        ("-1", "a rate of −1 leads up: steps go against the gradient, times the rate"),
        ("0", "a rate of 0 leads nowhere: steps go against the gradient, times the rate"),
        ("1e305", "every way ends beyond the numbers of float64"),
        ("1e5000", "rate = 1e5000 is too large for a floating-point number"),
        ("1e-5000", "rate = 1e-5000 is too small for a floating-point number"),
        ("1e99999999", "rate = 1e99999999 is no number"),
        ("nan", "rate = nan is no number"),
    ],
)
def test_rates_that_lead_nowhere_are_refused(rate, fact):
    refused = said("mlp", "--rate", rate, "--steps", "3", "--json")
    assert refused.exit_code == 2
    assert json.loads(refused.output)["error"]["fact"] == fact


def said(*words: str):
    return CliRunner().invoke(program("trace"), ["landscape", *words], env={"COLUMNS": "90"})


@pytest.mark.slow
def test_the_command_says_what_the_record_holds(found):
    words = ("mlp", "--rate", "0.1", "--steps", "8", "--width", "3", "--seed", "1")
    words += ("--update", "gradient_descent", "--update", "momentum")
    values = json.loads(said(*words, "--json").output)
    assert values["losses"] == found.losses.tolist() and values["share"] == found.share
    assert values["ways"][1]["losses"] == found.ways[1].losses.tolist()
    text = said(*words).output
    assert f"{found.ways[1].losses[-1]:.4g} in 8 steps" in text and "S " in text
    page = said(*words, "--html", "-").output
    Whole(page)
    assert "comes lowest" in page and "<svg" in page


def test_what_has_no_loss_is_refused():
    with pytest.raises(DeltaruleError, match="conv2d has no loss, so nothing is learnt"):
        landscape(loaded("conv2d"), ("adam",))
    refused = said("mlp", "--update", "dense")
    assert refused.exit_code == 2 and "dense is no optimiser" in refused.output

"""Slices of the loss, and the ways of optimisers on them."""

import json
import xml.etree.ElementTree as ET
from fractions import Fraction

import numpy as np
import pytest
from click.testing import CliRunner
from once import loaded
from parsed_html import Whole

from deltarule.cli.main import program
from deltarule.errors import DeltaruleError
from deltarule.pages.landscape_svg import landscape_svg
from deltarule.tracing.loss_landscape import POINTS, landscape

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


def said(*words: str):
    return CliRunner().invoke(program("trace"), ["landscape", *words], env={"COLUMNS": "90"})


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

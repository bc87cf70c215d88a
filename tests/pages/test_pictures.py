"""Pictures: the graphs of networks and traces, and how gradients flow."""

import xml.etree.ElementTree as ET

import pytest
from once import derived, loaded
from parsed_html import Whole

from deltarule.marking.sheets import load_sheet
from deltarule.marking.worked_sheets import work
from deltarule.pages.flow_html import flow_html
from deltarule.pages.graph_svg import network_svg
from deltarule.pages.pictures import derivation_picture, flow_picture, sheet_picture
from deltarule.reports.things import ShownDerivation, ShownFlow, ShownSheet
from deltarule.tracing.gradient_flow import Flow, Place

SVG = "{http://www.w3.org/2000/svg}"


def parts(picture: str, tag: str, kind: str) -> list[ET.Element]:
    """The elements of a picture of a class; a picture that stands alone is XML."""
    found = ET.fromstring(picture).iter(f"{SVG}{tag}")
    return [e for e in found if kind in (e.get("class") or "").split()]


@pytest.mark.parametrize("name", ["lenet5", "lstm", "attention", "batch_norm"])
def test_a_network_has_a_box_for_each_tensor_and_an_arrow_for_each_reading(name):
    network = loaded(name)
    picture = network_svg(network, alone=True)
    boxes = {box.get("data-q"): box for box in parts(picture, "g", "box")}
    computed = {equation.name for equation in network.equations}
    assert set(boxes) == computed | {t.name for t in network.tensors.values() if t.given}
    arrows = {(a.get("data-from"), a.get("data-to")) for a in parts(picture, "path", "arrow")}
    assert {to for _, to in arrows} == computed
    left, top, width, height = map(float, ET.fromstring(picture).get("viewBox", "").split())
    for box in boxes.values():
        (rect,) = box.findall(f"{SVG}rect")
        x, y, wide, high = (float(rect.get(n, "nan")) for n in ("x", "y", "width", "height"))
        assert left <= x and x + wide <= left + width
        assert top <= y and y + high <= top + height


def test_shapes_stand_in_the_boxes():
    derivation = derived("dense")
    picture = derivation_picture(ShownDerivation(derivation, [*derivation.gradients.values()]))
    assert ">N × D<" in picture and ">D × M<" in picture and "prefers-color-scheme" in picture


def test_the_larger_a_gradient_the_warmer_it_is():
    sheet = load_sheet("slide")
    picture = sheet_picture(ShownSheet(sheet, work(sheet)))
    heat = {}
    for block in parts(picture, "g", "gradient"):
        (rect,) = [r for r in block.iter(f"{SVG}rect") if r.get("class") == "heat"]
        heat[block.get("data-q")] = float(rect.get("fill-opacity", "nan"))
    assert heat["dE/ds1"] < heat["dE/ds2"] < heat["dE/dE"] == max(heat.values())


def places(*sizes: float) -> tuple[Place, ...]:
    return tuple(Place("dE/dh", f"t = {k}", size, None) for k, size in enumerate(sizes))


def test_a_curve_falls_with_the_gradient_and_breaks_where_there_is_none():
    first = Flow("rnn", {}, places(1.0, 1e-2, 1e-4, 0.0, 1e-6), 0.01, "vanishing")
    other = Flow("lstm", {"outputs": "last"}, places(1.0, float("inf"), 1.0), 1.0, "steady")
    picture = flow_picture(ShownFlow(first, [other]))
    curves = parts(picture, "polyline", "first")
    assert len(curves) == 2
    points = curves[0].get("points", "").split()
    heights = [float(point.split(",")[1]) for point in points]
    falls = [low - high for high, low in zip(heights, heights[1:])]
    assert len(falls) == 2 and falls[0] > 10 and abs(falls[1] - falls[0]) < 0.2
    assert len(parts(picture, "rect", "cell")) == 4 + 3
    page = flow_html(ShownFlow(first, [other]))
    Whole(page)
    assert "lstm (outputs last)" in page and "<h1>How the gradient flows through rnn</h1>" in page


def test_few_places_are_a_picture():
    for few in (places(), places(2.0)):
        picture = flow_picture(ShownFlow(Flow("x", {}, few, 1.0, "steady")))
        assert len(parts(picture, "rect", "frame")) == 1


def test_what_has_no_picture_says_so(tmp_path):
    from click.testing import CliRunner

    from deltarule.cli.main import program

    path = tmp_path / "x.svg"
    told = CliRunner().invoke(program("check"), ["example", "slide", "--svg", str(path)]).output
    assert "a marking is not shown as SVG" in " ".join(told.split()) and not path.exists()

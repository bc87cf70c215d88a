"""Pictures: the graphs of networks and traces, and how gradients flow."""

import math
import struct
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from click.testing import CliRunner
from once import derived, loaded
from parsed_html import Whole

from deltarule.cli.programs import program
from deltarule.counting.counts import count
from deltarule.counting.layer_fields import layer_fields
from deltarule.errors import DeltaruleError
from deltarule.marking.sheet_files.sheets import load_sheet
from deltarule.marking.worked_sheets import work
from deltarule.pages.bitmap import plain_svg
from deltarule.pages.flow_html import flow_html
from deltarule.pages.graph_svg import network_svg, size_of_numbers
from deltarule.pages.pictures import count_picture, derivation_picture, flow_picture, sheet_picture
from deltarule.pages.unrolled_svg import unrolled_svg
from deltarule.reports.flow_values import flow_values
from deltarule.reports.things import ShownDerivation, ShownFlow, ShownSheet
from deltarule.tracing.flow_found import Flow, Place
from deltarule.tracing.gradient_flow import flow
from deltarule.tracing.random_givens import drawn
from deltarule.tracing.trace import trace

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


def test_the_size_of_numbers_whose_squares_are_beyond_float64():
    assert size_of_numbers([1e200, -1e200]) == pytest.approx(1e200)
    assert size_of_numbers([3e-200, 4e-200]) == pytest.approx(12.5**0.5 * 1e-200)
    assert size_of_numbers([]) == size_of_numbers([0.0, float("inf")]) == 0


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


@pytest.mark.slow
def test_every_curve_has_its_name_and_one_place_is_no_flow():
    many = [flow(loaded(name), steps=3, width=2) for name in ("rnn", "lstm", "irnn")]
    picture = flow_picture(ShownFlow(many[0], many[1:]))
    names = parts(picture, "text", "name")
    assert sorted(part.text for part in names) == ["irnn", "lstm", "rnn"]
    heights = sorted(float(part.get("y", "nan")) for part in names)
    assert all(below - above >= 20 for above, below in zip(heights, heights[1:], strict=False))
    ways = [len(parts(picture, "polyline", kind)) for kind in ("first", "way1", "way2")]
    assert ways == [1, 1, 1] and "size of the gradient" in picture
    one = flow(loaded("rnn"), steps=1, width=2)
    picture = flow_picture(ShownFlow(one))
    assert one.verdict == "one place" and "steady" not in picture and one.sentence in picture


def test_states_are_a_map_over_depth_and_time():
    found = flow(loaded("deep_rnn", layers=3), steps=7, width=3)
    assert [*found.states] == ["h3", "h2", "h1"]
    assert found.states["h3"] == tuple(p.size for p in found.places)
    picture = flow_picture(ShownFlow(found))
    strips = parts(picture, "g", "strip")
    assert [s.findtext(f"{SVG}text") for s in strips] == ["∂/∂h₃", "∂/∂h₂", "∂/∂h₁"]
    logs, shades = [], []
    for strip, sizes in zip(strips, found.states.values(), strict=True):
        cells = [r for r in strip.iter(f"{SVG}rect") if r.get("class") == "cell"]
        assert len(cells) == len(sizes) == 7
        logs += map(math.log, sizes)
        shades += [float(cell.get("fill-opacity", "nan")) for cell in cells]
    assert np.corrcoef(logs, shades)[0, 1] > 0.999
    assert flow_values(ShownFlow(found))["states"]["h1"] == [*found.states["h1"]]


def test_receptive_fields_are_those_of_the_table():
    counted = count(loaded("lenet5"))
    picture = count_picture(counted)
    layers = {g.get("data-layer"): g for g in ET.fromstring(picture).iter(f"{SVG}g")}
    fields = {f.name: f for f in layer_fields(counted).layers}
    for line in counted.layers:
        if not line.field:
            continue
        group = layers[line.name]
        rows, columns = (int(f.rows) for f in line.field)
        assert f"sees {rows}×{columns}" in (group.findtext(f"{SVG}text") or "")
        seen = [run.split("-") for run in (group.get("data-sees") or "").split(" ")]
        assert [int(b) - int(a) + 1 for a, b in seen] == [rows, columns]
        assert fields[line.name].spans == (rows, columns)
    assert "fc₃ (dense) and all behind it see all" in picture and "flat" not in picture


def test_holes_are_seen_and_sizes_without_a_number_said():
    counted = count(loaded("causal_conv1d", dilation=3))
    (layer,) = layer_fields(counted).layers
    assert [*np.nonzero(layer.places[0])[0]] == [2, 5, 8]
    assert "taken for this picture: T = 16, K = 3" in count_picture(counted)
    with pytest.raises(DeltaruleError, match="no window moves over an input"):
        count_picture(count(loaded("dense")))


def test_the_way_back_through_time_is_as_broad_as_the_gradient_is_large():
    derivation = derived("min_gru")
    givens, sizes = drawn(derivation, 2, {"T": 4, "N": 1, "H": 2, "D": 2})
    found = trace(derivation, givens, sizes=sizes, checks=False)
    picture = ET.fromstring(unrolled_svg(found))
    back = [g[0] for g in picture.iter("g") if g.get("class") == "back"]
    broad = [float(line.get("stroke-width", "nan")) for line in back]
    norms = [
        math.sqrt(sum(float(v) ** 2 for v in found.values.arrays["dL/dh"][t].ravel()))
        for t in (1, 2, 3)
    ]
    assert np.argsort(broad).tolist() == np.argsort(norms).tolist()
    # From a later time to the one before: the arrow's head is on the left.
    assert all(float(line.get("x1", "nan")) > float(line.get("x2", "nan")) for line in back)
    assert unrolled_svg(work(load_sheet("slide"))[0].trace) == ""


def test_bitmaps_have_the_light_colours_and_no_rule_that_resvg_lacks():
    plain = plain_svg(derivation_picture(ShownDerivation(derived("dense"), [])))
    ET.fromstring(plain)
    assert "var(" not in plain and "@media" not in plain and "fill: #1b1f24" in plain


def test_a_bitmap_is_the_picture_twice_as_fine(tmp_path):
    pytest.importorskip("resvg_py", reason="bitmaps: '.[pictures]'")
    path = tmp_path / "x.png"
    told = said("derive", "dense", "--png", str(path))
    assert told.output == f"{path} is written; any viewer shows it\n"
    data = path.read_bytes()
    width, height = struct.unpack(">II", data[16:24])
    svg = ET.fromstring(derivation_picture(ShownDerivation(derived("dense"), [])))
    assert data[:4] == b"\x89PNG"
    assert [width, height] == [2 * int(svg.get(side, "0")) for side in ("width", "height")]


def test_without_what_draws_bitmaps_nothing_is_begun(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    refused = said("derive", "dense", "--png", str(tmp_path / "x.png"))
    assert refused.exit_code == 2 and "pip install resvg-py" in refused.output


def said(*words: str):
    return CliRunner().invoke(program(words[0]), words[1:], env={"COLUMNS": "200"})


def test_what_has_no_picture_says_so(tmp_path):
    path = tmp_path / "x.svg"
    told = said("check", "example", "slide", "--svg", str(path)).output
    assert "a marking is not shown as SVG" in " ".join(told.split()) and not path.exists()

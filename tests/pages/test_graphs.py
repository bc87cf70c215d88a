"""Graphs of the whole catalogue: no arrow runs behind a box that it does not begin or end at."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import numpy as np
import pytest
from once import derived, loaded

from deltarule.language.catalogue import catalogue, whole_networks
from deltarule.pages import graph_svg
from deltarule.pages.drawn_graph import label_svg
from deltarule.pages.graph_svg import network_svg, trace_svg
from deltarule.tracing.random_givens import drawn
from deltarule.tracing.trace import trace

SVG = "{http://www.w3.org/2000/svg}"
Point = tuple[float, float]
COMMANDS = re.compile(r"([MHVCcq])([^MHVCcq]*)")


def points(path: str) -> Iterator[Point]:
    """Points along a path, close to each other."""
    x = y = 0.0
    for command, text in COMMANDS.findall(path):
        numbers = [float(n) for n in re.findall(r"-?[\d.]+", text)]
        if command == "M":
            ends = [(numbers[0], numbers[1])]
        elif command == "H":
            ends = [(x, y), (numbers[0], y)]
        elif command == "V":
            ends = [(x, y), (x, numbers[0])]
        else:
            from_here = (x, y) if command.islower() else (0.0, 0.0)
            pairs = zip(numbers[::2], numbers[1::2], strict=True)
            ends = [(x, y), *((from_here[0] + a, from_here[1] + b) for a, b in pairs)]
        yield from bezier(ends)
        x, y = ends[-1]


def bezier(ends: list[Point]) -> Iterator[Point]:
    """Points on a curve with these control points, by de Casteljau's algorithm."""
    length = sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in zip(ends, ends[1:]))
    share = np.linspace(0, 1, 2 + int(length / 3))[:, None, None]
    now = np.array(ends)[None]
    while now.shape[1] > 1:
        now = (1 - share) * now[:, :-1] + share * now[:, 1:]
    yield from ((float(x), float(y)) for x, y in now[:, 0])


def crossings(picture: str) -> list[str]:
    """The arrows that run behind a box, or beyond the picture."""
    root = ET.fromstring(picture)
    left, top, width, height = map(float, root.get("viewBox", "").split())
    boxes = {}
    for group in root.iter(f"{SVG}g"):
        if group.get("class") == "box":
            rect = group.find(f"{SVG}rect")
            numbers = [float(rect.get(n)) for n in ("x", "y", "width", "height")]  # pyright: ignore
            boxes[group.get("data-q")] = numbers
    found = []
    sides = np.array([*boxes.values()], float)
    first, last = sides[:, :2], sides[:, :2] + sides[:, 2:]
    names = np.array([*boxes], object)
    for arrow in root.iter(f"{SVG}path"):
        if arrow.get("class") != "arrow":
            continue
        ends = {arrow.get("data-from"), arrow.get("data-to")}
        way = np.array([*points(arrow.get("d", ""))])
        near = ((way.max(axis=0) > first) & (way.min(axis=0) < last)).all(axis=1).nonzero()[0]
        within = (way[:, None] > first[near]) & (way[:, None] < last[near])
        for name, inside in zip(names[near], within.all(axis=2).sum(axis=0), strict=True):
            if inside and (name not in ends or inside > 8):
                found.append(f"{arrow.get('data-from')} → {arrow.get('data-to')} behind {name}")
        if (way < (left, top)).any() or (way > (left + width, top + height)).any():
            found.append(f"{arrow.get('data-from')} → {arrow.get('data-to')} leaves the picture")
    return found


def test_a_crossing_is_found():
    picture = network_svg(loaded("rnn"), alone=True)
    path = re.search(r'data-to="s" d="(M[^"]+)"', picture)
    assert path and crossings(picture) == []
    assert any(" behind " in c for c in crossings(picture.replace(path[1], "M0 5H900")))
    assert any(" leaves " in c for c in crossings(picture.replace(path[1], "M0 5V-900")))


@pytest.mark.parametrize("name", [*catalogue(), *whole_networks()])
def test_no_arrow_runs_behind_a_box(name):
    assert crossings(network_svg(loaded(name), alone=True)) == []


@pytest.mark.parametrize("name", ["lstm", "residual_conv", "attention"])
def test_no_arrow_runs_behind_a_box_of_numbers(name):
    givens, sizes = drawn(derived(name), 1)
    found = trace(derived(name), givens, sizes=sizes, checks=False)
    assert crossings(trace_svg(found, alone=True)) == []


def test_what_leads_back_stays_near_the_boxes_that_it_goes_over():
    """Above all boxes it would go around an empty place beside a high x."""
    givens, sizes = drawn(derived("rnn"), 1)
    picture = trace_svg(trace(derived("rnn"), givens, sizes=sizes, checks=False), alone=True)
    assert crossings(picture) == []
    tops = [float(re.findall(rf'q="{q}">\n<rect x="\d+" y="(\d+)"', picture)[0]) for q in "xsh"]
    path = re.search(r'data-from="h" data-to="s" d="(M[^"]+)"', picture)
    assert path and tops[0] < min(tops[1:]) - 100
    assert min(tops[1:]) - 20 < min(y for _, y in points(path[1])) < min(tops[1:])


def test_images_stand_apart_in_their_box():
    array = np.arange(16.0).reshape(2, 2, 2, 2)
    block = graph_svg._block("x", "value", array, str)
    assert block.axes == [0, 0, 1, 0, 2, 0, 1, 0]
    assert block.height > graph_svg._block("x", "value", array.reshape(8, 2), str).height
    assert not any(graph_svg._block("x", "value", array[:1, :1], str).axes)


def test_names_in_pictures_are_set_lower_with_the_sign_that_is_copied():
    """What has no size at all is left out by resvg, and what is beside it is shifted wrongly."""
    picture = network_svg(loaded("rnn"), alone=True)
    label = '<tspan class="low">_</tspan><tspan class="lower" dy="3">xh</tspan></text>'
    assert f">W{label}" in picture
    assert not re.search(r"tspan[^}]*font-size: 0[;} ]", picture)
    assert label_svg("h_t, t = 0").endswith('</tspan><tspan dy="-3">, t = 0</tspan>')

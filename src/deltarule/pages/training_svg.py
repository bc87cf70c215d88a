"""A course of training as pictures: the curves over its epochs, the confusion matrix, the samples
that are least certain, and those to which units respond most.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import numpy as np

from deltarule.pages.drawn_graph import picture
from deltarule.pages.html_page import text_html
from deltarule.reports.training_values import SHOWN
from deltarule.spelling.names import pretty
from deltarule.training.training_record import Result
from deltarule.training.unit_responses import UnitResponse, Window

_CELL, _LEFT, _HIGH, _WIDE = 34.0, 74.0, 160.0, 420.0
_IMAGE, _BESIDE, _BELOW = 64.0, 44.0, 66.0
#: So many images stand beside each other, and so many units.
_ACROSS, _UNITS = 4, 2
_SMALL = 40.0

#: The elements of a picture, and how wide and high it is.
Drawn = tuple[list[str], float, float]

#: The pictures by their headings, in their order.
PICTURES = ("Over the epochs", "Confusion", "Least certain", "What units respond to")


def training_svg(result: Result, alone: bool = False) -> str:
    """All of it as one picture."""
    inside, y, width = [], 0.0, 0.0
    for heading, (body, wide, high) in _drawn(result):
        inside.append(f'<text class="label" x="0" y="{y + 14:.0f}">{heading}</text>')
        inside.append(f'<g transform="translate(0 {y + 26:.0f})">')
        inside += [*body, "</g>"]
        y, width = y + high + 50, max(width, wide)
    title = f"How {result.plan.network} was trained with {result.plan.update}"
    return picture(title, (-2, -2, width + 6, y + 4), "\n".join(inside), "training", alone)


def training_pictures(result: Result) -> Iterator[tuple[str, str]]:
    """Each picture by itself, as an element of a page, with its heading."""
    for heading, (body, wide, high) in _drawn(result):
        frame = (-2, -2, wide + 6, high + 4)
        yield heading, picture(heading, frame, "\n".join(body), "training", False)


def _drawn(result: Result) -> Iterator[tuple[str, Drawn]]:
    """What there is to be drawn, with its headings."""
    for heading, draw in zip(PICTURES, (_curves, _confusion, _uncertain, _responses), strict=True):
        if (drawn := draw(result))[0]:
            yield heading, drawn


def _curves(result: Result) -> Drawn:
    """The loss, and the share of held-out samples that are wrong, over the epochs: each from 0 to
    its largest value, which is said."""
    if not result.epochs:
        return [], 0, 0
    losses = [e.loss for e in result.epochs]
    wrong = [1 - e.right / max(len(result.samples), 1) for e in result.epochs]
    inside = []
    for kind, numbers, words in (("first", losses, "loss"), ("", wrong, "held out: share wrong")):
        finite = [n for n in numbers if np.isfinite(n)]
        most = max(finite, default=0.0) or 1.0
        step = _WIDE / max(len(numbers) - 1, 1)
        points = " ".join(
            f"{k * step:.1f},{_HIGH * (1 - n / most):.1f}"
            for k, n in enumerate(numbers)
            if np.isfinite(n)
        )
        inside.append(f'<polyline class="{kind}" points="{points}"/>')
        y = _HIGH + (38 if kind else 56)
        said = f"{words}: {numbers[0]:.3g} → {numbers[-1]:.3g}, drawn from 0 to {most:.3g}"
        inside.append(
            f'<line class="key {kind}" x1="0" x2="20" y1="{y - 4}" y2="{y - 4}"/>'
            f'<text x="28" y="{y}">{said}</text>'
        )
    inside.append(f'<line class="grid" x1="0" x2="{_WIDE:.0f}" y1="{_HIGH}" y2="{_HIGH}"/>')
    ends = ((0, "start", "epoch 1"), (_WIDE, "end", f"epoch {len(losses)}"))
    inside += (
        f'<text x="{x:.0f}" y="{_HIGH + 16:.0f}" text-anchor="{anchor}">{words}</text>'
        for x, anchor, words in ends
    )
    return inside, _WIDE, _HIGH + 62


def _confusion(result: Result) -> Drawn:
    """A cell for each class and what it was taken for: the more, the warmer; mistakes framed."""
    counts = result.confusion
    most = max(int(counts.max()), 1) if counts.size else 1
    inside = [f'<text x="{_LEFT}" y="10">taken for</text>']
    for label, row in enumerate(counts):
        y = 20 + label * _CELL
        inside.append(f'<text class="tick" x="{_LEFT - 8}" y="{y + 39:.0f}">is {label}</text>')
        inside.append(
            f'<text class="middle" x="{_LEFT + (label + 0.5) * _CELL:.0f}" y="28">{label}</text>'
        )
        for taken, times in enumerate(row):
            x, top = _LEFT + taken * _CELL, y + 16
            kind = "cell" if taken == label else "cell wrong" if times else "cell"
            inside.append(
                f'<g class="{kind}" data-is="{label}" data-taken="{taken}">'
                f'<rect x="{x:.0f}" y="{top:.0f}" width="{_CELL:.0f}" height="{_CELL:.0f}"/>'
                f'<rect class="heat" x="{x + 2:.0f}" y="{top + 2:.0f}" width="{_CELL - 4:.0f}" '
                f'height="{_CELL - 4:.0f}" fill-opacity="{0.6 * times / most:.2f}"/>'
                f'<text class="middle" x="{x + _CELL / 2:.0f}" y="{top + 21:.0f}">{times or "·"}'
                "</text></g>"
            )
    side = len(counts) * _CELL
    return inside, _LEFT + side, side + 40


def _uncertain(result: Result) -> Drawn:
    """The images whose most probable class is least so, with what they are and were taken for."""
    inside = []
    for k, place in enumerate(result.least_certain(SHOWN)):
        x, y = k % _ACROSS * (_IMAGE + _BESIDE), k // _ACROSS * (_IMAGE + _BELOW)
        right = result.taken_for[place] == result.samples.labels[place]
        inside += _image(result.samples.images[place], x, y, _IMAGE)
        said = (
            f"is {result.samples.labels[place]}",
            f"taken for {result.taken_for[place]}",
            f"with {result.probabilities[place].max():.3f}",
        )
        for line, words in enumerate(said):
            kind = "" if right or line != 1 else ' class="wrong"'
            below = y + _IMAGE + 15 * (line + 1)
            inside.append(f'<text{kind} x="{x:.0f}" y="{below:.0f}">{words}</text>')
    return inside, _ACROSS * (_IMAGE + _BESIDE), -(-SHOWN // _ACROSS) * (_IMAGE + _BELOW)


def _responses(result: Result) -> Drawn:
    """A row for each unit, layer by layer: the images that excite it most, and where."""
    inside, y = [], 0.0
    column = len(result.responses[0].samples) * (_SMALL + 6) + 10 if result.responses else 0
    for layer, held in groupby(result.responses, key=lambda r: r.layer):
        units = list(held)
        inside.append(f'<text x="0" y="{y + 12:.0f}">{text_html(pretty(layer))}</text>')
        y += 20
        for k, unit in enumerate(units):
            inside += _unit(unit, result, k % _UNITS * column, y + k // _UNITS * (_SMALL + 26))
        y += -(-len(units) // _UNITS) * (_SMALL + 26) + 8
    return inside, _UNITS * column, y


def _unit(unit: UnitResponse, result: Result, x: float, y: float) -> Iterator[str]:
    yield f'<g class="unit" data-layer="{unit.layer}" data-unit="{unit.unit}">'
    yield f'<text class="soft" x="{x:.0f}" y="{y + 12:.0f}">unit {unit.unit}</text>'
    y += 18
    for k, place in enumerate(unit.samples):
        left = x + k * (_SMALL + 6)
        yield from _image(result.samples.images[place], left, y, _SMALL)
        if unit.windows:
            yield _window(unit.windows[k], left, y)
    yield "</g>"


def _window(window: Window, x: float, y: float) -> str:
    top, left, bottom, right = (part * _SMALL for part in window)
    size = f'width="{right - left:.1f}" height="{bottom - top:.1f}"'
    return f'<rect class="window" x="{x + left:.1f}" y="{y + top:.1f}" {size}/>'


def _image(image: np.ndarray, x: float, y: float, side: float) -> Iterator[str]:
    """An image as squares of ink on paper."""
    rows, columns = image.shape
    high, wide = side / rows, side / columns
    yield f'<rect class="paper" x="{x:.0f}" y="{y:.0f}" width="{side:.0f}" height="{side:.0f}"/>'
    ink = ((image + 1) / 2).clip(0, 1)
    for i, j in zip(*np.nonzero(ink > 0.02), strict=True):
        yield (
            f'<rect class="ink" x="{x + j * wide:.1f}" y="{y + i * high:.1f}" '
            f'width="{wide:.1f}" height="{high:.1f}" fill-opacity="{ink[i, j]:.2f}"/>'
        )

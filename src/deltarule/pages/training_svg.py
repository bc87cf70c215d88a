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

_CELL, _LEFT, _HIGH = 34.0, 74.0, 160.0
_IMAGE, _BESIDE, _BELOW = 64.0, 14.0, 54.0
_SMALL = 40.0

#: The pictures by their headings, in their order.
PICTURES = ("Over the epochs", "Confusion", "Least certain", "What units respond to")


def training_svg(result: Result, alone: bool = False) -> str:
    """All of it as one picture."""
    inside, y, width = [], 0.0, 0.0
    for heading, draw in zip(PICTURES, (_curves, _confusion, _uncertain, _responses), strict=True):
        body, wide, high = draw(result)
        if not body:
            continue
        inside.append(f'<text class="label" x="0" y="{y + 14:.0f}">{heading}</text>')
        inside.append(f'<g transform="translate(0 {y + 26:.0f})">')
        inside += [*body, "</g>"]
        y, width = y + high + 50, max(width, wide)
    title = f"How {result.plan.network} was trained with {result.plan.update}"
    return picture(title, (-2, -2, width + 6, y + 4), "\n".join(inside), "training", alone)


Drawn = tuple[list[str], float, float]


def _curves(result: Result) -> Drawn:
    """The loss, and the share of held-out samples that are wrong, over the epochs."""
    if not result.epochs:
        return [], 0, 0
    losses = [e.loss for e in result.epochs]
    wrong = [1 - e.right / max(len(result.samples), 1) for e in result.epochs]
    wide = 420.0
    inside = []
    for kind, numbers, words in (("first", losses, "loss"), ("", wrong, "held out: share wrong")):
        finite = [n for n in numbers if np.isfinite(n)]
        most = max(finite, default=0.0) or 1.0
        step = wide / max(len(numbers) - 1, 1)
        points = " ".join(
            f"{_LEFT + k * step:.1f},{_HIGH * (1 - n / most):.1f}"
            for k, n in enumerate(numbers)
            if np.isfinite(n)
        )
        inside.append(f'<polyline class="{kind}" points="{points}"/>')
        y = 14 if kind else 30
        said = f"{words}: {numbers[0]:.3g} → {numbers[-1]:.3g}"
        inside.append(
            f'<line class="key {kind}" x1="{_LEFT + wide + 16:.0f}" x2="{_LEFT + wide + 36:.0f}" '
            f'y1="{y - 4}" y2="{y - 4}"/><text x="{_LEFT + wide + 42:.0f}" y="{y}">{said}</text>'
        )
    inside.append(
        f'<line class="grid" x1="{_LEFT}" x2="{_LEFT + wide:.0f}" y1="{_HIGH}" y2="{_HIGH}"/>'
    )
    ends = ((_LEFT, "start", "epoch 1"), (_LEFT + wide, "end", f"epoch {len(losses)}"))
    inside += (
        f'<text x="{x:.0f}" y="{_HIGH + 16:.0f}" text-anchor="{anchor}">{words}</text>'
        for x, anchor, words in ends
    )
    return inside, _LEFT + wide + 260, _HIGH + 20


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
        x = k * (_IMAGE + _BESIDE + 22)
        right = result.taken_for[place] == result.samples.labels[place]
        inside += _image(result.samples.images[place], x, 0, _IMAGE)
        said = (
            f"is {result.samples.labels[place]}",
            f"taken for {result.taken_for[place]}",
            f"with {result.probabilities[place].max():.3f}",
        )
        for line, words in enumerate(said):
            kind = "" if right or line != 1 else ' class="wrong"'
            y = _IMAGE + 14 + 15 * line
            inside.append(f'<text{kind} x="{x:.0f}" y="{y:.0f}">{words}</text>')
    return inside, SHOWN * (_IMAGE + _BESIDE + 22), _IMAGE + _BELOW


def _responses(result: Result) -> Drawn:
    """A row for each unit, layer by layer: the images that excite it most, and where."""
    inside, y = [], 0.0
    column = len(result.responses[0].samples) * (_SMALL + 6) + 70 if result.responses else 0
    wide = 0.0
    for layer, held in groupby(result.responses, key=lambda r: r.layer):
        units = list(held)
        inside.append(f'<text x="0" y="{y + 12:.0f}">{text_html(pretty(layer))}</text>')
        y += 20
        for k, unit in enumerate(units):
            x = (k % 3) * column
            wide = max(wide, x + column)
            inside += _unit(unit, result, x, y + (k // 3) * (_SMALL + 10))
        y += -(-len(units) // 3) * (_SMALL + 10) + 8
    return inside, wide, y


def _unit(unit: UnitResponse, result: Result, x: float, y: float) -> Iterator[str]:
    yield f'<g class="unit" data-layer="{unit.layer}" data-unit="{unit.unit}">'
    yield f'<text x="{x:.0f}" y="{y + _SMALL / 2 + 4:.0f}">unit {unit.unit}</text>'
    for k, place in enumerate(unit.samples):
        left = x + 62 + k * (_SMALL + 6)
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

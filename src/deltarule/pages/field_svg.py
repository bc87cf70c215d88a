"""Receptive fields as a picture: for each layer the places of the input that its middle entry sees,
along one axis as a strip, and over two axes as windows that lie within each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from deltarule.counting.counts import Count
from deltarule.counting.layer_fields import LayerField, LayerFields, layer_fields
from deltarule.pages.drawn_graph import picture
from deltarule.pages.html_page import text_html
from deltarule.spelling.names import pretty

_LINE, _STRIP, _MAP, _GAP = 42.0, 380.0, 260.0, 28.0
#: Where in a line its words stand, and its places.
_WORDS, _PLACES = 18.0, 24.0
#: Of so many places at most each is a cell of its own.
_MOST_CELLS = 64
_LETTER = 7.3


def fields_svg(counted: Count, alone: bool = False) -> str:
    """The picture. Raises DeltaruleError for a network in which no window moves."""
    fields = layer_fields(counted)
    whole = [layer for layer in fields.layers if layer.whole]
    if len(whole) > 1 and fields.layers[-len(whole) :] == tuple(whole):
        fields = replace(fields, layers=fields.layers[: -len(whole) + 1])
    labels = [_label(layer) for layer in fields.layers]
    if len(whole) > 1 and fields.layers[-1].whole:
        labels[-1] = labels[-1].removesuffix("sees all") + "and all behind it see all"
    inside = [*_strips(fields, labels)]
    width = max(_STRIP, max(map(len, labels)) * _LETTER)
    height = (len(fields.layers) + 1) * _LINE + (_WORDS if fields.assumed else 0)
    if len(fields.axes) > 1:
        inside += _map(fields, height)
        height += _MAP * fields.extents[-2] / fields.extents[-1] + _GAP
    title = f"What the middle entry of each layer of {fields.title} sees of {pretty(fields.input)}"
    frame = (-2, -2, width + 4, height + 4)
    return picture(title, frame, "\n".join(inside), "field", alone)


def _label(layer: LayerField) -> str:
    """`conv1 (conv2d) sees 5×5, in steps of 1×1`."""
    kind = f" ({layer.kind})" if layer.kind and layer.kind != layer.name else ""
    spans = layer.spans
    if layer.whole:
        return f"{pretty(layer.name)}{kind} sees all"
    said = "×".join(map(str, spans))
    steps = [s for s in layer.step if s is not None]
    step = f", in steps of {'×'.join(map(str, steps))}" if len(steps) == len(spans) else ""
    return f"{pretty(layer.name)}{kind} sees {said}{step}"


def _strips(fields: LayerFields, labels: list[str]) -> Iterator[str]:
    """A line for each layer, the first one on top, with its places along the last axis."""
    extent = fields.extents[-1]
    cell = _STRIP / extent
    axis = f"{pretty(fields.input)}, axis {fields.axes[-1] + 1}: 0 … {extent - 1}"
    yield f'<text x="0" y="{_LINE - 8:.0f}">{text_html(axis)}</text>'
    for number, (layer, label) in enumerate(zip(fields.layers, labels, strict=True), start=1):
        y = number * _LINE
        yield f'<g data-layer="{layer.name}" data-sees="{_said(layer)}">'
        yield f'<text x="0" y="{y + _WORDS:.0f}">{text_html(label)}</text>'
        top, high = f'y="{y + _PLACES:.0f}"', f'height="{_LINE - _PLACES - 4:.0f}"'
        yield f'<rect class="frame" x="0" {top} width="{_STRIP:.0f}" {high}/>'
        for first, last in _runs(layer.places[-1]):
            yield (
                f'<rect class="cell" x="{first * cell:.1f}" {top} '
                f'width="{(last - first + 1) * cell:.1f}" {high}/>'
            )
        if extent <= _MOST_CELLS:
            for k in range(1, extent):
                ends = f'y1="{y + _PLACES:.0f}" y2="{y + _LINE - 4:.0f}"'
                yield f'<line class="grid" x1="{k * cell:.1f}" x2="{k * cell:.1f}" {ends}/>'
        yield "</g>"
    if fields.assumed:
        sizes = ", ".join(f"{s} = {n}" for s, n in fields.assumed.items())
        said = f"taken for this picture: {text_html(sizes)}"
        y = (len(fields.layers) + 1) * _LINE + _WORDS - 4
        yield f'<text class="soft" x="0" y="{y:.0f}">{said}</text>'


def _said(layer: LayerField) -> str:
    """The places of each axis as runs, for whoever reads the picture with a program."""
    return " ".join(
        ",".join(f"{first}-{last}" for first, last in _runs(places)) for places in layer.places
    )


def _map(fields: LayerFields, above: float) -> Iterator[str]:
    """The last two axes as an image, in which each layer's field lies; the first layers on top."""
    rows, columns = fields.extents[-2:]
    cell = _MAP / columns
    said = f"{pretty(fields.input)}, axes {fields.axes[-2] + 1} and {fields.axes[-1] + 1}"
    yield f'<text x="0" y="{above + _WORDS:.0f}">{text_html(said)}</text>'
    top = above + _GAP
    size = f'width="{_MAP:.0f}" height="{rows * cell:.1f}"'
    yield f'<rect class="frame" x="0" y="{top:.0f}" {size}/>'
    for layer in reversed([layer for layer in fields.layers if not layer.whole]):
        yield "<g>"
        for first_row, last_row in _runs(layer.places[-2]):
            for first, last in _runs(layer.places[-1]):
                yield (
                    f'<rect class="window" x="{first * cell:.1f}" '
                    f'y="{top + first_row * cell:.1f}" width="{(last - first + 1) * cell:.1f}" '
                    f'height="{(last_row - first_row + 1) * cell:.1f}">'
                    f"<title>{text_html(layer.name)}</title></rect>"
                )
        yield "</g>"


def _runs(places: np.ndarray) -> Iterator[tuple[int, int]]:
    """The first and last place of each run without a gap."""
    (at,) = np.nonzero(places)
    for run in np.split(at, np.nonzero(np.diff(at) > 1)[0] + 1):
        if len(run):
            yield int(run[0]), int(run[-1])

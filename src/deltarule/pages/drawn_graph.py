"""Graphs as SVG: a box for each tensor, with what is said of it, and an arrow for each reading.

Every cell says whose entry it is, so that a script can light it up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat

from deltarule.pages.graph_arrows import arrows
from deltarule.pages.graph_layout import Box, Layout, laid_out
from deltarule.pages.html_page import own_file, text_html
from deltarule.spelling.names import pretty

_LETTER, _LINE, _PAD, _GAP = 7.3, 17.0, 8.0, 10.0
#: A letter of a name, whose font has letters of several widths.
_NAME = 8.0
#: The room between rows for each axis that goes on there.
_BETWEEN = 7.0
_MARKER = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
    'markerUnits="userSpaceOnUse" orient="auto-start-reverse">'
    '<path d="M0 0 8 4 0 8z" class="tip"/></marker></defs>\n'
)
#: What follows a _, up to the end of its word, and the rest.
_LOW = re.compile(r"_(\w+)([^_]*)")
#: How much wider than a letter of the text its signs may be drawn elsewhere: room at the edges.
_EDGE = 2
#: The room for arrows that lead back behind the last column.
_BESIDE = 40


@dataclass(frozen=True)
class Block:
    """What is said of one quantity in a box: rows of cells, each with its entry ("" for none).

    `heat`, from 0 to 1, colours the block. Before each row `axes` go on, which rows of one image
    have in common: where there are some, the row stands apart.
    """

    quantity: str
    kind: str
    rows: Sequence[Sequence[tuple[str, str]]]
    heat: float = 0.0
    axes: Sequence[int] = ()

    @property
    def label(self) -> str:
        return pretty(self.quantity)

    @property
    def widths(self) -> list[float]:
        """Of each column of cells."""
        return [max(len(t) for _, t in column) * _LETTER for column in zip(*self.rows)]

    @property
    def width(self) -> float:
        cells = sum(self.widths) + _GAP * max(len(self.widths) - 1, 0)
        return max(cells, len(self.label) * _NAME) + 2 * _PAD

    @property
    def height(self) -> float:
        return (len(self.rows) + 1) * _LINE + sum(self.axes) * _BETWEEN + _PAD


def graph(
    title: str,
    blocks: Mapping[str, Sequence[Block]],
    reads: Mapping[str, Sequence[str]],
    alone: bool = False,
) -> str:
    """The graph as an element of a page, or as a file that stands `alone`.

    `blocks` are what each tensor's box holds, in the order of computation; `reads` what each tensor
    is computed from.
    """
    boxes = []
    for name, held in blocks.items():
        width = max(block.width for block in held)
        height = sum(block.height for block in held) + _PAD
        boxes.append(Box(name, width, height, reads.get(name, ())))
    layout = laid_out(boxes)
    ways = [*arrows(layout)]
    above = max((way.above for way in ways), default=0.0) + _EDGE
    last = max(layout.numbers.values(), default=0)
    turns = (way.source for way in ways if way.back)
    beside = _BESIDE if any(layout.numbers[name] == last for name in turns) else _EDGE
    frame = (-_EDGE, -above, layout.width + _EDGE + beside, layout.height + above + _EDGE)
    drawn = (
        f'<path class="arrow" data-from="{way.source}" data-to="{way.target}" d="{way.path}" '
        'marker-end="url(#tip)"/>'
        for way in ways
    )
    inside = "\n".join((*drawn, *_drawn(layout, blocks)))
    return picture(title, frame, f"{_MARKER}{inside}", "graph", alone)


def label_svg(label: str) -> str:
    """A name in a picture, what follows a _ set lower; the _ stays in what is copied or read."""
    return _LOW.sub(
        lambda found: (
            f'<tspan class="low">_</tspan><tspan class="lower" dy="3">{found[1]}</tspan>'
            + (f'<tspan dy="-3">{found[2]}</tspan>' if found[2] else "")
        ),
        text_html(label),
    )


def picture(
    title: str, frame: tuple[float, float, float, float], inside: str, kind: str, alone: bool
) -> str:
    """A picture with a title, in a frame (left, top, width and height, in pixels)."""
    box = " ".join(f"{number:.0f}" for number in frame)
    size = f'width="{frame[2]:.0f}" height="{frame[3]:.0f}"'
    said = f'role="img" aria-label="{text_html(title)}"'
    opened = f'<svg class="{kind}" viewBox="{box}" {size} {said}'
    if not alone:
        return f"{opened}>\n{inside}\n</svg>"
    style = "\n".join(map(own_file, ("page_colours.css", "graph_style.css")))
    style += "svg { background: var(--paper); }"
    space = 'xmlns="http://www.w3.org/2000/svg"'
    return f"{opened} {space}>\n<style>{style}</style>\n{inside}\n</svg>\n"


def _drawn(layout: Layout, blocks: Mapping[str, Sequence[Block]]) -> Iterator[str]:
    for name, box in layout.boxes.items():
        yield f'<g class="box" data-q="{name}">'
        yield (
            f'<rect x="{box.x:.0f}" y="{box.y:.0f}" width="{box.width:.0f}" '
            f'height="{box.height:.0f}" rx="6"/>'
        )
        top = box.y
        for block in blocks[name]:
            yield from _block_svg(block, box.x, top, box.width)
            top += block.height
        yield "</g>"


def _block_svg(block: Block, x: float, top: float, width: float) -> Iterator[str]:
    yield f'<g class="{block.kind}" data-q="{block.quantity}">'
    if block.heat:
        yield (
            f'<rect class="heat" x="{x + 3:.0f}" y="{top + 4:.0f}" width="{width - 6:.0f}" '
            f'height="{block.height - 2:.0f}" rx="4" fill-opacity="{block.heat:.2f}"/>'
        )
    y, label = top + _LINE, label_svg(block.label)
    yield f'<text class="label" x="{x + _PAD:.0f}" y="{y:.0f}">{label}</text>'
    for row, axes in zip(block.rows, block.axes or repeat(0)):
        right, y = x + _PAD, y + _LINE + axes * _BETWEEN
        for (at, text), wide in zip(row, block.widths, strict=True):
            right += wide
            where = f' data-at="{at}"' if at or len(row) == len(block.rows) == 1 else ""
            yield f'<text class="cell"{where} x="{right:.0f}" y="{y:.0f}">{text_html(text)}</text>'
            right += _GAP
    yield "</g>"

"""A network worked through as a graph: a box for each tensor with its numbers and its gradient's,
an arrow for each reading. Every cell says whose entry it is, so that a script can light it up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from deltarule.expressions.gradient_names import GradientName, is_gradient, tensor_of
from deltarule.expressions.nodes import reads, tensor_name
from deltarule.pages.graph_layout import Box, Layout, laid_out
from deltarule.pages.html_page import text_html
from deltarule.reports.number_text import brief, number_text
from deltarule.spelling.names import pretty
from deltarule.tracing.trace import Trace

#: Of more numbers than this, a box says the shape alone.
MOST_NUMBERS = 36
_LETTER, _LINE, _PAD, _GAP = 7.3, 17.0, 8.0, 10.0


@dataclass(frozen=True)
class Block:
    """The numbers of one quantity in a box: rows of cells, each with its entry."""

    quantity: str
    kind: str
    rows: Sequence[Sequence[tuple[str, str]]]

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
        return max(cells, len(self.label) * _LETTER) + 2 * _PAD

    @property
    def height(self) -> float:
        return (len(self.rows) + 1) * _LINE + _PAD


def graph_svg(trace: Trace) -> str:
    """The graph of a trace as an element of a page; its title says what it is."""
    blocks = _blocks(trace)
    sources = {line.quantity: _sources(line.line.equation.rhs) for line in trace.lines}
    boxes = []
    for name, found in blocks.items():
        width = max(block.width for block in found)
        boxes.append(Box(name, width, sum(b.height for b in found) + _PAD, sources.get(name, ())))
    layout = laid_out(boxes)
    size = f"{layout.width + 2:.0f} {layout.height + 28:.0f}"
    width, height = size.split()
    title = f"The graph of {trace.network.title}"
    inside = "\n".join((*_arrows(layout), *_drawn(layout, blocks)))
    return (
        f'<svg class="graph" viewBox="-1 -27 {size}" width="{width}" height="{height}" '
        f'role="img" aria-label="{text_html(title)}">\n{_MARKER}{inside}\n</svg>'
    )


_MARKER = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
    'markerUnits="userSpaceOnUse" '
    'orient="auto-start-reverse"><path d="M0 0 8 4 0 8z" class="tip"/></marker></defs>\n'
)


def _sources(expression) -> list[str]:
    return list(dict.fromkeys(tensor_name(read) for read in reads(expression)))


def _blocks(trace: Trace) -> dict[str, list[Block]]:
    """The tensors of the forward pass, each with its value, its gradient and what it is after."""
    to_text = number_text(trace.arithmetic)
    found: dict[str, list[Block]] = {}
    upstream = []
    for name, array in trace.computation.givens.items():
        if is_gradient(name):
            upstream.append((tensor_of(name), _block(name, "gradient", array, brief)))
        else:
            found[name] = [_block(name, "value", array, brief)]
    for line in trace.lines:
        gradient = GradientName.parse(line.quantity.removesuffix(" after"))
        if line.phase in ("forward", "error"):
            found[line.quantity] = [_block(line.quantity, "value", line.value, to_text)]
        elif line.phase == "backward" and gradient and gradient.wrt in found:
            if not gradient.direct and gradient.of == trace.computation.derivation.of:
                block = _block(line.quantity, "gradient", line.value, to_text)
                found[gradient.wrt].append(block)
        elif (own := line.quantity.removesuffix(" after")) in found:
            found[own].append(_block(line.quantity, "after", line.value, to_text))
    for name, block in upstream:
        found.setdefault(name, []).append(block)
    return found


def _block(quantity: str, kind: str, array, to_text) -> Block:
    array = np.asarray(array)
    if array.size > MOST_NUMBERS:
        return Block(quantity, kind, ((("", "×".join(map(str, array.shape))),),))
    entries = [*np.ndindex(array.shape)]
    across = array.shape[-1] if array.ndim and np.squeeze(array).ndim > 1 else 1
    if array.ndim == 1 and array.size <= 3:
        across = max(array.size, 1)
    cells = [(",".join(map(str, entry)), to_text(array[entry])) for entry in entries]
    return Block(quantity, kind, [cells[k : k + across] for k in range(0, len(cells), across)])


def _arrows(layout: Layout) -> Iterator[str]:
    """From each tensor to what is computed from it; a state's own arrow goes round its box."""
    for box in layout.boxes.values():
        for name in box.reads:
            source = layout.boxes.get(name)
            if source is not None:
                yield (
                    f'<path class="arrow" data-from="{name}" data-to="{box.name}" '
                    f'd="{_way(source, box)}" marker-end="url(#tip)"/>'
                )


def _way(source: Box, box: Box) -> str:
    """The path of an arrow."""
    x, y = box.x - 1, box.middle
    if source is box:
        right, top = box.x + box.width, box.y
        return f"M{right:.0f} {top + 12:.0f}c24 -10 -6 -38 -20 -14"
    begin = source.x + source.width
    if begin > box.x:
        return (
            f"M{source.x + source.width / 2:.0f} {source.y:.0f}"
            f"C{source.x:.0f} {source.y - 26:.0f} {x:.0f} {box.y - 26:.0f} "
            f"{box.x + box.width / 2:.0f} {box.y - 1:.0f}"
        )
    bend = max((x - begin) / 2, 12)
    return (
        f"M{begin:.0f} {source.middle:.0f}C{begin + bend:.0f} {source.middle:.0f} "
        f"{x - bend:.0f} {y:.0f} {x:.0f} {y:.0f}"
    )


def _drawn(layout: Layout, blocks: dict[str, list[Block]]) -> Iterator[str]:
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
    yield f'<text class="label" x="{x + _PAD:.0f}" y="{top + _LINE:.0f}">{block.label}</text>'
    for k, row in enumerate(block.rows):
        right, y = x + _PAD, top + (k + 2) * _LINE
        for (at, text), wide in zip(row, block.widths, strict=True):
            right += wide
            where = f' data-at="{at}"' if at or len(row) == len(block.rows) == 1 else ""
            yield f'<text class="cell"{where} x="{right:.0f}" y="{y:.0f}">{text_html(text)}</text>'
            right += _GAP
    yield "</g>"

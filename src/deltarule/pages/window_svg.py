"""Windows over their tensors: the entries of a quantity, what one of them is computed from, and the
padding around. A script moves the window; without it the first one is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, product
from math import prod

import numpy as np

from deltarule.counting.window_reads import Place, WindowReads, window_reads
from deltarule.pages.drawn_graph import label_svg, picture
from deltarule.pages.html_page import text_html
from deltarule.reports.number_text import brief, number_text
from deltarule.spelling.counted import counted
from deltarule.spelling.names import pretty
from deltarule.tracing.trace import Trace, TracedLine

_LETTER, _HIGH, _TITLE, _GAP = 6.7, 21.0, 20.0, 14.0
_BESIDE = 34.0
#: A tensor with more entries than this, padding with it, is not drawn. Where pictures have more
#: than so many together, one that is like another, as that of a gate, is that other, and the last
#: that are too many are not drawn either.
MOST_CELLS, MOST_DRAWN = 150, 1000


@dataclass(frozen=True)
class _Grid:
    """A tensor as images: over its last two axes, one for each place on the others."""

    name: str
    array: np.ndarray
    low: Place
    high: Place
    to_text: Callable[[object], str]

    @property
    def images(self) -> list[Place]:
        return list(product(*(range(n) for n in self.array.shape[:-2])))

    @property
    def rows(self) -> range:
        return range(self.low[-2], self.high[-2] + 1) if self.array.ndim > 1 else range(1)

    @property
    def columns(self) -> range:
        return range(self.low[-1], self.high[-1] + 1)

    def cells(self) -> int:
        return len(self.images) * len(self.rows) * len(self.columns)

    def text(self, at: Place) -> str:
        inside = all(0 <= k < n for k, n in zip(at, self.array.shape, strict=True))
        return self.to_text(self.array[at]) if inside else ""

    @cached_property
    def wide(self) -> float:
        """The width of a cell."""
        return 12 + _LETTER * max(map(len, map(self.to_text, self.array.ravel())), default=1)


def trace_windows(trace: Trace) -> dict[str, WindowReads]:
    """What the entries of each line read, if a window moves in it and its tensors can be drawn. A
    line that is like another, where all would be too many, has that one's, of another `quantity`.
    """
    windows: dict[str, WindowReads] = {}
    cells: dict[str, int] = {}
    for line in trace.lines:
        found = window_reads(line.line.equation, trace.values)
        if found is not None and found.reads and (grids := _grids(found, line, trace)):
            windows[line.quantity] = found
            cells[line.quantity] = sum(grid.cells() for grid in grids)
    if sum(cells.values()) <= MOST_DRAWN:
        return windows
    first: dict[object, WindowReads] = {}
    same = {name: first.setdefault(_places(own), own) for name, own in windows.items()}
    own = [name for name, found in same.items() if found.quantity == name]
    drawn = {
        name
        for name, total in zip(own, accumulate(cells[n] for n in own), strict=True)
        if total <= MOST_DRAWN
    }
    return {name: found for name, found in same.items() if found.quantity in drawn}


def _places(found: WindowReads) -> object:
    """All places of all entries, whatever the tensors are called."""
    return tuple((entry, frozenset(own.values())) for entry, own in found.reads.items())


def windows_html(found: WindowReads, line: TracedLine, trace: Trace) -> Iterator[str]:
    """The picture, its window at the first entry, and a sentence about that; or which picture else
    is the same.
    """
    if found.quantity != line.quantity:
        same = f"Its window moves as that of {pretty(found.quantity)} does."
        yield f'<p class="soft">{text_html(same)}</p>'
        return
    grids = _grids(found, line, trace)
    first = next(iter(found.reads))
    inside, x, height = [], 2.0, 0.0
    for grid in grids:
        drawn, width, high = _drawn(grid, x, found, first)
        inside += drawn
        x += width + _BESIDE
        height = max(height, high)
    title = f"What the entries of {pretty(found.quantity)} are computed from"
    frame = (0, 0, x - _BESIDE + 4, height + 4)
    yield f'<div class="window" data-q="{found.quantity}">'
    drawn = picture(title, frame, "\n".join(inside), "windows", False)
    yield f'<div class="wide" tabindex="0">{drawn}</div>'
    yield f'<p class="soft said">{text_html(sentence(found, first, trace))}</p></div>'


def reads_values(found: WindowReads) -> dict:
    """The same for the script: of each entry the places that it reads."""
    return {
        _at(entry): {name: _along(places) for name, places in own.items()}
        for entry, own in found.reads.items()
    }


def _along(places: Sequence[Place]) -> list:
    """Places in short: where they are a window's, its places on each axis, else each as a text."""
    axes = [sorted(set(on)) for on in zip(*places, strict=True)]
    return axes if prod(map(len, axes)) == len(places) else [_at(place) for place in places]


def sentence(found: WindowReads, entry: Place, trace: Trace) -> str:
    """`y[0,0,1,2] is computed from 6 entries of x, 3 places of the padding, and 6 entries of w`."""
    parts = []
    for name, places in found.reads[entry].items():
        shape = np.shape(trace.values.arrays[name])
        inside = sum(all(0 <= k < n for k, n in zip(p, shape, strict=True)) for p in places)
        outside = len(places) - inside
        parts += [f"{counted(inside, 'entry')} of {pretty(name)}"] if inside else []
        parts += [f"{counted(outside, 'place')} of its padding"] if outside else []
    *most, last = parts
    said = f"{', '.join(most)} and {last}" if most else last
    return f"{pretty(found.quantity)}[{_at(entry)}] is computed from {said}."


def _grids(found: WindowReads, line: TracedLine, trace: Trace) -> list[_Grid]:
    """The tensors that are read and what is computed; nothing where one is too large."""
    to_text = number_text(trace.arithmetic)
    names = dict.fromkeys(name for own in found.reads.values() for name in own)
    grids = []
    for name in (*names, found.quantity):
        array = np.asarray(trace.values.arrays[name] if name in names else line.value)
        places = [p for own in found.reads.values() for p in own.get(name, ())]
        if not 0 < array.ndim <= 4:
            continue
        low = tuple(min([0, *(p[k] for p in places)]) for k in range(array.ndim))
        high = tuple(max([n - 1, *(p[k] for p in places)]) for k, n in enumerate(array.shape))
        given = name in trace.computation.givens
        grids.append(_Grid(name, array, low, high, brief if given else to_text))
    small = all(grid.cells() <= MOST_CELLS for grid in grids)
    return grids if small and len(grids) > 1 and grids[-1].name == found.quantity else []


def _drawn(
    grid: _Grid, left: float, found: WindowReads, entry: Place
) -> tuple[list[str], float, float]:
    """A tensor's images above each other: the elements, the width, and the height."""
    lit = {entry} if grid.name == found.quantity else set(found.reads[entry].get(grid.name, ()))
    role = "made" if grid.name == found.quantity else "read"
    inside = [f'<g class="tensor {role}" data-q="{grid.name}">']
    inside.append(
        f'<text class="label" x="{left:.0f}" y="14">{label_svg(pretty(grid.name))}</text>'
    )
    y = _TITLE
    for image in grid.images:
        inside.append('<g class="image">')
        boxes = []
        for row, column in product(grid.rows, grid.columns):
            at = (*image, row, column) if grid.array.ndim > 1 else (column,)
            x = left + (column - grid.columns[0]) * grid.wide
            top = y + (row - grid.rows[0]) * _HIGH
            boxes += [(x, top)] if at in lit else []
            inside += _cell(grid, at, x, top, at in lit)
        inside.append(_frame(boxes, grid.wide))
        inside.append("</g>")
        y += len(grid.rows) * _HIGH + _GAP
    inside.append("</g>")
    width = max(len(grid.columns) * grid.wide, len(pretty(grid.name)) * 8)
    return inside, width, y - _GAP + 2


def _cell(grid: _Grid, at: Place, x: float, y: float, lit: bool) -> Iterator[str]:
    text = grid.text(at)
    kind = "place" + ("" if text else " padding") + (" in" if lit else "")
    said = f'<text x="{x + grid.wide - 6:.0f}" y="{y + 15:.0f}">{text_html(text)}</text>'
    yield (
        f'<g class="{kind}" data-place="{_at(at)}">'
        f'<rect x="{x:.1f}" y="{y:.0f}" width="{grid.wide:.1f}" height="{_HIGH:.0f}"/>'
        f"{said if text else ''}</g>"
    )


def _frame(boxes: Sequence[tuple[float, float]], wide: float) -> str:
    """The frame around a window; none where nothing of the image is in it."""
    if not boxes:
        return '<rect class="frame" x="0" y="0" width="0" height="0"/>'
    x, y = (min(box[k] for box in boxes) for k in (0, 1))
    right, below = max(b[0] for b in boxes) + wide, max(b[1] for b in boxes) + _HIGH
    size = f'width="{right - x:.1f}" height="{below - y:.1f}"'
    return f'<rect class="frame" x="{x:.1f}" y="{y:.1f}" {size}/>'


def _at(place: Place) -> str:
    return ",".join(map(str, place))

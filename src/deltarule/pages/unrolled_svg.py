"""A recurrence unrolled: the states at every time, and the gradient's way back with its size as
colour. Each number says whose entry it is, so that a script can light it up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from deltarule.expressions.nodes import Carried, reads, tensor_name, walk
from deltarule.networks.recurrences import Recurrence, blocks
from deltarule.pages.drawn_graph import label_svg, picture
from deltarule.pages.graph_svg import gradient_heat, size_of_numbers
from deltarule.pages.html_page import text_html
from deltarule.reports.number_text import number_text
from deltarule.spelling.names import pretty
from deltarule.tracing.trace import Trace

_LETTER, _LINE, _PAD = 7.3, 17.0, 8.0
_BESIDE, _ABOVE = 62.0, 26.0
#: So many times and so many numbers of a state at one time are drawn at most.
MOST_TIMES, MOST_NUMBERS = 12, 12
#: How broad the way back is, from nothing to the largest gradient.
_THIN, _BROAD = 1.0, 7.0


@dataclass(frozen=True)
class _State:
    """A state over time: its value and its gradient, which may not be there, with the time's axis
    first, and the places that its entries have.
    """

    name: str
    axis: int
    value: np.ndarray
    gradient: str
    slope: np.ndarray | None


def unrolled_svg(trace: Trace) -> str:
    """The picture; empty for a network without a recurrence, and for one that is too long."""
    drawn = [_states(block, trace) for block in blocks(trace.network.equations)]
    found = [(block, states) for block, states in drawn if block is not None and states]
    states = [state for _, held in found for state in held]
    times = {len(state.value) for state in states}
    if not states or len(times) > 1 or max(times) > MOST_TIMES:
        return ""
    to_text = number_text(trace.arithmetic)
    cells = [[_cells(s, t, to_text) for t in range(max(times))] for s in states]
    wide = max(len(text) for row in cells for cell in row for _, text in (*cell[0], *cell[1]))
    label = max(len(pretty(s.gradient or s.name)) + 3 for s in states)
    width = max(wide, label) * _LETTER + 2 * _PAD
    sizes = [
        size_of_numbers(s.slope[t])
        for s in states
        if s.slope is not None
        for t in range(len(s.slope))
    ]
    largest = max(sizes, default=0.0)
    inside, y = [], 2.0
    for block, held in found:
        for state in held:
            row = cells[states.index(state)]
            high = max(len(c[0]) + len(c[1]) + 1 + bool(c[1]) for c in row) * _LINE + 2 * _PAD
            inside += _row(state, row, block.direction, (width, high), y, largest)
            y += high + _ABOVE
    length = max(times) * (width + _BESIDE) - _BESIDE
    title = f"{trace.network.title}, unrolled over {max(times)} times"
    return picture(title, (-2, 0, length + 4, y), "\n".join(inside), "unrolled", False)


def _states(block, trace: Trace) -> tuple[Recurrence | None, list[_State]]:
    """The states of a recurrence that are carried from time to time, and can be drawn."""
    if not isinstance(block, Recurrence):
        return None, []
    carried = {
        tensor_name(access)
        for equation in block.equations
        for node in walk(equation.rhs)
        if isinstance(node, Carried)
        for access in reads(node.args[1])
    }
    found = []
    for name in block.names:
        axes = trace.network.tensors[name].axes
        if name not in carried or block.extent not in axes:
            continue
        axis = axes.index(block.extent)
        value = np.moveaxis(np.asarray(trace.values.arrays[name]), axis, 0)
        gradient = trace.computation.derivation.gradient_name(name)
        slope = trace.values.arrays.get(gradient)
        slope = None if slope is None else np.moveaxis(np.asarray(slope), axis, 0)
        if value[0].size <= MOST_NUMBERS:
            found.append(_State(name, axis, value, gradient if slope is not None else "", slope))
    return block, found


Cells = tuple[list[tuple[str, str]], list[tuple[str, str]]]


def _cells(state: _State, time: int, to_text) -> Cells:
    """The numbers of a state at a time, and those of its gradient, each with its place."""
    found: Cells = ([], [])
    for kind, array in enumerate((state.value, state.slope)):
        if array is None:
            continue
        for at in np.ndindex(state.value.shape[1:]):
            place = (*at[: state.axis], time, *at[state.axis :])
            found[kind].append((",".join(map(str, place)), to_text(array[(time, *at)])))
    return found


def _row(
    state: _State,
    row: list[Cells],
    direction: int,
    size: tuple[float, float],
    y: float,
    largest: float,
) -> Iterator[str]:
    """A state's boxes, the arrows of time between them, and under these the way back."""
    width, high = size
    for t, cell in enumerate(row):
        x = t * (width + _BESIDE)
        box = f'x="{x:.0f}" y="{y:.0f}" width="{width:.0f}" height="{high:.0f}"'
        yield f'<g class="time"><rect {box} rx="6"/>'
        top = y + _LINE
        yield _label(f"{pretty(state.name)}, t = {t}", x, top)
        yield f'<g data-q="{state.name}">'
        top = yield from _numbers(cell[0], x + width, top)
        yield "</g>"
        if cell[1] and state.slope is not None:
            heat = gradient_heat(size_of_numbers(state.slope[t]), largest)
            yield f'<g class="gradient" data-q="{state.gradient}">'
            yield (
                f'<rect class="heat" x="{x + 3:.0f}" y="{top + 5:.0f}" width="{width - 6:.0f}" '
                f'height="{(len(cell[1]) + 1) * _LINE + 2:.0f}" rx="4" fill-opacity="{heat:.2f}"/>'
            )
            yield _label(pretty(state.gradient), x, top + _LINE)
            yield from _numbers(cell[1], x + width, top + _LINE)
            yield "</g>"
        yield "</g>"
    for t in range(len(row) - 1):
        left, right = t * (width + _BESIDE) + width, (t + 1) * (width + _BESIDE)
        one, other = (left, right) if direction > 0 else (right, left)
        yield _arrow("arrow", one, other, y + high * 0.3, 1.2)
        if state.slope is not None:
            later = t + 1 if direction > 0 else t
            strength = gradient_heat(size_of_numbers(state.slope[later]), largest)
            broad = _THIN + (_BROAD - _THIN) * strength / gradient_heat(1.0, 1.0)
            yield f'<g class="gradient" data-q="{state.gradient}">'
            yield _arrow("back", other, one, y + high * 0.75, broad)
            yield "</g>"


def _label(words: str, x: float, y: float) -> str:
    return f'<text class="label" x="{x + _PAD:.0f}" y="{y:.0f}">{label_svg(words)}</text>'


def _numbers(cells: list[tuple[str, str]], right: float, top: float):
    """The numbers below each other; how far down they go."""
    for at, text in cells:
        top += _LINE
        yield (
            f'<text class="cell" data-at="{at}" x="{right - _PAD:.0f}" y="{top:.0f}">'
            f"{text_html(text)}</text>"
        )
    return top


def _arrow(kind: str, begin: float, end: float, y: float, broad: float) -> str:
    """An arrow from one box to the next, as broad as is asked."""
    ahead = 1 if end > begin else -1
    tip = end - ahead * (6 + broad)
    head = f"{end:.0f},{y:.0f} {tip:.0f},{y - 3 - broad:.1f} {tip:.0f},{y + 3 + broad:.1f}"
    return (
        f'<g class="{kind}"><line x1="{begin:.0f}" x2="{tip:.0f}" y1="{y:.1f}" y2="{y:.1f}" '
        f'stroke-width="{broad:.1f}"/><polygon points="{head}"/></g>'
    )

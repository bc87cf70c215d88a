"""How a gradient flows, as a picture: a curve over times or layers, and a strip of colours; of a
network with several states a strip for each, which is a map over depth and time.

Heights are logarithmic. In a strip the largest gradient of all has the full colour, and what is
smaller by the whole range of the curve none.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from deltarule.arithmetic.magnitude import as_magnitude
from deltarule.pages.drawn_graph import picture
from deltarule.pages.html_page import text_html
from deltarule.spelling.names import pretty
from deltarule.tracing.flow_found import Flow

WIDTH, HEIGHT, _LEFT, _STRIP = 700.0, 260.0, 86.0, 24.0
#: The height of a line of text, which is written larger where the picture is shown smaller.
_TEXT = 28.0
#: About so wide is a letter, at the largest size.
_LETTER = 13.5
#: At most so many lines across the curve.
_MOST_LINES = 8


def flow_svg(first: Flow, beside: Sequence[Flow], alone: bool = False) -> str:
    """The curve of a flow, and of others beside it; under it a strip for each of them."""
    flows = [first, *beside]
    low, high = _range(flows)
    inside = [*_lines(low, high)]
    inside.append(f'<text x="{_LEFT}" y="-12">size of the gradient</text>')
    for number, flow in reversed([*enumerate(flows)]):
        kind = "first" if flow is first else f"way{number}"
        inside += (f'<polyline class="{kind}" points="{way}"/>' for way in _ways(flow, low, high))
        if len(flow.places) == 1 and (log := _log10(flow.places[0].size)) is not None:
            place = f'cx="{_LEFT}" cy="{HEIGHT * (high - log) / (high - low):.1f}"'
            inside.append(f'<circle class="only" {place} r="4"/>')
    inside += _names(flows, low, high)
    y = HEIGHT + 2 * _TEXT + 4
    for flow in flows:
        said = f"{flow.title}: {flow.verdict}"
        inside.append(f'<text x="{_LEFT}" y="{y - 4:.0f}">{text_html(said)}</text>')
        for name, sizes in _rows(flow):
            inside += _strip(name, sizes, low, high, y)
            y += _STRIP
        y += _TEXT + 4
    labels = [p.label for p in first.places]
    if labels:
        label = labels[0] if len(labels) > 1 else f"{labels[0]}: {first.sentence}"
        inside.append(
            f'<text x="{_LEFT:.0f}" y="{HEIGHT + _TEXT - 4:.0f}">{text_html(label)}</text>'
        )
    if len(labels) > 1:
        end = f'x="{_LEFT + WIDTH:.0f}" y="{HEIGHT + _TEXT - 4:.0f}" class="tick"'
        inside.append(f"<text {end}>{text_html(labels[-1])}</text>")
    title = f"How the gradient flows through {first.title}: {first.sentence}"
    frame = (0, -34, _LEFT + WIDTH + _room(flows), y - _TEXT + 40)
    return picture(title, frame, "\n".join(inside), "flow", alone)


def _room(flows: Sequence[Flow]) -> float:
    """The room for the names of the curves, right of them."""
    return 4 + (12 + _LETTER * max(len(f.network) for f in flows) if len(flows) > 1 else 0)


def _names(flows: Sequence[Flow], low: float, high: float) -> Iterator[str]:
    """The name of each of several curves, where it ends; none over another."""
    if len(flows) < 2:
        return
    ends = {
        k: HEIGHT * (high - logs[-1]) / (high - low)
        for k, flow in enumerate(flows)
        if (logs := [log for p in flow.places if (log := _log10(p.size)) is not None])
    }
    at = -_TEXT
    # From the top down, each a line below the last at least, and all of them inside.
    for number, (k, y) in enumerate(sorted(ends.items(), key=lambda end: end[1])):
        below = len(ends) - 1 - number
        at = max(at + _TEXT, min(y + 4, HEIGHT - below * _TEXT))
        kind, said = "first" if k == 0 else f"way{k}", text_html(flows[k].network)
        x = _LEFT + 6 + (WIDTH if len(flows[k].places) > 1 else 4)
        place = f'x="{x:.0f}" y="{at:.0f}"'
        yield f'<text class="name {kind}" {place}>{said}</text>'


def _range(flows: Sequence[Flow]) -> tuple[float, float]:
    """The least and the greatest power of ten that is drawn, at least one apart."""
    sizes = [n for f in flows for _, row in _rows(f) for n in row]
    sizes += [p.size for f in flows for p in f.places]
    logs = [log for n in sizes if (log := _log10(n)) is not None]
    low, high = math.floor(min(logs, default=0.0)), math.ceil(max(logs, default=0.0))
    return low, max(high, low + 1)


def _log10(size: float) -> float | None:
    """The power of ten of a size; None where there is nothing to draw."""
    known = as_magnitude(size)
    return known.log10 if math.isfinite(known.log10) and not known.bound else None


def _ways(flow: Flow, low: float, high: float) -> Iterator[str]:
    """The points of a curve; it is broken where there is nothing, or no number is known."""
    step = WIDTH / max(len(flow.places) - 1, 1)
    points: list[str] = []
    for k, place in enumerate(flow.places):
        if (log := _log10(place.size)) is not None:
            y = HEIGHT * (high - log) / (high - low)
            points.append(f"{_LEFT + k * step:.1f},{y:.1f}")
        elif points:
            yield " ".join(points)
            points = []
    if points:
        yield " ".join(points)


def _lines(low: float, high: float) -> Iterator[str]:
    """Lines at powers of ten."""
    every = max(1, math.ceil((high - low) / _MOST_LINES))
    for power in range(int(low), int(high) + 1, every):
        y = HEIGHT * (high - power) / (high - low)
        yield f'<line class="grid" x1="{_LEFT}" x2="{_LEFT + WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>'
        said = f"1e{power}".replace("-", "−")
        yield f'<text class="tick" x="{_LEFT - 8}" y="{y + 4:.1f}">{said}</text>'


def _rows(flow: Flow) -> list[tuple[str, Sequence[float]]]:
    """The strips of a flow: of each state, if it has several."""
    if len(flow.states) > 1:
        return [(f"∂/∂{pretty(name)}", sizes) for name, sizes in flow.states.items()]
    return [("", [place.size for place in flow.places])]


def _strip(name: str, sizes: Sequence[float], low: float, high: float, y: float) -> Iterator[str]:
    """A cell for each place, the warmer the larger its gradient."""
    yield '<g class="strip">'
    if name:
        yield f'<text class="tick" x="{_LEFT - 8}" y="{y + 16:.0f}">{text_html(name)}</text>'
    yield f'<rect class="frame" x="{_LEFT}" y="{y:.0f}" width="{WIDTH}" height="{_STRIP:.0f}"/>'
    wide = WIDTH / max(len(sizes), 1)
    for k, size in enumerate(sizes):
        log = high if size == math.inf and not as_magnitude(size).is_finite else _log10(size)
        if log is not None:
            yield (
                f'<rect class="cell" x="{_LEFT + k * wide:.1f}" y="{y:.0f}" width="{wide:.1f}" '
                f'height="{_STRIP:.0f}" fill-opacity="{max((log - low) / (high - low), 0):.2f}"/>'
            )
    yield "</g>"

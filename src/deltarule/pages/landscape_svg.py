"""A slice of the loss as a picture: the higher the warmer, lines of equal loss, and the ways that
optimisers take on it, each from the common start to a mark at its end.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from deltarule.arithmetic.magnitude import Magnitude
from deltarule.pages.drawn_graph import picture
from deltarule.pages.html_page import text_html
from deltarule.tracing.loss_landscape import Landscape, Way

_SIDE, _LINE, _LETTER = 420.0, 20.0, 7.3
#: So many lines of equal loss, at equal shares of the places.
_LINES = 9
#: How each way is dashed, so that they are told apart without colours.
_DASHES = ("", "7 3", "2 3", "9 3 2 3", "1 4")


def landscape_svg(found: Landscape, alone: bool = False) -> str:
    """The picture."""
    levels = _levels(found.losses)
    inside = [*_cells(found), *_contours(found, levels)]
    for number, way in enumerate(found.ways):
        inside += _way(way, found, number)
    inside += [
        f'<text x="0" y="{_SIDE + 18:.0f}">→ first direction: {_span(found.along)}</text>',
        f'<text x="0" y="{_SIDE + 18 + _LINE:.0f}">↑ second direction: {_span(found.up)}</text>',
    ]
    frame = (-4, -4, _SIDE + 8, _SIDE + 20 + _LINE * (2 + len(found.ways)))
    title = f"A slice of the loss of {found.title}: {found.sentence}"
    return picture(title, frame, "\n".join(inside), "landscape", alone)


def _span(axis: np.ndarray) -> str:
    return " … ".join(Magnitude(float(end)).text(2) for end in axis[[0, -1]])


def _levels(losses: np.ndarray) -> np.ndarray:
    """The losses at which lines are drawn, so that as many places lie between any two."""
    known = losses[np.isfinite(losses)]
    if not known.size:
        return known
    return np.unique(np.quantile(known, np.linspace(0, 1, _LINES + 2)[1:-1]))


def _cells(found: Landscape) -> Iterator[str]:
    """A cell for each place, in shades by its rank: losses may lie far apart."""
    rows, columns = found.losses.shape
    shares = found.shares
    high, wide = _SIDE / rows, _SIDE / columns
    for i in range(rows):
        for j in range(columns):
            shade = 0.75 * shares[i, j]
            yield (
                f'<rect class="cell" x="{j * wide:.1f}" y="{_SIDE - (i + 1) * high:.1f}" '
                f'width="{wide:.2f}" height="{high:.2f}" fill-opacity="{shade:.2f}"/>'
            )


def _contours(found: Landscape, levels: np.ndarray) -> Iterator[str]:
    """Lines of equal loss, a piece in each cell (marching squares), and what the loss is there."""
    places: list[tuple[float, float]] = []
    for level, said in zip(levels, _said(levels), strict=True):
        pieces, ends = [], []
        for i in range(found.losses.shape[0] - 1):
            for j in range(found.losses.shape[1] - 1):
                crossings = [*_crossings(found, i, j, float(level))]
                for one, other in zip(crossings[::2], crossings[1::2]):
                    pieces.append(f"M{one[0]:.1f} {one[1]:.1f}L{other[0]:.1f} {other[1]:.1f}")
                    ends.append(one)
        if not pieces:
            continue
        yield f'<path class="contour" d="{"".join(pieces)}"/>'
        free = (end for end in ends if _is_free(end, len(said), places))
        if place := next(free, None):
            places.append(place)
            yield f'<text class="level" x="{place[0]:.1f}" y="{place[1] + 4:.1f}">{said}</text>'


def _said(levels: np.ndarray) -> list[str]:
    """Losses in as many digits as tell each from the others."""
    texts = ([Magnitude(float(level)).text(digits) for level in levels] for digits in range(2, 12))
    return next((said for said in texts if len({*said}) == len(said)), [""] * len(levels))


def _is_free(place: tuple[float, float], letters: int, taken: list[tuple[float, float]]) -> bool:
    """Whether so many letters around a place are inside the picture, and over no others."""
    x, y = place
    half = letters * _LETTER / 2
    inside = half < x < _SIDE - half and _LINE < y < _SIDE - _LINE
    return inside and all(abs(x - a) > 2 * half + 4 or abs(y - b) > _LINE for a, b in taken)


def _crossings(found: Landscape, i: int, j: int, level: float) -> Iterator[tuple[float, float]]:
    """Where a line crosses the sides of a cell, in their order around it."""
    corners = ((i, j), (i, j + 1), (i + 1, j + 1), (i + 1, j))
    for one, other in zip(corners, (*corners[1:], corners[0]), strict=True):
        a, b = found.losses[one] - level, found.losses[other] - level
        if np.isfinite(a) and np.isfinite(b) and (a < 0) != (b < 0):
            part = a / (a - b)
            along = one[1] + part * (other[1] - one[1])
            up = one[0] + part * (other[0] - one[0])
            yield _at(found, along, up)


def _at(found: Landscape, along: float, up: float) -> tuple[float, float]:
    """A place of the grid in the picture: cells have their middles at integers."""
    rows, columns = found.losses.shape
    return _SIDE * (along + 0.5) / columns, _SIDE * (1 - (up + 0.5) / rows)


def _place(found: Landscape, place: np.ndarray) -> tuple[float, float]:
    along, up = found.along, found.up
    x = (place[0] - along[0]) / (along[1] - along[0])
    y = (place[1] - up[0]) / (up[1] - up[0])
    return _at(found, float(x), float(y))


def _way(way: Way, found: Landscape, number: int) -> Iterator[str]:
    """The line of a way with a mark at its end, and what it came to below the picture."""
    known = [p for p in way.places if np.isfinite(p).all()]
    points = [_place(found, p) for p in known]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dash = _DASHES[number % len(_DASHES)]
    style = f'class="way way{number % 5}" stroke-dasharray="{dash or "none"}"'
    yield f'<polyline {style} data-optimiser="{text_html(way.optimiser)}" points="{line}"/>'
    if points:
        (x, y), (a, b) = points[0], points[-1]
        yield f'<circle class="start" cx="{x:.1f}" cy="{y:.1f}" r="4"/>'
        yield f'<circle class="end way{number % 5}" cx="{a:.1f}" cy="{b:.1f}" r="5"/>'
    top = _SIDE + 18 + _LINE * (2 + number)
    yield f'<line {style} x1="0" x2="30" y1="{top - 4}" y2="{top - 4}"/>'
    said = f"{way.optimiser}: {found.text(way.losses[0])} → {found.text(way.losses[-1])}"
    yield f'<text x="38" y="{top}">{text_html(said)}</text>'

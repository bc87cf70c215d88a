"""The ways of a graph's arrows: across columns at the height of a box or a lane, and from one
height to another between columns, so that none runs behind a box that it does not begin or end at.

What leads back, as a state that is carried to the next time, goes over the boxes between.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from deltarule.pages.graph_layout import BESIDE, Box, Layout

#: How far beside its columns a way back goes up and down, and how far above all boxes; each further
#: one is so much farther.
_BACK, _HIGH, _FARTHER = 9.0, 12.0, 5.0
#: The radius of its corners, and that of an arrow from a box to itself.
_ROUND, _LOOP = 5.0, 9.0


@dataclass(frozen=True)
class Arrow:
    """From one tensor to one that is computed from it: the path's description in SVG, whether it
    leads `back`, and how far it is above all boxes at most."""

    source: str
    target: str
    path: str
    back: bool = False
    above: float = 0.0


def arrows(layout: Layout) -> Iterator[Arrow]:
    """The arrows of a graph; of those that lead back all from one tensor share their way."""
    ways_back: dict[str, int] = {}
    for box in layout.boxes.values():
        for name in dict.fromkeys(box.reads):
            source = layout.boxes.get(name)
            if source is None:
                continue
            if source is box:
                yield Arrow(name, name, _to_itself(box), back=True)
            elif layout.numbers[name] < layout.numbers[box.name]:
                yield Arrow(name, box.name, _forward(source, box, layout))
            else:
                number = ways_back.setdefault(name, len(ways_back))
                above = _HIGH + _FARTHER * number - _roof(source, box, layout)
                path = _back(source, box, layout, number, above)
                yield Arrow(name, box.name, path, back=True, above=max(above, 0.0))


def _roof(source: Box, box: Box, layout: Layout) -> float:
    """The highest edge of what stands in the columns from a box to that which it is read from."""
    between = range(layout.numbers[box.name], layout.numbers[source.name] + 1)
    boxes = [b.y for name, b in layout.boxes.items() if layout.numbers[name] in between]
    lanes = [lane.y for own in layout.lanes.values() for n, lane in own.items() if n in between]
    return min((*boxes, *lanes))


def _forward(source: Box, box: Box, layout: Layout) -> str:
    """Through the source's lanes to a box in a later column."""
    lanes, last = layout.lanes[source.name], layout.numbers[box.name]
    way = [f"M{source.x + source.width:.0f} {source.middle:.0f}"]
    here = source.middle
    for number in range(layout.numbers[source.name] + 1, last + 1):
        begin, end = layout.columns[number - 1].right, layout.columns[number].left - 1
        there = box.middle if number == last else lanes[number].middle
        bend = (end - begin) / 2
        way.append(
            f"H{begin:.0f}C{begin + bend:.0f} {here:.0f} {end - bend:.0f} {there:.0f} "
            f"{end:.0f} {there:.0f}"
        )
        here = there
    return f"{''.join(way)}H{box.x - 1:.0f}"


def _back(source: Box, box: Box, layout: Layout, number: int, above: float) -> str:
    """Up beside the source's column, over the boxes between, and down before that of the box."""
    beside = _BACK + _FARTHER * (number % int((BESIDE - 2 * _BACK) / _FARTHER))
    right = layout.columns[layout.numbers[source.name]].right + beside
    left = layout.columns[layout.numbers[box.name]].left - beside
    begin, end = source.y + source.height / 4, box.y + box.height / 4
    r = _ROUND
    return (
        f"M{source.x + source.width:.0f} {begin:.1f}H{right - r:.1f}q{r} 0 {r} {-r}"
        f"V{r - above:.1f}q0 {-r} {-r} {-r}H{left + r:.1f}q{-r} 0 {-r} {r}"
        f"V{end - r:.1f}q0 {r} {r} {r}H{box.x - 1:.0f}"
    )


def _to_itself(box: Box) -> str:
    """A loop beside the box."""
    x, y = box.x + box.width, box.y + box.height / 4
    return f"M{x:.0f} {y - 3:.1f}c{2 * _LOOP} {-_LOOP} {2 * _LOOP} {_LOOP + 9} 1 9"

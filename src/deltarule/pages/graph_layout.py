"""Where the boxes of a network's graph stand: in columns from left to right, by what reads what.

A tensor stands one column behind the last that it is computed from (the longest way, as in
Sugiyama, Tagawa and Toda, 1981), and what is given beside the first that reads it. What is read
beyond the next column has a lane, free of boxes, through every column between, so that no arrow
runs behind a box: arrows bend between columns alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

#: The room between two columns, between boxes above each other, and around a lane, in pixels.
BESIDE, ABOVE, BY_LANE = 46, 18, 9


@dataclass
class Box:
    """One tensor: its size in pixels, what it is computed from, and where it stands.

    A lane is a box of no height, as wide as its column.
    """

    name: str
    width: float
    height: float
    reads: Sequence[str] = ()
    x: float = 0.0
    y: float = 0.0
    lane: bool = False

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


@dataclass(frozen=True)
class Column:
    """Where a column begins, and where it ends."""

    left: float
    right: float


@dataclass
class Layout:
    """Boxes in their places, and how large the picture is.

    `numbers` are those of the boxes' columns; `lanes` hold, for each tensor, its lanes by the
    number of their column.
    """

    boxes: dict[str, Box] = field(default_factory=dict)
    columns: list[Column] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    lanes: dict[str, dict[int, Box]] = field(default_factory=dict)
    width: float = 0.0
    height: float = 0.0


def laid_out(boxes: Sequence[Box]) -> Layout:
    """Boxes, in the order of computation, put into columns."""
    known = {box.name: box for box in boxes}
    numbers = _columns(boxes, known)
    found = Layout(known, numbers=numbers, lanes=_lanes(boxes, numbers))
    x = 0.0
    for number in range(max(numbers.values(), default=-1) + 1):
        column = [box for box in boxes if numbers[box.name] == number]
        lanes = [own[number] for own in found.lanes.values() if number in own]
        wide = max((box.width for box in column), default=0.0)
        for lane in lanes:
            lane.width = wide
        _stack(_ordered([*lanes, *column], found, number), found, number)
        for box in (*lanes, *column):
            box.x = x + (wide - box.width) / 2
        found.columns.append(Column(x, x + wide))
        x += wide + BESIDE
    every = [*boxes, *(lane for own in found.lanes.values() for lane in own.values())]
    highest = min((box.y for box in every), default=0.0)
    for box in every:
        box.y -= highest
    found.width = max(x - BESIDE, 0.0)
    found.height = max((box.y + box.height for box in every), default=0.0)
    return found


def _columns(boxes: Sequence[Box], known: Mapping[str, Box]) -> dict[str, int]:
    """The column of each box. What is read before it is computed, as a state, moves nothing."""
    depth: dict[str, int] = {}
    for box in boxes:
        if box.reads:
            before = [depth.get(name, 0) for name in box.reads if name in known]
            depth[box.name] = 1 + max(before, default=0)
    for box in boxes:
        if not box.reads:
            readers = [depth[b.name] for b in boxes if box.name in b.reads]
            depth[box.name] = min(readers, default=1) - 1
    return depth


def _lanes(boxes: Sequence[Box], numbers: Mapping[str, int]) -> dict[str, dict[int, Box]]:
    """For each tensor its lanes, up to the column before the last that reads it."""
    farthest: dict[str, int] = {}
    for box in boxes:
        for name in box.reads:
            farthest[name] = max(farthest.get(name, 0), numbers[box.name])
    return {
        box.name: {
            number: Box(box.name, 0.0, 0.0, lane=True)
            for number in range(numbers[box.name] + 1, farthest.get(box.name, 0))
        }
        for box in boxes
    }


def _before(box: Box, layout: Layout, number: int) -> list[Box]:
    """The boxes and lanes in the column before, from which arrows lead into one of a column; those
    that are computed alone, where there are any: weights stand below what they weigh."""
    names = [box.name] if box.lane else box.reads
    last = number - 1
    found = []
    for name in dict.fromkeys(names):
        own = layout.lanes.get(name, {}).get(last)
        if own is None and layout.numbers.get(name) == last:
            own = layout.boxes[name]
        found += [own] if own else []
    return [b for b in found if b.lane or b.reads] or found


def _wish(box: Box, layout: Layout, number: int) -> float | None:
    """The height at which arrows into a box would be straight; None where none come from the
    column before."""
    before = _before(box, layout, number)
    return sum(b.middle for b in before) / len(before) if before else None


def _ordered(column: Sequence[Box], layout: Layout, number: int) -> list[Box]:
    """A column's boxes by the height of what they are computed from; what is given comes below."""
    return sorted(column, key=lambda b: (not (b.reads or b.lane), _wish(b, layout, number) or 0.0))


#: Boxes that touch, each with the height at which it would be.
_Group = list[tuple[Box, float | None]]


def _stack(column: Sequence[Box], layout: Layout, number: int) -> None:
    """A column's boxes below each other, each as near as may be to where its arrows are straight.

    Boxes that would overlap are moved together (pooling of adjacent violators, as in isotonic
    regression). What is given hangs below the box above it.
    """
    groups: list[_Group] = []
    for box in column:
        wish = _wish(box, layout, number)
        if wish is None and groups:
            groups[-1].append((box, None))
        else:
            groups.append([(box, wish)])
        while len(groups) > 1 and _overlap(*groups[-2:]):
            last = groups.pop()
            groups[-1] += last
    for group in groups:
        top = _top(group)
        for (box, _), below in zip(group, _offsets(group), strict=True):
            box.y = top + below


def _offsets(group: _Group) -> list[float]:
    """How far below the top of its group each box begins."""
    found, below = [], 0.0
    for k, (box, _) in enumerate(group):
        below += _room(group[k - 1][0], box) if k else 0.0
        found.append(below)
        below += box.height
    return found


def _top(group: _Group) -> float:
    """Where a group begins: in the mean its boxes are where they would be; without a wish, they
    stand around the height 0."""
    offsets = _offsets(group)
    wished = [
        wish - below - box.height / 2
        for (box, wish), below in zip(group, offsets, strict=True)
        if wish is not None
    ]
    if wished:
        return sum(wished) / len(wished)
    return -(offsets[-1] + group[-1][0].height) / 2


def _overlap(group: _Group, below: _Group) -> bool:
    """Whether a group reaches into the one that is to be below it."""
    last = group[-1][0]
    end = _top(group) + _offsets(group)[-1] + last.height
    return end + _room(last, below[0][0]) > _top(below)


def _room(box: Box, below: Box) -> float:
    return BY_LANE if box.lane or below.lane else ABOVE

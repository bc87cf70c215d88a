"""Where the boxes of a network's graph stand: in columns from left to right, by what reads what.

A tensor stands one column behind the last that it is computed from (the longest way, as in
Sugiyama, Tagawa and Toda, 1981), and what is given beside the first that reads it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

#: The room between two boxes, beside and above each other, in pixels.
BESIDE, ABOVE = 46, 18


@dataclass
class Box:
    """One tensor: its size in pixels, what it is computed from, and where it stands."""

    name: str
    width: float
    height: float
    reads: Sequence[str] = ()
    x: float = 0.0
    y: float = 0.0

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


@dataclass
class Layout:
    """Boxes in their places, and how large the picture is."""

    boxes: dict[str, Box] = field(default_factory=dict)
    width: float = 0.0
    height: float = 0.0


def laid_out(boxes: Sequence[Box]) -> Layout:
    """Boxes, in the order of computation, put into columns."""
    known = {box.name: box for box in boxes}
    columns = _columns(boxes, known)
    found = Layout(known)
    x = 0.0
    for number in range(max(columns.values(), default=-1) + 1):
        column = [box for box in boxes if columns[box.name] == number]
        wide = max((box.width for box in column), default=0.0)
        _stack(_ordered(column, known, columns), x, wide)
        x += wide + BESIDE
    lowest = min((box.y for box in boxes), default=0.0)
    for box in boxes:
        box.y -= lowest
    found.width = max(x - BESIDE, 0.0)
    found.height = max((box.y + box.height for box in boxes), default=0.0)
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


def _ordered(
    column: Sequence[Box], known: Mapping[str, Box], columns: Mapping[str, int]
) -> list[Box]:
    """A column's boxes by the height of what they are computed from; what is given comes below."""

    def height(box: Box) -> float:
        before = [known[r] for r in box.reads if r in known and columns[r] < columns[box.name]]
        return sum(b.middle for b in before) / len(before) if before else 0.0

    return sorted(column, key=lambda box: (not box.reads, height(box)))


def _stack(column: Sequence[Box], x: float, wide: float) -> None:
    """A column's boxes below each other, around the height 0."""
    whole = sum(box.height for box in column) + ABOVE * (len(column) - 1)
    y = -whole / 2
    for box in column:
        box.x, box.y = x + (wide - box.width) / 2, y
        y += box.height + ABOVE

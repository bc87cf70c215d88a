"""The shapes that a person's own function states for its arguments, and arrays that have them.

    def dense(x, w, b): "x [N, D], w [D, M], b [M]"   in the docstring, or
    def dense(x: "N D", w: "D M", b: "M"): …          in annotations.

`x [N, H + D]` has a sum for an extent; `labels [N below C]` are integers from 0 to C − 1,
`s [N positive]` are numbers above 0. `params: W [D, M], b [M]` is a dict or tuple of arrays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from deltarule.errors import DeltaruleError
from deltarule.gradcheck.user_code.extents import Extent, extents

#: x [N, D] · x: [N, D] · x (N, D) · x: array of shape (N, D)
_IN_DOCSTRING = (
    r"(?<![\w.]){name} ?:? ?\[([^\]]*)\]",
    r"(?<![\w.]){name} ?:? ?\(((?:[A-Z]\w*|\d+)(?:, ?(?:[A-Z]\w*|\d+))*,?)\)",
    r"(?<![\w.]){name} ?:[^\n:]*?shape:? ?[(\[]([^)\]\n.]*)[)\]]",
)
#: Sizes by name of images and of windows that move on them; the former must be larger.
_IMAGES = {"H", "W", "height", "width", "rows", "columns", "T", "L_in"}
_WINDOWS = {"K", "L", "k", "KH", "KW", "kh", "kw", "HH", "WW", "window", "kernel"}
_LARGE = ((7, 8, 6), (8, 6, 7), (6, 9, 7), (8, 7, 9), (9, 7, 8))
_SMALL = ((3, 2), (2, 4), (4, 3), (2, 3), (1, 2))
#: Row 3 is even, so that two groups or heads divide its sizes; in row 4 the batch is 1.
_PLAIN = (
    (2, 3, 5, 4, 7, 6),
    (3, 2, 4, 5, 6, 7),
    (2, 5, 3, 7, 4, 6),
    (4, 2, 6, 8, 10, 12),
    (1, 2, 3, 4, 5, 6),
)
ROWS = len(_PLAIN)
#: An argument with more entries is not made.
MOST_ENTRIES = 5_000_000


@dataclass(frozen=True)
class Shape:
    """What an argument is: its axes, and what its entries are."""

    axes: tuple[Extent, ...]
    below: Extent | None = None
    positive: bool = False

    @property
    def sizes(self) -> list[str]:
        """The names of its sizes."""
        every = (*self.axes, *([self.below] if self.below else []))
        return [name for extent in every for name in extent.names]

    def extents(self, sizes: Mapping[str, int]) -> tuple[int, ...]:
        """Its extents in numbers. Raises ValueError where one is below 0."""
        found = tuple(axis.at(sizes) for axis in self.axes)
        if any(n < 0 for n in found):
            raise ValueError(f"an axis of {min(found)} entries")
        return found


def stated(text: str, place: str) -> Shape:
    """The shape that `N D`, `N, D` or `N below C` states. Raises DeltaruleError for other words."""
    words = text.strip()
    bare = re.sub(r"\bpositive\b", "", words)
    parts = re.split(r"\bbelow\b", bare)
    try:
        if len(parts) > 2 or (len(parts) == 2 and len(extents(parts[1])) != 1):
            raise ValueError(text)
        below = extents(parts[1])[0] if len(parts) == 2 else None
        return Shape(extents(parts[0]), below, bare != words)
    except ValueError:
        raise DeltaruleError(
            f"{text!r} states no shape", place, "write N D, N below C or N D positive"
        ) from None


def in_docstring(docstring: str, name: str) -> str | None:
    """What stands in brackets behind an argument's name, `t [N] below C` as `t [N below C]`."""
    for pattern in _IN_DOCSTRING:
        found = re.search(pattern.format(name=re.escape(name)), docstring)
        if found:
            behind = re.match(r" (below \w+|positive)\b", docstring[found.end() :])
            return f"{found[1]} {behind[1]}" if behind else found[1]
    return None


def parts_in_docstring(docstring: str, name: str, others: Iterable[str]) -> dict[str, str]:
    """The arrays of a dict or tuple: `params: W [D, M], b [M]`, up to another argument's name."""
    opened = re.search(rf"(?<![\w.]){re.escape(name)} ?:\s*[({{]?", docstring)
    found: dict[str, str] = {}
    at = opened.end() if opened else len(docstring)
    part = re.compile(r"\s*[,;]?\s*([^\W\d]\w*) ?:? ?\[([^\]]*)\]")
    while (match := part.match(docstring, at)) and match[1] not in others:
        found[match[1]] = match[2]
        at = match.end()
    return found


def chosen_sizes(shapes: Iterable[Shape], number: int, given: Mapping[str, int]) -> dict[str, int]:
    """Sizes for round `number`, small and unequal; `given` holds some."""
    names = dict.fromkeys(name for shape in shapes for name in shape.sizes)
    rows = {
        kind: iter(table[number % ROWS] * len(names))
        for kind, table in (("image", _LARGE), ("window", _SMALL), ("plain", _PLAIN))
    }
    found = {}
    for name in names:
        kind = "image" if name in _IMAGES else "window" if name in _WINDOWS else "plain"
        found[name] = given[name] if name in given else next(rows[kind])
    return found


def drawn(
    shape: Shape, sizes: Mapping[str, int], random: np.random.Generator, domain: str = "any"
) -> np.ndarray:
    """An array of a shape, with values of a domain; integers hold one at least twice.

    Raises ValueError where the array would be too large, or has no shape at these sizes.
    """
    extents_, below = shape.extents(sizes), shape.below
    count = int(np.prod(extents_, dtype=object)) if extents_ else 1
    if count > MOST_ENTRIES:
        raise ValueError(f"an array of {' × '.join(map(str, extents_))} = {count:,} entries")
    if below is not None:
        most = below.at(sizes)
        if most < 1:
            raise ValueError(f"no whole number from 0 lies below {most}")
        found = np.asarray(random.integers(0, most, extents_))
        if found.size > 1:
            found.flat[-1] = found.flat[0]
        return found
    values = np.asarray(random.normal(size=extents_), dtype=float)
    return _into("positive" if shape.positive else domain, values)


#: Where values are drawn, one after the other, until the function's value is a number.
DOMAINS = {
    "any": "",
    "positive": "above 0.5",
    "unit": "between 0.1 and 0.9",
    "above 1": "above 1.1",
}


def _into(domain: str, values: np.ndarray) -> np.ndarray:
    if domain == "positive":
        return np.abs(values) + 0.5
    if domain == "unit":
        return 0.1 + 0.8 / (1 + np.exp(-values))
    return np.abs(values) + 1.1 if domain == "above 1" else values

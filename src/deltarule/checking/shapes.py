"""The shapes that a person's own function states for its arguments, and arrays that have them.

    def dense(x, w, b): "x [N, D], w [D, M], b [M]"   in the docstring, or
    def dense(x: "N D", w: "D M", b: "M"): …          in annotations.

`labels [N below C]` are whole numbers from 0 to C − 1, `s [N positive]` are numbers above 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from deltarule.notation.errors import DeltaruleError

_IN_DOCSTRING = r"(?<![\w.]){name} ?\[([^\]]*)\]"
_NAME = re.compile(r"[^\W\d]\w*")
#: Sizes by name of images and of windows that move on them; the former must be larger.
_IMAGES = {"H", "W", "height", "width", "rows", "columns"}
_WINDOWS = {"K", "L", "k", "KH", "KW", "kh", "kw", "window", "kernel"}
_LARGE = ((7, 8), (8, 6), (6, 9))
_SMALL = ((3, 2), (2, 4), (4, 3))
_PLAIN = ((2, 3, 5, 4, 7, 6), (3, 2, 4, 5, 6, 7), (2, 5, 3, 7, 4, 6))
#: Few values, many of them equal and some 0: so kinks and ties are met.
_EDGY = np.array((-1.0, -0.5, -0.5, 0.0, 0.0, 0.5, 0.5, 1.0))


@dataclass(frozen=True)
class Shape:
    """What an argument is: its axes (names of sizes, or numbers), and what its entries are."""

    axes: tuple[str, ...]
    below: str = ""
    positive: bool = False

    @property
    def sizes(self) -> list[str]:
        """The names of its sizes."""
        return [a for a in (*self.axes, self.below) if a and not a.isdigit()]


def stated(text: str, place: str) -> Shape:
    """The shape that `N D`, `N, D` or `N below C` states. Raises DeltaruleError for other words."""
    words = text.replace(",", " ").split()
    positive = "positive" in words
    words = [w for w in words if w != "positive"]
    below = ""
    if "below" in words:
        at = words.index("below")
        if len(words) != at + 2:
            raise _misread(text, place)
        below, words = words[at + 1], words[:at]
    if not all(w.isdigit() or _NAME.fullmatch(w) for w in (*words, *([below] if below else []))):
        raise _misread(text, place)
    return Shape(tuple(words), below, positive)


def in_docstring(docstring: str, name: str) -> str | None:
    """What stands in brackets behind an argument's name."""
    found = re.search(_IN_DOCSTRING.format(name=re.escape(name)), docstring)
    return found[1] if found else None


def _misread(text: str, place: str) -> DeltaruleError:
    return DeltaruleError(
        f"{text!r} states no shape", place, "write N D, N below C or N D positive"
    )


def chosen_sizes(
    shapes: Iterable[Shape], number: int, given: Mapping[str, int]
) -> dict[str, int]:
    """Sizes for round `number`, small and unequal; `given` holds some of them."""
    names = dict.fromkeys(name for shape in shapes for name in shape.sizes)
    rows = {
        kind: iter(table[number % 3] * len(names))
        for kind, table in (("image", _LARGE), ("window", _SMALL), ("plain", _PLAIN))
    }
    found = {}
    for name in names:
        kind = "image" if name in _IMAGES else "window" if name in _WINDOWS else "plain"
        found[name] = given[name] if name in given else next(rows[kind])
    return found


def drawn(
    shape: Shape, sizes: Mapping[str, int], random: np.random.Generator, edgy: bool = False
) -> np.ndarray:
    """An array of a shape; with `edgy`, of values that tie and vanish."""
    extents = tuple(int(a) if a.isdigit() else sizes[a] for a in shape.axes)
    if shape.below:
        below = int(shape.below) if shape.below.isdigit() else sizes[shape.below]
        return random.integers(0, below, extents)
    values = random.choice(_EDGY, extents) if edgy else random.normal(size=extents)
    return np.asarray(np.abs(values) + 0.5 if shape.positive else values, dtype=float)

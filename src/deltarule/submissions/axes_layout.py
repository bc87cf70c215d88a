"""How an array of a course lies in memory, against the tensor that it stands for.

A layout is a pattern of einops, the tensor's axes before the arrow and the array's behind it:
`n d -> d n` for columns, `n (a b) -> n a b` for images that are flattened, `m -> 1 m` for rows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from einops import rearrange

from deltarule.errors import DeltaruleError

_PART = re.compile(r"\(([a-z0-9_ ]*)\)|([a-z][a-z0-9_]*)|(1)|(\S)", re.IGNORECASE)


@dataclass(frozen=True)
class Layout:
    """Two patterns: the tensor's own axes, and those of the course's array."""

    own: str
    course: str

    def to_course(self, array: np.ndarray, extents: Mapping[str, int]) -> np.ndarray:
        """The array as the course lays it out; `extents` are those of letters in parentheses."""
        known = {a: extents[a] for a in self.split_letters if a in extents}
        return rearrange(array, f"{self.own} -> {self.course}", **known)

    def to_tensor(self, array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        """The course's array as the tensor lies, which has this shape."""
        letters = [group[0] if len(group) == 1 else "" for group in self.groups]
        joined = {a for group, _ in _parts(self.course) if len(group) > 1 for a in group}
        known = {a: n for a, n in zip(letters, shape) if a in joined}
        return rearrange(array, f"{self.course} -> {self.own}", **known)

    @cached_property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """For each axis of the tensor the letters that it is made of."""
        return tuple(letters for letters, _ in _parts(self.own))

    @property
    def column(self) -> bool:
        """Whether the course's array ends with an axis of length 1."""
        parts = _parts(self.course)
        return len(parts) > 1 and parts[-1] == ((), "")

    @property
    def split_letters(self) -> tuple[str, ...]:
        """The letters of axes that are made of several."""
        return tuple(a for group in self.groups if len(group) > 1 for a in group)


def layout(pattern: str, place: str) -> Layout:
    """A layout, read. Raises DeltaruleError for what is none."""
    own, arrow, course = (part.strip() for part in pattern.partition("->"))
    letters = [sorted(a for group, _ in _parts(side) for a in group) for side in (own, course)]
    stray = [s for side in (own, course) for _, s in _parts(side) if s]
    if not arrow or stray or letters[0] != letters[1] or len(set(letters[0])) < len(letters[0]):
        raise DeltaruleError(
            f"{pattern!r} says no layout of axes",
            place,
            "give the tensor's axes, an arrow and the array's: n d -> d n, n (a b) -> n a b, "
            "m -> 1 m; both sides have the same letters, each once",
        )
    return Layout(own, course)


def _parts(side: str) -> list[tuple[tuple[str, ...], str]]:
    """The letters of each axis, and what is no axis."""
    found = []
    for group, letter, one, stray in _PART.findall(side):
        letters = tuple(group.split()) if group else (letter,) if letter else ()
        found.append((() if one else letters, stray))
    return found

"""What is kept for later, but not without end: a class of a thousand is marked in one process."""

from __future__ import annotations

from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")

#: So many entries are kept at most.
MOST_KEPT = 20_000


class Bounded(dict[Key, Value]):
    """A dictionary that forgets everything when it is full: what it holds can be made again."""

    def __setitem__(self, key: Key, value: Value) -> None:
        if len(self) >= MOST_KEPT:
            self.clear()
        super().__setitem__(key, value)

"""What a call returns, taken apart in the text of a test: names to assign, entries to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


class Returned:
    """What stands before the `=` of a call, and the entries of dictionaries that it returns.

    Each of several dictionaries has a name of its own. `alone` is a function that returns the first
    of several values and nothing else; `more` one that returns more of them.
    """

    def __init__(self, tree: Any, alone: bool = False, more: bool = False):
        tree = tree[0] if alone and isinstance(tree, (list, tuple)) and tree else tree
        self._tables: list[Mapping[str, Any]] = []
        self.target = self._of(tree) + ", *_" * (more and isinstance(tree, (list, tuple)))

    @property
    def entries(self) -> Iterator[tuple[str, str, str]]:
        """The dictionary, the key, and the value's name, of every entry."""
        for number, table in enumerate(self._tables):
            yield from ((self._name(number), str(key), name) for key, name in table.items())

    def _of(self, tree: Any) -> str:
        if isinstance(tree, str):
            return "_" if tree == "-" else tree
        if isinstance(tree, Mapping):
            self._tables.append(tree)
            return self._name(len(self._tables) - 1)
        if isinstance(tree, (list, tuple)) and tree:
            several = (list, tuple)
            parts = [f"({self._of(t)})" if isinstance(t, several) else self._of(t) for t in tree]
            return ", ".join(parts) + ("," if len(parts) == 1 else "")
        return ""

    def _name(self, number: int) -> str:
        return f"returned_{number + 1}" if number else "returned"

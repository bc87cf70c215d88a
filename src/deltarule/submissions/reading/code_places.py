"""Where a line of the text that runs stands in what was handed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class CodePlaces:
    """`sources[k]` is the line of the file that line k + 1 of the text comes from.

    `cells` are the cells of a notebook: the first line of each, and its number.
    """

    sources: list[int] = field(default_factory=list)
    cells: tuple[tuple[int, int], ...] = ()

    def source(self, line: int) -> int:
        """The line of the file (of a notebook: of its cells in a row)."""
        return self.sources[line - 1] if 0 < line <= len(self.sources) else line

    def place(self, line: int) -> str:
        """ "line 12", or "cell 4, line 7"."""
        return self.of_source(self.source(line))

    def of_source(self, line: int) -> str:
        """The same of a line of the file."""
        begun = [(first, number) for first, number in self.cells if first <= line]
        if not begun:
            return f"line {line}"
        first, number = begun[-1]
        return f"cell {number}, line {line - first + 1}"

    def many(self, lines: Sequence[int]) -> str:
        """The first places of several lines."""
        found = list(dict.fromkeys(self.place(line) for line in lines))
        more = f" and {len(found) - 4} more" if len(found) > 4 else ""
        return "; ".join(found[:4]) + more

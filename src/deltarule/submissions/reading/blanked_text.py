"""A text with some of its statements blanked: every line keeps its number."""

from __future__ import annotations

import ast
import re


class BlankedText:
    """A text that statements are taken out of. Columns are those of `ast`: UTF-8 bytes."""

    def __init__(self, text: str):
        self.lines = [line.encode("utf-8", "replace") for line in text.split("\n")]

    def __str__(self) -> str:
        return "\n".join(line.decode("utf-8", "replace") for line in self.lines)

    def statement(self, node: ast.stmt, inside: bool = False) -> None:
        """Take a statement out; where it is `inside` another, or has neighbours in its lines, `0`
        stands in its place."""
        first, column = node.lineno, node.col_offset
        for decorator in getattr(node, "decorator_list", ()):
            if decorator.lineno < first:
                first, column = decorator.lineno, 0
        last, end = node.end_lineno or first, node.end_col_offset or 0
        before, after = self.lines[first - 1][:column], self.lines[last - 1][end:]
        alone = not before.strip() and not after.split(b"#")[0].strip()
        self._blank(first, column, last, end, b"" if alone and not inside else b"0")

    def decorator(self, node: ast.expr) -> None:
        """Take a decorator out, with its @."""
        column = self.lines[node.lineno - 1][: node.col_offset].rfind(b"@")
        self._blank(node.lineno, max(column, 0), node.end_lineno or 0, node.end_col_offset or 0)

    def relative(self, node: ast.ImportFrom) -> None:
        """`from .layers import` as `from  layers import`, and `from . import` as `from _ import`:
        the text that runs is of no package."""
        line = self.lines[node.lineno - 1]
        dots = re.compile(rb"(from\s*)([.\s]+)").match(line, node.col_offset)
        if dots is None:
            return
        blank = b" " * len(dots[2])
        instead = blank if node.module else b"_" + blank[1:]
        self.lines[node.lineno - 1] = line[: dots.start(2)] + instead + line[dots.end() :]

    def _blank(self, first: int, column: int, last: int, end: int, instead: bytes = b"") -> None:
        for number in range(first, last + 1):
            line = self.lines[number - 1]
            begin = column if number == first else 0
            stop = end if number == last else len(line)
            put = instead if number == first else b""
            self.lines[number - 1] = line[:begin] + put.ljust(stop - begin) + line[stop:]

"""A text with other text put around some of its expressions: every line keeps its number."""

from __future__ import annotations

import ast

#: A line from 1, and a column of it as `ast` counts: UTF-8 bytes.
Position = tuple[int, int]


class EditedText:
    """A text and what is put into it. What is put around an expression later lies inside what was
    put around the same one before."""

    def __init__(self, text: str):
        self.lines = [line.encode("utf-8", "replace") for line in text.split("\n")]
        self._before: dict[Position, list[bytes]] = {}
        self._behind: dict[Position, list[bytes]] = {}
        self._instead: dict[Position, tuple[int, bytes]] = {}

    def around(self, node: ast.expr, before: str, behind: str) -> None:
        """Put something before an expression, and something behind it."""
        self._before.setdefault(start(node), []).append(before.encode())
        self._behind.setdefault(end(node), []).insert(0, behind.encode())

    def instead(self, at: Position, length: int, text: str) -> None:
        """Put something in the place of so many bytes of a line."""
        self._instead[at] = length, text.encode()

    def part(self, node: ast.expr) -> str | None:
        """The text of an expression; None for one of several lines."""
        (line, column), (last, stop) = start(node), end(node)
        return self.lines[line - 1][column:stop].decode("utf-8") if line == last else None

    def operator(self, left: ast.expr, right: ast.expr, sign: str) -> Position | None:
        """Where the sign between two expressions stands."""
        (line, column), (last, stop) = end(left), start(right)
        while line <= last:
            text = self.lines[line - 1]
            code = text[column : stop if line == last else len(text)].split(b"#")[0]
            found = code.find(sign.encode())
            if found >= 0:
                return line, column + found
            line, column = line + 1, 0
        return None

    def __str__(self) -> str:
        places = sorted({*self._before, *self._behind, *self._instead}, reverse=True)
        lines = list(self.lines)
        for line, column in places:
            text, here = lines[line - 1], (line, column)
            length, instead = self._instead.get(here, (0, b""))
            put = b"".join([*self._behind.get(here, ()), *self._before.get(here, ()), instead])
            lines[line - 1] = text[:column] + put + text[column + length :]
        return "\n".join(line.decode("utf-8", "replace") for line in lines)


def start(node: ast.expr) -> Position:
    """Where an expression begins."""
    return node.lineno, node.col_offset


def end(node: ast.expr) -> Position:
    """Where it ends."""
    return node.end_lineno or node.lineno, node.end_col_offset or node.col_offset

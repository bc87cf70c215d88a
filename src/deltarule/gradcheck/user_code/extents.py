"""Extents of axes as people write them: `N`, `3`, `H + D`, `(H + 2*P - K)//S + 1`.

A row of extents is separated by commas, or by mere spaces: `N D`, `N, H + D`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

_TOKEN = re.compile(r"\s*(\d+|[^\W\d]\w*|//|[-+*/(),])")
_OPERATIONS: dict[str, Callable[[int, int], int]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a // b,
    "//": lambda a, b: a // b,
}
_LEVELS = (("+", "-"), ("*", "/", "//"))


@dataclass(frozen=True)
class Extent:
    """One extent: a number, a name, or an operation on two extents."""

    text: str
    parts: tuple[Extent, ...] = ()

    @property
    def names(self) -> list[str]:
        """The names in it, in order."""
        if self.parts:
            return [name for part in self.parts for name in part.names]
        return [] if self.text.isdigit() else [self.text]

    def at(self, sizes: Mapping[str, int]) -> int:
        """Its value. Raises ValueError for a division by zero."""
        if not self.parts:
            return int(self.text) if self.text.isdigit() else int(sizes[self.text])
        left, right = (part.at(sizes) for part in self.parts)
        if self.text in ("/", "//") and right == 0:
            raise ValueError("a size is divided by 0")
        return _OPERATIONS[self.text](left, right)


def extents(text: str) -> tuple[Extent, ...]:
    """The extents that a text states. Raises ValueError for what states none."""
    tokens = list(_tokens(text.replace("−", "-")))
    found: list[Extent] = []
    while tokens:
        if tokens[0] == ",":
            if not found or tokens[1:2] == [","]:
                raise ValueError(text)
            tokens.pop(0)
            continue
        found.append(_sum(tokens, text))
    return tuple(found)


def _tokens(text: str) -> Iterator[str]:
    at, text = 0, text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError(text)
        yield match[1]
        at = match.end()


def _sum(tokens: list[str], text: str, level: int = 0) -> Extent:
    """An extent from the front of the tokens, which are used up."""
    if level == len(_LEVELS):
        return _atom(tokens, text)
    left = _sum(tokens, text, level + 1)
    while tokens and tokens[0] in _LEVELS[level]:
        sign = tokens.pop(0)
        left = Extent(sign, (left, _sum(tokens, text, level + 1)))
    return left


def _atom(tokens: list[str], text: str) -> Extent:
    token = tokens.pop(0) if tokens else ""
    if token == "(":
        inner = _sum(tokens, text)
        if not tokens or tokens.pop(0) != ")":
            raise ValueError(text)
        return inner
    if not token or token in "+-*/),":
        raise ValueError(text)
    return Extent(token)

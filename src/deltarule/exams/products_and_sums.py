"""Integers written as sums and products: 6·16·25 + 16, 16 × (6·5² + 1)."""

from __future__ import annotations

import re
from collections.abc import Callable

#: Longer texts, and larger numbers, are not read.
MOST_CHARACTERS, LARGEST = 200, 10**18
_TOKEN = re.compile(r"\s*(\d{1,18}|\*\*|[-+*^()=²³])", re.ASCII)
_PLAIN = str.maketrans(
    {"·": "*", "×": "*", "x": "*", "⋅": "*", "−": "-", "–": "-", "[": "(", "]": ")"}
)


def sum_of_products(text: str) -> int | None:
    """The number that a sum of products is, what stands behind a last = included.

    None for anything else, for what is said to equal something that it does not, and for numbers
    that are too large.
    """
    if len(text) > MOST_CHARACTERS:
        return None
    plain = re.sub(r"(?<=\d)[,'’ _\u00a0\u202f](?=\d{3}(?!\d))", "", text).translate(_PLAIN)
    sides = [_Sum(side).value() for side in plain.split("=")]
    return sides[0] if len(set(sides)) == 1 else None


class _Sum:
    """One side, read from the left."""

    def __init__(self, text: str):
        self.left = _tokens(text)

    def value(self) -> int | None:
        """What it is; None for what is no sum of products."""
        try:
            found = self._sum()
        except (ValueError, IndexError):
            return None
        return found if not self.left and 0 <= found <= LARGEST else None

    def _sum(self) -> int:
        found = self._product()
        while self.left and self.left[0] in "+-":
            sign = 1 if self.left.pop(0) == "+" else -1
            found = _small(found + sign * self._product())
        return found

    def _product(self) -> int:
        found = self._power()
        while self.left and (self.left[0] == "*" or self.left[0] == "("):
            if self.left[0] == "*":
                self.left.pop(0)
            found = _small(found * self._power())
        return found

    def _power(self) -> int:
        base = self._part()
        raised: dict[str, Callable[[], int]] = {
            "²": lambda: 2,
            "³": lambda: 3,
            "^": self._part,
            "**": self._part,
        }
        while self.left and self.left[0] in raised:
            exponent = raised[self.left.pop(0)]()
            if not 0 <= exponent <= 60:
                raise ValueError
            base = _small(base**exponent)
        return base

    def _part(self) -> int:
        token = self.left.pop(0)
        if token != "(":
            return int(token)
        found = self._sum()
        if self.left.pop(0) != ")":
            raise ValueError
        return found


def _tokens(text: str) -> list[str]:
    found, at, text = [], 0, text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            return ["?"]
        found.append(match[1])
        at = match.end()
    return found


def _small(value: int) -> int:
    if abs(value) > LARGEST:
        raise ValueError
    return value

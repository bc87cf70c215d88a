"""Integers from a seed, the same for ever and on every machine.

The generator is SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
generators", 2014): a counter that grows by 0x9E3779B97F4A7C15, mixed by two multiplications, all
modulo 2⁶⁴. It starts from the first eight bytes of SHA-256 of the words of the seed, each with its
length before it, so that no two lists of words are one text. Numbers below n are drawn without
bias: what lies above the largest multiple of n is drawn again. No number is a float on the way.
"""

from __future__ import annotations

import unicodedata
from collections.abc import MutableSequence, Sequence
from hashlib import sha256
from typing import TypeVar

_MASK = (1 << 64) - 1
_STEP, _FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB

T = TypeVar("T")


class Seeded:
    """A stream of integers, as its words say: a seed, a student, the number of the draw."""

    def __init__(self, *words: object):
        text = "".join(_with_length(str(word)) for word in words)
        self._state = int.from_bytes(sha256(text.encode()).digest()[:8], "big")

    def bits(self) -> int:
        """The next integer from 0 to 2⁶⁴ − 1."""
        self._state = (self._state + _STEP) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * _FIRST) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * _SECOND) & _MASK
        return mixed ^ (mixed >> 31)

    def below(self, count: int) -> int:
        """An integer from 0 to count − 1; `count` is at least 1 and below 2⁶⁴."""
        most = (1 << 64) - (1 << 64) % count
        while (found := self.bits()) >= most:
            pass
        return found % count

    def between(self, low: int, high: int) -> int:
        """An integer from low to high, both of them possible."""
        return low + self.below(high - low + 1)

    def choice(self, values: Sequence[T]) -> T:
        """One of some values."""
        return values[self.below(len(values))]

    def shuffle(self, values: MutableSequence[T]) -> None:
        """The values in another order, all orders alike (Fisher and Yates)."""
        for last in range(len(values) - 1, 0, -1):
            other = self.below(last + 1)
            values[last], values[other] = values[other], values[last]


def _with_length(word: str) -> str:
    word = unicodedata.normalize("NFC", word)
    return f"{len(word)}:{word}"

"""Constants of networks and optimisers: between which numbers each may lie, and their checks.

A range is written as mathematics has it: (0, oo) without its ends, [0, 1) with 0 and without 1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from deltarule.errors import DeltaruleError
from deltarule.spelling.names import pretty

_NUMBER = r"-?(?:oo|[0-9]+(?:/[0-9]+)?)"
_WRITTEN = re.compile(rf"([\[(])\s*({_NUMBER})\s*,\s*({_NUMBER})\s*([\])])")


@dataclass(frozen=True)
class Between:
    """The numbers from `low` to `high`, None where there is no end; each end counted or not."""

    low: Fraction | None = None
    high: Fraction | None = None
    low_counts: bool = False
    high_counts: bool = False

    def __contains__(self, value: Fraction) -> bool:
        above = self.low is None or value > self.low or (self.low_counts and value == self.low)
        below = self.high is None or value < self.high or (self.high_counts and value == self.high)
        return above and below

    def __str__(self) -> str:
        """In words: above 0, at least 0 and below 1."""
        low = "" if self.low is None else f"{'at least' if self.low_counts else 'above'} {self.low}"
        high = (
            "" if self.high is None else f"{'at most' if self.high_counts else 'below'} {self.high}"
        )
        return " and ".join(part for part in (low, high) if part) or "any number"


def between(written: str, name: str, place: str) -> Between:
    """The range that "[0, 1)" writes. Raises DeltaruleError for any other text."""
    found = _WRITTEN.fullmatch(written.strip())
    if found is None:
        raise DeltaruleError(
            f"{written!r} is no range for {name}", place, 'write one such as "(0, oo)" or "[0, 1)"'
        )
    low, high = (None if "oo" in end else Fraction(end) for end in (found[2], found[3]))
    if low is not None and high is not None and low >= high:
        raise DeltaruleError(
            f"the range {written} of {name} is empty", place, "write its lower end first"
        )
    return Between(low, high, found[1] == "[", found[4] == "]")


def check_constant(name: str, value: Fraction, within: Between | None, place: str) -> None:
    """Raises DeltaruleError for a constant outside its range."""
    if within is not None and value not in within:
        shown = value if value.denominator == 1 else float(value)
        raise DeltaruleError(
            f"{pretty(name)} = {shown} is out of range", place, f"give a number {within}"
        )

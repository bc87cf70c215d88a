"""Statistics in exact numbers, so that a course's table is the same on every machine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt


@dataclass
class Sums:
    """Sums over students of two numbers, of which means and correlations are made."""

    count: int = 0
    x: Fraction = Fraction(0)
    y: Fraction = Fraction(0)
    xx: Fraction = Fraction(0)
    yy: Fraction = Fraction(0)
    xy: Fraction = Fraction(0)

    def add(self, x: Fraction, y: Fraction) -> None:
        """One student more."""
        self.count += 1
        self.x += x
        self.y += y
        self.xx += x * x
        self.yy += y * y
        self.xy += x * y

    @property
    def mean(self) -> Fraction | None:
        """The mean of the first number."""
        return self.x / self.count if self.count else None

    def correlation(self, places: int = 2) -> Fraction | None:
        """Pearson's correlation, rounded; None where one of the numbers is the same for all."""
        n = self.count
        xx, yy = n * self.xx - self.x**2, n * self.yy - self.y**2
        if xx <= 0 or yy <= 0:
            return None
        xy = n * self.xy - self.x * self.y
        size = root(xy**2 / (xx * yy), places)
        return size if xy > 0 else -size

    def deviation(self, places: int = 2) -> Fraction | None:
        """The standard deviation of the first number over all students, rounded."""
        if not self.count:
            return None
        return root(self.xx / self.count - (self.x / self.count) ** 2, places)


def root(number: Fraction, places: int) -> Fraction:
    """The square root of a number that is not negative, rounded half up to some places."""
    doubled = 2 * 10**places
    # isqrt of n/d is that of n·d, over d: the root times `doubled`, rounded down.
    down = isqrt(number.numerator * number.denominator * doubled**2) // number.denominator
    return Fraction((down + 1) // 2, 10**places)


def median(counts: Mapping[Fraction, int]) -> Fraction | None:
    """The middle of numbers, each with how often it occurs; of two middles, their mean."""
    total = sum(counts.values())
    if not total:
        return None
    return (_at(counts, (total - 1) // 2) + _at(counts, total // 2)) / 2


def _at(counts: Mapping[Fraction, int], place: int) -> Fraction:
    for number in sorted(counts):
        place -= counts[number]
        if place < 0:
            return number
    raise IndexError(place)


def most_common(counts: Mapping[str, int], most: int | None = None) -> list[tuple[str, int]]:
    """The most frequent first; of those alike, by name."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most]


def in_tenths(shares: Iterable[tuple[Fraction, int]]) -> list[int]:
    """How many of some shares lie in each tenth of 0 to 1; the last has 1 itself too."""
    found = [0] * 10
    for share, times in shares:
        found[min(int(share * 10), 9)] += times
    return found

"""Givens that are pleasant to reckon with: few digits, and sizes and signs like a model's.

A `Manner` says how the numbers of one given are drawn. It is read off a sheet's own numbers, or
off what a network declares. What a tensor is declared to be (labels, parts of 1, covariances) is
kept by the sampler that all of the library draws with.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from sympy import Expr

from deltarule.arithmetic.sampler import Interval, Sampler, Shape, filled
from deltarule.exams.seeded_numbers import Seeded
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor

#: The largest of a given that is all 0, where something else has to be drawn, in tenths.
_FEW = 9
#: How much wider numbers may be drawn than the model's: not at all, by size, by a digit more.
WIDENINGS = 3


@dataclass(frozen=True)
class Manner:
    """How the numbers of a given are drawn: units of 10^−decimals, from `least` to `most`.

    `signs` are those that occur, 1 and −1; `zeros` tells whether 0 occurs. `kind` is "numbers",
    "one-hot", "sums to one", "symmetric" or "as it is".
    """

    decimals: int
    least: int
    most: int
    signs: tuple[int, ...] = (1, -1)
    zeros: bool = False
    kind: str = "numbers"
    finer: bool = False

    def wider(self, by: int) -> Manner:
        """The same with more numbers to choose from: of 0 by none, larger by 1, finer by 2.

        What is to stay as large as it is, `finer`, as a target of σ, gets more digits alone.
        """
        if not by or self.kind in ("one-hot", "as it is"):
            return self
        if not self.most:
            return Manner(1, 1, _FEW * 10 ** (by - 1))
        if self.finer:
            more = replace(self, decimals=self.decimals + by, zeros=False)
            return replace(more, least=1, most=self.most * 10**by)
        if self.kind == "sums to one":
            return replace(self, decimals=self.decimals + by - 1)
        most = max(self.most, 9, 10**self.decimals - 1)
        signs = self.signs if self.most > 1 or len(self.signs) > 1 else (1,)
        larger = Manner(self.decimals, 1, most, signs, kind=self.kind)
        if by == 1:
            return larger
        return replace(larger, decimals=self.decimals + 1, most=10 * most + 9)


def manner_like(
    given: np.ndarray, decimals: int, declared: str = "", finer: bool = False
) -> Manner:
    """How to draw numbers like these fractions, of which so many decimals were printed."""
    entries = [Fraction(v) for v in given.ravel()]
    if declared == "one-hot" or (not declared and _one_hot(given)):
        return Manner(0, 1, 1, kind="one-hot")
    sizes = [abs(v) * 10**decimals for v in entries if v]
    if any(size.denominator != 1 for size in sizes):
        return Manner(0, 0, 0, kind="as it is")  # a third, and the like: not to be imitated
    signs = tuple(s for s in (1, -1) if any(v * s > 0 for v in entries)) or (1, -1)
    least, most = int(min(sizes, default=0)), int(max(sizes, default=0))
    zeros = len(sizes) < len(entries) and decimals == 0
    kind = declared if declared in ("sums to one", "symmetric") else "numbers"
    if declared == "positive":
        signs = (1,)
    # From the smallest on, or a tenth of the largest: numbers that all look alike hide slips.
    least = max(min(least, most // 10 or 1), bool(most))
    return Manner(decimals, least, most, signs, zeros, kind, finer)


def _one_hot(given: np.ndarray) -> bool:
    """Whether every one of several rows has a single 1 among zeros."""
    if given.ndim < 2 or given.shape[-1] < 2 or math.prod(given.shape[:-1]) < 2:
        return False
    rows = given.reshape(-1, given.shape[-1])
    return all(sorted(map(Fraction, row))[-2:] == [0, 1] and min(row) == 0 for row in rows)


#: How numbers are drawn where nothing is to be imitated: 0.1 to 1.9, of either sign.
USUAL = Manner(1, 1, 19)
#: The same where maxima are taken: larger ones, so that few tie.
USUAL_COMPARED = Manner(1, 1, 49)


class PleasantSampler(Sampler):
    """Draws givens, each in its manner; what is declared of a tensor is kept."""

    diagonal = 2

    def __init__(self, network: Network, extent: Callable[[Expr], int], random: Seeded):
        super().__init__(network, extent)
        self.random, self.manner = random, USUAL

    def given(self, tensor: Tensor | None, shape: Shape, manner: Manner, old: np.ndarray):
        """Entries for a given of the network, or for the upstream gradient of an output."""
        self.manner = manner
        if manner.kind == "as it is":
            return old
        if manner.kind == "one-hot":
            axis = -1 if tensor is None or tensor.sums_to_one is None else tensor.sums_to_one
            return self._one_hot(shape, axis)
        if manner.kind == "sums to one":
            return self._parts(shape, -1)
        if tensor is None:
            return self.between(shape, None)
        drawn = self.draw(tensor)
        return _mirrored(drawn) if manner.kind == "symmetric" else drawn

    def between(self, shape: Shape, within: Interval) -> np.ndarray:
        manner = self.manner
        if within is not None:
            manner = _inside(manner, within)
        low = Fraction(0) if within is None else Fraction(within[0])
        unit, units = Fraction(1, 10**manner.decimals), self._units(math.prod(shape), manner)
        return filled(shape, lambda: low + unit * next(units))

    def _units(self, count: int, manner: Manner):
        """So many integers; none comes twice before all others came, whatever its sign."""
        sizes: list[int] = []
        for _ in range(count):
            if not sizes:
                sizes = [*range(max(manner.least, 1), manner.most + 1), *([0] * manner.zeros)]
                self.random.shuffle(sizes)
            yield (sizes.pop() if sizes else 0) * self.random.choice(manner.signs)

    def integers(self, shape: Shape, least: int, below: int) -> np.ndarray:
        return filled(
            shape, lambda: Fraction(self.random.between(min(least, below - 1), below - 1))
        )

    def parts_of_one(self, shape: Shape, axis: int, within: Interval) -> np.ndarray:
        # Targets are one-hot unless the model's own were not.
        fractions = 0 < self.manner.most < 10**self.manner.decimals
        return self._parts(shape, axis) if fractions else self._one_hot(shape, axis)

    def _one_hot(self, shape: Shape, axis: int) -> np.ndarray:
        axis %= len(shape)
        picked = self.integers((*shape[:axis], 1, *shape[axis + 1 :]), 0, shape[axis])
        places = np.arange(shape[axis]).reshape([-1 if k == axis else 1 for k in range(len(shape))])
        one, zero = (np.array(Fraction(part), dtype=object) for part in (1, 0))
        return np.where(picked == places, one, zero)

    def _parts(self, shape: Shape, axis: int) -> np.ndarray:
        """Parts of 1 along an axis, none of them 0."""
        axis %= len(shape)
        count, decimals = shape[axis], max(self.manner.decimals, 1)
        while 10**decimals < 2 * count:
            decimals += 1
        rest = (*shape[:axis], *shape[axis + 1 :])
        rows = [self._cut(count, 10**decimals) for _ in range(math.prod(rest))]
        found = np.empty((len(rows), count), dtype=object)
        for k, row in enumerate(rows):
            found[k] = [Fraction(part, 10**decimals) for part in row]
        return np.moveaxis(found.reshape(*rest, count), -1, axis)

    def _cut(self, count: int, whole: int) -> list[int]:
        """An integer cut into so many parts at places drawn at random."""
        places = [*range(1, whole)]
        self.random.shuffle(places)
        ends = [0, *sorted(places[: count - 1]), whole]
        return [high - low for low, high in zip(ends, ends[1:], strict=False)]


def _inside(manner: Manner, within: tuple[int, int]) -> Manner:
    """The manner of numbers inside an open interval, counted from its lower end."""
    decimals = max(manner.decimals, 1)
    most = (within[1] - within[0]) * 10**decimals - 1
    return Manner(decimals, 1, most, (1,))


def _mirrored(drawn: np.ndarray) -> np.ndarray:
    """The matrix whose lower half is its upper one."""
    upper = np.triu(np.ones(drawn.shape[-2:], dtype=bool))
    return np.where(upper, drawn, np.swapaxes(drawn, -1, -2))


def draw_givens(
    network: Network,
    extent: Callable[[Expr], int],
    old: Mapping[str, np.ndarray],
    manners: Mapping[str, Manner],
    random: Seeded,
) -> dict[str, np.ndarray]:
    """New numbers for all givens, in the order of their names; those without a manner stay."""
    sampler = PleasantSampler(network, extent, random)
    found = dict(old)
    for name in sorted(manners):
        tensor, array = network.tensors.get(name), old[name]
        found[name] = sampler.given(tensor, array.shape, manners[name], array)
    return found

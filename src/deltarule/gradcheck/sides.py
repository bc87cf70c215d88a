"""What a gradient may be at kinks and ties, by the true derivatives to both sides.

Along a random direction d the derivatives to the right and to the left of an output tell what
kind of point this is: a smooth one, where they agree; one kink, whose jump along d₁ + d₂ is the sum
or the difference of those along d₁ and d₂; or several kinks that meet. At a smooth point one value
alone is the derivative. At one kink, what lies between the sides is a subgradient. Where several
meet, each of them may keep its own convention.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from deltarule.arithmetic.one_sided import OneSided
from deltarule.gradcheck.probed import Probed
from deltarule.gradcheck.subgradients import Subgradients
from deltarule.networks.tensors import Tensor
from deltarule.tracing.reference_derivatives import changes_along

#: Balls that differ by no more than this are of the same number.
ALIKE = 1e-22


@dataclass(frozen=True)
class Outputs:
    """Of each output's entry (times its upstream gradient): whether it is smooth at this point,
    and whether several kinks meet there; `edges` were met."""

    smooth: list[np.ndarray]
    several: list[np.ndarray]
    edges: int


def outputs_of(probed: Probed, tensor: Tensor) -> Outputs:
    """What kind of point this is for each output, when all entries of a tensor move."""
    one, two = probed.probe.noise(tensor.axes), probed.probe.noise(tensor.axes)
    directions = np.stack([one, two, probed.arithmetic.add(one, two)])
    smooth, several, edges = [], [], 0
    for right, left, met in _sides(probed, tensor, directions):
        edges = met
        jumps = np.abs(_floats(right - left))
        smooth.append((jumps < ALIKE).all(axis=0))
        first, second, both = jumps
        scale = ALIKE + 1e-12 * (first + second)
        single = (np.abs(both - (first + second)) < scale) | (
            np.abs(both - np.abs(first - second)) < scale
        )
        several.append(~single)
    return Outputs(smooth, several, edges)


def allowed(
    probed: Probed, tensor: Tensor, directions: np.ndarray, outputs: Outputs, lenient: bool
) -> np.ndarray:
    """For each direction a ball of all that the derivative along it may be.

    If `lenient`, kinks cancel at some values alone, and each may keep its own convention there.
    """
    loose = [several | lenient for several in outputs.several]
    composed = _composed(probed, tensor, directions) if any(part.any() for part in loose) else None
    total = probed.arithmetic.zeros((len(directions),))
    for number, (right, left, _) in enumerate(_sides(probed, tensor, directions)):
        between = _union(right, left)
        change = np.where(outputs.smooth[number], right, between)
        if composed is not None:
            change = np.where(loose[number], _union(between, composed[number]), change)
        total = probed.arithmetic.add(total, probed.arithmetic.total(change, (1,)))
    return total


def _composed(probed: Probed, tensor: Tensor, directions: np.ndarray) -> list[np.ndarray]:
    """What every choice of conventions, kink by kink, gives for each root."""
    sets = Subgradients(probed.arithmetic)
    sets.count = len(directions)
    return list(
        changes_along(
            probed.network, probed.probe.values, sets, tensor.name, directions, probed.roots
        )
    )


def _sides(probed: Probed, tensor: Tensor, directions: np.ndarray) -> Iterator[tuple]:
    """For each root the derivatives to the right and to the left, and the kinks met so far."""
    minus = probed.arithmetic.number(Fraction(-1))
    both = np.concatenate([directions, probed.arithmetic.multiply(minus, directions)])
    mine, count = OneSided(probed.arithmetic, len(both)), len(directions)
    for change in changes_along(
        probed.network, probed.probe.values, mine, tensor.name, both, probed.roots
    ):
        yield change[:count], probed.arithmetic.multiply(minus, change[count:]), mine.edges


def _floats(balls: np.ndarray) -> np.ndarray:
    return np.asarray(np.frompyfunc(lambda b: float(b.mid()), 1, 1)(balls), dtype=float)


def _union(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.asarray(np.frompyfunc(lambda u, v: u.union(v), 2, 1)(one, other), dtype=object)

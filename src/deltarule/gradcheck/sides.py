"""What a gradient may be at kinks and ties, by the true derivatives to both sides.

An output is smooth at a point where the derivatives to the right and to the left agree along a
random direction: one value alone is the derivative. One kink meets it where its slopes along two
directions, mixed at every kink by random weights, move along one line: what lies between the sides
is a subgradient. Where several meet, each of them may keep its own convention.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from deltarule.arithmetic.one_sided import OneSided
from deltarule.gradcheck.mixed_slopes import DRAWS, MixedSlopes
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
    directions, smooth, edges = np.stack([one, two]), [], 0
    for right, left, met in _sides(probed, tensor, directions):
        edges = met
        smooth.append((np.abs(_floats(right - left)) < ALIKE).all(axis=0))
    if not edges:
        return Outputs(smooth, [np.zeros_like(part) for part in smooth], edges)
    return Outputs(smooth, list(_several(probed, tensor, directions)), edges)


def _several(probed: Probed, tensor: Tensor, directions: np.ndarray) -> Iterator[np.ndarray]:
    """For each root whether the slopes along two directions are moved along more than one line by
    the weights of what meets there."""
    mixed = MixedSlopes(probed.arithmetic, len(directions))
    for change in changes_along(
        probed.network,
        probed.probe.values,
        mixed,
        tensor.name,
        np.concatenate([directions] * DRAWS),
        probed.roots,
    ):
        drawn = change.reshape(DRAWS, len(directions), -1)
        (a, b), (c, d) = drawn[1] - drawn[0], drawn[2] - drawn[0]
        crossed = np.abs(_floats(a * d - b * c))
        yield crossed > ALIKE**2 + 1e-12 * np.abs(_floats(a * d))


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

"""Givens drawn at random, short enough to follow by hand: 0.3, −1.2, labels, one-hot targets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from random import Random

import numpy as np
from sympy import Symbol

from deltarule.arithmetic.domain import undefined
from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.places_inside import places_inside
from deltarule.arithmetic.probe import MOST_ENTRIES
from deltarule.arithmetic.run import run
from deltarule.arithmetic.sampler import Sampler, filled
from deltarule.arithmetic.small_sizes import choose_sizes
from deltarule.arithmetic.tensor_entries import refuse_many
from deltarule.calculus import Derivation
from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import Max, walk
from deltarule.networks.network import Network
from deltarule.networks.specialise import specialise
from deltarule.networks.tensors import Tensor
from deltarule.spelling.names import pretty

#: Numbers (not arrays) by these letters are above 0 wherever people write them, and drawn so.
POSITIVE, ABOVE_0 = frozenset(("λ", "γ", "τ", "σ", "ε", "eps")), (0, 2)

#: How often numbers are drawn until a network has values at them.
MOST_DRAWS = 40


def drawn(
    derivation: Derivation, seed: int = 0, sizes: Mapping[str, int] | None = None
) -> tuple[dict[str, np.ndarray], dict[str, int]]:
    """Random givens of a `derivation` by name, upstream gradients too, and all sizes by name.

    Equal values of `seed` give equal ones. `sizes` holds some sizes and attributes; other
    attributes have their usual values, other sizes are small.
    Raises DeltaruleError for sizes that are unknown or do not fit, or leave a tensor no
    entries, or too many.
    """
    network, random = derivation.network, Random(seed)
    chosen = sizes_by_hand(network, random, sizes)
    values = Values({}, chosen, {}, {})
    sampler = _ByHand(network, values.extent, random)
    givens = _inside(network, sampler, values)
    for name in derivation.upstream:
        shape = sampler.shape(network.tensor(name).axes)
        givens[derivation.gradient_name(name)] = sampler.between(shape, (-1, 1))
    free = {s.name: n for s, n in chosen.items() if s not in network.definitions}
    return givens, free


def _inside(network: Network, sampler: _ByHand, values: Values) -> dict[str, np.ndarray]:
    """Numbers for what a network is given, at which it has values, as far as some are found: single
    ones may have none, as 1/(x − 1) at 1."""
    given, places = [t for t in network.tensors.values() if t.given], places_inside(network)
    draws = (
        {t.name: sampler.draw(t, places.get(t.name) or _usual(t)) for t in given}
        for _ in range(MOST_DRAWS)
    )
    first = next(draws)
    if not _undefined_at(network, first, values):
        return first
    return next((found for found in draws if not _undefined_at(network, found, values)), first)


def _undefined_at(network: Network, givens: Mapping[str, np.ndarray], values: Values) -> bool:
    """Whether some value is NaN, or infinite as 1/0 is."""
    arithmetic, tensors = Float64(), dict(network.tensors)
    arrays = {
        name: array.astype(np.int64) if tensors[name].integral else arithmetic.array(array)
        for name, array in givens.items()
    }
    tried = Values(arrays, values.sizes, dict(network.scalars), tensors)
    try:
        run(network.equations, tried, arithmetic)
    except DeltaruleError:  # as of a recurrence over no time: raised where the trace runs it
        return False
    return any(map(undefined, tried.arrays.values()))


def _usual(tensor: Tensor) -> tuple[int, int] | None:
    """Where a number lies whose letter means a weight, temperature or width: penalties and such
    are above 0."""
    return ABOVE_0 if not tensor.axes and pretty(tensor.name) in POSITIVE else None


def sizes_by_hand(
    network: Network, random: Random, sizes: Mapping[str, int] | None = None
) -> dict[Symbol, int]:
    """The sizes of random givens. Raises DeltaruleError for those that are unknown, do not fit, or
    leave a tensor no entries, or too many to be worked through.
    """
    specialise(network, sizes or {})
    fixed = {s.name: n for s, n in network.attributes.items()} | dict(sizes or {})
    chosen = choose_sizes(network, random, fixed)
    refuse_many(network, chosen, MOST_ENTRIES, "worked through")
    return chosen


def _compares(network: Network) -> bool:
    """Whether maxima are taken: quarters are exact in every arithmetic, so ties can be said."""
    return any(isinstance(n, Max) for e in network.equations for n in walk(e.rhs))


class _ByHand(Sampler):
    """Tenths, or quarters where maxima are taken, none of them 0; one-hot targets."""

    diagonal = 2

    def __init__(self, network: Network, extent: Callable, random: Random):
        super().__init__(network, extent)
        self.random, self.parts = random, 4 if _compares(network) else 10

    def between(self, shape: tuple[int, ...], within: tuple[int, int] | None) -> np.ndarray:
        low, high = within or (-2, 2)
        choices = [Fraction(k, self.parts) for k in range(self.parts * low + 1, self.parts * high)]
        choices = [c for c in choices if c]
        return filled(shape, lambda: self.random.choice(choices))

    def integers(self, shape: tuple[int, ...], least: int, below: int) -> np.ndarray:
        return filled(shape, lambda: Fraction(self.random.randrange(least, below)))

    def parts_of_one(self, shape: tuple[int, ...], axis: int, within) -> np.ndarray:
        axis %= len(shape)
        picked = self.integers((*shape[:axis], 1, *shape[axis + 1 :]), 0, shape[axis])
        places = np.arange(shape[axis]).reshape([-1 if k == axis else 1 for k in range(len(shape))])
        one, zero = (np.array(Fraction(part), dtype=object) for part in (1, 0))
        return np.where(picked == places, one, zero)

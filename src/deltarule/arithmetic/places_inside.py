"""From where givens are to be drawn so that a network has values there, whoever draws.

One draw tells little: a number under a root is above 0 half of the time. So a network that has a
root, a logarithm or the like is tried at many draws, as far apart as those of any sampler; half of
them are corners, at which most domains end.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sympy import Basic, Pow

from deltarule.arithmetic.domain import draw_inside, free_to_draw, undefined_in
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.known_signs import signs_of
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.sampler import Generic, Interval, Shape, filled
from deltarule.errors import DeltaruleError
from deltarule.expressions.functions import acos, acosh, asin, atanh, digamma, lgamma, log, trigamma
from deltarule.expressions.nodes import walk
from deltarule.networks.network import Network

#: As far as samplers draw from where nothing is said (traces do), and as near (arrays of floats).
WIDE, NARROW = (-2, 2), (-1, 1)
#: How often a network is drawn, and how near to the ends of an interval its corners lie.
TIMES, NEAR = 16, 0.02

_BOUNDED = acosh | asin | acos | atanh
_ABOVE_0 = log | lgamma | digamma | trigamma


def places_inside(network: Network) -> Mapping[str, Any]:
    """The intervals of those givens of which the usual values would lie outside the domain.

    Found at small sizes; empty where the usual values are good, or nothing better is found.
    """
    if not has_a_domain(network):
        return {}
    try:
        often = _Often(network)
    except DeltaruleError:  # as where sizes are asked for that small ones do not fit
        return {}
    # What an update keeps is not below 0, whoever draws.
    free = [t.name for t in free_to_draw(network.tensors.values()) if t.role != "memory"]
    wide, narrow = dict.fromkeys(free, WIDE), dict.fromkeys(free, NARROW)
    if not undefined_in(often.fill, wide):
        return {}
    chosen = narrow
    if undefined_in(often.fill, narrow):
        chosen = {**narrow, **draw_inside(network.tensors.values(), often.fill)}
    least = undefined_in(often.fill, chosen)
    for name in [n for n, place in chosen.items() if place != WIDE]:
        without = {**chosen, name: WIDE}
        if undefined_in(often.fill, without) <= least:
            chosen = without if name in free else {n: p for n, p in chosen.items() if n != name}
    return {n: place for n, place in chosen.items() if place != WIDE}


def has_a_domain(network: Network) -> bool:
    """Whether something in a network has no value at some numbers, as far as formulas tell."""
    nodes = [n for e in network.equations for n in walk(e.rhs) if _argument(n) is not None]
    if not nodes:
        return False
    signs = signs_of(network.equations, network.tensors.values())
    return not all(isinstance(n, _ABOVE_0 | Pow) and signs.never_below(_argument(n)) for n in nodes)


def _argument(node: Basic) -> Any:
    """What a function is taken of that is not defined everywhere; None for other formulas."""
    if isinstance(node, Pow):
        return None if node.exp.is_integer else node.base
    return node.args[0] if isinstance(node, _BOUNDED | _ABOVE_0) else None


class _Often(Probe):
    """A probe that is filled many times over, half of them at corners; it gives all arrays."""

    def __init__(self, network: Network):
        self._times = 1
        super().__init__(network, Float64())
        self._times = TIMES

    def _sampler(self) -> Generic:
        self._corners = _WithCorners(self.network, self.values.extent, self.arithmetic, self.random)
        return self._corners

    def fill(self, places: Mapping[str, Any]) -> Mapping[str, np.ndarray]:
        found = {}
        for time in range(self._times):
            self._corners.at_corners = time % 2 == 1
            arrays = super().fill(places)
            found |= {f"{name} {time}": array for name, array in arrays.items()}
        return found


class _WithCorners(Generic):
    """Draws as generic probes do, or what lies near the ends of intervals."""

    at_corners = False

    def between(self, shape: Shape, within: Interval) -> np.ndarray:
        if not self.at_corners:
            return super().between(shape, within)
        low, high = within or NARROW
        room = NEAR * (high - low)
        return filled(shape, lambda: self.random.choice((low + room, high - room)))

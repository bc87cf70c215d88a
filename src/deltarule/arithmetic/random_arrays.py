"""Arrays of any size for a network's givens, with the properties that they are declared to have."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from sympy import Symbol

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.places_inside import places_inside
from deltarule.arithmetic.sampler import Floats
from deltarule.networks.network import Network


def random_arrays(
    network: Network, sizes: Mapping[Symbol, int], seed: int = 0
) -> dict[str, np.ndarray]:
    """Arrays in float64 (labels in int64) by name; equal seeds give equal ones."""
    values = Values({}, sizes, {}, {})
    sampler = Floats(network, values.extent, np.random.default_rng(seed))
    given, places = [t for t in network.tensors.values() if t.given], places_inside(network)
    return {t.name: sampler.draw(t, places.get(t.name)) for t in given}

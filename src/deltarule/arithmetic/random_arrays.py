"""Arrays of any size for a network's givens, with the properties that they are declared to have."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from sympy import Symbol

from deltarule.arithmetic.evaluate import Values
from deltarule.expressions.matrices import in_determinants
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor


def random_arrays(
    network: Network, sizes: Mapping[Symbol, int], seed: int = 0
) -> dict[str, np.ndarray]:
    """Arrays in float64 (labels in int64) by name; equal seeds give equal ones."""
    random, values = np.random.default_rng(seed), Values({}, sizes, {}, {})
    found = {t.name: _draw(t, values, random) for t in network.tensors.values() if t.given}
    for name in in_determinants(e.rhs for e in network.equations) & found.keys():
        # A large diagonal: the determinant is above 0.
        found[name] = found[name] + found[name].shape[-1] * np.eye(*found[name].shape[-2:])
    return found


def _draw(tensor: Tensor, values: Values, random: np.random.Generator) -> np.ndarray:
    shape = tuple(values.extent(axis) for axis in tensor.axes)
    if tensor.whole:
        return random.integers(0, values.extent(tensor.whole_below), shape)
    if tensor.definite:
        root = random.uniform(-1, 1, shape)
        return root @ root.swapaxes(-1, -2) + np.eye(shape[-1])
    if tensor.sums_to_one is not None:
        axis = tensor.sums_to_one % len(shape)
        rest = tuple(n for k, n in enumerate(shape) if k != axis)
        return np.moveaxis(random.dirichlet(np.ones(shape[axis]), rest), -1, axis)
    low, high = tensor.drawn_within or (-1, 1)
    room = 0.01 * (high - low) if tensor.within else 0.0
    return random.uniform(low + room, high - room, shape)

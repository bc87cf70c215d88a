"""Givens drawn at random, short enough to follow by hand: 0.3, −1.2, labels, one-hot targets."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from random import Random

import numpy as np

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.small_sizes import choose_sizes
from deltarule.calculus import Derivation
from deltarule.expressions.matrices import in_determinants
from deltarule.expressions.nodes import Max, walk
from deltarule.networks.network import Network
from deltarule.networks.specialise import specialise
from deltarule.networks.tensors import Tensor


def drawn(
    derivation: Derivation, seed: int = 0, sizes: Mapping[str, int] | None = None
) -> tuple[dict[str, np.ndarray], dict[str, int]]:
    """Givens by name, those from outside too, and all sizes by name. Equal seeds give equal ones.

    `sizes` holds some sizes and attributes; other attributes have their usual values, other
    sizes are small. Raises DeltaruleError for sizes that are unknown or do not fit.
    """
    network, random = derivation.network, Random(seed)
    specialise(network, sizes or {})
    fixed = {s.name: n for s, n in network.attributes.items()} | dict(sizes or {})
    chosen = choose_sizes(network, random, fixed)
    values = Values({}, chosen, {}, {})
    parts = 4 if _compares(network) else 10
    determinants = in_determinants(e.rhs for e in network.equations)
    givens = {}
    for tensor in network.tensors.values():
        if tensor.given:
            shape = tuple(values.extent(a) for a in tensor.axes)
            below = values.extent(tensor.whole_below) if tensor.whole else 0
            entries = _draw(tensor, shape, below, random, parts)
            if tensor.name in determinants:  # a large diagonal: the determinant is above 0
                entries = entries + 2 * shape[-1] * np.eye(*shape[-2:], dtype=int)
            givens[tensor.name] = entries
    for name in derivation.upstream:
        shape = tuple(values.extent(a) for a in network.tensor(name).axes)
        givens[derivation.gradient_name(name)] = _parts(shape, (-1, 1), random, parts)
    free = {s.name: n for s, n in chosen.items() if s not in network.definitions}
    return givens, free


def _compares(network: Network) -> bool:
    """Whether maxima are taken: quarters are exact in every arithmetic, so ties can be told."""
    return any(isinstance(n, Max) for e in network.equations for n in walk(e.rhs))


def _draw(
    tensor: Tensor, shape: tuple[int, ...], below: int, random: Random, parts: int
) -> np.ndarray:
    if tensor.whole:
        return _filled(shape, lambda: Fraction(random.randrange(below)))
    if tensor.definite:
        root = _parts(shape, (-2, 2), random, parts)
        return np.matmul(root, root.swapaxes(-1, -2)) + np.eye(shape[-1], dtype=int)
    if tensor.sums_to_one is None:
        return _parts(shape, tensor.drawn_within or (-2, 2), random, parts)
    axis = tensor.sums_to_one % len(shape)
    picked = _filled(
        (*shape[:axis], 1, *shape[axis + 1 :]), lambda: Fraction(random.randrange(shape[axis]))
    )
    places = np.arange(shape[axis]).reshape([-1 if k == axis else 1 for k in range(len(shape))])
    return np.where(picked == places, Fraction(1), Fraction(0))


def _parts(
    shape: tuple[int, ...], within: tuple[int, int], random: Random, parts: int
) -> np.ndarray:
    """Numbers strictly between two whole ones, in tenths or quarters, none of them 0."""
    low, high = within
    choices = [Fraction(k, parts) for k in range(parts * low + 1, parts * high) if k]
    return _filled(shape, lambda: random.choice(choices))


def _filled(shape: tuple[int, ...], draw) -> np.ndarray:
    result = np.empty(int(np.prod(shape, dtype=np.int64)), dtype=object)
    for k in range(len(result)):
        result[k] = draw()
    return result.reshape(shape)

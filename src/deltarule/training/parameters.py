"""The parameters of a network: one vector, and each of them as a part of it."""

from __future__ import annotations

from math import prod, sqrt

import numpy as np
from numpy.random import Generator

from deltarule.networks.network import Network
from deltarule.networks.weights import added_up, scales


class Parameters:
    """`flat` holds all numbers, `arrays` views of it by name."""

    def __init__(self, network: Network, shapes: dict[str, tuple[int, ...]], dtype: str):
        self.flat = np.zeros(sum(map(prod, shapes.values())), dtype)
        self.arrays: dict[str, np.ndarray] = {}
        self._summed = {n: prod(s[k] for k in added_up(network, n)) for n, s in shapes.items()}
        self._slopes = {name for name in shapes if scales(network, name)}
        start = 0
        for name, shape in shapes.items():
            self.arrays[name] = self.flat[start : start + prod(shape)].reshape(shape)
            start += prod(shape)

    def __len__(self) -> int:
        return len(self.flat)

    def draw(self, random: Generator) -> None:
        """Start anew: weights of variance 1/(how many are summed up), slopes of 1, and 0 for the
        others.
        """
        for name, array in self.arrays.items():
            count = self._summed[name]
            drawn = random.uniform(-1, 1, array.shape) * sqrt(3 / count) if count > 1 else 0
            array[...] = 1 if name in self._slopes else drawn

    def gather(self, gradients: dict[str, np.ndarray], into: np.ndarray) -> None:
        """Their gradients as one vector, in the same order."""
        np.concatenate([np.ravel(gradients[name]) for name in self.arrays], out=into)

"""The parameters of a network: one vector, and each of them as a part of it."""

from __future__ import annotations

from math import prod, sqrt

import numpy as np
from numpy.random import Generator

from deltarule.networks.network import Network
from deltarule.networks.weights import added_up, scales

#: Every parameter begins at a multiple of so many bytes, as vector registers and caches like it.
_ALIGNED = 64


class Parameters:
    """`flat` holds all numbers, `arrays` views of it by name; between them there may be zeros."""

    def __init__(self, network: Network, shapes: dict[str, tuple[int, ...]], dtype: str):
        self._shapes, self._count = shapes, sum(map(prod, shapes.values()))
        step = _ALIGNED // np.dtype(dtype).itemsize
        self._starts, end = {}, 0
        for name, shape in shapes.items():
            self._starts[name] = end
            end += -(-prod(shape) // step) * step
        self.flat = np.zeros(end, dtype)
        self.arrays: dict[str, np.ndarray] = self.parts(self.flat)
        self._summed = {n: prod(s[k] for k in added_up(network, n)) for n, s in shapes.items()}
        self._slopes = {name for name in shapes if scales(network, name)}

    def __len__(self) -> int:
        return self._count

    def parts(self, flat: np.ndarray) -> dict[str, np.ndarray]:
        """The places of the parameters in a vector such as `flat`, by name."""
        return {
            name: flat[self._starts[name] :][: prod(shape)].reshape(shape)
            for name, shape in self._shapes.items()
        }

    def draw(self, random: Generator) -> None:
        """Start anew: weights of variance 1/(how many are summed up), slopes of 1, and 0 for the
        others.
        """
        for name, array in self.arrays.items():
            count = self._summed[name]
            drawn = random.uniform(-1, 1, array.shape) * sqrt(3 / count) if count > 1 else 0
            array[...] = 1 if name in self._slopes else drawn

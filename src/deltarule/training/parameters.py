"""The parameters of a network: one vector, and each of them as a part of it."""

from __future__ import annotations

from math import prod, sqrt

import numpy as np
from numpy.random import Generator

from deltarule.expressions.nodes import reads, tensor_name
from deltarule.networks.network import Network


class Parameters:
    """`flat` holds all numbers, `arrays` views of it by name."""

    def __init__(self, network: Network, shapes: dict[str, tuple[int, ...]], dtype: str):
        self.flat = np.zeros(sum(map(prod, shapes.values())), dtype)
        self.arrays: dict[str, np.ndarray] = {}
        self._summed = {name: prod(_summed(network, name, s)) for name, s in shapes.items()}
        start = 0
        for name, shape in shapes.items():
            self.arrays[name] = self.flat[start : start + prod(shape)].reshape(shape)
            start += prod(shape)

    def __len__(self) -> int:
        return len(self.flat)

    def draw(self, random: Generator) -> None:
        """Start anew: weights of variance 1/(how many are summed up), and 0 where none is."""
        for name, array in self.arrays.items():
            count = self._summed[name]
            array[...] = random.uniform(-1, 1, array.shape) * sqrt(3 / count) if count > 1 else 0

    def gather(self, gradients: dict[str, np.ndarray], into: np.ndarray) -> None:
        """Their gradients as one vector, in the same order."""
        np.concatenate([np.ravel(gradients[name]) for name in self.arrays], out=into)


def _summed(network: Network, name: str, shape: tuple[int, ...]) -> list[int]:
    """The extents of the axes along which a parameter's entries are added up where it is read."""
    found = [1]
    for equation in network.equations:
        for access in reads(equation.rhs):
            if tensor_name(access) == name:
                pairs = zip(access.indices, shape, strict=True)
                found += [n for i, n in pairs if i not in equation.indices]
                return found
    return found

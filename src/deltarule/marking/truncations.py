"""Gradients of truncated backpropagation through time, taken for the whole ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from deltarule.arithmetic.base import entrywise
from deltarule.arithmetic.exact import fraction
from deltarule.calculus.plain_gradients import plain_derivation
from deltarule.expressions.nodes import read
from deltarule.language.load import network_of
from deltarule.marking.mistakes import Mistake
from deltarule.networks.network import Network
from deltarule.networks.recurrences import Recurrence, blocks
from deltarule.tracing.computation import Computation

#: Errors that go back so many times at most are tried.
MOST_TIMES = 3


class Truncations:
    """What gradients are if errors go back k times and no further.

    `extra_values` holds their values by names of their own, under which wrong lines read them.
    """

    def __init__(self, network: Network | str, options: dict, computation: Computation):
        self.network, self.options, self.computation = network, options, computation
        self.extra_values: dict[str, np.ndarray] = {}
        self._courses: dict[int, Computation] = {}

    def mistakes(self, name: str) -> list[Mistake]:
        """The truncated gradients of a parameter, an input or a state, if the line is one."""
        gradients = {
            g.name
            for g in self.computation.derivation.gradients.values()
            if g.tensor.role in ("parameter", "input", "state")
        }
        if name not in gradients or set(self.options) & {"truncate", "chunks", "unroll"}:
            return []
        line = next(l for l in self.computation.lines if l.quantity == name)
        found = []
        for k in range(1, min(self._times(), MOST_TIMES + 1)):
            extra_values = f"{name} truncated after {k}"
            if extra_values not in self.extra_values:
                self.extra_values[extra_values] = entrywise(fraction, self._values(name, k))
            equation = replace(line.equation, rhs=read(extra_values, *line.equation.indices))
            times = "one time" if k == 1 else f"{k} times"
            words = f"the errors go back {times} and no further (truncated after {k})"
            found.append(Mistake("truncated", 4.5, name, equation, words))
        return found

    def _values(self, name: str, k: int) -> np.ndarray:
        """A truncated gradient; a state's is the sum of the errors from 0 to k − 1 times on."""
        values = self._computation(k).carried.arrays[name]
        if values.ndim > np.ndim(self.computation.floats.arrays[name]):
            return values.sum(0)
        return values

    def _times(self) -> int:
        extents = [
            self.computation.floats.extent(b.extent)
            for b in blocks(self.computation.network.equations)
            if isinstance(b, Recurrence)
        ]
        return max(extents, default=0)

    def _computation(self, k: int) -> Computation:
        if k not in self._courses:
            derivation = plain_derivation(network_of(self.network, **self.options, truncate=k))
            sizes = {**derivation.network.attributes, **self.computation.sizes}
            self._courses[k] = Computation(derivation, self.computation.givens, sizes)
        return self._courses[k]

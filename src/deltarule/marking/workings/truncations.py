"""Gradients of truncated backpropagation through time, taken for the whole ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from deltarule.arithmetic.base import entrywise
from deltarule.arithmetic.exact import fraction
from deltarule.calculus.plain_gradients import plain_derivation
from deltarule.expressions.gradient_names import is_gradient
from deltarule.expressions.nodes import read
from deltarule.language.load import network_of
from deltarule.marking.mistakes import Mistake
from deltarule.marking.workings.hypotheses import Evaluator
from deltarule.marking.workings.hypothesis import Hypothesis
from deltarule.networks.network import Network
from deltarule.networks.recurrences import Recurrence, blocks
from deltarule.tracing.computation import Computation

#: Errors that go back so many times at most are tried.
MOST_TIMES = 3


class OfSameLines(dict):
    """Values that only wrong lines read; their names are noted where `first` are, by which lines
    were prepared that serve both."""

    def __init__(self, first: dict[str, np.ndarray]):
        super().__init__()
        self.first = first

    def __setitem__(self, name: str, value: np.ndarray) -> None:
        super().__setitem__(name, value)
        self.first.setdefault(name, value)


class Truncations:
    """What gradients are if errors go back k times and no further.

    `extra_values` holds their values by names of their own, under which wrong lines read them.
    """

    def __init__(self, network: Network | str, options: dict, computation: Computation):
        self.network, self.options, self.computation = network, options, computation
        self.extra_values: dict[str, np.ndarray] = {}
        self._courses: dict[int, Computation] = {}
        self._of: dict[str, tuple[str, int]] = {}
        self._carrying: tuple[Mapping | None, dict[int, Evaluator]] = (None, {})

    def beside(self, computation: Computation) -> Truncations:
        """The same for other givens of the same sizes: nothing is derived anew."""
        other = Truncations(self.network, self.options, computation)
        other.extra_values = OfSameLines(self.extra_values)
        other._courses = {k: c.with_givens(computation.givens) for k, c in self._courses.items()}
        return other

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
            self._of[extra_values] = name, k
            if extra_values not in self.extra_values:
                self.extra_values[extra_values] = entrywise(fraction, self._values(name, k))
            equation = replace(line.equation, rhs=read(extra_values, *line.equation.indices))
            times = "one time" if k == 1 else f"{k} times"
            words = f"the errors go back {times} and no further (truncated after {k})"
            found.append(Mistake("truncated", 4.5, name, equation, words))
        return found

    def carried(
        self, extra: str, hypothesis: Hypothesis, written: Mapping[str, np.ndarray], quick: bool
    ) -> np.ndarray | None:
        """A truncated gradient where others are carried as a hypothesis says: as printed, rounded,
        or wrongly; None where that makes no difference, or for what is no truncated gradient."""
        if extra not in self._of:
            return None
        name, k = self._of[extra]
        if self._carrying[0] is not written:
            self._carrying = written, {}
        if k not in self._carrying[1]:
            self._carrying[1][k] = Evaluator(self._computation(k), self._spread(written, k))
        evaluator = self._carrying[1][k]
        there = {n for n in evaluator.equations if n != name and self._axes_more(n, k) == 0}
        known = there | evaluator.computation.givens.keys()
        variants = hypothesis.variants.items()
        way = Hypothesis(
            hypothesis.as_printed & evaluator.written.keys() - {name},
            hypothesis.rounding,
            {n: r for n, r in hypothesis.rounded.items() if n in there},
            {n: e for n, e in variants if n in there and e.read_names() <= known},
        )
        if way == Hypothesis():
            return None
        value = evaluator.quick if quick else evaluator.value
        return self._summed(name, value(name, way))

    def _spread(self, written: Mapping[str, np.ndarray], k: int) -> dict[str, np.ndarray]:
        """What is printed, for the truncated network: its states have an axis more, along which
        they are the same; errors within the recurrence are others there."""
        shapes = {n: np.shape(a) for n, a in self._computation(k).floats.arrays.items()}
        more = {n: self._axes_more(n, k) for n in written}
        return {
            n: np.broadcast_to(printed, shapes[n]) if more[n] else printed
            for n, printed in written.items()
            if more[n] == 0 or more[n] == 1 and not is_gradient(n)
        }

    def _axes_more(self, name: str, k: int) -> int | None:
        """How many axes a line has more in the truncated network; None if it is not there."""
        arrays, cut = self.computation.floats.arrays, self._computation(k).floats.arrays
        if name not in arrays or name not in cut:
            return None
        return np.ndim(cut[name]) - np.ndim(arrays[name])

    def _values(self, name: str, k: int) -> np.ndarray:
        return self._summed(name, self._computation(k).carried.arrays[name])

    def _summed(self, name: str, values: np.ndarray) -> np.ndarray:
        """A truncated gradient; a state's is the sum of the errors from 0 to k − 1 times on."""
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

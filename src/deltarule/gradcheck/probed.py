"""A derivation at a small setting: its values, its gradients, and slopes measured without it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from deltarule.arithmetic.duals import Duals
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.run import run
from deltarule.arithmetic.settings import most_points
from deltarule.calculus import Derivation
from deltarule.gradcheck.result import GradientCheck, worst_entry
from deltarule.networks.tensors import Tensor
from deltarule.tracing.reference_derivatives import derivatives_along, displacement

#: The precision of balls, and what is allowed in them relative to the largest entry.
BITS, BALLS = 128, 1e-25
#: So many points times directions are held at once.
MOST_KEPT = 400_000


class Probed:
    """All values and gradients at one setting, with random upstream gradients."""

    def __init__(self, derivation: Derivation, probe: Probe):
        self.derivation, self.probe, self.arithmetic = derivation, probe, probe.arithmetic
        self.network, self.arrays = derivation.network, probe.values.arrays
        for name in derivation.upstream:
            tensor = self.network.tensors[name]
            self.arrays[self.name_of(name)] = probe.noise(tensor.axes)
        run(derivation.equations(), probe.values, self.arithmetic)

    def name_of(self, tensor: str) -> str:
        """The name of a gradient."""
        return self.derivation.gradient_name(tensor)

    @cached_property
    def roots(self) -> dict:
        """What is differentiated, with the gradient of each that comes from upstream."""
        if self.derivation.upstream:
            return {n: self.arrays[self.name_of(n)] for n in self.derivation.upstream}
        return {self.derivation.of: None}

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The sizes and attributes by name."""
        return {s.name: int(n) for s, n in self.probe.sizes.items()}

    def gradient(self, tensor: Tensor) -> np.ndarray:
        """The derived gradient by a tensor."""
        kind = object if self.arithmetic.dtype == "object" else float
        return np.asarray(self.arrays[self.name_of(tensor.name)], dtype=kind)

    def slopes(self, tensor: Tensor, directions: np.ndarray, duals: Duals | None = None):
        """The derivatives along some directions (the first axis), by dual numbers."""
        found, room = [], max(1, MOST_KEPT // max(1, self.points))
        for first in range(0, len(directions), room):
            part = directions[first : first + room]
            mine = duals or Duals(self.arithmetic, len(part))
            mine.count = len(part)
            found.append(
                derivatives_along(
                    self.network, self.probe.values, mine, tensor.name, part, self.roots
                )
            )
        return np.concatenate(found)

    @cached_property
    def points(self) -> int:
        """The points of the largest equation."""
        return most_points(self.network, self.probe.sizes)

    def units(self, tensor: Tensor, entries: Sequence[tuple[int, ...]]) -> np.ndarray:
        """The directions along some entries."""
        directions = self.arithmetic.zeros((len(entries), *np.shape(self.arrays[tensor.name])))
        for k, entry in enumerate(entries):
            directions[(k, *entry)] = self.arithmetic.number(Fraction(1))
        return directions

    def along(self, tensor: Tensor, direction: np.ndarray) -> Any:
        """The derived gradient along a direction, a number of the arithmetic."""
        product = np.ravel(self.arithmetic.multiply(self.gradient(tensor), direction))
        total = self.arithmetic.total(product, (0,))
        return total[()] if isinstance(total, np.ndarray) else total

    def checked(
        self, tensor: Tensor, method: str, gaps: np.ndarray, measured: np.ndarray, **more
    ) -> GradientCheck:
        """The check from gaps that balls have proved, which floats could not hold apart."""
        name, derived = self.name_of(tensor.name), floats_of(self.gradient(tensor))
        more["settings"] = self.numbers
        if not gaps.size:
            return GradientCheck(tensor.name, name, method, 0, 0.0, BALLS, (), 0.0, 0.0, **more)
        scale = max(1.0, float(np.max(np.abs(measured), initial=0.0)))
        at = worst_entry(np.where(np.isnan(gaps), np.inf, gaps), measured)
        return GradientCheck(
            tensor.name,
            name,
            method,
            int(gaps.size),
            float(gaps[at]) / scale,
            BALLS,
            at,
            float(derived[at]),
            float(measured[at]),
            **more,
        )

    def total(self, tensor: Tensor, array: np.ndarray) -> float:
        """What is differentiated, where a tensor has other values: in floats."""
        how, _ = displacement(self.network, self.probe.values, self.arithmetic, tensor.name)
        values = how.at(array)
        run(how.equations, values, self.arithmetic)
        return sum(
            float(np.sum(values.arrays[root] if up is None else up * values.arrays[root]))
            for root, up in self.roots.items()
        )


def differentiable(derivation: Derivation) -> Iterator[Tensor]:
    """The inputs and parameters that have a gradient."""
    for gradient in derivation.gradients.values():
        if gradient.tensor.role in ("input", "parameter") and not gradient.tensor.integral:
            yield gradient.tensor


def floats_of(balls) -> np.ndarray:
    """The midpoints of an array of balls."""
    balls = np.asarray(balls, dtype=object)
    return np.array([float(b.mid()) for b in balls.ravel()]).reshape(balls.shape)

"""Right values at ties and zeros: intervals, between the derivatives to the sides.

A tie may be broken in any way and a kink have any slope between its two; all entries together pass
on no more than there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property

import numpy as np

from deltarule.arithmetic.near_zero import NearZero
from deltarule.arithmetic.small_sizes import free_sizes
from deltarule.gradcheck.probed import BITS, Probed
from deltarule.gradcheck.sides import allowed, outputs_of
from deltarule.gradcheck.subgradients import EdgyProbe
from deltarule.submissions.course_conventions import Value
from deltarule.submissions.right_values import RightValues

#: The least and the largest of each entry, and those of all entries' sum.
Sides = tuple[np.ndarray, np.ndarray, tuple[float, float]]


class EdgyValues(RightValues):
    """Right values at ties and zeros: intervals, between the derivatives to the sides."""

    @cached_property
    def _probed(self) -> Probed:
        network = self.network
        own = {str(s) for s in free_sizes(network)}
        fixed = {n: k for n, k in self.setting.sizes.items() if n in own}
        probe = EdgyProbe(network, NearZero(BITS), self.setting.seed, **fixed)
        with probe.arithmetic.context():
            return Probed(self.derivation, probe)

    @cached_property
    def arrays(self) -> Mapping[str, np.ndarray]:
        return {
            name: np.array([float(b.mid()) for b in a.ravel()]).reshape(a.shape)
            if a.dtype == object
            else a
            for name, a in self._probed.arrays.items()
        }

    @cached_property
    def _sides(self) -> dict[str, Sides]:
        return {}

    def _between(self, tensor: str) -> Sides:
        if tensor not in self._sides:
            probed, node = self._probed, self.network.tensor(tensor)
            with probed.arithmetic.context():
                outputs = outputs_of(probed, node)
                shape = np.shape(probed.arrays[tensor])
                units = probed.units(node, list(np.ndindex(*shape)))
                ones = np.full((1, *shape), probed.arithmetic.number(Fraction(1)), dtype=object)
                slopes = allowed(probed, node, units, outputs, False)
                (whole,) = allowed(probed, node, ones, outputs, False)
            low = np.array([float(s.lower()) for s in slopes]).reshape(shape)
            high = np.array([float(s.upper()) for s in slopes]).reshape(shape)
            self._sides[tensor] = low, high, (float(whole.lower()), float(whole.upper()))
        return self._sides[tensor]

    def interval(self, value: Value) -> tuple[np.ndarray, np.ndarray]:
        if not value.gradient or self._upstream(value):
            return super().interval(value)
        between = {self.names(p): self._between(p.tensor) for p in value.parts}
        low = {name: sides[0] for name, sides in between.items()}
        high = {name: sides[1] for name, sides in between.items()}
        return self.laid_out(value, low), self.laid_out(value, high)

    def _upstream(self, value: Value) -> bool:
        return value.tensor in self.derivation.upstream

    def total(self, value: Value) -> tuple[float, float] | None:
        if not value.gradient or len(value.parts) > 1 or self._upstream(value):
            return None
        low, high = self._between(value.tensor)[2]
        factor = value.factor(self.setting.sizes)
        return low * factor, high * factor

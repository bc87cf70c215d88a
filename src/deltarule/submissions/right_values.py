"""The right values at one setting, by the course's names and in its layouts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property

import numpy as np
from einops import EinopsError

from deltarule.arithmetic.lines_before import AS_WRITTEN
from deltarule.calculus import Derivation
from deltarule.networks.network import Network
from deltarule.submissions.course_conventions import OPERATIONS, Place, Value, terms_of
from deltarule.submissions.exposing_settings import Setting
from deltarule.tracing.computation import Computation

_NUMBER = re.compile(r"\d+(\.\d+)?")


class RightValues:
    """The right values at one setting, by the course's names and in its layouts."""

    def __init__(self, derivation: Derivation, setting: Setting, computation: Computation):
        self.derivation, self.network = derivation, derivation.network
        self.setting, self.computation = setting, computation

    @cached_property
    def arrays(self) -> Mapping[str, np.ndarray]:
        """Every tensor and gradient by its own name, without a value where 0 times ∞ has none."""
        before = AS_WRITTEN.set(True)
        try:
            with np.errstate(all="ignore"):
                return self.computation.floats.arrays
        finally:
            AS_WRITTEN.reset(before)

    def names(self, place: Place) -> str:
        """The name of a place's array."""
        return self.derivation.gradient_name(place.tensor) if place.gradient else place.tensor

    def value(self, value: Value) -> np.ndarray:
        """The right array of one of the course's names, as the course lays it out."""
        return self.laid_out(value, self.arrays)

    def laid_out(self, value: Value, arrays: Mapping[str, np.ndarray]) -> np.ndarray:
        """Some arrays in the place of the right ones, as the course lays them out."""
        sizes, parts = self.setting.sizes, self.parts(value, arrays)
        found = parts[0] if value.axis is None else np.concatenate(parts, value.axis)
        if value.one_hot:
            return np.eye(sizes[value.one_hot])[found]
        if value.boolean:
            return found.astype(bool)
        return found * value.factor(sizes) if value.times or value.over else found

    def has_layouts(self, values: Iterable[Value]) -> bool:
        """Whether all values have the axes of the course at these sizes."""
        try:
            for value in values:
                if all(self.names(p) in self.arrays for p in value.parts):
                    self.value(value)
        except EinopsError:
            return False
        return True

    def parts(
        self, value: Value, arrays: Mapping[str, np.ndarray] | None = None
    ) -> list[np.ndarray]:
        """What a value is joined of, each as the course lays it out."""
        known = self.arrays if arrays is None else arrays
        return [
            array if p.layout is None else p.layout.to_course(array, self.setting.sizes)
            for p in value.parts
            for array in [np.asarray(known[self.names(p)])]
        ]

    def number(self, name: str) -> float | int | None:
        """A size, an attribute or a scalar by its name, a number, or two of them with + − * / **
        between: `1 - rho`. None for what is none of these."""
        return number_of(name, self.setting, self.network)

    def drawn(self, sizes: tuple[int | str, ...]) -> np.ndarray:
        """Numbers for an array that the derivation does not read."""
        shape = [self.setting.sizes[n] if isinstance(n, str) else n for n in sizes]
        return np.random.default_rng(len(shape)).uniform(-1, 1, shape)

    def interval(self, value: Value) -> tuple[np.ndarray, np.ndarray]:
        """The least and the largest that each entry may be."""
        right = self.value(value)
        return right, right

    def total(self, value: Value) -> tuple[float, float] | None:
        """What all entries of a gradient may be together; None where entries alone decide."""
        return None

    @property
    def defined(self) -> bool:
        """Whether every number is finite."""
        return all(np.isfinite(a).all() for a in self.arrays.values() if a.dtype.kind == "f")

    def with_givens(self, changed: Mapping[str, np.ndarray]) -> RightValues:
        """The right values for other givens."""
        other = self.computation.with_givens(changed)
        return RightValues(self.derivation, self.setting, other)

    def before(self) -> RightValues:
        """The right values for another batch: all inputs and upstream gradients reversed."""
        inputs = [t.name for t in self.network.with_role("input")]
        slopes = [self.derivation.gradient_name(t) for t in self.derivation.upstream]
        known = self.computation.givens
        return self.with_givens({n: np.flip(known[n]) for n in (*inputs, *slopes) if n in known})

    def taken_in(self, value: Value, array: np.ndarray) -> np.ndarray:
        """An array of the course's, laid out as its tensor is."""
        layout = value.parts[0].layout
        shape = np.shape(self.arrays[self.names(value.parts[0])])
        return array if layout is None else layout.to_tensor(array, shape)


def number_of(name: str, setting: Setting, network: Network) -> float | int | None:
    """The number that a name, or two with a sign between, has at a setting: see RightValues."""
    terms = terms_of(name)
    if len(terms) > 1:
        one, two = (number_of(t, setting, network) for t in (terms[0], terms[2]))
        return None if one is None or two is None else OPERATIONS[terms[1]](one, two)
    if _NUMBER.fullmatch(name):
        return float(name)
    if name in setting.sizes:
        return setting.sizes[name]
    if name in setting.scalars:
        return setting.scalars[name]
    scalar = next((s for s in network.scalars if s.name == name), None)
    return None if scalar is None else float(network.scalars[scalar])

"""The values at which formulas are compared: generic ones, with the properties of the data."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from deltarule.arithmetic.base import Arithmetic
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.run import run
from deltarule.arithmetic.sampler import Generic
from deltarule.calculus import Derivation
from deltarule.marking.sheet_files.sheet_format import PROPERTIES
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor
from deltarule.spelling.names import pretty
from deltarule.tracing.computation import Computation

ONE_HOT, SUMS_TO_ONE, SYMMETRIC, _ = PROPERTIES


def _axis(tensor: Tensor) -> int:
    """The axis along which entries add up to one: as declared, else the last."""
    return tensor.sums_to_one if tensor.sums_to_one is not None else len(tensor.axes) - 1


class _Described(Generic):
    """Values that have some properties more than are declared in a network's file."""

    def __init__(self, probe: ProbeWith):
        super().__init__(probe.network, probe.values.extent, probe.arithmetic, probe.random)
        self.properties, self.size = probe.properties, probe.size

    def draw(self, tensor: Tensor, place=None) -> np.ndarray:
        wanted = self.properties.get(tensor.name)
        if isinstance(wanted, np.ndarray):
            return wanted
        if wanted is None or tensor.integral:
            return super().draw(tensor, place)
        numbers = self.between(self.shape(tensor.axes), tensor.drawn_within or (0, 1))
        axis = _axis(tensor)
        if wanted == ONE_HOT:
            return (numbers == numbers.max(axis, keepdims=True)).astype(int)
        if wanted == SUMS_TO_ONE:
            return numbers / numbers.sum(axis, keepdims=True)
        return (numbers + numbers.swapaxes(-1, -2)) / 2 if wanted == SYMMETRIC else numbers

    def between(self, shape: tuple[int, ...], within) -> np.ndarray:
        numbers = super().between(shape, within)
        return numbers if within else numbers * self.size


class ProbeWith(Probe):
    """A network at generic values that have some properties more than are declared in its file.

    Of a tensor, its values may stand in the place of a property.
    `size` is about how large the values are that may be of any size.
    """

    def __init__(
        self,
        network: Network,
        arithmetic: Arithmetic,
        seed: int,
        properties: Mapping[str, str | np.ndarray],
        size: float = 1.0,
        **sizes: int,
    ):
        self.properties, self.size = properties, Fraction(size)
        super().__init__(network, arithmetic, seed, **sizes)

    def _sampler(self) -> Generic:
        return _Described(self)


def filled(
    derivation: Derivation,
    arithmetic: Arithmetic,
    seed: int,
    properties: Mapping[str, str | np.ndarray],
    sizes: Mapping[str, int],
    size: float = 1.0,
) -> Probe:
    """Generic values of all that a derivation computes, of a size that is usual or another one."""
    probe = ProbeWith(derivation.network, arithmetic, seed, properties, size, **sizes)
    for name in derivation.upstream:
        axes = derivation.network.tensors[name].axes
        probe.values.arrays[derivation.gradient_name(name)] = probe.noise(axes)
    run(derivation.equations(), probe.values, probe.arithmetic)
    return probe


def observed(computation: Computation) -> dict[str, str]:
    """The properties that a sheet's targets have: those that are one-hot."""
    found = {}
    for tensor in computation.network.tensors.values():
        of_classes = tensor.role == "target" or tensor.sums_to_one is not None
        if of_classes and tensor.axes and not tensor.integral and tensor.name in computation.givens:
            entries = computation.givens[tensor.name]
            axis = _axis(tensor)
            hot = all(v in (0, 1) for v in entries.flat) and entries.shape[axis] > 1
            if hot and np.all(entries.sum(axis) == 1):
                found[tensor.name] = ONE_HOT
    return found


def data_in_words(properties: Mapping[str, str]) -> str:
    """Properties of data as one says them: t is one-hot and x is positive."""
    return " and ".join(
        f"{pretty(name)} {what if what.startswith('sums') else 'is ' + what}"
        for name, what in properties.items()
    )

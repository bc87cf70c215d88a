"""The values at which the steps of one derivation are tried: settings times kinds of numbers.

Each setting has probes of its own, made when they are first needed; all steps share them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from deltarule.arithmetic.base import Arithmetic, Undecided
from deltarule.arithmetic.exact import Ball, Rational
from deltarule.arithmetic.modular import Modular
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.run import run
from deltarule.arithmetic.ties import TiedBall
from deltarule.arithmetic.trials import trials
from deltarule.errors import DeltaruleError
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor

#: What settles a step, quickest first: a prime has no order, and fractions no functions. Besides
#: there is the "sharp ball", for which a tie is undecided.
KINDS = ("modular", "rational", "ball")
BITS = 160


class Probes:
    """Probes of a network by setting and kind, with the gradients found so far."""

    def __init__(self, network: Network, upstream: Mapping[str, Tensor], seed: int):
        self._network, self._upstream, self._seed = network, upstream, seed
        self._gradients: list[Equation] = []
        self._assumed: dict[str, Tensor] = {}
        self._made: dict[tuple[int, str], Probe | None] = {}

    @cached_property
    def settings(self) -> tuple[dict[str, int], ...]:
        """The sizes and attributes of each setting by name."""
        return trials(self._network, self._seed)

    def used(self) -> tuple[dict[str, int], ...]:
        """The settings at which the network has values."""
        known = {setting for (setting, _), probe in self._made.items() if probe is not None}
        return tuple(s for number, s in enumerate(self.settings) if number in known)

    def at(self, setting: int, kinds: Sequence[str] = KINDS) -> Iterator[tuple[str, Probe]]:
        """The probes at a setting, those left out in whose numbers the network has no values."""
        for kind in kinds:
            key = (setting, kind)
            if key not in self._made:
                self._made[key] = self._probe(*key)
            probe = self._made[key]
            if probe is not None:
                yield kind, probe

    def assume(self, gradients: dict[str, Tensor]) -> None:
        """Give gradients that depend on each other generic values, until they are learnt."""
        self._assumed = gradients
        for probe in self._made.values():
            _draw(gradients, probe)

    def learn(self, gradients: list[Equation]) -> None:
        """Give the gradients found so far their values, for later steps to read."""
        self._gradients += gradients
        self._assumed = {}
        for key, probe in self._made.items():
            if probe is not None:
                try:
                    run(gradients, probe.values, probe.arithmetic)
                except Undecided:  # an order that the values did not need
                    self._made[key] = None

    def _probe(self, setting: int, kind: str) -> Probe | None:
        arithmetic = _arithmetic(kind)
        try:
            probe = Probe(self._network, arithmetic, self._seed, **self.settings[setting])
            _draw(self._upstream, probe)
            run(self._gradients, probe.values, arithmetic)
        except Undecided:
            return None
        except DeltaruleError:
            if setting == 0:
                raise
            return None  # it wants two times at least, say
        _draw(self._assumed, probe)
        return probe


def _arithmetic(kind: str) -> Arithmetic:
    if "ball" in kind:
        return TiedBall(BITS) if kind == "ball" else Ball(BITS)
    return Modular() if kind == "modular" else Rational()


def _draw(gradients: Mapping[str, Tensor], probe: Probe | None) -> None:
    if probe is None:
        return
    for name, tensor in gradients.items():
        probe.values.arrays[name] = probe.noise(tensor.axes)

"""A task with its derivation: where it is tried, and what is right there."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.places_inside import places_inside
from deltarule.arithmetic.sampler import Floats
from deltarule.arithmetic.small_sizes import free_sizes
from deltarule.calculus import Derivation, derive
from deltarule.calculus.without_steps import derive_unverified
from deltarule.errors import DeltaruleError
from deltarule.expressions.symbols import Size
from deltarule.language.load import network_of
from deltarule.language.optimisers import is_update
from deltarule.language.update_networks import update_network
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor
from deltarule.submissions.course_conventions import Task, terms_of
from deltarule.submissions.edgy_values import EdgyValues
from deltarule.submissions.exposing_settings import Setting, SettingMaker
from deltarule.submissions.right_values import RightValues, number_of
from deltarule.tracing.all_gradients import gradients_agree
from deltarule.tracing.computation import Computation

#: At so many settings gradients are compared with dual numbers.
COMPARED = 3

_Pairs = tuple[tuple[str, Any], ...]


@lru_cache(maxsize=256)
def _derived(name: str, options: _Pairs, parameters: _Pairs = ()) -> Derivation:
    """The gradients in closed form, which are compared with dual numbers before they are used."""
    return derive_unverified(_network(name, options, parameters))


@lru_cache(maxsize=256)
def _derived_in_steps(name: str, options: _Pairs, parameters: _Pairs = ()) -> Derivation:
    return derive(_network(name, options, parameters))


def _network(name: str, options: _Pairs, parameters: _Pairs) -> Network:
    """The network of a derivation; of an optimiser with the parameters that it changes."""
    network = network_of(name, **dict(options))
    return update_network(name, dict(parameters)) if is_update(network) else network


def derivation_of(name: str, options: Mapping[str, object]) -> Derivation:
    """The derivation that tasks of this name and these options are held against.

    Raises DeltaruleError for a name, or an option, that is none.
    """
    return _derived(name, tuple(sorted(options.items())))


class RightTask:
    """A task with its derivation, and what is right at each of its settings."""

    def __init__(self, task: Task):
        self.task = task
        means = (task.options, task.parameters)
        self._means = task.derivation, *(tuple(sorted(m.items())) for m in means)
        self._compared = 0
        try:
            self.derivation = _derived(*self._means)
        except DeltaruleError as error:
            raise DeltaruleError(error.fact, f"{task.place}: derivation", error.remedy) from error
        self.network = self.derivation.network
        self._known: dict[Setting, RightValues] = {}
        for value in task.values.values():
            for part in value.parts:
                self.network.tensor(part.tensor)

    @cached_property
    def maker(self) -> SettingMaker:
        """What makes its settings."""
        names = {
            n
            for c in self.task.calls
            for t in (c.arguments, c.named, c.sets)
            for text in self.task.names_in(t)
            for n in terms_of(text)
        }
        task = self.task
        made = SettingMaker(self.network, names, self.letters, task.sizes, task.numbers)
        made.called = task.shown_names
        return made

    @cached_property
    def _places(self) -> Mapping[str, Any]:
        """From where givens come that are to lie inside the domain."""
        return places_inside(self.network)

    @cached_property
    def fixed(self) -> set[str]:
        """The arrays that hold the same number everywhere, as the course says."""
        places = {place: place.split()[-1] for place in self.task.fixed}
        name = self.derivation.gradient_name
        return {own if own == place else name(own) for place, own in places.items()}

    @cached_property
    def settings(self) -> tuple[Setting, ...]:
        """Where it is tried."""
        # A mask that is drawn does not show where what it is taken of is 0; at ties all is drawn.
        left_out = {"zeros"} if self.task.recovered else {"edges"} if self.task.fixed else set()
        return tuple(s for s in self.maker.settings if s.numbers not in left_out)

    @property
    def letters(self) -> dict[str, tuple[str, ...]]:
        """For each size that the course splits, the letters of its parts."""
        found = {}
        for value in self.task.values.values():
            for part in value.parts:
                if part.layout is None:
                    continue
                axes = self.network.tensor(part.tensor).axes
                for axis, group in zip(axes, part.layout.groups):
                    if len(group) > 1 and isinstance(axis, Size):
                        found[axis.name] = group
        return found

    @property
    def _spread(self) -> float:
        """How far nearly equal numbers lie apart: an ε under a root has to count beside them."""
        small = [float(v) for v in self.network.scalars.values() if 0 < v < 0.01]
        return 2.0 * min(small) ** 0.5 if small else 0.004

    def right(self, setting: Setting) -> RightValues:
        """What is right at a setting; found once."""
        if setting not in self._known:
            if setting.numbers == "usual" and self._compared < COMPARED:
                self._compare(setting)
            make = EdgyValues if setting.numbers == "edges" else RightValues
            self._known[setting] = make(self.derivation, setting, self.computation(setting))
        return self._known[setting]

    def _compare(self, setting: Setting) -> None:
        """Compare the gradients with dual numbers; where that cannot tell, verify each step."""
        self._compared += 1
        if not gradients_agree(self.computation(setting)):
            self.derivation, self._compared = _derived_in_steps(*self._means), COMPARED

    def computation(self, setting: Setting) -> Computation:
        """The network with the givens of a setting."""
        by_name = {s.name: s for s in (*self.network.definitions, *free_sizes(self.network))}
        sizes = {by_name[n]: k for n, k in setting.sizes.items() if n in by_name}
        values = Values({}, sizes, {}, {})
        sampler = Floats(self.network, values.extent, np.random.default_rng([7, setting.seed]))
        givens = {
            t.name: _as_drawn(sampler.draw(t, self._places.get(t.name)), t, setting, self._spread)
            for t in self.network.tensors.values()
            if t.given
        }
        for name in self.derivation.upstream:
            shape = sampler.shape(self.network.tensor(name).axes)
            givens[self.derivation.gradient_name(name)] = sampler.between(shape, (-1, 1))
        for place, said in {**self.task.fixed, **setting.pinned}.items():
            name = place.split()[-1]
            number = number_of(said, setting, self.network) if isinstance(said, str) else said
            own = name if name == place else self.derivation.gradient_name(name)
            givens[own] = np.full(sampler.shape(self.network.tensor(name).axes), number)
        for name in self.task.labels:
            givens[name] = (givens[name] > np.mean(givens[name])).astype(float)
        scalars = {
            s: Fraction(setting.scalars[s.name])
            for s in self.network.scalars
            if s.name in setting.scalars
        }
        return Computation(self.derivation, givens, sizes, scalars=scalars)


def _as_drawn(drawn: np.ndarray, tensor: Tensor, setting: Setting, spread: float) -> np.ndarray:
    """Large or nearly equal numbers, or zeros, for inputs of which nothing is declared."""
    if tensor.integral or tensor.within is not None or tensor.sums_to_one is not None:
        return drawn
    if setting.numbers == "zeros" and not tensor.definite:
        return np.where(np.arange(drawn.size).reshape(drawn.shape) % 3 == 1, 0.0, drawn)
    if setting.numbers == "large":
        return large_numbers(drawn, tensor)
    if tensor.role != "input":
        return drawn
    return spread * drawn + 1.5 if setting.numbers == "small" else drawn


def large_numbers(drawn: np.ndarray, tensor: Tensor) -> np.ndarray:
    """Numbers at which exponentials overflow, and underflow beside those of another row.

    Those of one row lie near each other, and so do weights: scores that are sums of them, too,
    differ by a few within a row, and probabilities after a max shift are not 0.
    """
    if tensor.role == "parameter" and drawn.ndim > 1:
        return 1.0 + 0.001 * drawn
    if tensor.role != "input":
        return drawn
    rows = np.arange(len(drawn)).reshape(-1, *(1,) * (drawn.ndim - 1)) if drawn.ndim else 0
    return drawn + np.where(rows % 2 == 0, 1000.0, -1000.0)

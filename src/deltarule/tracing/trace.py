"""Traces: a network worked through with numbers, each line beside its symbols and its check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from deltarule.arithmetic.base import Arithmetic
from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.exact import Ball
from deltarule.arithmetic.floats import Float64
from deltarule.calculus import Derivation, derive
from deltarule.errors import DeltaruleError
from deltarule.expressions.given_arguments import (
    known_mapping,
    known_names,
    known_path,
    known_rate,
    wrong_kind,
    yes_or_no,
)
from deltarule.expressions.matrices import Inverse, LogDet
from deltarule.language.load import network_of
from deltarule.networks.empty_axes import refuse_empty
from deltarule.networks.network import Network
from deltarule.represented import Represented
from deltarule.spelling.names import canonical
from deltarule.spelling.text import text
from deltarule.tracing.computation import Computation
from deltarule.tracing.float_limits import beyond_floats, take_exact
from deltarule.tracing.format_numbers import shown
from deltarule.tracing.given_constants import given_constants
from deltarule.tracing.givens import exact_array, fit
from deltarule.tracing.line_check import Check, check_gradient
from deltarule.tracing.lines import Line
from deltarule.tracing.substituted import inserted, points


@dataclass(frozen=True)
class TracedLine:
    """One quantity with its numbers: `value` in the trace's arithmetic, `exact` in balls."""

    line: Line
    value: np.ndarray
    exact: np.ndarray
    check: Check | None = None

    @property
    def quantity(self) -> str:
        return self.line.quantity

    @property
    def phase(self) -> str:
        return self.line.phase

    @property
    def formula(self) -> str:
        """The equation in symbols, on one line."""
        return f"{text(self.line.equation.lhs)} = {text(self.line.equation.rhs)}"


@dataclass(frozen=True)
class Trace(Represented):
    """A network worked through: all lines, in `arithmetic`, from `computation`'s givens."""

    computation: Computation
    arithmetic: Arithmetic
    values: Values
    lines: tuple[TracedLine, ...] = field(default=())

    @property
    def network(self) -> Network:
        return self.computation.network

    @property
    def faults(self) -> list[str]:
        """The gradients that differ from derivatives found without the derivation."""
        checked = [(n.quantity, n.check) for n in self.lines if n.check is not None]
        return [name for name, check in checked if not (check.agrees or check.undefined)]

    @cached_property
    def by_name(self) -> dict[str, TracedLine]:
        """The lines by their quantity."""
        return {line.quantity: line for line in self.lines}

    @cached_property
    def put_in(self) -> Values:
        """The values as they are put into formulas: float64's, but for those that end there as 0 or
        ∞ and are none, such as exp(−1000)."""
        if not isinstance(self.arithmetic, Float64):
            return self.values
        arrays, exact = dict(self.values.arrays), self.computation.exact.arrays
        for name, floats in self.values.arrays.items():
            if name in exact and np.asarray(floats).dtype == float:
                arrays[name] = beyond_floats(np.asarray(floats), exact[name])
        return replace(self.values, arrays=arrays)

    def points(self, line: TracedLine) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
        """The values that the line's indices take, each with the entry that is computed there."""
        return points(line.line.equation, self.values)

    def numbers(self, line: TracedLine, point: tuple[int, ...]) -> str:
        """The formula at one point of its indices, with the numbers put in.

        Empty where it cannot be written out so, as for the inverse of a matrix.
        """
        if line.line.equation.rhs.has(Inverse, LogDet):
            return ""
        return inserted(line.line.equation, point, self.put_in, shown)


def trace(
    network: Network | Derivation | str | Path,
    /,
    givens: Mapping[str, object],
    arithmetic: Arithmetic | None = None,
    *,
    sizes: Mapping[str, int] | None = None,
    optimiser: str | None = None,
    rate: object = None,
    not_updated: Sequence[str] = (),
    extra: Sequence[str] = (),
    checks: bool = True,
    **options,
) -> Trace:
    """Work a network through with numbers: forward, error, backward, update.

    `network` is one, a derivation, or the name or path of one, with its `options` as for `load`.
    `givens` maps each input, target and parameter to nested numbers of its shape, of a layer
    without a loss also the gradients of its outputs (`dL/dy`); `sizes` are for what their shapes do
    not tell.
    `arithmetic` defaults to float64. With an `optimiser` (or a `rate`), the parameters are updated
    once, but for those `not_updated`. `extra` names further quantities to show, such as `dh1/ds1`.
    With `checks`, each gradient is compared with dual numbers and central differences.
    Raises DeltaruleError for givens that are missing, unknown, of the wrong shape, or without
    entries.
    """
    computation = computation_of(
        network,
        givens,
        sizes=sizes,
        optimiser=optimiser,
        rate=rate,
        not_updated=not_updated,
        extra=extra,
        **options,
    )
    if not isinstance(arithmetic, Arithmetic | None):
        remedy = "give one of deltarule.arithmetic, such as Float64(), or leave it out"
        raise wrong_kind("arithmetic", arithmetic, "an arithmetic", "trace", remedy)
    for name in computation.extra:
        computation.locate(name)
    checks = bool(yes_or_no("checks", checks, "trace"))
    return trace_computation(computation, arithmetic, checks=checks)


def computation_of(
    network: Network | Derivation | str | Path,
    /,
    givens: Mapping[str, object],
    *,
    sizes: Mapping[str, int] | None = None,
    optimiser: str | None = None,
    rate: object = None,
    not_updated: Sequence[str] = (),
    extra: Sequence[str] = (),
    **options,
) -> Computation:
    """The course of computation that `trace` works through; arguments as there."""
    derivation = _derived(network, options)
    network = derivation.network
    givens = known_mapping("givens", givens, "trace", '{"x": [1.0, -0.5]}')
    named = {canonical(k): v for k, v in givens.items()}
    sizes = known_mapping("sizes", sizes, "trace", '{"N": 2}')
    not_updated = known_names("not_updated", not_updated, "trace", '["W"]')
    rate = None if rate is None else known_rate(rate, "trace")
    if optimiser is not None:
        optimiser = known_path("optimiser", optimiser, "trace", 'give one, such as "adam"')
    if rate is not None and optimiser is None:
        optimiser = "gradient_descent"
    constants = given_constants(network, named, optimiser)
    apart = {*map(derivation.gradient_name, derivation.upstream), *(s.name for s in constants)}
    arrays, numbers = fit(network, {k: v for k, v in named.items() if k not in apart}, sizes)
    refuse_empty(network, Values({}, numbers, {}, {}).extent, f"givens of {network.name}")
    for name in derivation.upstream:
        arrays[derivation.gradient_name(name)] = _upstream(derivation, name, named, numbers)
    updated = _updated(network, not_updated)
    parameters = () if optimiser is None else updated
    return Computation(
        derivation,
        arrays,
        numbers,
        optimiser,
        rate,
        parameters,
        constants,
        extra=known_names("extra", extra, "trace", '["dh1/ds1"]'),
    )


def _derived(network: Network | Derivation | str | Path, options: Mapping) -> Derivation:
    """The derivation of a network, or one as it is. Raises DeltaruleError for options beside it."""
    if not isinstance(network, Derivation):
        return derive(network_of(network, "trace", **options))
    if options:
        return derive(network_of(network.network, **options))
    return network


def _updated(network: Network, not_updated: Sequence[str]) -> tuple[str, ...]:
    fixed = {network.tensor(canonical(name)).name for name in not_updated}
    return tuple(t.name for t in network.with_role("parameter") if t.name not in fixed)


def _upstream(derivation: Derivation, name: str, named: Mapping, sizes: Mapping) -> np.ndarray:
    """The gradient of an output that comes from upstream."""
    key = derivation.gradient_name(name)
    axes = derivation.network.tensor(name).axes
    wanted = tuple(Values({}, sizes, {}, {}).extent(a) for a in axes)
    if key not in named:
        shape = " × ".join(str(n) for n in wanted) or "a single number"
        raise DeltaruleError(
            f"the network ends in {name}, so its gradient {key} must come from outside",
            f"givens of {derivation.network.name}",
            f'give "{key}" its numbers ({shape})',
        )
    array = exact_array(named[key], key)
    if [n for n in array.shape if n != 1] == [n for n in wanted if n != 1]:
        array = array.reshape(wanted)
    if array.shape != wanted:
        raise DeltaruleError(
            f"{key} is given as {array.shape} but {name} is {wanted}",
            f"given {key}",
            "give it one number for each entry",
        )
    return array


def trace_computation(
    computation: Computation, arithmetic: Arithmetic | None = None, checks: bool = True
) -> Trace:
    """A computation worked through in an arithmetic (float64 unless another is given)."""
    arithmetic = arithmetic or Float64()
    exact = computation.exact
    values = exact if isinstance(arithmetic, Ball) else computation.compute(arithmetic)
    if isinstance(arithmetic, Float64):
        take_exact(values, exact)
    found = []
    for line in computation.lines:
        check = check_gradient(computation, line.quantity) if checks else None
        found.append(
            TracedLine(line, values.arrays[line.quantity], exact.arrays[line.quantity], check)
        )
    return Trace(computation, arithmetic, values, tuple(found))

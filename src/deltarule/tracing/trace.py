"""Traces: a network worked through with numbers, each line beside its symbols and its check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import isnan, nan

import flint
import numpy as np

from deltarule.arithmetic.base import Arithmetic
from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.floats import Float64
from deltarule.calculus import Derivation, derive
from deltarule.errors import DeltaruleError
from deltarule.expressions.matrices import Inverse, LogDet
from deltarule.networks.network import Network
from deltarule.spelling.names import canonical
from deltarule.spelling.text import text
from deltarule.tracing.computation import Course
from deltarule.tracing.format_numbers import finite, shown
from deltarule.tracing.gaps import from_differences, gap, generic
from deltarule.tracing.givens import exact_array, fit
from deltarule.tracing.lines import Line
from deltarule.tracing.reference_derivatives import MOST_ENTRIES
from deltarule.tracing.substituted import inserted, points


@dataclass(frozen=True)
class Check:
    """How a gradient compares with derivatives found without the derivation.

    `dual` is the largest difference from dual numbers in balls (an upper bound of it),
    `differences` the largest from central differences in float64, relative to the largest entry
    or to what their rounding lets them tell; NaN where infinities leave nothing to compare. Where
    the gradient is ∞ or NaN itself, `dual` is NaN as well: there is no derivative to compare with.
    """

    dual: float
    differences: float
    entries: int

    @property
    def agrees(self) -> bool:
        """Whether dual numbers say the same as the formula, and differences say nothing else."""
        return self.dual < 1e-20 and not self.differences >= 1e-3

    @property
    def undefined(self) -> bool:
        """Whether there is no finite derivative here."""
        return isnan(self.dual)


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
class Trace:
    """A network worked through: all lines, in `arithmetic`, from `course`'s givens."""

    course: Course
    arithmetic: Arithmetic
    values: Values
    lines: tuple[TracedLine, ...] = field(default=())

    @property
    def network(self) -> Network:
        return self.course.network

    @property
    def faults(self) -> list[str]:
        """The gradients that differ from derivatives found without the derivation."""
        checked = [(n.quantity, n.check) for n in self.lines if n.check is not None]
        return [name for name, check in checked if not (check.agrees or check.undefined)]

    @cached_property
    def by_name(self) -> dict[str, TracedLine]:
        """The lines by their quantity."""
        return {line.quantity: line for line in self.lines}

    def points(self, line: TracedLine) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
        """The values that the line's indices take, each with the entry that is computed there."""
        return points(line.line.equation, self.values)

    def numbers(self, line: TracedLine, point: tuple[int, ...]) -> str:
        """The formula at one point of its indices, with the numbers put in.

        Empty where it cannot be written out so, as for the inverse of a matrix.
        """
        if line.line.equation.rhs.has(Inverse, LogDet):
            return ""
        return inserted(line.line.equation, point, self.values, shown)


def trace(
    network: Network | Derivation,
    givens: Mapping[str, object],
    arithmetic: Arithmetic | None = None,
    *,
    sizes: Mapping[str, int] | None = None,
    optimiser: str | None = None,
    rate: object = None,
    not_updated: Sequence[str] = (),
    extra: Sequence[str] = (),
    checks: bool = True,
) -> Trace:
    """Work a network through with numbers: forward, error, backward, update.

    `givens` maps each input, target and parameter to nested numbers; of a layer without a loss
    also the gradients of its outputs (`dL/dy`). `arithmetic` defaults to float64. With an
    `optimiser` (or a `rate`), the parameters are updated once, but for those `not_updated`.
    Raises DeltaruleError for givens that are missing, unknown or of the wrong shape.
    """
    course = course_of(
        network, givens, sizes=sizes, optimiser=optimiser, rate=rate, not_updated=not_updated,
        extra=extra,
    )
    return trace_course(course, arithmetic, checks=checks)


def course_of(
    network: Network | Derivation,
    givens: Mapping[str, object],
    *,
    sizes: Mapping[str, int] | None = None,
    optimiser: str | None = None,
    rate: object = None,
    not_updated: Sequence[str] = (),
    extra: Sequence[str] = (),
) -> Course:
    """The course of computation that `trace` works through; arguments as there."""
    derivation = network if isinstance(network, Derivation) else derive(network)
    network = derivation.network
    named = {canonical(k): v for k, v in givens.items()}
    upstream = {f"d{derivation.of}/d{name}" for name in derivation.upstream}
    arrays, numbers = fit(network, {k: v for k, v in named.items() if k not in upstream}, sizes)
    for name in derivation.upstream:
        arrays[f"d{derivation.of}/d{name}"] = _upstream(derivation, name, named, numbers)
    if rate is not None and optimiser is None:
        optimiser = "gradient_descent"
    parameters = () if optimiser is None else _updated(network, not_updated)
    return Course(
        derivation, arrays, numbers, optimiser,
        None if rate is None else Fraction(getattr(rate, "value", rate)),
        parameters, extra=tuple(extra),
    )


def _updated(network: Network, not_updated: Sequence[str]) -> tuple[str, ...]:
    fixed = {network.tensor(canonical(name)).name for name in not_updated}
    return tuple(t.name for t in network.with_role("parameter") if t.name not in fixed)


def _upstream(derivation: Derivation, name: str, named: Mapping, sizes: Mapping) -> np.ndarray:
    """The gradient of an output that comes from outside."""
    key = f"d{derivation.of}/d{name}"
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
            f"given {key}", "give it one number for each entry",
        )
    return array


def trace_course(
    course: Course, arithmetic: Arithmetic | None = None, checks: bool = True
) -> Trace:
    """A course worked through in an arithmetic (float64 unless another is given)."""
    arithmetic = arithmetic or Float64()
    values = course.compute(arithmetic)
    exact = course.exact
    if isinstance(arithmetic, Float64):
        _take_exact(values, exact)
    found = []
    for line in course.lines:
        check = check_gradient(course, line.quantity) if checks else None
        found.append(TracedLine(
            line, values.arrays[line.quantity], exact.arrays[line.quantity], check
        ))
    return Trace(course, arithmetic, values, tuple(found))


def _take_exact(values: Values, exact: Values) -> None:
    """The floats nearest to the exact values, for those that rounding leaves on the way.

    Where terms cancel, as in the softmax of a single entry, floats give 2·10⁻¹⁶ for 0.
    """
    for name, balls in exact.arrays.items():
        floats = values.arrays.get(name)
        if floats is not None and np.asarray(floats).dtype == float and np.asarray(balls).size:
            values.arrays[name] = np.asarray(_NEAREST(balls, floats), dtype=float)


def _nearest(ball, computed: float) -> float:
    if not isinstance(ball, flint.arb):
        return computed
    if not ball.is_finite():
        return computed
    return 0.0 if ball.contains(0) else float(ball.mid())


_NEAREST = np.frompyfunc(_nearest, 2, 1)


def check_gradient(course: Course, quantity: str) -> Check | None:
    """A gradient against dual numbers and central differences; None for other quantities."""
    derivation = course.derivation
    prefix = f"d{derivation.of}/d"
    name = quantity.removeprefix(prefix)
    if not quantity.startswith(prefix) or name == derivation.of or name in derivation.upstream:
        return None
    exactly = course.exact_arithmetic
    exact = np.asarray(course.exact.arrays[quantity])
    if not all(finite(entry) for entry in exact.flat):
        return Check(nan, nan, exact.size)
    with exactly.context():
        dual = _gap(course, quantity, name, exactly)
    entries = list(np.ndindex(*np.shape(course.floats.arrays[quantity])))
    far = from_differences(
        course.network, course.floats, course.floats.arrays[quantity], name, entries,
        _roots(course, course.floats),
    )  # fmt: skip
    return Check(dual, far, len(entries))


def _gap(course: Course, quantity: str, name: str, exactly: Arithmetic) -> float:
    """How far the formula is from dual numbers: at each entry, or along one generic direction."""
    found = np.asarray(course.exact.arrays[quantity])
    if not found.size:
        return 0.0
    if found.size > MOST_ENTRIES:
        directions = generic(found.shape, exactly)[None]
    else:
        directions = exactly.array(np.eye(found.size, dtype=int)).reshape(-1, *found.shape)
    axes = tuple(range(1, directions.ndim))
    along = exactly.total(np.asarray(found * directions), axes) if axes else found * directions
    lenient = any(g.lenient for g in course.derivation.gradients.values())
    return gap(course.network, course.exact, exactly, name, directions, along,
               _roots(course, course.exact), lenient)  # fmt: skip


def _roots(course: Course, values: Values) -> dict[str, np.ndarray | None]:
    derivation = course.derivation
    if not derivation.upstream:
        return {derivation.of: None}
    return {n: values.arrays[f"d{derivation.of}/d{n}"] for n in derivation.upstream}

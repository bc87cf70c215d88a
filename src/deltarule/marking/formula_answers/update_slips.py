"""Slips in the formula of an update that any number may be put into: another learning rate, or the
gradient or the step written for what the update makes of the parameter."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
from sympy import Expr

from deltarule.arithmetic.probe import Probe
from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import read, walk
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Rate
from deltarule.marking.formula_answers.comparison import Comparison
from deltarule.marking.mistakes.wrong_updates import ANOTHER_RATE
from deltarule.spelling.names import pretty
from deltarule.spelling.text import text
from deltarule.tracing.format_numbers import shown

#: A number that somebody typed has a denominator of so much at most.
LARGEST_DENOMINATOR = 10**6

#: The kind of what is said of an update without the parameter.
LOST = ("summand lost",)

#: What a formula is at generic values, less or in parts of others.
_Ratio = Callable[[Probe], np.ndarray]


def slip_of_update(compared: Comparison) -> tuple[str, tuple[str, ...]] | None:
    """What is wrong with the formula of a parameter after an update, in words, and the kinds of the
    mistakes; None where it is something else, or no update."""
    target = compared.target
    parameter = target.name.removesuffix(" after")
    rates = {node for node in walk(target.equation.rhs) if isinstance(node, Rate)}
    if parameter == target.name or len(rates) != 1:
        return None
    before = target.at_entry(read(parameter, *target.indices))
    slips = _Slips(compared, parameter, before, rates.pop())
    try:
        return slips.step_alone() or slips.another_rate()
    except (DeltaruleError, ZeroDivisionError, OverflowError):
        return None


class _Slips:
    def __init__(self, compared: Comparison, parameter: str, before: Expr, rate: Rate):
        self.compared, self.parameter = compared, parameter
        self.before, self.rate = before, rate

    def step_alone(self) -> tuple[str, tuple[str, ...]] | None:
        """The gradient, or a multiple of it, where the parameter after its update belongs."""
        gradient = self.compared.derivation.gradients.get(self.parameter)
        if gradient is None:
            return None
        target = self.compared.target
        table = dict(zip(gradient.indices, target.indices, strict=True))
        formula = target.at_entry(substitute(gradient.expr, table))
        times = self._constant(lambda probe: self._written(probe) / self._of(formula, probe))
        rate = self._rate()
        if times is None or times == -rate:  # that is the update without the parameter
            return None
        name = pretty(gradient.name)
        many = {rate: f"the step {text(self.rate)}·{name}", 1: f"the gradient {name}"}
        what = many.get(times, f"−{name}" if times == -1 else f"{shown(times)}·{name}")
        return f"this is {what} alone: {pretty(self.parameter)} is no part of it", LOST

    def another_rate(self) -> tuple[str, tuple[str, ...]] | None:
        """Another number for the learning rate, and perhaps the step added to the parameter."""

        def taken(probe: Probe) -> np.ndarray:
            before = self._of(self.before, probe)
            return (before - self._written(probe)) / (before - self._of(self.compared.full, probe))

        times, rate = self._constant(taken), self._rate()
        if not times or abs(times * rate) == 1 or abs(times) == 1:  # lost, or none
            return None
        said = f"the learning rate is taken as {shown(abs(times) * rate)}, not {text(self.rate)}, "
        said += f"which is {shown(rate)}"
        if times > 0:
            return said, (ANOTHER_RATE,)
        return f"{said}; and the step has the wrong sign", (ANOTHER_RATE, "sign")

    def _constant(self, ratio: _Ratio) -> Fraction | None:
        """A ratio that is the same number everywhere and at all sizes, as a fraction."""
        number: Fraction | None = None
        for probe in (self.compared.probe, *self.compared.other_sizes):
            with np.errstate(all="ignore"):
                values = np.ravel(np.asarray(ratio(probe), dtype=float))
            if number is None and values.size and np.isfinite(values[0]):
                number = Fraction(float(values[0])).limit_denominator(LARGEST_DENOMINATOR)
            if number is None or not np.allclose(values, float(number), rtol=1e-8, atol=0):
                return None
        return number

    def _rate(self) -> Fraction:
        value = float(np.ravel(self._of(self.rate, self.compared.probe))[0])
        return Fraction(value).limit_denominator(LARGEST_DENOMINATOR)

    def _written(self, probe: Probe) -> np.ndarray:
        return self._of(self.compared.written, probe)

    def _of(self, formula: Expr, probe: Probe) -> np.ndarray:
        return np.asarray(self.compared.value(formula, probe), dtype=float)

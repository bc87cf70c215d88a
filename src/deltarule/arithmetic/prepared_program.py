"""Programs: equations prepared once for many runs in float64, as thousands of updates need.

A recurrence is prepared time by time: what depends on the time alone is decided beforehand. What
cannot be prepared is evaluated as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from deltarule.arithmetic.evaluate import Values, evaluate
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.function_formulas import line_of
from deltarule.arithmetic.prepared import Preparation, Prepared, Unprepared
from deltarule.expressions.symbols import Index
from deltarule.networks.equations import Equation


def program(equations: Iterable[Equation], values: Values) -> Callable[[], None]:
    """A function that runs the equations once more on `values.arrays`, in float64."""
    arithmetic = Float64()
    lines: list[tuple[str, Prepared]] = []
    for equation in equations:
        line = whole_line(equation, values)
        lines.append((equation.name, line or _evaluated(equation, values, arithmetic)))
    arrays = values.arrays

    def run_once() -> None:
        with arithmetic.context():
            for name, prepared in lines:
                arrays[name] = prepared(arrays)

    return run_once


def _evaluated(equation: Equation, values: Values, arithmetic: Float64) -> Prepared:
    return lambda arrays: evaluate(
        equation.rhs, equation.ranges, values, arithmetic, name=equation.name
    )


def whole_line(equation: Equation, values: Values, known: dict | None = None) -> Prepared | None:
    """The value of an equation that writes its tensor whole; None where it has to be evaluated.

    Axes in front of the arrays that it reads are axes in front of its value. `known` keeps what
    equations have in common.
    """
    if equation.subscripts != equation.indices:
        return None
    shape = tuple(values.extent(n) for _, n in equation.ranges)
    try:
        preparation = Preparation(values, known=known)
        formula = preparation.prepare(line_of(equation), equation.indices, shape)
    except Unprepared:
        return None
    count = len(shape)

    def line(arrays: dict) -> np.ndarray:
        found = np.asarray(formula(arrays))
        if found.shape[found.ndim - count :] == shape:
            return found
        return np.broadcast_to(found, found.shape[: max(found.ndim - count, 0)] + shape)

    return line


def at_time(
    equation: Equation, values: Values, fixed: Mapping[Index, int]
) -> Callable[[dict, Float64], None] | None:
    """A function that writes the equation's value at some fixed indices into its array.

    None where the equation has to be evaluated as ever. An arithmetic settles the value.
    """
    found = value_at(equation, values, fixed)
    if found is None:
        return None
    formula, where = found
    name = equation.name

    def write(arrays: dict, arithmetic: Float64) -> None:
        arrays[name][where] = arithmetic.settle(formula(arrays))

    return write


def value_at(
    equation: Equation, values: Values, fixed: Mapping[Index, int], known: dict | None = None
) -> tuple[Prepared, tuple] | None:
    """The equation's value at some fixed indices, and where in its array that belongs.

    None where the equation has to be evaluated as ever.
    """
    indices = tuple(i for i, _ in equation.ranges if i not in fixed)
    shape = tuple(values.extent(n) for i, n in equation.ranges if i not in fixed)
    if tuple(s for s in equation.subscripts if s in indices) != indices:
        return None
    preparation = Preparation(values, None, fixed, known=known)
    try:
        formula = preparation.prepare(line_of(equation), indices, shape)
        where = preparation.places(equation.name, equation.subscripts, indices)
    except Unprepared:
        return None
    return formula, (..., *where)

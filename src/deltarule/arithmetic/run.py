"""Running equations in order: each gives an array, settled as the arithmetic keeps its lines."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from deltarule.arithmetic.base import Arithmetic
from deltarule.arithmetic.evaluate import Values, evaluate
from deltarule.arithmetic.integers import Grid, whole
from deltarule.notation.equations import Equation
from deltarule.notation.symbols import Index


def run(equations: Iterable[Equation], values: Values, arithmetic: Arithmetic) -> None:
    """Evaluate equations in their order, and add what they give to `values.arrays`."""
    for equation in equations:
        found = arithmetic.settle(evaluate(equation.rhs, equation.ranges, values, arithmetic))
        write(equation, found, values, arithmetic)


def write(equation: Equation, found, values: Values, arithmetic: Arithmetic) -> None:
    """Put an equation's value where its left-hand side says."""
    if equation.subscripts == equation.indices and _plain(equation):
        values.arrays[equation.name] = found
        return
    axes = values.tensors[equation.name].axes
    if equation.name not in values.arrays:
        values.arrays[equation.name] = arithmetic.zeros(tuple(values.extent(a) for a in axes))
    shape = tuple(values.extent(n) for _, n in equation.ranges)
    grid = Grid(equation.indices, shape, (0,) * len(shape))
    where = [np.broadcast_to(whole(s, grid, values), shape) for s in equation.subscripts]
    values.arrays[equation.name][tuple(where)] = found


def _plain(equation: Equation) -> bool:
    return all(isinstance(s, Index) for s in equation.subscripts)

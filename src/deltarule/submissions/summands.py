"""The terms of the sum that a value is, summed over other axes than they should be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import chain, combinations, permutations

import numpy as np

from deltarule.arithmetic.evaluate import evaluate
from deltarule.arithmetic.floats import Float64
from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import Sum
from deltarule.networks.equations import Equation
from deltarule.spelling.text import text
from deltarule.submissions.course_conventions import Value
from deltarule.submissions.right_values import RightValues

#: Terms of more axes are not gone through.
MOST_AXES = 5

Made = tuple[str, float, Callable[[RightValues], np.ndarray | None]]


def summands(value: Value, right: RightValues) -> Iterator[Made]:
    """Other sums of its terms: in words, how simple, and the array at a setting."""
    equation = _equation(value, right)
    if equation is None or len(value.parts) != 1 or not isinstance(equation.rhs, Sum):
        return
    indices = [*(i for i, _ in equation.ranges), *equation.rhs.indices]
    if len(indices) > MOST_AXES or equation.rhs.conditions:
        return
    own = set(range(len(equation.ranges)))
    axes = range(len(indices))
    for kept in chain.from_iterable(combinations(axes, n) for n in range(len(indices) + 1)):
        over = tuple(k for k in axes if k not in kept)
        if set(kept) == own:
            continue
        summed = ", ".join(text(indices[k]) for k in over)
        belongs = ", ".join(text(i) for i in equation.rhs.indices)
        words = f"summed over {summed}, not over {belongs}" if over else "not summed at all"
        for order in permutations(range(len(kept))) if len(kept) < 4 else (range(len(kept)),):
            yield words, 4.3, _maker(value, over, tuple(order), False)
            if over:
                mean = f"the mean over {summed}, not the sum over {belongs}"
                yield mean, 4.5, _maker(value, over, tuple(order), True)
        if set(kept) < own:
            yield f"{words}, the same everywhere", 4.4, _spread(value, over)


def _maker(value: Value, over: tuple[int, ...], order: tuple[int, ...], mean: bool):
    def make(right: RightValues) -> np.ndarray | None:
        terms = _terms(value.parts[0].tensor, value.parts[0].gradient, right)
        if terms is None:
            return None
        reduced = terms.mean(axis=over) if mean else terms.sum(axis=over)
        return np.transpose(reduced, order) * value.factor(right.setting.sizes)

    return make


def _spread(value: Value, over: tuple[int, ...]):
    """A sum over too much, in every entry."""

    def make(right: RightValues) -> np.ndarray | None:
        terms = _terms(value.parts[0].tensor, value.parts[0].gradient, right)
        if terms is None:
            return None
        shape = np.shape(right.arrays[right.names(value.parts[0])])
        total = terms.sum(axis=over, keepdims=True)
        whole = np.broadcast_to(total.reshape(total.shape[: len(shape)]), shape)
        return whole * value.factor(right.setting.sizes)

    return make


def _equation(value: Value, right: RightValues) -> Equation | None:
    name = right.names(value.parts[0])
    lines = right.computation.lines
    return next((line.equation for line in lines if line.quantity == name), None)


@lru_cache(maxsize=256)
def _terms(tensor: str, gradient: bool, right: RightValues) -> np.ndarray | None:
    name = right.derivation.gradient_name(tensor) if gradient else tensor
    equation = next(
        (line.equation for line in right.computation.lines if line.quantity == name), None
    )
    if equation is None or not isinstance(equation.rhs, Sum):
        return None
    values = right.computation.floats
    try:
        ranges = (*equation.ranges, *equation.rhs.ranges)
        return np.asarray(evaluate(equation.rhs.body, ranges, values, Float64()), dtype=float)
    except DeltaruleError:
        return None

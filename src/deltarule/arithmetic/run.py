"""Running equations in order: each gives an array, settled as the arithmetic keeps its lines.

Equations of a recurrence are run time by time; every other equation all at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
from sympy import Expr

from deltarule.arithmetic.base import Arithmetic
from deltarule.arithmetic.dual import DualArray
from deltarule.arithmetic.evaluate import Values, evaluate
from deltarule.arithmetic.integers import grid_over, integers_over
from deltarule.arithmetic.lines_before import remember
from deltarule.errors import DeltaruleError
from deltarule.expressions.symbols import Index
from deltarule.networks.equations import Equation
from deltarule.networks.recurrences import Block, Recurrence, blocks, equations_of, no_times


def run(equations: Iterable[Equation], values: Values, arithmetic: Arithmetic) -> None:
    """Evaluate equations in their order, and add what they give to `values.arrays`.

    Raises DeltaruleError for a recurrence over no time at all.
    """
    for block in blocks(tuple(equations)):
        run_block(block, values, arithmetic, {})


#: For equations (by `id`) the indices of time that are held, with their values.
Pinned = Mapping[int, Mapping[Index, int]]


def run_block(block: Block, values: Values, arithmetic: Arithmetic, pinned: Pinned) -> None:
    """Evaluate one equation, or one recurrence, with some indices held at a value.

    Raises DeltaruleError, with the equation's place, for what has no value.
    """
    if isinstance(block, Recurrence):
        _scan(block, values, arithmetic, pinned)
        return
    at = pinned.get(id(block), {})
    try:
        found = evaluate(block.rhs, block.ranges, values, arithmetic, at, block.name)
    except DeltaruleError as error:
        raise error if error.place or not block.place else error.at(block.place) from None
    write(block, arithmetic.settle(found), values, arithmetic, at)


def _scan(recurrence: Recurrence, values: Values, arithmetic: Arithmetic, pinned: Pinned) -> None:
    """Run a recurrence, time after time."""
    make_room(recurrence, values, arithmetic)
    for part, now in timetable(recurrence, values, pinned):
        run_block(part, values, arithmetic, now)


def timetable(
    recurrence: Recurrence, values: Values, pinned: Pinned
) -> Iterator[tuple[Block, Pinned]]:
    """The parts of a recurrence in the order of computation, each with the times it is run at.

    Raises DeltaruleError if there are no times at all.
    """
    spans = {id(e): _Span(e, i, offset, values) for e, i, offset in recurrence.times}
    start = min(s.first for s in spans.values())
    end = max(s.last for s in spans.values())
    if end < start:
        raise no_times(recurrence.extent, recurrence.equations[0].place)
    order = range(start, end + 1) if recurrence.direction > 0 else range(end, start - 1, -1)
    for time in order:
        for part in recurrence.parts:
            members = equations_of(part)
            if all(spans[id(e)].first <= time <= spans[id(e)].last for e in members):
                yield (
                    part,
                    {id(e): {**pinned.get(id(e), {}), **spans[id(e)].at(time)} for e in members},
                )


def make_room(recurrence: Recurrence, values: Values, arithmetic: Arithmetic) -> None:
    """Arrays for all that a recurrence computes, where there are none of the right shape."""
    for equation in recurrence.equations:
        _make_room(equation, values, arithmetic)


class _Span:
    """The times that an equation writes."""

    def __init__(self, equation: Equation, index: Index | None, offset: Expr, values: Values):
        self.index = index
        self.first = values.extent(offset)
        count = 1 if index is None else values.extent(dict(equation.ranges)[index])
        self.last = self.first + count - 1

    def at(self, time: int) -> dict[Index, int]:
        """The value of the index of time at one time."""
        return {} if self.index is None else {self.index: time - self.first}


def _make_room(equation: Equation, values: Values, arithmetic: Arithmetic) -> None:
    axes = values.tensors[equation.name].axes if equation.name in values.tensors else None
    if axes is None:
        axes = tuple(n for _, n in equation.ranges)
    shape = tuple(values.extent(a) for a in axes)
    array = values.arrays.get(equation.name)
    if array is None or tuple(array.shape) != shape:
        whole = _integral(equation, values)
        values.arrays[equation.name] = (
            np.zeros(shape, np.int64) if whole else arithmetic.zeros(shape)
        )


def write(
    equation: Equation,
    found,
    values: Values,
    arithmetic: Arithmetic,
    at: Mapping[Index, int] | None = None,
) -> None:
    """Put an equation's value where its left-hand side says; integers as such."""
    if _integral(equation, values):
        found = _integers(found)
    if not at and _plain(equation, values):
        values.arrays[equation.name] = found
        if arithmetic.stable:
            remember(equation, found, values)
        return
    if equation.name not in values.arrays:
        _make_room(equation, values, arithmetic)
    grid = grid_over(equation.ranges, values, at)
    where = [
        np.broadcast_to(integers_over(s, grid, values), grid.extents) for s in equation.subscripts
    ]
    values.arrays[equation.name][tuple(where)] = found


def _integral(equation: Equation, values: Values) -> bool:
    tensor = values.tensors.get(equation.name)
    return tensor is not None and tensor.integral


def _integers(numbers) -> np.ndarray:
    """Numbers of any arithmetic that are integers, as places that others are read at."""
    numbers = numbers.value if isinstance(numbers, DualArray) else numbers
    flat = [round(float(n)) for n in np.asarray(numbers).ravel()]
    return np.array(flat, dtype=np.int64).reshape(np.shape(numbers))


def _plain(equation: Equation, values: Values) -> bool:
    """Whether the equation writes its tensor whole, entry [i, j] at indices i, j."""
    tensor = values.tensors.get(equation.name)
    whole_axes = tensor is None or tuple(n for _, n in equation.ranges) == tensor.axes
    return whole_axes and equation.subscripts == equation.indices

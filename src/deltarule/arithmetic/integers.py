"""Grids of indices, and the integers and conditions over them."""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from sympy import Add, Expr, Integer, Mul, Pow

from deltarule.errors import DeltaruleError
from deltarule.expressions import nodes
from deltarule.expressions.quotients import Least
from deltarule.expressions.symbols import Index, Size


@dataclass(frozen=True)
class Grid:
    """The indices in scope, one axis each, from `starts` over `extents` values.

    `counted` is a mask of the points that count, which broadcasts over the axes. `axes` gives the
    axis of each index; the innermost, where a name is used twice.
    """

    indices: tuple[Index, ...]
    extents: tuple[int, ...]
    starts: tuple[int, ...]
    counted: np.ndarray = field(default_factory=lambda: np.array(True))
    axes: dict[Index, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        axes = {index: axis for axis, index in enumerate(self.indices)}
        object.__setattr__(self, "axes", axes)

    @property
    def points(self) -> int:
        """The number of points."""
        return math.prod(self.extents)

    def axis(self, index: Index) -> int:
        """The axis of an index; the innermost, where a name is used twice."""
        return self.axes[index]

    def spread(self, index: Index) -> np.ndarray:
        """The values of an index, along its axis."""
        axis = self.axis(index)
        shape = [1] * len(self.indices)
        shape[axis] = self.extents[axis]
        first = self.starts[axis]
        return np.arange(first, first + self.extents[axis], dtype=np.int64).reshape(shape)

    def extended(self, indices: Sequence[Index], extents: Sequence[int], starts=None) -> Grid:
        """With further axes behind."""
        starts = starts or [0] * len(indices)
        counted = self.counted
        if counted.ndim:
            counted = counted.reshape(counted.shape + (1,) * len(indices))
        return Grid(
            (*self.indices, *indices), (*self.extents, *extents), (*self.starts, *starts), counted
        )

    def where(self, mask: np.ndarray) -> Grid:
        """With fewer points counted."""
        return Grid(self.indices, self.extents, self.starts, self.counted & mask)


def integers_over(node: Expr, grid: Grid, values) -> np.ndarray:
    """The integers that an expression in indices and sizes takes over a grid.

    Raises DeltaruleError for a size or index without a value and for what is no integer.
    """
    if isinstance(node, Integer):
        return np.array(int(node), dtype=np.int64)
    if isinstance(node, Index) and node in grid.axes:
        return grid.spread(node)
    if isinstance(node, Size) and node in values.sizes:
        return np.array(values.sizes[node], dtype=np.int64)
    if isinstance(node, Add):
        return sum((integers_over(a, grid, values) for a in node.args), np.array(0, dtype=np.int64))
    if isinstance(node, Mul):
        result = np.array(1, dtype=np.int64)
        for factor in node.args:
            result = result * integers_over(factor, grid, values)
        return result
    if isinstance(node, Pow) and node.exp.is_Integer and node.exp > 0:
        return integers_over(node.base, grid, values) ** int(node.exp)
    if isinstance(node, nodes.CeilingQuotient):
        top, bottom = (integers_over(a, grid, values) for a in node.args)
        return -(-top // bottom)
    if isinstance(node, nodes.FloorQuotient):
        top, bottom = (integers_over(a, grid, values) for a in node.args)
        return top // bottom
    if isinstance(node, nodes.Remainder):
        top, bottom = (integers_over(a, grid, values) for a in node.args)
        return top % bottom
    if isinstance(node, Least):
        return np.minimum(*(integers_over(a, grid, values) for a in node.args))
    if isinstance(node, nodes.Delta):
        return (
            integers_over(node.args[0], grid, values) == integers_over(node.args[1], grid, values)
        ) + 0
    if isinstance(node, nodes.Read):
        return _data(node, grid, values)
    raise DeltaruleError(f"{node} has no whole value", None, f"give {node} a whole number")


def _data(node: nodes.Read, grid: Grid, values) -> np.ndarray:
    """The integers read from data, such as labels."""
    array = values.arrays.get(nodes.tensor_name(node))
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "iu":
        raise DeltaruleError(f"{node} is used as an index but holds no whole numbers")
    where = [integers_over(s, grid, values) for s in node.indices]
    clipped = [np.clip(at, 0, n - 1) for at, n in zip(where, array.shape, strict=True)]
    return array[tuple(np.broadcast_arrays(*clipped))]


def mask(condition: nodes.Condition, grid: Grid, values) -> np.ndarray:
    """Where a condition between integers holds."""
    if isinstance(condition, nodes.Unequal):
        pairs = zip(*(entries.args for entries in condition.args), strict=True)
        differ = [
            integers_over(a, grid, values) != integers_over(b, grid, values) for a, b in pairs
        ]
        return functools.reduce(operator.or_, differ)
    if isinstance(condition, nodes.AtLeastZero):
        return integers_over(condition.args[0], grid, values) >= 0
    if isinstance(condition, nodes.Divides | nodes.Equal):
        one, two = (integers_over(a, grid, values) for a in condition.args)
        return one == two if isinstance(condition, nodes.Equal) else two % one == 0
    raise DeltaruleError(f"{condition} cannot be evaluated")


def grid_over(
    ranges: Sequence[tuple[Index, Expr]], values, at: Mapping[Index, int] | None = None
) -> Grid:
    """The grid of some indices, each over its whole range or at the one value that `at` holds."""
    indices = tuple(i for i, _ in ranges)
    if not at:
        return Grid(indices, tuple(values.extent(n) for _, n in ranges), (0,) * len(indices))
    shape = tuple(1 if i in at else values.extent(n) for i, n in ranges)
    return Grid(indices, shape, tuple(at.get(i, 0) for i in indices))


def laid_along(grid: Grid, subscripts, shape) -> tuple | None:
    """How to lay an array along the grid where its subscripts are indices, each once."""
    axes: list[int] = []
    for subscript in subscripts:
        axis = grid.axes.get(subscript) if isinstance(subscript, Index) else None
        if axis is None or axis in axes:
            return None
        axes.append(axis)
    cut = []
    for axis, extent in zip(axes, shape, strict=True):
        first, last = grid.starts[axis], grid.starts[axis] + grid.extents[axis]
        if last > extent:
            return None
        cut.append(slice(first, last))
    order = sorted(range(len(axes)), key=axes.__getitem__)
    spread = [1] * len(grid.indices)
    for axis in axes:
        spread[axis] = grid.extents[axis]
    return tuple(cut), order, spread


class OutsideShape(DeltaruleError):
    """A tensor is read where it has no entries, and nothing is declared of what lies there."""


def beyond(name: str, where, shape, wrong) -> OutsideShape:
    whole = np.broadcast_shapes(np.shape(wrong), *(w.shape for w in where))
    at = tuple(np.argwhere(np.broadcast_to(wrong, whole))[0])
    point = [int(np.broadcast_to(w, whole)[at]) for w in where]
    return OutsideShape(
        f"{name} is read at {point}, outside its shape {list(shape)}",
        None,
        "mend the subscripts, give an index that runs less far there a letter of its own, or "
        f"declare what lies outside, in a file as {name} = input(…, outside=0)",
    )

"""Which entries of which tensors an entry is computed from: receptive fields entry by entry.

The subscripts of the equations are evaluated for all values of their indices, and what a condition,
an edge or a factor that is 0 leaves out does not count. Along each axis of a tensor that gives the
places that are read: in the example of a convolution with stride, padding and dilation the rows and
the columns under its window.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import and_

import numpy as np
from sympy import Basic, Expr, Mul

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.integers import Grid, grid_over, integers_over, mask
from deltarule.expressions.nodes import (
    Choose,
    Condition,
    Read,
    Reduction,
    free_indices,
    tensor_name,
    walk,
)
from deltarule.expressions.symbols import Index
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor

#: The places along each axis of a tensor, as masks.
Places = tuple[np.ndarray, ...]


@dataclass(frozen=True)
class _Within:
    """That a subscript lies within an axis: what it is multiplied with is 0 outside."""

    subscript: Expr
    extent: Expr


#: A condition, and whether it has to hold or not; or a subscript that lies within its axis.
Guard = tuple[Condition, bool] | _Within


@dataclass(frozen=True)
class Way:
    """A read with what must hold there, and the ranges of the indices around it."""

    access: Read
    guards: tuple[Guard, ...]
    ranges: Mapping[Index, Expr]


@dataclass
class SeenEntries:
    """A network with sizes that are numbers, of which is asked what an entry is computed from.

    With `statistics` left out, what is spread over an axis that it does not have, such as the mean
    of batch norm, is not followed: receptive fields are stated without it.
    """

    network: Network
    values: Values
    statistics: bool = True
    _ways: dict[Equation, list[Way]] = field(default_factory=dict)

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a tensor."""
        return tuple(self.values.extent(axis) for axis in self.network.tensors[name].axes)

    def seen_by(self, name: str, at: tuple[int, ...]) -> dict[str, Places]:
        """Of each tensor that the entry name[at] is computed from, the places along its axes.

        Raises DeltaruleError for a size without a value.
        """
        own = tuple(np.arange(n) == k for n, k in zip(self.shape(name), at, strict=True))
        found: dict[str, Places] = {name: own}
        changed = {name}
        while changed:
            # One round is enough but for recurrences, which go on until nothing is new.
            now, changed = changed, set()
            for equation in reversed(self.network.equations):
                if equation.name not in found or not {equation.name} & (now | changed):
                    continue
                for source, places in self._through(equation, found[equation.name]):
                    wider = _joined(found.get(source), places)
                    if wider is not None:
                        found[source] = wider
                        changed.add(source)
        return found

    def _through(self, equation: Equation, seen: Places) -> Iterator[tuple[str, Places]]:
        """What these places of an equation's left-hand side read."""
        if equation not in self._ways:
            self._ways[equation] = list(ways(equation, self.network.tensors))
        for way in self._ways[equation]:
            name = tensor_name(way.access)
            if not self.statistics and self._spread(way.access, equation):
                continue
            extents = self.shape(name)
            pairs = zip(way.access.indices, extents, strict=True)
            places = tuple(self._places(s, n, equation, seen, way) for s, n in pairs)
            if all(map(np.any, places)):
                yield name, places

    def _spread(self, access: Read, equation: Equation) -> bool:
        """Whether a computed tensor stands alike at all values of an index on the left."""
        used = free_indices(access)
        computed = not self.network.tensors[tensor_name(access)].given
        return computed and used < frozenset(equation.indices)

    def _places(
        self, subscript: Expr, extent: int, equation: Equation, seen: Places, way: Way
    ) -> np.ndarray:
        """The places along an axis at which a subscript reads; all where data say where."""
        mine = free_indices(subscript)
        if any(isinstance(node, Read) for node in walk(subscript)) or not mine <= way.ranges.keys():
            return np.ones(extent, bool)
        guards = [g for g in way.guards if decidable(g, way.ranges) and guard_indices(g) & mine]
        written = [s for s in equation.subscripts if free_indices(s) & mine]
        if isinstance(subscript, Index) and not guards and all(s == subscript for s in written):
            return self._alone(subscript, extent, equation, seen, way)
        names = mine.union(*map(guard_indices, guards))
        pairs = zip(equation.subscripts, seen, strict=True)
        left = [(s, k) for s, k in pairs if free_indices(s) & names]
        names = names.union(*(free_indices(s) for s, _ in left))
        ranges = [(i, way.ranges[i]) for i in sorted(names, key=str)]
        grid = grid_over(ranges, self.values)
        at = integers_over(subscript, grid, self.values)
        holds = [(at >= 0) & (at < extent)]
        for written, known in left:
            holds.append(
                known[np.clip(integers_over(written, grid, self.values), 0, len(known) - 1)]
            )
        holds += (guard_holds(guard, grid, self.values) for guard in guards)
        counts, at = np.broadcast_arrays(reduce(and_, holds), at)
        found = np.zeros(extent, bool)
        found[at[counts]] = True
        return found

    def _alone(
        self, index: Index, extent: int, equation: Equation, seen: Places, way: Way
    ) -> np.ndarray:
        """The same for an index that stands alone: as on the left, or over its whole range."""
        along = next(
            (k for s, k in zip(equation.subscripts, seen, strict=True) if s == index), None
        )
        count = self.values.extent(way.ranges[index]) if along is None else len(along)
        found = np.zeros(extent, bool)
        found[:count] = True if along is None else along[:extent]
        return found


def _joined(known: Places | None, more: Places) -> Places | None:
    """Both together; None where that is nothing new."""
    if known is None:
        return more
    both = tuple(a | b for a, b in zip(known, more, strict=True))
    return None if all(map(np.array_equal, both, known)) else both


def ways(equation: Equation, tensors: Mapping[str, Tensor]) -> list[Way]:
    """Every read of an equation, with what must hold where it counts."""
    return list(_ways(equation.rhs, (), dict(equation.ranges), tensors))


def guard_holds(guard: Guard, grid: Grid, values: Values) -> np.ndarray:
    """Where a guard holds on a grid of its indices."""
    if isinstance(guard, _Within):
        at = integers_over(guard.subscript, grid, values)
        return (at >= 0) & (at < values.extent(guard.extent))
    condition, wanted = guard
    found = mask(condition, grid, values)
    return found if wanted else ~found


def _ways(
    node: Basic, guards: tuple[Guard, ...], ranges: dict[Index, Expr], tensors: Mapping[str, Tensor]
) -> Iterator[Way]:
    """Every read below a node."""
    if isinstance(node, Read):
        yield Way(node, guards, ranges)
        for subscript in node.indices:
            yield from _ways(subscript, guards, ranges, tensors)
    elif isinstance(node, Choose):
        condition, then, otherwise = node.args
        yield from _ways(then, (*guards, (condition, True)), ranges, tensors)
        yield from _ways(otherwise, (*guards, (condition, False)), ranges, tensors)
    elif isinstance(node, Reduction):
        inner = (*guards, *((condition, True) for condition in node.conditions))
        yield from _ways(node.body, inner, {**ranges, **dict(node.ranges)}, tensors)
    elif isinstance(node, Mul):
        for factor in node.args:
            others = [w for f in node.args if f is not factor for w in _zero_outside(f, tensors)]
            yield from _ways(factor, (*guards, *others), ranges, tensors)
    else:
        for part in node.args:
            yield from _ways(part, guards, ranges, tensors)


def _zero_outside(factor: Basic, tensors: Mapping[str, Tensor]) -> Iterator[_Within]:
    """Where a factor is not 0 as it lies outside of its tensor."""
    if isinstance(factor, Read):
        tensor = tensors.get(tensor_name(factor))
        if tensor is not None and tensor.outside == 0:
            for subscript, extent in zip(factor.indices, tensor.axes, strict=True):
                if not isinstance(subscript, Index):
                    yield _Within(subscript, extent)


def guard_indices(guard: Guard) -> frozenset[Index]:
    """The indices of a guard."""
    return free_indices(guard.subscript if isinstance(guard, _Within) else guard[0])


def decidable(guard: Guard, ranges: Mapping[Index, Expr]) -> bool:
    """Whether a guard can be decided from its indices: it reads no data."""
    node = guard.subscript if isinstance(guard, _Within) else guard[0]
    reads = any(isinstance(part, Read) for part in walk(node))
    return not reads and guard_indices(guard) <= ranges.keys()

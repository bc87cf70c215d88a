"""What each entry of an equation's left-hand side reads where windows move: which entries of x make
y[2, 3], and which of ∂L/∂y reach ∂L/∂x[4, 5]. Places in the padding, outside of a tensor, are said
too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import and_

import numpy as np

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.integers import grid_over, integers_over
from deltarule.counting.seen_entries import Way, decidable, guard_holds, ways
from deltarule.expressions.nodes import Read, free_indices, tensor_name, walk
from deltarule.networks.equations import Equation

#: An equation with more points than this is not looked at.
MOST_POINTS = 6000

#: A place in a tensor; an axis may have one before its first or behind its last.
Place = tuple[int, ...]


@dataclass(frozen=True)
class WindowReads:
    """Of each entry of a quantity, the places that it reads, by the tensors that they are in."""

    quantity: str
    reads: Mapping[Place, Mapping[str, tuple[Place, ...]]]


def window_reads(equation: Equation, values: Values) -> WindowReads | None:
    """What the entries of an equation read; None where no window moves, or there are too many."""
    found = ways(equation, values.tensors)
    if not any(_moves(way, equation) for way in found):
        return None
    reads: dict[Place, dict[str, dict[Place, None]]] = {}
    for way in found:
        if any(isinstance(n, Read) for s in way.access.indices for n in walk(s)):
            return None  # data say where, and no window does
        if free_indices(way.access) <= set(equation.indices):
            continue  # such as a bias: no part of a window
        if not _collect(way, equation, values, reads):
            return None
    frozen = {at: {n: tuple(places) for n, places in own.items()} for at, own in reads.items()}
    return WindowReads(equation.name, frozen)


def _moves(way: Way, equation: Equation) -> bool:
    """Whether a subscript mixes an index on the left with one that runs inside."""
    left = set(equation.indices)
    return any((own := free_indices(s)) & left and own - left for s in way.access.indices)


def _collect(way: Way, equation: Equation, values: Values, reads: dict) -> bool:
    """Put in what one read reads; False for too many points."""
    inner = free_indices(way.access) - set(equation.indices)
    guards = [g for g in way.guards if decidable(g, way.ranges)]
    names = inner.union(*(free_indices(g[0]) if isinstance(g, tuple) else () for g in guards))
    ranges = [
        *equation.ranges,
        *((i, way.ranges[i]) for i in sorted(names, key=str) if i not in equation.indices),
    ]
    grid = grid_over(ranges, values)
    if np.prod(grid.extents) > MOST_POINTS:
        return False
    name = tensor_name(way.access)
    shape = np.shape(values.arrays[name])
    left = [integers_over(s, grid, values) for s in equation.subscripts]
    at = [integers_over(s, grid, values) for s in way.access.indices]
    holds = [np.array(True), *(guard_holds(g, grid, values) for g in guards)]
    tensor = values.tensors.get(name)
    if tensor is None or tensor.outside is None or tensor.role == "parameter":
        # Only what surrounds data is padding.
        holds += ((a >= 0) & (a < n) for a, n in zip(at, shape, strict=True))
    whole = np.broadcast_arrays(reduce(and_, holds), *left, *at, np.zeros(grid.extents, bool))
    counts = whole[0]
    entries = zip(*(a[counts].tolist() for a in whole[1 : len(left) + 1]), strict=True)
    places = zip(*(a[counts].tolist() for a in whole[len(left) + 1 : -1]), strict=True)
    for entry, place in zip(entries, places, strict=True):
        reads.setdefault(entry, {}).setdefault(name, {})[place] = None
    return True

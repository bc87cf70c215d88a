"""Which entries of a tensor an output can depend on: a box, read off the subscripts.

y[n, i] = Σ_k w[k]·x[n, S·i + k] depends, at n and i, on x from [n, S·i] to [n, S·i + K − 1], and
on all of w. Entries of x that lie in no common box can be moved in one go: a Jacobian then takes
as many passes as a box has entries, not as many as the tensor (Curtis, Powell and Reid, 1974).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sympy import Add, Expr, Mul, Symbol

from deltarule.arithmetic.evaluate import Values
from deltarule.expressions.nodes import (
    CeilingQuotient,
    FloorQuotient,
    Reduction,
    reads,
    tensor_name,
    walk,
)
from deltarule.expressions.symbols import Index
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network
from deltarule.networks.recurrences import Recurrence, blocks

_NOTHING = 1 << 40


@dataclass(frozen=True)
class Side:
    """One side of a box: from `low` to `high`, at each position of the output's axis `of`.

    `of` is None where the side is the same for all outputs. Nothing lies between where low > high.
    """

    of: int | None
    low: np.ndarray
    high: np.ndarray

    @property
    def reach(self) -> int:
        """The length of the longest."""
        return max(1, int(np.max(self.high - self.low, initial=0)) + 1)

    def constant(self) -> Side:
        """The side that holds all of them."""
        low, high = np.min(self.low, initial=_NOTHING), np.max(self.high, initial=-1)
        return Side(None, np.array([low]), np.array([high]))


Box = tuple[Side, ...]


def boxes(network: Network, name: str, sizes: Mapping[Symbol, int]) -> dict[str, Box]:
    """For each tensor that depends on the one named, the box of entries that each entry sees."""
    values = Values({}, sizes, {}, {})
    shapes = {t.name: tuple(values.extent(a) for a in t.axes) for t in network.tensors.values()}
    start = tuple(Side(k, np.arange(n), np.arange(n)) for k, n in enumerate(shapes[name]))
    known: dict[str, Box] = {name: start}
    knots = [b.names for b in blocks(network.equations) if isinstance(b, Recurrence)]
    while True:
        before = dict(known)
        for equation in network.equations:
            seen = _Equation(equation, shapes, values)
            for box in seen.boxes(known, [k for k in knots if equation.name in k]):
                earlier = known.get(equation.name)
                known[equation.name] = box if earlier is None else _hull(earlier, box)
        if before.keys() == known.keys() and all(_same(before[n], known[n]) for n in known):
            return known


class _Equation:
    """One equation, which hands boxes on from what it reads to what it writes."""

    def __init__(self, equation: Equation, shapes: Mapping[str, tuple], values: Values):
        self.equation, self.shapes, self.values = equation, shapes, values
        self.shape = shapes[equation.name]
        self.free = {i: values.extent(n) for i, n in equation.ranges}
        self.inner: dict[Index, int] = {}
        for node in walk(equation.rhs):
            if isinstance(node, Reduction):
                self.inner |= {i: values.extent(n) for i, n in node.ranges}

    def boxes(self, known: Mapping[str, Box], knots: Sequence) -> Iterable[Box]:
        """The box that each read makes."""
        for access in reads(self.equation.rhs):
            name = tensor_name(access)
            if name in known:
                knotted = any(name in knot for knot in knots)
                yield tuple(self._side(access, side, knotted) for side in known[name])

    def _side(self, access, side: Side, knotted: bool) -> Side:
        if side.of is None:
            return side
        subscript = access.indices[side.of]
        # What goes round in a recurrence is taken whole, so that boxes settle at once.
        if knotted and not isinstance(subscript, Index):
            return side.constant()
        place = self._place(subscript)
        if place is None:
            return side.constant()
        axis, index, written = place
        steps = self._over(subscript, index)
        if steps is None:
            return side.constant()
        low = np.full(self.shape[axis], _NOTHING)
        high = np.full(self.shape[axis], -1)
        extent = len(side.low)
        for at, first, last in zip(written, *np.clip(steps, 0, extent - 1), strict=True):
            low[at] = min(low[at], side.low[first : last + 1].min(initial=_NOTHING))
            high[at] = max(high[at], side.high[first : last + 1].max(initial=-1))
        return Side(axis, low, high)

    def _place(self, subscript: Expr) -> tuple[int, Index, np.ndarray] | None:
        """The axis of the output that a subscript goes along, the index that does, and where."""
        indices = {s for s in walk(subscript) if isinstance(s, Index)}
        free = [i for i in indices if i in self.free and i not in self.inner]
        if len(free) != 1:
            return None
        for axis, written in enumerate(self.equation.subscripts):
            mine = {s for s in walk(written) if isinstance(s, Index)}
            at = self._over(written, free[0]) if mine == {free[0]} else None
            if at is not None:
                return axis, free[0], at[0]
        return None

    def _over(self, subscript: Expr, index: Index) -> tuple[np.ndarray, np.ndarray] | None:
        """The least and the largest value of a subscript, at each value of an index."""
        if subscript == index:
            places = np.arange(self.free[index])
            return places, places
        if isinstance(subscript, Index):
            extent = self.inner.get(subscript)
            ends = None if extent is None else (np.array(0), np.array(extent - 1))
        elif not {s for s in walk(subscript) if isinstance(s, Index)} and not reads(subscript):
            number = np.array(self.values.extent(subscript))
            ends = number, number
        else:
            ends = self._compound(subscript, index)
        if ends is None:
            return None
        shape = (self.free[index],)
        return np.broadcast_to(ends[0], shape), np.broadcast_to(ends[1], shape)

    def _compound(self, node: Expr, index: Index):
        if isinstance(node, (FloorQuotient, CeilingQuotient)):
            top = self._over(node.args[0], index)
            below = int(self.values.extent(node.args[1]))
            sign = 1 if isinstance(node, FloorQuotient) else -1
            return None if top is None else tuple(sign * (sign * e // below) for e in top)
        if isinstance(node, Mul):
            factors = [a for a in node.args if {s for s in walk(a) if isinstance(s, Index)}]
            if len(factors) != 1 or reads(node):
                return None
            rest = self.values.extent(Mul(*(a for a in node.args if a is not factors[0])))
            ends = self._over(factors[0], index)
            return None if ends is None else _sorted(rest * ends[0], rest * ends[1])
        if isinstance(node, Add):
            ends = [self._over(a, index) for a in node.args]
            sure = [e for e in ends if e is not None]
            if len(sure) < len(ends):
                return None
            return sum(e[0] for e in sure), sum(e[1] for e in sure)
        return None


def _sorted(one: np.ndarray, two: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.minimum(one, two), np.maximum(one, two)


def _hull(one: Box, two: Box) -> Box:
    """The box that holds both."""
    sides = []
    for a, b in zip(one, two, strict=True):
        if a.of != b.of and a.of is not None and b.of is not None:
            a, b = a.constant(), b.constant()
        of = b.of if a.of is None else a.of
        sides.append(Side(of, np.minimum(a.low, b.low), np.maximum(a.high, b.high)))
    return tuple(sides)


def _same(one: Box, two: Box) -> bool:
    return all(
        a.of == b.of and np.array_equal(a.low, b.low) and np.array_equal(a.high, b.high)
        for a, b in zip(one, two, strict=True)
    )

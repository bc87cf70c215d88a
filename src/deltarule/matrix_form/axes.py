"""What the axes of a network are: its batch, its times, the positions of an image.

All three are read off the subscripts of the forward equations, never off a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from sympy import Expr, Integer

from deltarule.expressions import nodes
from deltarule.expressions.nodes import Read
from deltarule.expressions.symbols import Index
from deltarule.expressions.window_axis import shift_of
from deltarule.networks.network import Network
from deltarule.networks.recurrences import sequence_lengths
from deltarule.spelling.counted import joined


class Kinds:
    """The extents that are a batch, times or positions in a network."""

    def __init__(self, network: Network):
        self.times, self.positions = {*sequence_lengths(network.equations)}, set()
        for equation in network.equations:
            extents = {**dict(equation.ranges), **_bound(equation.rhs)}
            for subscript in _subscripts(equation.rhs, equation.subscripts):
                self._sort(subscript, extents, set(equation.indices))
        self.batch = self._batch(network)

    def _sort(self, subscript: Expr, extents: Mapping[Index, Expr], free: set[Index]) -> None:
        """x[t − 1] tells of times, x[S·i + k] of positions i (k runs within a window)."""
        inside = sorted(nodes.free_indices(subscript), key=str)
        if isinstance(subscript, Index) or not inside or not set(inside) <= set(extents):
            return
        if len(inside) == 1:
            if shift_of(subscript.expand()) is not None:
                self.times.add(extents[inside[0]])
            return
        self.positions |= {extents[i] for i in inside if i in free}

    def _batch(self, network: Network) -> Expr | None:
        """The first axis that all data have, and along which nothing meets: the examples' axis.

        It is no axis of a layer's parameters (an initial state may have it), none of times or
        positions, and not the last one, along which the features of an example lie; nor are the
        nodes of a graph examples, of which a matrix pairs each with each.
        """
        data = [t for t in network.with_role("input", "target") if len(t.axes) > 1]
        if not data:
            return None
        meeting = _summed_over(network) & {
            a for t in network.with_role("parameter") for a in t.axes
        }
        for axis in data[0].axes[:-1]:
            apart = axis not in meeting | self.times | self.positions
            paired = any(t.axes.count(axis) > 1 for t in network.tensors.values())
            if apart and not paired and all(axis in t.axes for t in data):
                return axis
        return None


class Axes:
    """The labels of one phrase: their extents, and what to call them."""

    def __init__(self, kinds: Kinds, extents: Mapping[Index, Expr]):
        self._kinds, self.extents = kinds, extents

    def is_batch(self, index: Index) -> bool:
        """Whether the examples of a batch lie along it."""
        return self._kinds.batch is not None and self.extents.get(index) == self._kinds.batch

    def rank(self, index: Index) -> int:
        """Times first, positions next, the batch last: what to say slice by slice."""
        extent = self.extents.get(index)
        if extent in self._kinds.times:
            return 0
        if extent in self._kinds.positions:
            return 1
        return 3 if self.is_batch(index) else 2

    def bare(self, index: Index, beside: tuple[Index, ...] = ()) -> Index:
        """The index without primes: once it is summed over, no other can be meant, unless one of
        that name stands `beside` it.
        """
        plain = Index(index.name.rstrip("′"))
        return index if plain != index and plain in beside else plain

    def summed(self, index: Index, beside: tuple[Index, ...]) -> Index:
        """The index of a sum in words: without primes, and n for n₁ where no other n stands in
        it."""
        plain = self.bare(index, beside)
        first = Index(re.sub(r"(?<=[a-z])\d+$", "", plain.name))
        return plain if first in beside else first

    def count(self, indices: Iterable[Index]) -> Expr:
        """How many values some indices take together."""
        result: Expr = Integer(1)
        for index in indices:
            result = result * self.extents[index]
        return result

    def named(self, indices: Iterable[Index], beside: tuple[Index, ...] = ()) -> str:
        """`the batch n, the positions i and j`; see `bare`."""
        groups: dict[str, list[str]] = {}
        words = {0: "time", 1: "position", 2: "", 3: "batch"}
        for index in sorted(indices, key=lambda i: (-self.rank(i), i.name)):
            groups.setdefault(words[self.rank(index)], []).append(str(self.bare(index, beside)))
        parts = []
        for word, names in groups.items():
            plural = "s" if word in ("time", "position") else ""
            parts += [f"the {word}{plural} {joined(names)}"] if word else names
        return joined(parts)


def _subscripts(*expressions) -> Iterator[Expr]:
    for part in expressions:
        if isinstance(part, tuple):
            yield from part
            continue
        for node in nodes.walk(part):
            if isinstance(node, Read):
                yield from node.indices


def _summed_over(network: Network) -> set[Expr]:
    """The extents that some equation before the loss reduces over."""
    return {
        extent
        for equation in network.equations
        if network.tensors[equation.name].role != "loss"
        for extent in _bound(equation.rhs).values()
    }


def _bound(expression: Expr) -> dict[Index, Expr]:
    return {
        index: extent
        for node in nodes.walk(expression)
        if isinstance(node, nodes.Reduction)
        for index, extent in node.ranges
    }

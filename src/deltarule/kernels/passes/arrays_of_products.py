"""One equation of which parts become arrays, and what is asked of products before they do."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Basic, Expr, Integer, Mul

from deltarule.expressions.nodes import (
    Carried,
    Read,
    Reduction,
    Selection,
    Sum,
    free_indices,
    reads,
    tensor_name,
    walk,
)
from deltarule.expressions.substitution import replace_reads
from deltarule.expressions.symbols import Index
from deltarule.kernels.lowering.patterns import product_of, windows_of
from deltarule.kernels.passes.working_arrays import Ranges, WorkingArrays
from deltarule.networks.equations import Equation
from deltarule.networks.tensors import Tensor


class ArraysOfProducts:
    """One equation; what is taken out of it goes into `made`."""

    def __init__(self, equation: Equation, made: WorkingArrays, tensors: Mapping[str, Tensor]):
        self.equation, self.made, self.tensors = equation, made, tensors

    def _is_product(self, node: Sum, loops: Mapping[Index, Expr]) -> bool:
        """Whether a sum of products of two arrays reads entries that there are, whatever holds."""
        factors = Mul.make_args(node.body)
        if self._over_windows(node, loops):
            return True
        if node.conditions or len(factors) != 2 or not all(map(self._array_like, factors)):
            return False
        extents = {**loops, **dict(node.ranges)}
        return two_sided(*factors, node) and self._lie_inside(node.body, extents)

    def _over_windows(
        self, node: Sum, loops: Mapping[Index, Expr], more: Mapping[str, Tensor] | None = None
    ) -> bool:
        """Whether a call computes a sum alone, as one over windows; `more` are tensors to come."""
        own = tuple((i, n) for i, n in loops.items() if i in free_indices(node))
        alone = Equation("alone", tuple(i for i, _ in own), node, own, self.equation.place)
        tensors = {**self.tensors, **self.made.tensors, **(more or {})}
        found = product_of(alone)
        if found is None or any(tensors[tensor_name(r)].integral for r in found[2]):
            return False
        tensors["alone"] = Tensor("alone", tuple(n for _, n in own), "intermediate")
        return windows_of(alone, found, tensors) is not None

    def _array_like(self, node: Expr) -> bool:
        """Whether a factor is read of an array of numbers, or of one of two: h[t − 1], or h0."""
        return self._real(node) or isinstance(node, Carried) and all(map(self._real, node.args[1:]))

    def _real(self, node: Expr) -> bool:
        return isinstance(node, Read) and not self._tensor(node).integral

    def _entrywise(self, node: Expr, tests: tuple, extents: Mapping[Index, Expr]) -> bool:
        """Whether an expression is one of entries that there are, without loops of its own.

        What an index says by itself, as max(0, 1 − |i/2 − p|), is 0 nearly everywhere.
        """
        parts = (node, *tests)
        if any(isinstance(n, Reduction | Selection) for p in parts for n in walk(p)):
            return False
        if any(free_indices(replace_reads(p, lambda _: Integer(1))) for p in parts):
            return False
        return all(self._lie_inside(p, extents) for p in parts)

    def _lie_inside(self, node: Basic, extents: Mapping[Index, Expr]) -> bool:
        """Whether each subscript of what is read is 0, or an index of its own, of the whole axis.

        What is carried from one time to the next says by itself where it starts.
        """
        carried = {n.args[1] for n in walk(node) if isinstance(n, Carried)}
        for access in reads(node):
            subscripts = list(zip(access.indices, self._tensor(access).axes, strict=True))
            if access in carried:
                del subscripts[0]
            if len({s for s, _ in subscripts}) < len(subscripts):
                return False
            if any(s != 0 and extents.get(s) != n for s, n in subscripts):
                return False
        return True

    def _tensor(self, access: Read) -> Tensor:
        name = tensor_name(access)
        return self.tensors.get(name) or self.made.tensors[name]

    def _array(self, value: Expr, loops: Mapping[Index, Expr]) -> Expr:
        """A read of an array that holds a value, which depends on some of the indices of loops."""
        own = {i: n for i, n in loops.items() if i in free_indices(value)}
        return self.made.holding(value, _as_read(value, own), self.equation.place)


def two_sided(one: Expr, rest: Expr, total: Sum) -> bool:
    """Whether both factors have all that is summed, and each has rows of its own."""
    ours, theirs = free_indices(one), free_indices(rest)
    summed = frozenset(total.indices)
    return summed <= ours & theirs and bool(ours - theirs) and bool(theirs - ours)


def _as_read(value: Expr, own: Mapping[Index, Expr]) -> Ranges:
    """The ranges in the order in which the first tensor that has all of them is read."""
    for access in reads(value):
        order = [i for i in access.indices if i in own]
        if len(order) == len(own):
            return tuple((i, own[i]) for i in order)
    return tuple(own.items())

"""Products of matrices, and sums over windows, that stand inside of something else, as working
arrays.

In y[n, m] = tanh(Σ_d x[n, d]·w[d, m] + b[m]) the sum becomes t[n, m], a product of matrices, and
tanh is taken entry by entry. In ∂L/∂w[d, m] = Σ_n x[n, d]·∂L/∂y[n, m]·(1 − y[n, m]²) what stands
beside x becomes one array, which ∂L/∂x reads too; so it is in convolutions. Recurrences have a
pass of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sympy import Add, Basic, Expr, Integer, Mul

from deltarule.expressions.nodes import (
    Carried,
    Condition,
    Equal,
    Read,
    Reduction,
    Selection,
    Sum,
    free_indices,
    read,
    reads,
    tensor_name,
    walk,
)
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.expressions.substitution import replace_reads
from deltarule.expressions.symbols import Index
from deltarule.kernels.lowering.patterns import product_of, windows_of
from deltarule.kernels.passes.draft import Draft
from deltarule.kernels.passes.working_arrays import Ranges, WorkingArrays
from deltarule.networks.equations import Equation
from deltarule.networks.recurrences import Recurrence, blocks
from deltarule.networks.tensors import Tensor


def products_apart(draft: Draft) -> Draft:
    """The equations outside of recurrences with products of matrices that stand alone."""
    made = draft.room()
    parts = blocks(draft.equations)
    recurrent = {e for b in parts if isinstance(b, Recurrence) for e in b.equations}
    for equation in draft.equations:
        plain = all(isinstance(s, Index) for s in equation.subscripts)
        if plain and equation not in recurrent and not isinstance(equation.rhs, Selection):
            equation = replace(equation, rhs=_Apart(equation, made, draft.tensors).rhs())
        made.equations.append(equation)
    return draft.rewritten(made.equations, made)


class _Apart:
    """One equation; what is taken out of it goes into `made`."""

    def __init__(self, equation: Equation, made: WorkingArrays, tensors: Mapping[str, Tensor]):
        self.equation, self.made, self.tensors = equation, made, tensors

    def rhs(self) -> Expr:
        """A sum of products of two arrays, and of what is made of such sums entry by entry."""
        return Add(*map(self._term, Add.make_args(self.equation.rhs)))

    def _term(self, term: Expr) -> Expr:
        found = scaled_sum(term)
        if found is None:
            return self._inside(term, dict(self.equation.ranges))
        scale, total = found
        return scale * self._of_two(total)

    def _inside(self, node: Expr, loops: Mapping[Index, Expr]) -> Expr:
        """The expression with reads of arrays that hold its products."""
        if isinstance(node, Read | Selection):
            return node
        if isinstance(node, Sum) and self._is_product(node, loops):
            return self._array(node, loops)
        if isinstance(node, Reduction):
            if node.ranges or any(isinstance(c, Equal) for c in node.conditions):
                return node
            return with_body(node, self._inside(node.body, loops))
        return rebuild(node, lambda part: self._inside(part, loops))

    def _is_product(self, node: Sum, loops: Mapping[Index, Expr]) -> bool:
        """Whether a sum of products of two arrays reads entries that there are, whatever holds."""
        factors = Mul.make_args(node.body)
        if self._over_windows(node, loops):
            return True
        if node.conditions or len(factors) != 2 or not all(map(self._array_like, factors)):
            return False
        extents = {**loops, **dict(node.ranges)}
        return _two_sided(*factors, node) and self._lie_inside(node.body, extents)

    def _of_two(self, total: Sum) -> Expr:
        """A sum over products of more factors as one over products of two arrays.

        Where data say which terms count, both arrays are 0 at the others, which may be NaN.
        """
        extents = {**dict(self.equation.ranges), **dict(total.ranges)}
        if not any(isinstance(n, Equal) for n in walk(total)):  # else few of the terms count
            total = with_body(total, self._inside(total.body, extents))
        factors, tests = Mul.make_args(total.body), total.conditions
        if total.ranges and len(factors) > 1 and not any(map(reads, tests)):
            windows = self._windows_of_two(total, extents)
            if windows is not None:
                return windows
        if not total.ranges or len(factors) < 2 or any(_by_index(c) for c in tests):
            return total
        for one in filter(self._array_like, factors):
            rest = Mul(*(f for f in factors if f is not one))
            if not _two_sided(one, rest, total) or not self._entrywise(rest, tests, extents):
                continue
            if tests:
                both = free_indices(one) & free_indices(rest)
                if self._lie_inside(one, extents) and all(free_indices(c) <= both for c in tests):
                    arrays = (self._array(Sum(f, (), tests), extents) for f in (one, rest))
                    return Sum(Mul(*arrays), total.ranges)
            elif not self._array_like(rest):
                return Sum(one * self._array(rest, extents), total.ranges)
        return total

    def _windows_of_two(self, total: Sum, extents: Mapping[Index, Expr]) -> Sum | None:
        """A sum over windows of one array with the rest as another; None where it is none.

        The indices say which terms count, and still do: the rest is computed at all places.
        """
        for one in filter(self._array_like, Mul.make_args(total.body)):
            rest = total.body / one
            if self._array_like(rest) or not self._entrywise(rest, (), extents):
                continue
            own = tuple((i, n) for i, n in extents.items() if i in free_indices(rest))
            placeholder = read("rest", *(i for i, _ in own))
            tried = with_body(total, one * placeholder)
            loops = {i: n for i, n in extents.items() if i not in total.indices}
            if self._over_windows(
                tried, loops, {"rest": Tensor("rest", tuple(n for _, n in own), "intermediate")}
            ):
                return with_body(total, one * self._array(rest, extents))
        return None

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


def scaled_sum(term: Expr) -> tuple[Expr, Sum] | None:
    """A sum, behind what it is multiplied by: a number, or what has no indices and reads nothing.

    None where a term is something else.
    """
    sums = [f for f in Mul.make_args(term) if isinstance(f, Sum) and f.ranges]
    if len(sums) != 1:
        return None
    scale = Mul(*(f for f in Mul.make_args(term) if f is not sums[0]))
    return None if reads(scale) or free_indices(scale) else (scale, sums[0])


def _by_index(test: Condition) -> bool:
    """Whether a test says by indices alone which terms count, or to which entry data point."""
    return isinstance(test, Equal) or not reads(test)


def _two_sided(one: Expr, rest: Expr, total: Sum) -> bool:
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

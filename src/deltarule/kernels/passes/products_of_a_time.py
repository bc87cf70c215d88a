"""Products of matrices in a recurrence that stand inside of something else, as lines of their own.

In s[t, m] = Σ_k h[t − 1, k]·r[t, k]·W[k, m] the first two factors become one tensor; where a time
reads r[t + 1, k]·Σ_m W[k, m]·g[t + 1, m] the sum does. What is left is sums of products of two
tensors, and expressions entry by entry, which is what a scan is made of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sympy import Add, Basic, Expr, Mul

from deltarule.expressions.nodes import (
    Choose,
    Condition,
    Read,
    Sum,
    free_indices,
    read,
    reads,
    tensor_name,
)
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.kernels.passes.draft import Draft
from deltarule.kernels.passes.infer_bounds import within
from deltarule.kernels.passes.working_arrays import WorkingArrays
from deltarule.networks.equations import Equation
from deltarule.networks.recurrences import Recurrence, blocks
from deltarule.networks.tensors import Tensor


def products_of_a_time(draft: Draft) -> Draft:
    """The equations of recurrences without sums inside of other expressions."""
    found = [b for b in blocks(draft.equations) if isinstance(b, Recurrence)]
    times = {e: i for b in found if _plain(b) for e, i, _ in b.times}
    made = draft.room()
    for equation in draft.equations:
        time = times.get(equation)
        if time is not None:
            equation = replace(equation, rhs=_Apart(equation, time, made, draft.tensors).rhs())
        made.equations.append(equation)
    return draft.rewritten(made.equations, made)


def _plain(block: Recurrence) -> bool:
    """Whether all that it computes is written at each time once, along one axis."""
    return not any(isinstance(p, Recurrence) for p in block.parts) and all(
        all(isinstance(s, Index) for s in e.subscripts) and i is not None for e, i, _ in block.times
    )


class _Apart:
    """One equation of a recurrence at the times `time`; new lines go into `made`."""

    def __init__(
        self, equation: Equation, time: Index, made: WorkingArrays, tensors: Mapping[str, Tensor]
    ):
        self.equation, self.time, self.made, self.tensors = equation, time, made, tensors
        self.extents = dict(equation.ranges)

    def rhs(self) -> Expr:
        return self._terms(self.equation.rhs)

    def _terms(self, node: Expr) -> Expr:
        """A sum of what may stay: products of two tensors that are summed, and entries."""
        if isinstance(node, Add):
            return Add(*map(self._terms, node.args))
        if isinstance(node, Sum) and not node.ranges:
            return with_body(node, self._terms(node.body))
        scale, rest = node.as_coeff_Mul()
        if isinstance(rest, Sum):
            return scale * self._of_two(rest)
        return self._entries(node)

    def _of_two(self, total: Sum) -> Expr:
        """A sum over products of more than two factors as one over products of two."""
        factors = Mul.make_args(total.body)
        now = all(free_indices(c) <= {self.time} for c in total.conditions)
        if len(factors) < 3 or not now or len(total.ranges) != 1:
            return total
        index, extent = total.ranges[0]
        fixed = [f for f in factors if isinstance(f, Read) and self.time not in free_indices(f)]
        if len(fixed) != 1:
            return total
        moving = Mul(*(f for f in factors if f not in fixed))
        return with_body(total, fixed[0] * self._line(moving, (index, extent)))

    def _entries(self, node: Expr) -> Expr:
        """An expression entry by entry, whose sums of products are lines."""
        if isinstance(node, Sum) and node.ranges:
            factors = Mul.make_args(node.body)
            tensors = [f for f in factors if isinstance(f, Read | Choose)]
            plain = len(factors) == len(tensors) == 2 and not node.conditions
            return self._line(node) if plain else node
        if isinstance(node, Read):
            return node
        return rebuild(node, self._entries)

    def _line(self, value: Expr, *more: tuple[Index, Expr]) -> Expr:
        """A read of a new tensor that holds a value, at the time that it is one of.

        What is another value beyond the first or last time, such as h0, is a line of this time: at
        the one before the first there is no line.
        """
        timed = (r.indices[0] for r in reads(value) if r.indices)
        later = {s - self.time for s in timed if s.has(self.time)}
        shift = next(iter(later)) if len(later) == 1 and not value.has(Choose) else 0
        if any(self.time in free_indices(s) for r in reads(value) for s in r.indices[1:]):
            return value
        here = substitute(value, {self.time: self.time - shift}) if shift else value
        ranges = {**self.extents, **dict(more)}
        loops = tuple((i, n) for i, n in ranges.items() if i in free_indices(here))
        if self.time not in dict(loops) or loops[0][0] != self.time:
            return value
        here = self._where_inside(here, ranges)
        known = next((e for e in self.made.equations if e.rhs == here and e.ranges == loops), None)
        indices = tuple(i for i, _ in loops)
        if known is None:
            tensor = self.made.tensor(tuple(n for _, n in loops))
            known = Equation(tensor.name, indices, here, loops, self.equation.place)
            self.made.equations.append(known)
        return read(known.name, self.time + shift, *indices[1:])

    def _where_inside(self, value: Expr, ranges: Mapping[Index, Expr]) -> Expr:
        """A value where what it reads is there, as under the guard from under which it comes, and
        0 elsewhere: h[t + 1]·h[t] has none at the last time. A choice says itself what it reads.
        """
        given: list[Condition] = []
        for access in _outside_choices(value):
            tensor = self.tensors.get(tensor_name(access))
            if tensor is not None and tensor.outside is None:
                given += within(access, self.tensors, given, ranges)
        return Sum(value, (), given)


def _outside_choices(node: Basic) -> Iterator[Read]:
    """The reads of an expression that are made in any case."""
    if isinstance(node, Read):
        yield node
    elif not isinstance(node, Choose):
        for part in node.args:
            yield from _outside_choices(part)

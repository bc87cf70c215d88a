"""Sums that take linear time where they stand alone, as working arrays where they do not.

∂L/∂x[v] = (1 − tanh(x[v])²)·Σ_n [v = i[n]]·∂L/∂y[n] would look through all n for each v. The sum
alone is added up where i[n] points to, in one loop over n; the factor waits until it is there. So
do the sums up to each place, Σ_{s ≤ t} x[s], and the products of all entries but one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sympy import Add, Expr, Mul

from deltarule.expressions.matrices import Inverse, LogDet
from deltarule.expressions.nodes import (
    Choose,
    Condition,
    Equal,
    Max,
    Product,
    Read,
    Reduction,
    Selection,
    Sum,
    free_indices,
    index_names,
    reads,
    tensor_name,
)
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index, fresh
from deltarule.kernels.passes.draft import Draft
from deltarule.kernels.passes.reads_inside import reads_inside
from deltarule.kernels.passes.running_totals import all_but_one, running_sum
from deltarule.kernels.passes.working_arrays import Ranges, WorkingArrays
from deltarule.networks.equations import Equation
from deltarule.networks.recurrences import Recurrence, blocks


def sums_apart(draft: Draft) -> Draft:
    """Such sums and products as working arrays; recurrences, which need one time of them, keep
    theirs.
    """
    made = draft.room()
    parts = blocks(draft.equations)
    recurrent = {e for b in parts if isinstance(b, Recurrence) for e in b.equations}
    for equation in draft.equations:
        if equation not in recurrent and not isinstance(equation.rhs, Selection):
            equation = replace(equation, rhs=_Apart(equation, made, draft.tensors).rhs())
        made.equations.append(equation)
    return draft.rewritten(made.equations, made)


def scattered(total: Expr, own: frozenset[Index]) -> bool:
    """Whether data say of what is summed which entry, of free indices `own`, it is added to."""
    return type(total) is Sum and any(
        isinstance(c, Equal)
        and reads(c)
        and own.intersection(c.args)
        and free_indices(c).intersection(total.indices)
        for c in total.conditions
    )


class _Apart:
    """One equation, of which sums become arrays in `made`."""

    def __init__(self, equation: Equation, made: WorkingArrays, tensors: Mapping):
        self.equation, self.made, self.tensors = equation, made, tensors

    def rhs(self) -> Expr:
        """The right-hand side with reads of those arrays."""
        rhs, loops = self.equation.rhs, self.equation.ranges
        terms = Add.make_args(rhs)
        kept = [t for t in terms if len(terms) == 1 or (isinstance(t, Sum) and t.ranges)]
        if len(kept) > 1 or (len(terms) > 1 and not _added_in_place(kept, rhs, loops)):
            kept = []
        ways = ((t, self._inside if t in kept else self._of) for t in terms)
        return Add(*(way(t, loops, frozenset()) for t, way in ways))

    def _of(self, node: Expr, loops: Ranges, guarded: frozenset[Index]) -> Expr:
        """`loops` are around the node. What depends on a guarded index must stay under its guard,
        which keeps reads inside arrays.
        """
        if isinstance(node, Selection | Inverse | LogDet):
            return node
        node = _conditions_outside(node)
        found = self._apart(node, loops, guarded) if isinstance(node, Reduction) else None
        return self._inside(node, loops, guarded) if found is None else found

    def _apart(self, node: Reduction, loops: Ranges, guarded: frozenset[Index]) -> Expr | None:
        """The read of an array that holds a reduction; None for one that stays."""
        position, replacements = self._position_of_data(node, loops), {}
        if position is not None:
            index, extent, data, condition = position
            loops, replacements = ((index, extent), *loops), {index: data}
            tests = [_equal_to(index, c, data) if c == condition else c for c in node.conditions]
            node = with_body(node, node.body, tests)
        own = tuple(r for r in loops if r[0] in free_indices(node))
        if not _linear(node, loops) or any(free_indices(n) for _, n in own):
            return None
        if free_indices(node) & guarded and not reads_inside(node, dict(loops), self.tensors):
            return None
        return substitute(self._array(self._inside(node, loops, frozenset()), own), replacements)

    def _position_of_data(self, node: Reduction, loops: Ranges) -> tuple | None:
        """For Σ_n [i[n] = j[m]]·…, in which nothing else depends on m: an index p, how far it runs,
        j[m] in whose place it can stand, and the condition. So a sum for each p is enough.
        """
        for condition in node.conditions if type(node) is Sum else ():
            if not isinstance(condition, Equal):
                continue
            for one, data in (condition.args, condition.args[::-1]):
                if not isinstance(one, Read) or not isinstance(data, Read):
                    continue
                below = {self.tensors[tensor_name(r)].integers_below for r in (one, data)}
                summed, own = free_indices(one) & set(node.indices), free_indices(data)
                others = [c for c in node.conditions if c is not condition]
                rest = frozenset().union(*map(free_indices, (node.body, one, *others)))
                if len(below) == 1 and None not in below and summed and own and not own & rest:
                    taken = index_names(node) | {i.name for i, _ in loops}
                    return fresh("p", taken), below.pop(), data, condition
        return None

    def _inside(self, node: Expr, loops: Ranges, guarded: frozenset[Index]) -> Expr:
        """The same for all within a node, which stays where it is."""
        node = _conditions_outside(node)
        if isinstance(node, Reduction):
            tested = guarded.union(*map(free_indices, node.conditions))
            inner = {**dict(loops), **dict(node.ranges)}
            return with_body(node, self._of(node.body, tuple(inner.items()), tested))
        if isinstance(node, Choose):
            guarded = guarded | free_indices(node.args[0])
        return rebuild(node, lambda part: self._of(part, loops, guarded))

    def _array(self, value: Expr, own: Ranges) -> Expr:
        return self.made.holding(value, own, self.equation.place)


def _conditions_outside(node: Expr) -> Expr:
    """A sum with the conditions of its factors as its own: Σ_s ([s ≤ t]·x[s])."""
    if type(node) is not Sum or not node.ranges:
        return node
    factors = [
        (f.body, f.conditions) if type(f) is Sum and not f.ranges else (f, ())
        for f in Mul.make_args(node.body)
    ]
    if not any(conditions for _, conditions in factors):
        return node
    every = dict.fromkeys((*node.conditions, *(c for _, of in factors for c in of)))
    return _conditions_outside(Sum(Mul(*(f for f, _ in factors)), node.ranges, every))


def _equal_to(index: Index, condition: Condition, data: Expr) -> Condition:
    """A condition p[n] = data with an index in the place of the data."""
    return Equal(*(index if side == data else side for side in condition.args))


def _added_in_place(kept: list[Expr], rhs: Expr, loops: Ranges) -> bool:
    """Whether a lowering adds the one sum of several terms up to what the others are."""
    return len(kept) == 1 and scattered(kept[0], frozenset(dict(loops))) and not rhs.has(Max)


def _linear(node: Reduction, loops: Ranges) -> bool:
    """Whether a lowering takes linear time for a reduction that stands alone."""
    if isinstance(node, Product):
        return all_but_one(node, loops) is not None
    return scattered(node, frozenset(dict(loops))) or running_sum(node, loops) is not None

"""Reductions hoisted out of loops that they do not depend on, into tensors of their own.

In dx[n, d] = g[n, d] − Σ_k g[k, d]/N the sum is the same for every n: computed where it stands,
it would cost a factor of N. It becomes t1[d], computed once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sympy import Add, Basic, Expr, Mul, Pow

from deltarule.expressions.functions import Elementwise
from deltarule.expressions.matrices import Inverse, LogDet
from deltarule.expressions.nodes import (
    Choose,
    Equal,
    Reduction,
    Selection,
    free_indices,
    reads,
    walk,
)
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.expressions.symbols import Index
from deltarule.kernels.passes.draft import Draft
from deltarule.kernels.passes.reads_inside import reads_inside
from deltarule.kernels.passes.working_arrays import Ranges, WorkingArrays
from deltarule.networks.equations import Equation
from deltarule.networks.recurrences import Recurrence, blocks
from deltarule.networks.tensors import Tensor


def hoist_factors(draft: Draft) -> Draft:
    """Costly factors as working arrays; a recurrence keeps them in its loop, where they are few."""
    if any(isinstance(block, Recurrence) for block in blocks(draft.equations)):
        return draft
    made = draft.room()
    for equation in draft.equations:
        made.equations.append(factors_hoisted(equation, made))
    return draft.rewritten(made.equations, made)


def hoist_invariants(draft: Draft) -> Draft:
    """Reductions as working arrays, where a loop around does not change them."""
    made = draft.room()
    for equation in draft.equations:
        hoist(equation, made, draft.tensors)
    return draft.rewritten(made.equations, made)


def hoist(equation: Equation, made: WorkingArrays, tensors: Mapping[str, Tensor]) -> None:
    """Add to `made` the equation, behind the equations of what was hoisted out of it."""
    rhs = _Hoisted(made, tensors, equation.place).of(equation.rhs, equation.ranges, ())
    made.equations.append(
        Equation(equation.name, equation.subscripts, rhs, equation.ranges, equation.place)
    )


def factors_hoisted(equation: Equation, made: WorkingArrays) -> Equation:
    """The equation with what is costly and the same along some index taken out of it.

    In x̂[n, c] = (x[n, c] − μ[c])/√(v[c] + ε) the root is that of c, for all n.
    """
    if isinstance(equation.rhs, Selection):
        return equation
    rhs = _factors(equation.rhs, equation.ranges, made, equation.place)
    return equation if rhs == equation.rhs else replace(equation, rhs=rhs)


def _factors(node: Expr, loops: tuple, made: WorkingArrays, place: str) -> Expr:
    if isinstance(node, Add):
        return Add(*(_apart_if_costly(a, loops, made, place) for a in node.args))
    if isinstance(node, Elementwise):
        return rebuild(node, lambda part: _factors(part, loops, made, place))
    if not isinstance(node, Mul):
        return node
    indices = frozenset(i for i, _ in loops)
    along = _along([f for f in node.args if free_indices(f) < indices])
    taken = [f for f in node.args if along and free_indices(f) <= along]
    if not along or along == indices or not _stands_alone(Mul(*taken), along, loops):
        return Mul(*(_factors(f, loops, made, place) for f in node.args))
    rest = [_factors(f, loops, made, place) for f in node.args if f not in taken]
    return Mul(_kept(Mul(*taken), along, loops, made, place), *rest)


def _apart_if_costly(summand: Expr, loops: tuple, made: WorkingArrays, place: str) -> Expr:
    """In exp(x[n, c] − log(t[n])) the logarithm is that of n, for all c."""
    along = _along([summand])
    indices = frozenset(i for i, _ in loops)
    if along and along < indices and _stands_alone(summand, along, loops):
        sign = -1 if summand.could_extract_minus_sign() else 1
        return sign * _kept(sign * summand, along, loops, made, place)
    return _factors(summand, loops, made, place)


def _kept(value: Expr, along: frozenset, loops: tuple, made: WorkingArrays, place: str) -> Expr:
    """A read of the array that holds the value; two that are the same share one."""
    return made.holding(value, tuple(r for r in loops if r[0] in along), place)


def _along(parts: list[Expr]) -> frozenset[Index]:
    """The indices of those parts that are costly."""
    return frozenset().union(*(free_indices(p) for p in parts if _costly(p)))


def _stands_alone(value: Expr, along: frozenset[Index], loops: tuple) -> bool:
    """Whether a value may be computed apart: under no condition, and no sum where it is as well
    added up in the outer loops.
    """
    if any(isinstance(n, Choose) for n in walk(value)):
        return False
    outermost = frozenset(i for i, _ in loops[: len(along)])
    return along != outermost or not any(isinstance(n, Reduction) for n in walk(value))


def _costly(factor: Expr) -> bool:
    """Whether a factor is a division, a root, or needs a function."""
    if isinstance(factor, Pow):
        return not factor.exp.is_Integer or factor.exp < 0
    return factor.has(Elementwise)


@dataclass(frozen=True)
class _Hoisted:
    """The right side of one equation; what is hoisted out of it goes into `made`."""

    made: WorkingArrays
    tensors: Mapping[str, Tensor]
    place: str

    def of(self, node: Expr, loops: Ranges, guards: tuple[Basic, ...]) -> Expr:
        """`loops` are the (index, extent) pairs around the node, outermost first, and `guards` the
        conditions.
        """
        if isinstance(node, (Selection, Inverse, LogDet)):
            return node
        if isinstance(node, Choose):
            guards = (*guards, node.args[0])
        if not isinstance(node, Reduction):
            return rebuild(node, lambda part: self.of(part, loops, guards))
        free = free_indices(node)
        needed = [k for k, (i, _) in enumerate(loops) if i in free]
        around = loops[: needed[-1] + 1] if needed else ()
        if len(needed) < len(around) and self._may_leave(node, loops, guards):
            own = tuple(loops[k] for k in needed)
            rhs = self._below(node, own, ())
            return self.made.holding(rhs, _as_read(rhs, own), self.place)
        return self._below(node, around, guards)

    def _may_leave(self, node: Reduction, loops: Ranges, guards: tuple[Basic, ...]) -> bool:
        """Whether no guard keeps what a reduction reads inside arrays, or spares most of it."""
        shared = [c for c in guards if free_indices(c) & free_indices(node)]
        if not shared or any(isinstance(c, Equal) for c in shared):
            return not shared
        return reads_inside(node, dict(loops), {**self.tensors, **self.made.tensors})

    def _below(self, node: Reduction, around: Ranges, guards: tuple[Basic, ...]) -> Expr:
        inside = (*guards, *node.conditions)
        return with_body(node, self.of(node.body, (*around, *node.ranges), inside))


def _as_read(node: Expr, loops: Ranges) -> Ranges:
    """The loops, with those over the subscripts of what is read in the order in which it has them.

    Σ_o x[o, p, q]·w[d, o] becomes t[d, p, q] wherever p and q stand around it: the innermost loop
    runs along memory.
    """
    rows = [[i for i in r.indices if i in dict(loops)] for r in reads(node)]
    order = max(rows, key=len, default=[])
    if len(set(order)) < len(order):
        return loops
    extents, inside = dict(loops), iter(order)
    return tuple((i := next(inside), extents[i]) if r[0] in order else r for r in loops)

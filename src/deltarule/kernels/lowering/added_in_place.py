"""Sums that are added up in what they are assigned to, with a free index innermost."""

from __future__ import annotations

from sympy import Add, Expr, Integer

from deltarule.expressions import nodes
from deltarule.expressions.nodes import read
from deltarule.expressions.substitution import rename_bound
from deltarule.expressions.symbols import Index
from deltarule.kernels.lowering.strides import along
from deltarule.networks.equations import Equation


def added_in_place(equation: Equation) -> tuple[nodes.Sum, Expr, Index] | None:
    """A sum, what is added to it, and the free index that should be innermost; else None."""
    terms = Add.make_args(equation.rhs)
    sums = [t for t in terms if isinstance(t, nodes.Sum) and t.ranges]
    if len(sums) != 1 or not equation.subscripts or equation.rhs.has(nodes.Max):
        return None
    total = rename_bound(sums[0], {i.name for i in equation.indices})
    last = equation.subscripts[-1]
    if any(
        isinstance(c, nodes.Equal) and i in c.args
        for c in total.conditions
        for i in equation.indices
    ):
        rest = Add(*(t for t in terms if t is not sums[0]))
        return total, rest, last
    own = max(along(total.body, i) for i in total.indices)
    if not isinstance(last, Index) or along(total.body * equation.lhs, last) <= own + 1:
        return None
    rest = Add(*(t for t in terms if t is not sums[0]))
    if any(read(equation.name).base == r.base for r in nodes.reads(equation.rhs)):
        return None
    return total, rest if rest != 0 else Integer(0), last

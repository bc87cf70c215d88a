"""Large arrays of which nothing behind the diagonal is read, as causal attention's weights.

Of a strip of rows, which ends at row r, the columns up to r are all that has to be computed.
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Basic, Expr, Mul

from deltarule.expressions.nodes import (
    AtLeastZero,
    Choose,
    Read,
    Reduction,
    Sum,
    reads,
    tensor_name,
    walk,
)
from deltarule.expressions.symbols import Index
from deltarule.kernels.passes.strip_groups import Strips, outside_rows
from deltarule.networks.equations import Equation


def columns(equation: Equation, group: Strips) -> set[Expr]:
    """The indices that go along the columns of tiles in an equation."""
    found = set()
    for access in (equation.lhs, *reads(equation.rhs)):
        left = outside_rows(access, group)
        if tensor_name(access) in group.tiles and len(left) == 2:
            found.add(left[1])
    return found


def is_triangular(group: Strips) -> bool:
    """Whether no tile is read behind the diagonal, where it is not 0 anyway."""
    zero = {e.name for e in group.equations if _vanishes(e, group)}
    return bool(zero) and all(_reads_below(e, zero, group) for e in group.equations)


def _vanishes(equation: Equation, group: Strips) -> bool:
    """Whether a tile is 0 behind the diagonal."""
    left, rhs = outside_rows(equation.lhs, group), equation.rhs
    if equation.name not in group.tiles or len(left) != 2:
        return False
    if isinstance(rhs, Choose):
        return rhs.args[2] == 0 and rhs.args[0] == _below(left[1], group)
    return isinstance(rhs, Sum) and not rhs.ranges and _below(left[1], group) in rhs.conditions


def _below(column: Expr, group: Strips) -> AtLeastZero:
    return AtLeastZero(group.index[0] - column)


def _reads_below(equation: Equation, zero: set[str], group: Strips) -> bool:
    """Whether what is summed of tiles ends at the diagonal, and other arrays have room for that."""
    own = columns(equation, group)
    if not all(isinstance(c, Index) and c != group.index[0] for c in own):
        return False
    for access in (equation.lhs, *reads(equation.rhs)):
        left = outside_rows(access, group)
        if any(s.has(*own) for s in left[1:] if own) and tensor_name(access) not in group.tiles:
            return False
    if equation.name in group.added and not all(
        _is_below(equation.rhs, c, zero, group) for c in own
    ):
        return False
    inside = own - set(outside_rows(equation.lhs, group))
    return all(
        any(c in n.indices and _is_below(n, c, zero, group) for n in _reductions(equation.rhs))
        for c in inside
    ) and all(
        _is_below(n, c, zero, group)
        for n in _reductions(equation.rhs)
        for c in inside & set(n.indices)
    )


def _reductions(node: Basic) -> Iterator[Reduction]:
    return (n for n in walk(node) if isinstance(n, Reduction))


def _is_below(node: Expr, column: Expr, zero: set[str], group: Strips) -> bool:
    """Whether a reduction, or a product with one, leaves out what is behind the diagonal."""
    if isinstance(node, Reduction):
        if _below(column, group) in node.conditions:
            return True
        return type(node) is Sum and _is_below(node.body, column, zero, group)
    return any(
        (isinstance(f, Read) and tensor_name(f) in zero and f.indices[-1] == column)
        or (isinstance(f, Sum) and _is_below(f, column, zero, group))
        for f in Mul.make_args(node)
    )

"""Comparisons of integers with |·|, max and min, as comparisons of sums alone.

    |i − j| ≤ 1      i − j ≤ 1 and j − i ≤ 1
    |i − j| = 1      i − j = 1 or i − j = −1
    max(i, j) ≥ k    i ≥ k or j ≥ k

A loop's conditions are about sums of indices, which say where an index runs from and to.
"""

from __future__ import annotations

from sympy import Add, Expr, ordered

from deltarule.expressions import functions as f
from deltarule.expressions.conditions import (
    AtLeastZero,
    Condition,
    Equal,
    Every,
    Fails,
    Some,
    Unequal,
)

_PIECEWISE = (f.absolute, f.larger, f.smaller)


def of_sums(statement: Condition) -> Condition:
    """A comparison of integers without |·|, max and min; any other statement as it is."""
    if not isinstance(statement, AtLeastZero | Equal | Unequal) or not statement.has(*_PIECEWISE):
        return statement
    if isinstance(statement, AtLeastZero):
        return _at_least_zero(statement.args[0])
    one, other = statement.args
    if isinstance(one, Expr) and isinstance(other, Expr):
        equal = _equal(one, other)
    else:
        pairs = zip(one.args, other.args, strict=True)
        equal = Every(*(of_sums(Equal(*pair)) for pair in pairs))
    return equal if isinstance(statement, Equal) else Fails(equal)


def _equal(one: Expr, other: Expr) -> Condition:
    gap = (one - other).expand()
    for term in ordered(Add.make_args(gap)):
        factor, chosen = term.as_coeff_Mul()
        value = (term - gap) / factor
        if isinstance(chosen, f.absolute) and value.is_Integer and value.is_nonnegative:
            inside = chosen.args[0]
            return Some(*(of_sums(Equal(inside, v)) for v in (value, -value)))
    return Every(_at_least_zero(gap), _at_least_zero(-gap))


def _at_least_zero(gap: Expr) -> Condition:
    """`gap` ≥ 0, by the first term of its sum that is one of two numbers."""
    gap = gap.expand()
    for term in ordered(Add.make_args(gap)):
        factor, chosen = term.as_coeff_Mul()
        if not isinstance(chosen, _PIECEWISE):
            continue
        first = chosen.args[0]
        two = (first, -first) if isinstance(chosen, f.absolute) else chosen.args
        parts = [_at_least_zero(gap - term + factor * value) for value in two]
        larger = not isinstance(chosen, f.smaller)
        return Some(*parts) if larger == (factor > 0) else Every(*parts)
    return AtLeastZero(gap)

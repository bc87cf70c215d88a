"""Positions that data is equal to, digit by digit: a[n] = W·p + q as p = ⌊a[n]/W⌋, q = a[n] mod W.

So a scatter by flat places is added up where each place is, instead of searching for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sympy import Expr

from deltarule.expressions.conditions import Condition
from deltarule.expressions.mixed_radix import position_of, taken_apart
from deltarule.expressions.nodes import Equal, Read, Reduction
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.expressions.symbols import Index
from deltarule.kernels.passes.draft import Draft


def positions_of_data(draft: Draft) -> Draft:
    """Reductions whose conditions give each index by itself."""
    return draft.rewritten(
        replace(e, rhs=_digit_by_digit(e.rhs, dict(e.ranges))) for e in draft.equations
    )


def _digit_by_digit(node: Expr, ranges: Mapping[Index, Expr]) -> Expr:
    if not node.has(Equal):
        return node
    if not isinstance(node, Reduction):
        return rebuild(node, lambda part: _digit_by_digit(part, ranges))
    inner = {**ranges, **dict(node.ranges)}
    conditions = [one for c in node.conditions for one in _digits(c, inner)]
    return with_body(node, _digit_by_digit(node.body, inner), conditions)


def _digits(condition: Condition, ranges: Mapping[Index, Expr]) -> list[Condition]:
    """One condition for each digit of a position; the condition itself where there is none."""
    if isinstance(condition, Equal):
        for data, position in (condition.args, condition.args[::-1]):
            parts = position_of(position, ranges) if isinstance(data, Read) else None
            if parts is not None:
                return [Equal(index, digit) for index, digit in taken_apart(data, parts).items()]
    return [condition]

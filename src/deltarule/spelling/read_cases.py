"""How a choice between two values reads: what is asked, and which value is named first.

|d[n]| < δ, not δ > |d[n]|: what differs from entry to entry is held against what does not. Where a
choice is 0 on one side, the other side is named: x[n] if |x[n]| ≤ c else 0.
"""

from __future__ import annotations

from typing import NamedTuple

from sympy import Expr, Integer

from deltarule.expressions.choices import Choose
from deltarule.expressions.conditions import Condition, Positive
from deltarule.expressions.nodes import free_indices
from deltarule.expressions.thresholds import Threshold, threshold
from deltarule.spelling.ordering import sides

#: What is read the other way round, and what holds where a comparison does not.
_TURNED = {">": "<", "<": ">", "≥": "≤", "≤": "≥"}
_FAILS = {">": "≤", "<": "≥"}


class Comparison(NamedTuple):
    """Two sides, and the sign between them."""

    left: Expr
    sign: str
    right: Expr


class Cases(NamedTuple):
    """`then` where all that is `asked` holds, `otherwise` elsewhere."""

    asked: list[Comparison | Condition]
    then: Expr
    otherwise: Expr


def comparison(condition: Positive, fails: bool = False) -> Comparison:
    """What a condition z > 0 compares; if it `fails`, by ≤ or ≥."""
    found = threshold(condition.args[0]) or _bound(condition.args[0])
    if found is not None:
        sign = ">" if found.above else "<"
        return Comparison(found.quantity, _FAILS[sign] if fails else sign, found.number)
    left, right = sides(-condition.args[0] if fails else condition.args[0])
    sign = "≥" if fails else ">"
    if left.is_number or free_indices(right) and not free_indices(left):
        return Comparison(right, _TURNED[sign], left)
    return Comparison(left, sign, right)


def _bound(value: Expr) -> Threshold | None:
    """r[n] − 1 + ε > 0 says r[n] > 1 − ε: one term has indices, and the others have none."""
    beside, quantity = value.as_independent(*free_indices(value), as_Add=True)
    slope, quantity = quantity.as_coeff_Mul()
    if beside == 0 or quantity.is_Add or not free_indices(quantity):
        return None
    return Threshold(quantity, -beside / slope, bool(slope > 0))


def cases(node: Choose) -> Cases:
    """A choice as it reads best; several are asked at once where it is 1 or 0."""
    condition, then, otherwise = node.args
    if isinstance(condition, Positive):
        same = _equality(condition, then, otherwise)
        if same is not None:
            return same
        if then == 0 and otherwise != 0:
            return Cases([comparison(condition, fails=True)], otherwise, then)
    asked = [condition]
    inner = then
    while otherwise == 0 and type(inner) is Choose and inner.args[2] == 0:
        asked.append(inner.args[0])
        inner = inner.args[1]
    if inner != 1 or otherwise != 0:
        asked, inner = [condition], then
    return Cases([comparison(c) if isinstance(c, Positive) else c for c in asked], inner, otherwise)


def interval(
    asked: list[Comparison | Condition],
) -> tuple[Comparison, Comparison] | tuple[None, None]:
    """x > a and x < b of two comparisons of one quantity with what has no index; else None."""
    found = {c.sign: c for c in asked if isinstance(c, Comparison) and not free_indices(c.right)}
    if len(asked) == 2 and {*found} == {">", "<"} and found[">"].left == found["<"].left:
        return found[">"], found["<"]
    return None, None


def _equality(condition: Positive, then: Expr, otherwise: Expr) -> Cases | None:
    """(a if u > v else (a if u < v else b)) is b if u = v else a; None for other choices."""
    if type(otherwise) is not Choose or otherwise.args[1] != then:
        return None
    if otherwise.args[0] != Positive(-condition.args[0]):
        return None
    left, _, right = comparison(condition)
    last = otherwise.args[2]
    if last == 0:
        return Cases([Comparison(left, "≠", right)], then, Integer(0))
    return Cases([Comparison(left, "=", right)], last, then)

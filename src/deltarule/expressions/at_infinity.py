"""What a function is where some of its arguments are ±∞: exp(−∞) = 0, min(a, ∞) = a, 1/∞ = 0."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from sympy import Add, Basic, Expr, Integer, Mul, Pow, S, oo, pi

from deltarule.expressions import functions
from deltarule.expressions.choices import Choose, Frozen
from deltarule.expressions.conditions import Positive
from deltarule.expressions.elementwise import Elementwise
from deltarule.expressions.rebuild import with_parts

#: +1 or −1 where the sign of a finite number is known for certain, else 0.
Sign = Callable[[Expr], int]

#: The values at −∞ and ∞ of functions of one number; None where there is none.
_AT: dict[type[Elementwise], tuple[Expr | None, Expr | None]] = {
    functions.exp: (S.Zero, oo),
    functions.log: (None, oo),
    functions.tanh: (S.NegativeOne, S.One),
    functions.erf: (S.NegativeOne, S.One),
    functions.atan: (-pi / 2, pi / 2),
    functions.sinh: (-oo, oo),
    functions.cosh: (oo, oo),
    functions.asinh: (-oo, oo),
    functions.acosh: (None, oo),
    functions.lgamma: (None, oo),
    functions.digamma: (None, oo),
    functions.trigamma: (None, S.Zero),
    functions.floor: (-oo, oo),
    functions.nearest: (-oo, oo),
    functions.softplus: (S.Zero, oo),
    functions.gelu: (S.Zero, oo),
    functions.silu: (S.Zero, oo),
}  # fmt: skip


class UnknownLimit(ValueError):
    """There is no limit, as of ∞ − ∞, or a sign that decides on it is not known."""


def infinite(value: Basic) -> bool:
    """Whether it is ∞ or −∞."""
    return value in (oo, -oo)


def limit(node: Expr, parts: Sequence[Expr], sign: Sign) -> Expr:
    """The value of a node with some `parts` for its arguments, of which some are ±∞.

    Raises UnknownLimit where it has none.
    """
    if isinstance(node, Add):
        ends = {p for p in parts if infinite(p)}
        return ends.pop() if len(ends) == 1 else _unknown(node)
    if isinstance(node, Mul):
        signs = [_sign(p, sign) for p in parts]
        return _signed(signs, node)
    if isinstance(node, Pow):
        return _power(node, parts, sign)
    if isinstance(node, Frozen):
        return parts[0]
    if isinstance(node, Elementwise):
        return _function(node, parts, sign)
    return _unknown(node)


def _unknown(node: Expr) -> Expr:
    raise UnknownLimit(node)


def _sign(value: Expr, sign: Sign) -> int:
    if infinite(value):
        return 1 if value is oo else -1
    return sign(value)


def _signed(signs: Sequence[int], node: Expr) -> Expr:
    result = 1
    for one in signs:
        result *= one
    return oo * result if result else _unknown(node)


def _power(node: Expr, parts: Sequence[Expr], sign: Sign) -> Expr:
    base, exponent = parts
    if infinite(exponent):
        return _unknown(node)
    up = sign(exponent)
    if up < 0:
        return Integer(0)
    if up and base is oo:
        return oo
    if up and exponent.is_Integer:
        return oo if exponent % 2 == 0 else -oo
    return _unknown(node)


def _function(node: Elementwise, parts: Sequence[Expr], sign: Sign) -> Expr:
    kind = type(node)
    if kind in (functions.larger, functions.smaller):
        one, other = parts if infinite(parts[0]) else (parts[1], parts[0])
        return one if (one is oo) == (kind is functions.larger) else other
    if kind in _AT:
        low, high = _AT[kind]
        found = high if parts[0] is oo else low
        return _unknown(node) if found is None else found
    if node.row.leaf:
        return _unknown(node)
    return _evaluated(node.row.formula(*parts), sign)


def _evaluated(node: Expr, sign: Sign) -> Expr:
    """A formula in which ±∞ stand as arguments."""
    if not node.has(oo, -oo) or infinite(node):
        return node
    if isinstance(node, Choose):
        condition, then, otherwise = node.args
        if not isinstance(condition, Positive) or not condition.has(oo, -oo):
            return _unknown(node)
        gap = _evaluated(condition.args[0], sign)
        decided = _sign(gap, sign)
        if not decided and gap != 0:
            return _unknown(node)
        return _evaluated(then if decided > 0 else otherwise, sign)
    parts = [_evaluated(cast(Expr, part), sign) for part in node.args]
    if any(map(infinite, parts)):
        return limit(node, parts, sign)
    return with_parts(node, parts)

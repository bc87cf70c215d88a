"""Signs: put where they are read as plainly as can be, and cancelled.

u·sign(u) = |u|, |u|·sign(u) = u, sign(u)/|u| = 1/u, sign(u)/u = 1/|u|
−sign(a − b) = sign(b − a)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from sympy import Add, Basic, Expr, Mul, Pow

from deltarule.calculus.rules.rule import Example, Given, Rewrite, Rule, changed
from deltarule.expressions.functions import absolute, sign
from deltarule.expressions.nodes import Sum, read, reads, tensor_name, walk
from deltarule.expressions.rebuild import rebuild, with_body

#: What the sizes |u| in a formula are of: the tensors that each reads.
Sizes = frozenset[frozenset[str]]


def put_signs(expression: Expr, given: Given) -> Rewrite | None:
    """The formula with signs that cancel gone, and a minus before a sign put into it."""
    if not expression.has(sign):
        return None
    sizes = frozenset(_read_by(n) for n in walk(expression) if isinstance(n, absolute))
    return changed(expression, _simplified(expression, sizes))


def _simplified(node: Expr, sizes: Sizes) -> Expr:
    node = rebuild(node, lambda part: _simplified(part, sizes))
    if not isinstance(node, Mul):
        return node
    node = _cancelled(node, sizes)
    if not node.as_coeff_Mul()[0].is_negative:
        return node
    found = turned(-node, _turned_sign)
    return node if found is None else found


def _cancelled(product: Expr, sizes: Sizes) -> Expr:
    """A product without signs of what it is a product with. sign(u)/u is 1/|u| in a formula that
    has such `sizes` beside it; by itself sign(u)/u² is plainer."""
    factors = list(Mul.make_args(product))
    for k, factor in enumerate(factors):
        if not isinstance(factor, sign):
            continue
        inner = factor.args[0]
        rest = factors[:k] + factors[k + 1 :]
        size = absolute(inner)
        for of, value in ((inner, size), (size, inner), (1 / size, 1 / inner)):
            if of in rest:
                rest.remove(of)
                return _cancelled(Mul(*rest, value), sizes)
        for of in rest if _read_by(inner) in sizes else ():
            if isinstance(of, Pow) and of.base == inner and of.exp.is_Integer and of.exp < 0:
                rest.remove(of)
                return _cancelled(Mul(*rest, of * inner / size), sizes)
    return product


def _read_by(value: Basic) -> frozenset[str]:
    return frozenset(tensor_name(r) for r in reads(value))


def turned(product: Expr, turn: Callable[[Expr], Expr | None]) -> Expr | None:
    """Minus a product, by the first factor in it, or in a sum in it, of which `turn` makes minus
    that factor; None where it gives None for all."""
    factors = list(Mul.make_args(product))
    for k, factor in enumerate(factors):
        found = turn(factor)
        if found is None and isinstance(factor, Sum):
            body = turned(factor.body, turn)
            found = None if body is None else with_body(factor, body)
        if found is not None:
            return Mul(*factors[:k], found, *factors[k + 1 :])
    return None


def _turned_sign(factor: Expr) -> Expr | None:
    """sign(b − a) for sign(a − b)."""
    if isinstance(factor, sign) and _difference(factor.args[0]):
        return cast(Expr, sign(-factor.args[0]))
    return None


def _difference(value: Expr) -> bool:
    """Whether a value is a − b."""
    terms = Add.make_args(value)
    negative = [bool(t.as_coeff_Mul()[0].is_negative) for t in terms]
    return len(terms) == 2 and any(negative) and not all(negative)


def _example() -> Example:
    g, u = read("g"), read("u")
    return Example(g * u * sign(u), g * absolute(u))


PUT_SIGNS = Rule(
    "signs",
    "u·sign(u) = |u|, |u|·sign(u) = u, sign(u)/|u| = 1/u, sign(u)/u = 1/|u|, "
    "−sign(a − b) = sign(b − a)",
    "A sign is 1 above 0, −1 below, and 0 at 0.",
    put_signs,
    _example,
    seen="derive absolute_error --steps",
)

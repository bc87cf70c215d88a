"""What a sum of exponentials is: terms v·exp(b), perhaps under guards, and positive numbers."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Add, Expr, Mul, Pow

from deltarule.expressions.functions import exp
from deltarule.expressions.nodes import Choose, Sum


def exponent(node: Expr) -> Expr | None:
    """a of exp(a), and r·a of exp(a)^r for a number r > 0; None for any other node."""
    if isinstance(node, exp):
        return node.args[0]
    if isinstance(node, Pow) and isinstance(node.base, exp) and node.exp.is_positive:
        return node.exp * node.base.args[0] if node.exp.is_number else None
    return None


def is_term(node: Expr) -> bool:
    """Whether a node is an exponential, perhaps with factors or under a guard."""
    if exponent(node) is not None:
        return True
    if isinstance(node, Mul):
        return any(map(is_term, node.args))
    if type(node) is Choose:
        return _of_cases(node, is_term)
    return type(node) is Sum and not node.ranges and is_term(node.body)


def is_exponential_sum(node: Expr) -> bool:
    """Whether a node is Σ over terms, or a few terms and positive numbers added up."""
    if isinstance(node, Add):
        return any(map(_positive_term, node.args)) and all(
            a.is_positive if a.is_number else _positive_term(a) for a in node.args
        )
    return type(node) is Sum and bool(node.ranges) and is_term(node.body)


def divides_by_exponentials(node: Expr) -> bool:
    """Whether a product is divided by a few exponentials that are added up."""
    return any(
        isinstance(f, Pow)
        and f.exp.is_negative
        and isinstance(f.base, Add)
        and is_exponential_sum(f.base)
        for f in Mul.make_args(node)
    )


def _positive_term(node: Expr) -> bool:
    if type(node) is Sum and node.ranges:
        return is_term(node.body)
    number, factors = node.as_coeff_mul()
    return bool(number.is_positive) and all(exponent(f) is not None or guarded(f) for f in factors)


def guarded(node: Expr) -> bool:
    """Whether a node is an exponential where a statement holds, and another or 0 elsewhere."""
    if type(node) is Choose:
        return _of_cases(node, _positive_term)
    return type(node) is Sum and not node.ranges and _positive_term(node.body)


def _of_cases(node: Choose, is_one: Callable[[Expr], bool]) -> bool:
    """Whether one of two cases is a term, and the other one too or 0: of "or", both are."""
    cases = [a for a in node.args[1:] if a != 0]
    return bool(cases) and all(map(is_one, cases))

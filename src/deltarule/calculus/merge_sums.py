"""Sums over the same indices put together: Σ_m f(m) + Σ_k g(k) = Σ_m (f(m) + g(m))."""

from __future__ import annotations

from sympy import Add, Expr, Mul, Tuple

from deltarule.calculus.kinks import arguments
from deltarule.expressions.nodes import Sum, index_names
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index


def merged(expression: Expr) -> Expr:
    """The formula with those of its sums put together that hold a kink and have one range."""
    groups: dict[tuple, list[tuple[Sum, Expr]]] = {}
    rest: list[Expr] = []
    for term in Add.make_args(expression):
        pinned = [f for f in Mul.make_args(term) if isinstance(f, Sum) and _kinked(f)]
        if len(pinned) != 1 or not pinned[0].ranges:
            rest.append(term)
            continue
        total = pinned[0]
        outside = Mul(*(f for f in Mul.make_args(term) if f is not total))
        groups.setdefault(_shape(total), []).append((total, outside))
    if all(len(sums) < 2 for sums in groups.values()):
        return expression
    return Add(*rest, *(_together(sums) for sums in groups.values()))


def _kinked(total: Sum) -> bool:
    return any(True for _ in arguments(total.body))


def _shape(total: Sum) -> tuple:
    """Its ranges and conditions, whatever its indices are called."""
    table = {i: Index(f"#{k}") for k, i in enumerate(total.indices)}
    return (
        tuple(n for _, n in total.ranges),
        frozenset(substitute(c, table) for c in total.conditions),
    )


def _together(sums: list[tuple[Sum, Expr]]) -> Expr:
    first, outside = sums[0]
    if len(sums) == 1:
        return outside * first
    taken = index_names(Tuple(*(out for _, out in sums)))
    if taken & {i.name for i in first.indices}:
        return Add(*(out * total for total, out in sums))
    body = Add(
        *(
            out * substitute(s.body, dict(zip(s.indices, first.indices, strict=True)))
            for s, out in sums
        )
    )
    return Sum(body, first.ranges, first.conditions)

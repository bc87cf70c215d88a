"""A rewrite applied to the reductions of a formula: to all of them, or to the outermost."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr

from deltarule.expressions.nodes import Reduction, Sum
from deltarule.expressions.rebuild import outermost, rebuild, with_body


def everywhere(node: Expr, rewrite: Callable[[Reduction], Expr]) -> Expr:
    """Apply a rewrite to every reduction, innermost first."""
    if not isinstance(node, Reduction):
        return rebuild(node, lambda part: everywhere(part, rewrite))
    kept = with_body(node, everywhere(node.body, rewrite))
    return rewrite(kept) if isinstance(kept, Reduction) else kept


def outermost_reductions(node: Expr, rewrite: Callable[[Reduction], Expr]) -> Expr:
    """Apply a rewrite to the reductions that stand in no other."""
    return outermost(node, lambda part: rewrite(part) if isinstance(part, Reduction) else None)


def under_conditions(node: Expr, rewrite: Callable[[Expr], Expr]) -> Expr:
    """Apply a rewrite to what stands under conditions alone: to f in [c]·f, not in Σ_i f(i)."""

    def change(part: Expr) -> Expr | None:
        if not isinstance(part, Sum):
            return None
        return part if part.ranges else with_body(part, rewrite(part.body))

    return outermost(node, change)

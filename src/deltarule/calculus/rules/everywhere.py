"""A rewrite applied to the reductions of a formula: to all of them, or to the outermost."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr

from deltarule.expressions.nodes import Reduction
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

"""A rewrite applied to the reductions of a formula: to all of them, or to the outermost."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr

from deltarule.expressions.nodes import Read, Reduction


def everywhere(node: Expr, rewrite: Callable[[Reduction], Expr]) -> Expr:
    """Apply a rewrite to every reduction, innermost first."""
    if isinstance(node, Read) or not node.args:
        return node
    if isinstance(node, Reduction):
        inner = everywhere(node.body, rewrite)
        kept = node if inner == node.body else node.func(inner, node.ranges, node.conditions)
        return rewrite(kept) if isinstance(kept, Reduction) else kept
    args = tuple(everywhere(a, rewrite) for a in node.args)
    return node if args == node.args else node.func(*args)


def outermost_reductions(node: Expr, rewrite: Callable[[Reduction], Expr]) -> Expr:
    """Apply a rewrite to the reductions that stand in no other."""
    if isinstance(node, Reduction):
        return rewrite(node)
    if isinstance(node, Read) or not node.args:
        return node
    args = tuple(outermost_reductions(a, rewrite) for a in node.args)
    return node if args == node.args else node.func(*args)

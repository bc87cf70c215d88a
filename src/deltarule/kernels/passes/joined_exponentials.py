"""Products of exponentials as one: exp(−y)·(exp(a) − 2·exp(b)) is exp(a − y) − 2·exp(b − y).

Each factor by itself may overflow or vanish where their product is an ordinary number.
"""

from __future__ import annotations

from sympy import Add, Expr, Mul

from deltarule.expressions.functions import exp
from deltarule.expressions.nodes import Read, Reduction
from deltarule.expressions.rebuild import rebuild


def joined(node: Expr) -> Expr:
    """The expression with exponentials drawn into sums of exponentials that they multiply."""
    if isinstance(node, Read) or not node.args:
        return node
    node = rebuild(node, joined)
    if not isinstance(node, Mul):
        return node
    outside = [f for f in node.args if isinstance(f, exp)]
    inside = next((f for f in node.args if _sums_exponentials(f)), None)
    if not outside or inside is None:
        return node
    power = Add(*(f.args[0] for f in outside))
    rest = [f for f in node.args if f is not inside and f not in outside]
    return Mul(*rest, Add(*(_times(term, power) for term in inside.args)))


def _sums_exponentials(node: Expr) -> bool:
    """Whether a node is a sum of which each term has one exponential as a factor."""
    return isinstance(node, Add) and all(
        not term.has(Reduction) and sum(isinstance(f, exp) for f in Mul.make_args(term)) == 1
        for term in node.args
    )


def _times(term: Expr, power: Expr) -> Expr:
    """A term times exp(power), in its own exponential."""
    return Mul(*(exp(f.args[0] + power) if isinstance(f, exp) else f for f in Mul.make_args(term)))

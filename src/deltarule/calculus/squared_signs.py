"""sign(u)² is 1: what the chain rule makes of sign(u)·f(|u|), whose derivative is f′(|u|).

It is 1 on both sides of u = 0. There sign(u)·f(|u|) has the derivative f′(0) if f(0) = 0, and jumps
otherwise. Where a line has an even power of a sign itself, 0 at u = 0 is meant.
"""

from __future__ import annotations

from sympy import Basic, Expr, Pow

from deltarule.expressions.functions import sign
from deltarule.expressions.nodes import walk
from deltarule.expressions.rewrites import replaced
from deltarule.networks.network import Network
from deltarule.spelling.text import text


def without_squared_signs(formula: Expr, network: Network) -> tuple[Expr, str] | None:
    """The formula with 1 for sign(u)², and why; None where there is none."""
    found = _squared(formula)
    if not found or any(_squared(e.rhs) for e in network.equations):
        return None
    table: dict[Basic, Expr] = {p: p.base ** (p.exp % 2) for p in found}
    said = ", ".join(f"{text(p)} is {text(q)} on both sides of 0" for p, q in table.items())
    return replaced(formula, table), f"Here: {said}."


def _squared(formula: Expr) -> list[Pow]:
    """The powers of signs by integers above 1."""
    return [
        n
        for n in walk(formula)
        if isinstance(n, Pow) and isinstance(n.base, sign) and n.exp.is_Integer and n.exp > 1
    ]

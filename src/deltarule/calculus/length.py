"""How long a formula reads, to choose the shorter of two forms."""

from __future__ import annotations

from sympy import Add, Basic, Expr, Mul, Pow, Symbol

from deltarule.expressions.gradient_names import is_gradient
from deltarule.expressions.nodes import Read, size_of, tensor_name, walk
from deltarule.expressions.symbols import Index

#: So much longer a formula may get by each quotient that cancels.
_A_QUOTIENT = 3
#: So much longer the name of a gradient is than that of another tensor.
_A_NAME = 2


def cost(formula: Expr) -> tuple[int, int, int]:
    """Its size, with a minus above the bar for a plus; of two alike, that with fewer letters is
    shorter, and then that of fewer terms.

    A gradient has a long name. (1 − q)^γ·(a/(1 − q) − b) is larger than it is long, for 1 − q
    cancels.
    """
    nodes = list(walk(formula))
    below = [n for p in nodes if isinstance(p, Pow) and p.exp.is_negative for n in walk(p)]
    minus = _minus(nodes) - _minus(below)
    gradients = sum(isinstance(n, Read) and is_gradient(tensor_name(n)) for n in nodes)
    size = size_of(formula) + _A_NAME * gradients - 2 * minus
    letters = sum(isinstance(n, Read | Symbol) and not isinstance(n, Index) for n in nodes)
    terms = sum(len(n.args) for n in nodes if n.is_Add)
    return size + _A_QUOTIENT * _cancelling(formula), letters, terms


def _minus(nodes: list[Basic]) -> int:
    """How many minus signs some nodes show; −a − b shows one, in front of a + b."""
    signs = sum(isinstance(n, Mul) and n.args[0] == -1 for n in nodes)
    totals = (n.args for n in nodes if n.is_Add)
    alike = (of for of in totals if all(isinstance(t, Mul) and t.args[0] == -1 for t in of))
    return signs - sum(len(of) - 1 for of in alike)


def _cancelling(product: Expr) -> int:
    """How many quotients in the brackets of (1 − q)^γ·(a/(1 − q) − b) cancel."""
    factors = Mul.make_args(product)
    bases = {f.base for f in factors if isinstance(f, Pow) and not f.exp.is_number}
    divided = (
        f
        for bracket in factors
        if bases and bracket.is_Add
        for term in Add.make_args(bracket)
        for f in Mul.make_args(term)
        if isinstance(f, Pow) and f.exp.is_number and f.exp < 0 and f.base in bases
    )
    return len(list(divided))

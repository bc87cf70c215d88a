"""What comes first in a formula: the order of terms and factors, the sides of a relation."""

from __future__ import annotations

from sympy import Add, Expr, Integer, Mul, Pow, Rational

from deltarule.expressions import nodes
from deltarule.expressions.bounds import tidy
from deltarule.expressions.symbols import Index, Scalar, Size


def over_under(product: Mul) -> tuple[list[Expr], list[Expr]]:
    """The factors above and below the fraction bar."""
    top: list[Expr] = []
    bottom: list[Expr] = []
    for factor in product.args:
        if isinstance(factor, Rational):
            if factor.p != 1:
                top.append(Integer(factor.p))
            if factor.q != 1:
                bottom.append(Integer(factor.q))
        elif isinstance(factor, Pow) and factor.exp.is_number and factor.exp < 0:
            bottom.append(factor.base ** (-factor.exp))
        else:
            top.append(factor)
    return top, bottom


def sides(difference: Expr) -> tuple[Expr, Expr]:
    """a − b as the two sides a and b, for a comparison with 0."""
    terms = Add.make_args(tidy(difference))
    left = [t for t in terms if t.as_coeff_Mul()[0] > 0]
    right = [-t for t in terms if t.as_coeff_Mul()[0] < 0]
    return Add(*left), Add(*right)


class _Spelled:
    """How SymPy spells a node: it is spelled only where nothing before that decides."""

    __slots__ = ("node",)

    def __init__(self, node: Expr):
        self.node = node

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Spelled) and str(self.node) == str(other.node)

    def __lt__(self, other: _Spelled) -> bool:
        return str(self.node) < str(other.node)


def term_order(term: Expr):
    coefficient, rest = term.as_coeff_Mul()
    constant = rest == 1
    indices = sorted(n.name for n in nodes.walk(term) if isinstance(n, Index))
    negative = bool(coefficient < 0 and not constant)
    return negative, constant, not indices, -nodes.size_of(rest), indices[:1], _Spelled(rest)


def factor_order(factor: Expr):
    base = factor.base if isinstance(factor, Pow) else factor
    if base.is_number:
        rank = 0
    elif isinstance(base, (Size, Scalar)):
        rank = 1
    elif isinstance(base, nodes.Read):
        rank = 3 if "/" not in nodes.tensor_name(base) else 2
    else:
        rank = 5 if isinstance(base, nodes.Reduction) else 4
    return rank, nodes.size_of(base), _Spelled(base)

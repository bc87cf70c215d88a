"""Functions that are written out by exponentials, known by their formulas.

    1/(1 + exp(−z)), exp(z)/(1 + exp(z))                 σ(z)
    (exp(z) − exp(−z))/(exp(z) + exp(−z)),
    (exp(2z) − 1)/(exp(2z) + 1)                          tanh(z)
    log((exp(z) + exp(−z))/2)                            log(cosh(z))

A derivative taken of σ is σ·(1 − σ), where that of the fraction is y²·exp(−z), which is 0·∞ for
z far below 0. What is shown of a line stays as its author wrote it.
"""

from __future__ import annotations

from functools import lru_cache

from sympy import Add, Expr, Integer, Mul, Pow

from deltarule.expressions.functions import cosh, exp, log, sigmoid, sinh, tanh
from deltarule.expressions.nodes import Read
from deltarule.expressions.rebuild import rebuild


@lru_cache(maxsize=1 << 14)
def recognised(node: Expr) -> Expr:
    """An expression with the functions that are written out in it."""
    if isinstance(node, Read) or not node.args or not node.has(exp):
        return node
    factors = Mul.make_args(node)
    node = Mul(*map(_below, factors)) if len(factors) > 1 else _below(node)
    for factor in Mul.make_args(node):
        if isinstance(factor, Pow) and factor.exp.is_Integer and factor.exp < 0:
            found = _quotient(node, factor.base, -int(factor.exp))
            if found is not None:
                return recognised(found)
    return node


def _below(factor: Expr) -> Expr:
    """A factor with what is recognised in its parts; of a power in its base."""
    if isinstance(factor, Pow):
        return Pow(recognised(factor.base), recognised(factor.exp))
    factor = rebuild(factor, recognised)
    if isinstance(factor, log):
        found = _cosh(factor.args[0])
        return factor if found is None else log(found)
    return factor


def powers(total: Expr) -> tuple[Expr, Expr, Expr, Expr] | None:
    """p, a, q, b of p·exp(a) + q·exp(b), of which one may be a number; None for any other sum."""
    terms = Add.make_args(total)
    found = [power for t in terms if (power := _power(t)) is not None]
    if not len(found) == len(terms) == 2 or not total.has(exp):
        return None
    (p, a), (q, b) = found
    return p, a, q, b


def _power(term: Expr) -> tuple[Expr, Expr] | None:
    number, rest = term.as_coeff_Mul()
    if rest == 1:
        return number, Integer(0)
    return (number, rest.args[0]) if isinstance(rest, exp) else None


def _quotient(node: Expr, base: Expr, times: int) -> Expr | None:
    """A product over p·(exp(a) + exp(b)) to a power, as σ or tanh of what they differ by."""
    found = _tangent(node, base)
    below = powers(base)
    if found is not None or below is None or below[0] != below[2]:
        return found
    number, a, _, b = below
    return _logistic(Mul(node, base**times), number, a, b, times)


def with_tangents(node: Expr) -> Expr:
    """A product with tanh(a) for sinh(a)/cosh(a), written out by exponentials or not."""
    for factor in Mul.make_args(node):
        if isinstance(factor, Pow) and factor.exp.is_Integer and factor.exp < 0:
            found = _tangent(node, factor.base)
            if found is not None:
                return with_tangents(found)
    return node


def _tangent(node: Expr, base: Expr) -> Expr | None:
    """The product with tanh for a factor over the base, where they are sinh and cosh."""
    if isinstance(base, cosh):
        above = sinh(base.args[0])
        if above not in Mul.make_args(node):
            return None
        return Mul(node, 1 / above, base) * tanh(base.args[0])
    below = powers(base)
    if below is None or below[0] != below[2]:
        return None
    number, a, _, b = below
    for factor in Mul.make_args(node):
        above = powers(factor)
        if above is not None and above[0] == -above[2] and {above[1], above[3]} == {a, b}:
            sign = above[0] if above[1] == a else above[2]
            return sign / number * _tanh((a - b) / 2) * Mul(node, 1 / factor, base)
    return None


def _tanh(z: Expr) -> Expr:
    """tanh(z), of −z as −tanh(z)."""
    return -tanh(-z) if z.could_extract_minus_sign() else tanh(z)


def _logistic(rest: Expr, number: Expr, a: Expr, b: Expr, times: int) -> Expr | None:
    """exp(j·z)/(1 + exp(z))^k as σ(z)^j·σ(−z)^(k − j), where one of a and b is 0."""
    if (a == 0) == (b == 0):
        return None
    z = a + b
    above = [f for f in Mul.make_args(rest) if power_of_exp(f) is not None]
    counts = [power_of_exp(f) / z for f in above]
    own = [f for f, c in zip(above, counts, strict=True) if c.is_Rational]
    count = Add(*(c for c in counts if c.is_Rational))
    if not count.is_Integer or not 0 <= count <= times:
        return None
    others = rest / Mul(*own) / number**times
    return others * sigmoid(z) ** count * sigmoid(-z) ** (times - count)


def power_of_exp(factor: Expr) -> Expr | None:
    """a·n of exp(a)^n with an integer n, else None: squares of exponentials overflow first."""
    base, times = factor.as_base_exp()
    return base.args[0] * times if isinstance(base, exp) and times.is_Integer else None


def _cosh(total: Expr) -> Expr | None:
    """p·(exp(z) + exp(−z)) as 2·p·cosh(z)."""
    found = powers(total)
    if found is None or found[0] != found[2] or found[1] != -found[3]:
        return None
    z = found[3] if found[1].could_extract_minus_sign() else found[1]
    return 2 * found[0] * cosh(z)

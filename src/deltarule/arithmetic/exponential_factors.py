"""Products in which exponentials stand beside each other: exp(a)·exp(b) is exp(a + b).

Each factor by itself may overflow or vanish where their product is an ordinary number, as in
exp(z − exp(z))·(1 − exp(z)), which is exp(z − exp(z)) − exp(2·z − exp(z)).
"""

from __future__ import annotations

from typing import cast

from sympy import Add, Expr, Mul, Pow

from deltarule.expressions.functions import cosh, exp, sigmoid, softplus
from deltarule.expressions.nodes import Reduction
from deltarule.expressions.written_out import power_of_exp, with_tangents


def multiplied(node: Expr) -> Expr:
    """A product with one exponential for several, and with tanh for sinh over cosh."""
    factors = [_by_exponentials(f) for f in Mul.make_args(with_tangents(node))]
    powers = [p for f in factors if (p := power_of_exp(f)) is not None]
    rest = [f for f in factors if power_of_exp(f) is None]
    if not powers:
        return Mul(*factors)
    power = Add(*powers)
    for k, factor in enumerate(rest):
        base, times = factor.as_base_exp()
        if isinstance(base, sigmoid) and times.is_Integer:
            count = -power / base.args[0]
            if count.is_Integer and 0 < count <= times:  # σ(a)·exp(−a) is σ(−a)
                other = sigmoid(-base.args[0]) ** count * base ** (times - count)
                return Mul(*rest[:k], other, *rest[k + 1 :])
    tails = [f for f in rest if _is_tail(f)]
    rest = [f for f in rest if f not in tails]
    power = Add(power, *map(_power_of_tail, tails))
    inside = next((f for f in rest if _sums_exponentials(f)), None)
    if inside is None:
        return Mul(*rest, _exp(power))
    rest.remove(inside)
    return Mul(*rest, Add(*(_times(term, power) for term in Add.make_args(inside))))


def _is_tail(factor: Expr) -> bool:
    """Whether it is σ(a), or a power of it, which vanishes far below 0 as exp(a) does."""
    base, times = factor.as_base_exp()
    return isinstance(base, sigmoid) and bool(times.is_Rational and times.is_positive)


def _power_of_tail(factor: Expr) -> Expr:
    base, times = factor.as_base_exp()
    return -times * softplus(-cast(Expr, base.args[0]))


def _by_exponentials(factor: Expr) -> Expr:
    """1/cosh(a) as 2/(exp(a) + exp(−a)); any other factor itself."""
    base, times = factor.as_base_exp()
    if not (isinstance(base, cosh) and times.is_Rational and times.is_negative):
        return factor
    value = base.args[0]
    return Pow((exp(value) + exp(-value)) / 2, times)


def _sums_exponentials(node: Expr) -> bool:
    """Whether a node is a sum of terms with at most one exponential each, not all without."""
    if not isinstance(node, Add) or node.has(Reduction):
        return False
    counts = [sum(power_of_exp(f) is not None for f in Mul.make_args(t)) for t in node.args]
    return max(counts) == 1


def _times(term: Expr, power: Expr) -> Expr:
    """A term times exp(power), in one exponential."""
    factors = Mul.make_args(term)
    own = {f: p for f in factors if (p := power_of_exp(f)) is not None}
    return Mul(*(f for f in factors if f not in own), _exp(power + Add(*own.values())))


def _exp(power: Expr) -> Expr:
    return Mul() if power == 0 else exp(power)

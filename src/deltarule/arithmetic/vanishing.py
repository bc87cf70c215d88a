"""Functions that vanish far out, as the exponentials that they are there.

    σ(a)                     exp(−softplus(−a))
    erfc(a)                  exp(log erfc(a))
    σ(a)/softplus(a)         1 far below 0, where both are exp(a)

So t·σ(z) + (1 − t)·σ(−z), the share of what a label names, has a logarithm where it is 0, and what
is divided by it cancels. A product with powers of erfc is one with exp(a²)·erfc(a), which neither
vanishes nor overflows beside exp(−a²).
"""

from __future__ import annotations

from collections.abc import Container

from sympy import Add, Expr, Integer, Mul, Pow

from deltarule.expressions.functions import (
    absolute,
    erfc,
    exp,
    log_erfc,
    over_softplus,
    scaled_erfc,
    sigmoid,
    softplus,
)
from deltarule.expressions.nodes import Reduction
from deltarule.expressions.written_out import power_of_exp


def power_below(factor: Expr) -> Expr | None:
    """b of a factor that is exp(b), as σ(a) and erfc(a) and whole powers of them are."""
    if (power := power_of_exp(factor)) is not None:
        return power
    base, times = factor.as_base_exp()
    if not times.is_Integer:
        return None
    if isinstance(base, sigmoid):
        return -times * softplus(-base.args[0])
    return times * log_erfc(base.args[0]) if isinstance(base, erfc) else None


def mixture(node: Expr) -> Expr | None:
    """Σ of weights times functions that vanish, as exponentials; None for any other sum.

    The weights may be of any sign; at least one is no number, or one function no exponential.
    """
    if not isinstance(node, Add) or node.has(Reduction):
        return None
    terms = [_term(t) for t in node.args]
    found = [t for t in terms if t is not None]
    if len(found) < len(terms) or not node.has(sigmoid, erfc):
        return None
    return Add(*(Mul(weight, exp(power)) for weight, power in found))


def vanishes(node: Expr) -> bool:
    """Whether it is a number times functions that vanish."""
    found = None if isinstance(node, Add) else _term(node)
    return found is not None and found[0].is_number and node.has(sigmoid, erfc)


def is_mixed(node: Expr) -> bool:
    """Whether it is such a sum of exponentials with weights that are no numbers."""
    if not isinstance(node, Add) or not node.has(exp) or node.has(Reduction):
        return False
    factors = [Mul.make_args(t) for t in node.args]
    powers = [[f for f in term if power_of_exp(f) is not None] for term in factors]
    weights = [
        Mul(*(f for f in term if f not in own)) for term, own in zip(factors, powers, strict=True)
    ]
    single = all(len(own) == 1 for own in powers) and not any(w.has(exp) for w in weights)
    return single and not all(w.is_number for w in weights)


def _term(term: Expr) -> tuple[Expr, Expr] | None:
    """The weight and the power of one term, which has to have a function that vanishes."""
    factors = Mul.make_args(term)
    powers = {f: p for f in factors if (p := power_below(f)) is not None}
    weight = Mul(*(f for f in factors if f not in powers))
    if not powers or weight.has(exp, sigmoid, erfc):
        return None
    return weight, Add(*powers.values())


def with_scaled_tails(node: Expr) -> Expr:
    """A product with exp(a²)·erfc(a) for erfc(a) that divides, or is beside exponentials."""
    factors = Mul.make_args(node)
    tails = [f for f in factors if _is_tail(f.as_base_exp()[0])]
    if not tails or not any(_whole(f) for f in tails):
        return node
    below = any(f.as_base_exp()[1].is_negative for f in tails)
    if not below and not any(power_of_exp(f) is not None for f in factors):
        return node
    others = [f for f in factors if f not in tails]
    powers = {b.args[0]: t for b, t in (f.as_base_exp() for f in tails)}
    for value, times in powers.items():
        if powers.get(-value) == times:  # erfc(a)·erfc(−a): only one of them vanishes
            if not value.could_extract_minus_sign():
                size = absolute(value)
                others += [Pow(scaled_erfc(size) * erfc(-size), times), exp(-times * value**2)]
            continue
        others += [Pow(scaled_erfc(value), times), exp(-times * value**2)]
    return Mul(*others)


def beside_softplus(node: Expr) -> Expr | None:
    """A product with σ(a)/softplus(a) as one function; None for any other."""
    factors = Mul.make_args(node)
    above = {
        b.args[0]: f
        for f in factors
        for b, t in [f.as_base_exp()]
        if isinstance(b, sigmoid) and t.is_positive and t.is_Rational
    }
    for factor in factors if above else ():
        base, times = factor.as_base_exp()
        rest = [f for f in factors if f is not factor]
        if isinstance(factor, Add) and any(_below_softplus(t, above) for t in factor.args):
            return Add(*(Mul(*rest, t) for t in factor.args))
        if isinstance(base, softplus) and _divides(times) and base.args[0] in above:
            value = base.args[0]
            least = min(-times, above[value].as_base_exp()[1])
            by = sigmoid(value) ** -least * softplus(value) ** least
            return Mul(*rest, factor, by, over_softplus(value) ** least)
    return None


def _below_softplus(term: Expr, above: Container[Expr]) -> bool:
    """Whether a term is divided by softplus of one of some values."""
    powers = (f.as_base_exp() for f in Mul.make_args(term))
    return any(isinstance(b, softplus) and _divides(t) and b.args[0] in above for b, t in powers)


def _divides(times: Expr) -> bool:
    return bool(times.is_Rational and times.is_negative)


def _is_tail(base: Expr) -> bool:
    """Whether it is erfc of what may be above 0."""
    return isinstance(base, erfc) and not isinstance(-base.args[0], absolute)


def _whole(factor: Expr) -> bool:
    return isinstance(factor.as_base_exp()[1], Integer)

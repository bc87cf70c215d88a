"""Sums of functions that vanish far out, with weights, as the exponentials that they are there.

    σ(a)                     exp(−softplus(−a))
    erfc(a)                  exp(log erfc(a))

So t·σ(z) + (1 − t)·σ(−z), the share of what a label names, has a logarithm where it is 0, and what
is divided by it cancels.
"""

from __future__ import annotations

from sympy import Add, Expr, Mul, Pow

from deltarule.arithmetic.cancellation import added_within
from deltarule.arithmetic.exponentials import has_exponential, scales
from deltarule.expressions.exponential_sums import exponent
from deltarule.expressions.functions import erf, erfc, exp, log_erfc, sigmoid, softplus, tanh
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


def with_mixtures(node: Expr) -> Expr:
    """A product that a mixture divides, all by exponentials."""
    factors = [(added_within(b), t) for f in Mul.make_args(node) for b, t in [f.as_base_exp()]]
    mixed = {b: m for b, t in factors if t.is_negative and (m := mixture(b)) is not None}
    if not mixed:
        cancels = node.has(erf, erfc) or node.has(tanh) and any(t.is_negative for _, t in factors)
        return Mul(*(b**t for b, t in factors)) if cancels else node
    for b, t in factors:
        if t == 1 and isinstance(b, Add) and b.has(sigmoid, erfc):
            rest = Mul(*(c**u for c, u in factors if c is not b))
            return Add(*(rest * a for a in b.args))
    parts = [Pow(mixed.get(b, b), t) for b, t in factors]
    return Mul(*(f if (p := power_below(f)) is None else exp(p) for f in parts))


def has_divisor(term: Expr) -> bool:
    """Whether a term is divided by a sum of exponentials, by what vanishes or by a mixture."""
    factors = Mul.make_args(term)
    if any(isinstance(f, Add) and any(map(has_divisor, f.args)) for f in factors):
        return True
    below = [f.base for f in factors if isinstance(f, Pow) and f.exp.is_negative]
    return any(
        scales(b) or isinstance(b, sigmoid) or mixture(added_within(b)) is not None for b in below
    )


def logistic(above: list, power: Expr, times: Expr, formed: Expr) -> tuple[list, list] | None:
    """exp(j·b)/(1 + exp(b))^k as σ(b)^j·σ(−b)^(k − j), with b as it is `formed`."""
    powers = [p for f in above if (p := exponent(f)) is not None]
    rest = [f for f in above if exponent(f) is None]
    count = Add(*powers) / power
    if not (count.is_Integer and times.is_Integer and 0 <= count <= times):
        return None
    if any(map(has_exponential, rest)):
        return None
    return rest, [sigmoid(formed) ** count, sigmoid(-formed) ** (times - count)]

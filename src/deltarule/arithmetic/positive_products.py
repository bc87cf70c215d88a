"""Sums that hold products of sums of exponentials, as sums of exponentials themselves.

    1 + Σ exp(a)·Σ exp(b)        1 + exp(log Σ exp(a) + log Σ exp(b))
    x/(1 + Σ exp(a)·Σ exp(b))    x·exp(−softplus(log Σ exp(a) + log Σ exp(b)))
    σ(a) − σ(b)                  exp(p) − exp(p − a + b), where exp(p) is σ(a)·σ(−b)
    √(σ(a)·σ(b))                 exp((log σ(a) + log σ(b))/2)

Each of the factors may overflow or vanish by itself, and their product where its logarithm is an
ordinary number, as in circle loss (Sun and others, 2020).
"""

from __future__ import annotations

from typing import cast

from sympy import Add, Expr, Mul

from deltarule.arithmetic.cancellation import added_within
from deltarule.expressions.exponential_sums import exponent, is_exponential_sum
from deltarule.expressions.functions import exp, log, sigmoid, softplus, tanh
from deltarule.expressions.nodes import Sum, free_indices
from deltarule.expressions.substitution import rename_bound


def with_products(total: Expr) -> Expr:
    """A sum of positive terms with exp(log X) for products X of sums of exponentials.

    It is the sum itself where it has no such term, or one that is not known to be positive.
    """
    if (apart := _of_sigmoids(total)) is not None:
        return apart
    if not isinstance(total, Add) or not total.has(exp):
        return total
    found = [_term(t) for t in total.args]
    return total if None in found else Add(*(t for t in found if t is not None))


def _term(term: Expr) -> Expr | None:
    """A term of such a sum; None if nothing is known of its sign."""
    if term.is_number:
        return term if term.is_positive else None
    if is_exponential_sum(term):
        return term
    number, factors = term.as_coeff_mul()
    powers = [power_of_positive(f) for f in factors]
    if not number.is_positive or None in powers:
        return None
    return number * exp(Add(*(p for p in powers if p is not None)))


def power_of_positive(factor: Expr) -> Expr | None:
    """log X of an exponential, of a sum of them, of σ or of a power of such; None of all else."""
    base, times = factor.as_base_exp()
    if isinstance(base, Mul):
        powers = [power_of_positive(f) for f in base.args]
        return None if None in powers else times * Add(*(p for p in powers if p is not None))
    if (power := exponent(base)) is not None:
        return times * power
    if isinstance(base, sigmoid):
        return -times * softplus(-base.args[0])
    base = with_products(added_within(base))
    if isinstance(base, sigmoid | Mul):
        return power_of_positive(base**times)
    return times * log(base) if is_exponential_sum(base) else None


def divided_by_products(node: Expr) -> Expr:
    """A product that such a sum divides, in one exponential with all that is positive in it."""
    parts = [f.as_base_exp() for f in Mul.make_args(node)]
    changed = any(t.is_negative and with_products(b) != b for b, t in parts)
    if not changed and not any(is_root(b, t) for b, t in parts):
        return node
    formed = [_formed(b) ** t for b, t in parts]
    factors = Mul.make_args(Mul(*formed))
    powers = {f: p for f in factors if (p := power_of_positive(f)) is not None}
    power = Add(*powers.values())
    rest = Mul(*(f for f in factors if f not in powers))
    return rest if power == 0 else rest * exp(power)


def _formed(base: Expr) -> Expr:
    """A factor by exponentials, or with what cancels in it as a function of its own."""
    found = with_products(base)
    return found if found != base else added_within(base)


def is_root(base: Expr, times: Expr) -> bool:
    """Whether a power is a root, or one by data, of what vanishes or overflows by itself."""
    if times.is_Integer or not base.has(sigmoid, exp):
        return False
    return power_of_positive(added_within(base)) is not None


def _of_sigmoids(total: Expr) -> Expr | None:
    """σ(a) − σ(b) as exp(p) − exp(p − a + b) with exp(p) = σ(a)·σ(−b), and so of tanh; or None."""
    terms = [t.as_coeff_Mul() for t in Add.make_args(total)]
    if len(terms) != 2 or terms[0][0] != -terms[1][0]:
        return None
    (number, one), (_, other) = terms if terms[0][0].is_positive else reversed(terms)
    if not (type(one) is type(other) and isinstance(one, sigmoid | tanh)):
        return None
    times = 2 if isinstance(one, tanh) else 1  # tanh(a) is 2·σ(2·a) − 1
    a, b = (times * cast(Expr, f.args[0]) for f in (one, other))
    power = -softplus(-a) - softplus(b)
    return times * number * (exp(power) - exp(power - a + b))


def drawn_into_sums(node: Expr) -> Expr | None:
    """exp(a)·Σ x/S as Σ exp(a)·x/S, where exp(a) may overflow and S, too; None for all else."""
    factors = Mul.make_args(node)
    outside = [f for f in factors if exponent(f) is not None]
    if not outside:
        return None
    for factor in factors:
        if type(factor) is not Sum or not factor.ranges or not _divides(factor.body):
            continue
        total = rename_bound(factor, {i.name for f in outside for i in free_indices(f)})
        rest = [f for f in factors if f is not factor and f not in outside]
        return Mul(*rest, Sum(Mul(*outside, total.body), total.ranges, total.conditions))
    return None


def _divides(body: Expr) -> bool:
    """Whether a sum of exponentials divides, and none stands above it."""
    factors = Mul.make_args(body)
    above = any(exponent(f) is not None for f in factors)
    return not above and any(
        f.as_base_exp()[1].is_negative and is_exponential_sum(f.as_base_exp()[0]) for f in factors
    )

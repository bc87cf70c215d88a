"""Sums of exponentials: their largest power, and how they are scaled by a shift.

A term is an exponential with factors and guards: v·exp(b), or exp(b) where a condition holds and
0 elsewhere. A sum of terms is known as e^m·Σ v·exp(b − m) for any m; with the largest b for m
nothing overflows.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from functools import reduce

from sympy import Add, Expr, Integer, Mul, Pow, S

from deltarule.expressions.exponential_sums import exponent, guarded, is_exponential_sum, is_term
from deltarule.expressions.functions import exp, finite, peak, weighted
from deltarule.expressions.nodes import (
    Choose,
    Positive,
    Read,
    Reduction,
    Sum,
    free_indices,
    size_of,
    walk,
)
from deltarule.expressions.substitution import nameless, rename_bound
from deltarule.expressions.written_out import power_of_exp, powers

#: Weights of more nodes are not asked whether they are 0.
_LONGEST = 12


def _counts(node: Expr) -> bool:
    """Whether a term counts everywhere."""
    return not any(map(guarded, Mul.make_args(node)))


def power_of(node: Expr) -> Expr:
    """The power of a term; −∞ where a guard or a weight of 0 keeps it from counting."""
    power = exponent(node)
    if power is not None:
        return power
    if type(node) is Choose:
        condition, then, otherwise = node.args
        return Choose(
            condition, *(S.NegativeInfinity if a == 0 else power_of(a) for a in (then, otherwise))
        )
    if type(node) is Sum:
        power = power_of(node.body)
        return reduce(lambda p, c: Choose(c, p, S.NegativeInfinity), node.conditions, power)
    factors = Mul.make_args(node)
    inside = [f for f in factors if is_term(f)]
    power = _together(inside)
    for weight in filter(_is_weight, factors):
        negative = Choose(Positive(-weight), power, S.NegativeInfinity)
        power = Choose(Positive(weight), power, negative)
    return power


def _is_weight(factor: Expr) -> bool:
    """Whether a factor beside an exponential moves, may be 0 and is short enough to be asked."""
    if isinstance(factor, Read):
        return True
    _, times = factor.as_base_exp()
    if times.is_negative or is_term(factor) or guarded(factor) or not factor.atoms(Read):
        return False
    return size_of(factor) <= _LONGEST and not factor.has(Reduction, exp)


def _together(terms: list[Expr]) -> Expr:
    """The power of a product of terms, under the guards of all."""
    plain = Add(*_powers(terms))
    others = [t for t in terms if exponent(t) is None]
    if not others:
        return plain
    return power_of(shifted(others[0], -plain - Add(*map(power_of, others[1:]))))


def _powers(factors: Iterable[Expr]) -> list[Expr]:
    """The powers of those that are plain exponentials."""
    return [power for f in factors if (power := exponent(f)) is not None]


def larger(one: Expr, other: Expr) -> Expr:
    """The larger of two numbers."""
    return peak(other, one)


def largest_power(node: Expr) -> Expr:
    """The largest power of a few terms that are added up; numbers are exp(0).

    It is 0 where guards keep all terms from counting.
    """
    terms = Add.make_args(node)
    powers = [power_of(a) if is_term(a) else S.Zero for a in terms]
    most = reduce(larger, dict.fromkeys(powers))
    return most if all(map(_counts, terms)) else finite(most)


def weights_of(total: Expr) -> frozenset[Expr]:
    """What exponentials are multiplied by in a sum, with one name for all indices.

    The largest power leaves out those whose weight is 0: by it they may overflow.
    """
    return frozenset(
        nameless(f)
        for node in walk(total)
        if isinstance(node, Mul) and any(map(is_term, node.args))
        for f in filter(_is_weight, node.args)
    )


def scaled(node: Expr, shift: Expr, weights: Set[Expr] = frozenset()) -> Expr | None:
    """node·exp(−shift), the shift taken into exponentials; None where there are none.

    Where one of the `weights` beside an exponential is 0, their product is, though it overflows.
    """
    power = exponent(node)
    if power is not None:
        return exp(power - shift)
    if isinstance(node, Mul):
        for k, factor in enumerate(node.args):
            found = scaled(factor, shift, weights)
            if found is not None:
                others, found = _with_weights(found, [*node.args[:k], *node.args[k + 1 :]], weights)
                return Mul(*others, found)
        return None
    if isinstance(node, Pow) and node.exp.is_Integer and node.exp > 0:
        found = scaled(node.base, shift / node.exp, weights)
        return None if found is None else found**node.exp
    if isinstance(node, Add):
        terms = [scaled(a, shift, weights) for a in node.args]
        if all(t is None for t in terms):
            return None
        return Add(
            *(a * exp(-shift) if t is None else t for a, t in zip(node.args, terms, strict=True))
        )
    if type(node) is Choose:
        then, otherwise = (a if a == 0 else scaled(a, shift, weights) for a in node.args[1:])
        if then is None or otherwise is None:
            return None
        return Choose(node.args[0], then, otherwise)
    if type(node) is Sum:
        apart = rename_bound(node, {i.name for i in free_indices(shift)})
        found = scaled(apart.body, shift, weights)
        return None if found is None else Sum(found, apart.ranges, apart.conditions)
    return None


def _with_weights(found: Expr, others: list, weights: Set[Expr]) -> tuple[list, Expr]:
    """The factors beside an exponential without its weights, and it with them."""
    own = [f for f in others if nameless(f) in weights] if weights else []
    if not own or not isinstance(found, exp):
        return others, found
    beside = {f: p for f in others if (p := power_of_exp(f)) is not None}
    whole = exp(Add(found.args[0], *beside.values()))
    return [f for f in others if f not in (*own, *beside)], weighted(Mul(*own), whole)


def shifted(node: Expr, shift: Expr, weights: Set[Expr] = frozenset()) -> Expr:
    """node·exp(−shift) for a term or a sum of terms, which has exponentials to take the shift."""
    found = scaled(node, shift, weights)
    if found is None:
        raise ValueError(f"{node} is no sum of exponentials")
    return found


def taken_into(
    above: list, shift: Expr, times: Expr, used: set[Expr], weights: Set[Expr] = frozenset()
) -> tuple[list, Expr]:
    """Factors with exp(−times·shift) taken into them, each once if there are enough."""
    above, left = list(above), times
    for part in [Integer(1)] * int(times) if times.is_Integer else [times]:
        for k in sorted(
            range(len(above)), key=lambda k: (above[k] in used, not isinstance(above[k], exp))
        ):
            found = scaled(above[k], part * shift, weights)
            if found is not None:
                others, found = _with_weights(found, [*above[:k], *above[k + 1 :]], weights)
                above, left = [*others, found], left - part
                used.add(found)
                break
    return above, left


def scales(total: Expr) -> bool:
    """Whether it is a sum of exponentials, or what two of them differ by."""
    return is_exponential_sum(total) or less(total) is not None


def less(total: Expr) -> tuple[Expr, Expr, Expr] | None:
    """p, a, b of p·(exp(a) − exp(b)) for a number p > 0; None for any other sum."""
    found = powers(total)
    if found is None or found[0] != -found[2]:
        return None
    p, a, _, b = found
    return (p, a, b) if p.is_positive else (-p, b, a)


def one_and(node: Add) -> Expr | None:
    """b of 1 + exp(b)."""
    number, rest = node.as_coeff_Add()
    return rest.args[0] if number == 1 and isinstance(rest, exp) else None


def has_exponential(node: Expr) -> bool:
    """Whether an exponential stands anywhere in an expression."""
    return any(isinstance(n, exp) for n in walk(node))


def pulled_out(node: Expr) -> Expr:
    """A sum with the divisors before it that do not depend on its indices."""
    if type(node) is not Sum or not node.ranges or not isinstance(node.body, Mul):
        return node
    apart = [
        f
        for f in node.body.args
        if isinstance(f, Pow)
        and f.exp.is_negative
        and not free_indices(f) & frozenset(node.indices)
    ]
    if not apart:
        return node
    body = Mul(*(f for f in node.body.args if f not in apart))
    return Mul(*apart, Sum(body, node.ranges, node.conditions))

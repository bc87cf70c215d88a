"""Brackets [i = a] in products: what they are about, and one side of them put for the other."""

from __future__ import annotations

from collections.abc import Container, Iterable

from sympy import Add, Expr, Mul

from deltarule.expressions.conditions import Condition
from deltarule.expressions.nodes import Equal, Read, Sum, free_indices, reads
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index


def spread_guards(product: Mul) -> Expr:
    """a·([c]·b + d) = [c]·a·b + a·d, with c used in the first term."""
    sums = [f for f in product.args if isinstance(f, Add) and any(map(_is_guarded, f.args))]
    if len(sums) != 1:
        return _guarded(product)
    rest = Mul(*(f for f in product.args if f is not sums[0]))
    return Add(*(_guarded(rest * term) for term in sums[0].args))


def _guarded(term: Expr) -> Expr:
    """[i = a]·f(i) = [i = a]·f(a)."""
    guards = guards_in(Mul.make_args(term))
    if len(guards) != 1:
        return term
    inner = guards[0]
    index, data = next(tied for c in inner.conditions if (tied := tied_by(c)) is not None)
    rest = Mul(*(f for f in Mul.make_args(term) if f is not inner))
    there = substitute(inner.body, {index: data})
    if there == inner.body and rest.is_number:
        return term  # nothing is said of it, and a number in front stays there
    factors = Mul.make_args(substitute(rest, {index: data}) * there)
    constant = [f for f in factors if not reads(f) and not free_indices(f)]
    body = Mul(*(f for f in factors if f not in constant))
    return Mul(*constant) * Sum(body, (), inner.conditions)


def _is_guarded(term: Expr) -> bool:
    """Whether a term is [i = a]·(something)."""
    sums = [f for f in Mul.make_args(term) if isinstance(f, Sum)]
    return len(sums) == 1 and len(guards_in(sums)) == 1


def guards_in(factors: Iterable[Expr]) -> list[Sum]:
    """The factors [i = a]·(something): a sum over nothing, under that and at most one more."""
    return [
        f
        for f in factors
        if isinstance(f, Sum)
        and not f.ranges
        and len(f.conditions) <= 2
        and sum(tied_by(c) is not None for c in f.conditions) == 1
    ]


def tied_by(
    condition: Condition, wanted: Container[Index] | None = None
) -> tuple[Index, Expr] | None:
    """The index and what it is tied to in i = a, data or another index; None otherwise.

    Of two indices it is the second, for which a gradient asks, or the one of those `wanted`. In
    i = i and in i = t[i] it is tied to nothing that stays when it goes.
    """
    if not isinstance(condition, Equal) or free_indices(condition.args[0]) & free_indices(
        condition.args[1]
    ):
        return None
    one, two = condition.args
    if isinstance(one, Index) and isinstance(two, Index):
        return (two, one) if wanted is None or two in wanted else (one, two)
    for index, data in ((one, two), (two, one)):
        if isinstance(index, Index) and isinstance(data, Read):
            return index, data
    return None

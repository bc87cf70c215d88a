"""Shares of a total: exp(z[k]) / Σ_j exp(z[j]), the softmax, as a factor of a product."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass

from sympy import Expr, Mul, Pow

from deltarule.expressions.factors import divided, powers
from deltarule.expressions.functions import exp
from deltarule.expressions.nodes import Sum, free_indices
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index


@dataclass(frozen=True)
class Share:
    """term / total, where `total` adds up the term over the values of `index`; `rest` times it is
    the product that it was found in. A factor of the term at least is an exponential."""

    term: Expr
    total: Sum
    index: Index
    rest: Expr

    @property
    def whole(self) -> Expr:
        """The share alone."""
        return self.term / self.total

    def of(self, change: Callable[[Expr], Expr]) -> Expr:
        """The share of other exponents: `change` makes each of the one at `index`."""

        def exponent(factor: Expr) -> Expr:
            return rebuild(factor, change) if isinstance(factor, exp) else factor

        term = Mul(*map(exponent, Mul.make_args(self.term)))
        (over,) = self.total.indices
        return term / with_body(self.total, substitute(term, {self.index: over}))


def share_in(product: Expr) -> Share | None:
    """A share that is a factor of a product; None where there is none. Of Σ_{k≠i} not all terms
    count: the share is of those that do."""
    if not isinstance(product, Mul):
        return None
    for factor in product.args:
        if not isinstance(factor, Pow) or factor.exp != -1 or not isinstance(factor.base, Sum):
            continue
        others = powers(product / factor)
        for index, term in _terms(factor.base, product):
            rest = divided(others, powers(term))
            if rest is not None:
                return Share(term, factor.base, index, rest)
    return None


def _terms(total: Sum, product: Expr) -> Iterator[tuple[Index, Expr]]:
    """What a sum over one index adds up, at each index of a product."""
    if len(total.ranges) != 1:
        return
    if not any(isinstance(f, exp) for f in Mul.make_args(total.body)):
        return
    (over,) = total.indices
    for index in sorted(free_indices(product) - free_indices(total), key=str):
        yield index, substitute(total.body, {over: index})


def by_shares(product: Expr, around: Set[Index]) -> Expr:
    """Σ_j exp(s[j])·v[j, d] / Σ_j exp(s[j]) as the sum of shares times v[j, d], where one share
    serves several of the indices `around`; others as they are.
    """
    if not isinstance(product, Mul):
        return product
    for total in (f.base for f in product.args if isinstance(f, Pow) and f.exp == -1):
        for mean in (f for f in product.args if isinstance(f, Sum)):
            if not isinstance(total, Sum) or total.conditions or mean.conditions:
                continue
            rest = _within(mean, total)
            if rest is not None and not around <= free_indices(total):
                return Mul(*(f for f in product.args if f not in (mean, 1 / total))) * rest
    return product


def _within(mean: Sum, total: Sum) -> Expr | None:
    """A sum whose body has a share of the total as a factor, with the share there."""
    for index, term in _terms(total, mean.body):
        if dict(mean.ranges).get(index) != dict(total.ranges)[total.indices[0]]:
            continue
        rest = divided(powers(mean.body), powers(term))
        if rest is not None and rest != 1:
            return with_body(mean, term / total * rest)
    return None

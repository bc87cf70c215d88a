"""Shares of a total: exp(z[k]) / Σ_j exp(z[j]), the softmax, as a factor of a product."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from functools import reduce
from itertools import permutations
from typing import cast

from sympy import Add, Expr, Integer, Mul, Pow, Symbol

from deltarule.expressions.factors import divided, powers
from deltarule.expressions.functions import exp, log
from deltarule.expressions.nodes import Choose, LogSumExp, Sum, free_indices, reads, tensor_name
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.expressions.rewrites import replaced
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index

#: Stands for a value in the cases in which there is one.
_VALUE = Symbol("a value")
#: So many guards of a term are looked for in any order.
_ANY_ORDER = 3


@dataclass(frozen=True)
class Share:
    """term / total, where `total` adds up the term over the values of `index`; `rest` times it is
    the product that it was found in. A factor of the term at least is an exponential. Of a total
    that counts some values alone the term is 0 at the others: `guards` are the cases in which it
    counts in the product, and `inside` those in the total, beside its conditions."""

    term: Expr
    total: Sum
    index: Index
    rest: Expr
    guards: Expr = _VALUE
    inside: Expr = _VALUE

    @property
    def whole(self) -> Expr:
        """The share alone."""
        return self.guarded(self.term) / self.total

    def guarded(self, value: Expr) -> Expr:
        """A value where the term counts, 0 elsewhere."""
        return _put(value, self.guards)

    def of(self, change: Callable[[Expr], Expr]) -> Expr:
        """The share of other exponents: `change` makes each of the one at `index`."""

        def exponent(factor: Expr) -> Expr:
            return rebuild(factor, change) if isinstance(factor, exp) else factor

        term = Mul(*map(exponent, Mul.make_args(self.term)))
        (over,) = self.total.indices
        added = substitute(_put(term, self.inside), {self.index: over})
        return self.guarded(term) / with_body(self.total, added)


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
            term, inside = _taken_apart(term)
            for guards in _ways_to_guard(factor.base, index, inside):
                rest = divided(others, powers(_put(term, guards)))
                if rest is not None:
                    return Share(term, factor.base, index, rest, guards, inside)
    return None


def _ways_to_guard(total: Sum, index: Index, inside: Expr) -> Iterator[Expr]:
    """The cases in which a sum adds up something, and those under its conditions at an index too,
    in any order: where(c, exp(s[k]), 0)."""
    yield inside
    table = {total.indices[0]: index}
    if 0 < len(total.conditions) <= _ANY_ORDER:
        for order in permutations(substitute(c, table) for c in total.conditions):
            yield reduce(lambda v, c: Choose(c, v, Integer(0)), reversed(order), inside)


def _put(value: Expr, cases: Expr) -> Expr:
    return cast(Expr, replaced(cases, {_VALUE: value}))


def _taken_apart(term: Expr) -> tuple[Expr, Expr]:
    """The one value that a term has where it is not 0, and the cases in which it has it, as of
    where(a | b, exp(s[k]), 0)."""
    values = set(_values(term))
    if len(values) != 1 or type(term) is not Choose:
        return term, _VALUE
    (value,) = values
    return value, _cases(term)


def _values(node: Expr) -> Iterator[Expr]:
    if type(node) is Choose:
        for case in node.args[1:]:
            yield from _values(case)
    elif node != 0:
        yield node


def _cases(node: Expr) -> Expr:
    if type(node) is Choose:
        return Choose(node.args[0], *map(_cases, node.args[1:]))
    return node if node == 0 else _VALUE


def entry_in(product: Expr) -> tuple[Share, Expr] | None:
    """A share that is read at one of its places, exp(s[i, i]) / Σ_j exp(s[i, j]): that at every
    place, and the place; None where there is none. `rest` is of the product."""
    for factor in product.args if isinstance(product, Mul) else ():
        if not isinstance(factor, Pow) or factor.exp != -1 or not isinstance(factor.base, Sum):
            continue
        total = factor.base
        if len(total.ranges) != 1 or not total.body.has(exp):
            continue
        others = powers(product / factor)
        (over,) = total.indices
        for place in _places(over, total.body, product):
            rest = divided(others, powers(substitute(total.body, {over: place})))
            if rest is not None:
                return Share(total.body, total, over, rest), place
    return None


def _places(over: Index, body: Expr, product: Expr) -> Iterator[Expr]:
    """What stands in a product where the index stands in a body."""
    found: dict[Expr, None] = {}
    for access in (r for r in reads(body) if over in r.indices):
        at = access.indices.index(over)
        for other in reads(product, tensor_name(access)):
            if len(other.indices) == len(access.indices) and other.indices[at] != over:
                found.setdefault(other.indices[at])
    yield from found


def _terms(total: Sum, product: Expr) -> Iterator[tuple[Index, Expr]]:
    """What a sum over one index adds up, at each index of a product."""
    if len(total.ranges) != 1:
        return
    body, _ = _taken_apart(total.body)
    if not any(isinstance(f, exp) for f in Mul.make_args(body)):
        return
    (over,) = total.indices
    for index in sorted(free_indices(product) - free_indices(total), key=str):
        yield index, substitute(total.body, {over: index})


def log_share_in(total: Add, alone: bool) -> tuple[Expr, Expr] | None:
    """z[k] − log Σ_j exp(z[j]) in a sum, and the number that it is multiplied by; None where there
    is none, and where it is all of the sum if that stands `alone`."""
    for term in total.args:
        number, part = term.as_coeff_Mul()
        inside = _summed_up(part)
        if inside is None:
            continue
        power, over = inside
        for index in sorted(free_indices(total) - free_indices(part), key=str):
            at = substitute(power, {over: index}) * -number
            own = [*Add.make_args(at.expand()), term]
            if {*own} <= {*total.args} and not (alone and len(own) == len(total.args)):
                return Add(*own) / -number, -number
    return None


def _summed_up(node: Expr) -> tuple[Expr, Index] | None:
    """z and j of log Σ_j exp(z); None for other nodes."""
    total = node.args[0] if isinstance(node, log) else node
    if not isinstance(total, Sum | LogSumExp) or len(total.ranges) != 1 or total.conditions:
        return None
    if isinstance(node, LogSumExp):
        return node.body, total.indices[0]
    power = total.body
    inside = isinstance(node, log) and isinstance(total, Sum) and isinstance(power, exp)
    return (cast(Expr, power.args[0]), total.indices[0]) if inside else None


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

"""A normal form for index formulas: sums of products, with sums outermost and indices in order.

Products are multiplied out and sums drawn to the front; every index that is summed over is
shifted so that the first tensor (by name) that can is read at it alone, and gets a name by that
order; of the statements about ranges only the needed ones are kept. Formulas with the same normal
form are equal for all sizes and values. The reverse does not hold.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce

from sympy import Add, Basic, Expr, Integer, Mul, Pow

from deltarule.calculus.shift_indices import in_order
from deltarule.expressions import nodes
from deltarule.expressions.affine import never_negative
from deltarule.expressions.conditions import opposite
from deltarule.expressions.functions import Elementwise, exp, log
from deltarule.expressions.nodes import (
    AtLeastZero,
    Equal,
    Reduction,
    Sum,
    free_indices,
    free_symbols,
)
from deltarule.expressions.rebuild import rebuild
from deltarule.expressions.substitution import plainly_named, rename_bound, substitute
from deltarule.expressions.symbols import Index, Scalar, Size

#: Powers of sums up to this one are multiplied out.
_HIGHEST = 4


@dataclass(frozen=True)
class Product:
    """Σ over `indices`, where all `conditions` hold, of coefficient·Π base^exponent.

    The ranges of the indices are among the conditions.
    """

    coefficient: Expr = Integer(1)
    factors: tuple[tuple[Basic, Expr], ...] = ()
    indices: tuple[Index, ...] = ()
    conditions: frozenset = frozenset()

    def times(self, other: Product) -> Product:
        """The product of two terms, the indices of the other named apart."""
        other = other.renamed(_apart(other.indices, self.indices))
        return Product(
            self.coefficient * other.coefficient,
            self.factors + other.factors,
            self.indices + other.indices,
            self.conditions | other.conditions,
        )

    def renamed(self, table: Mapping[Index, Expr]) -> Product:
        """With indices replaced."""
        if not table:
            return self
        return replace(
            self,
            factors=tuple((substitute(b, table), e) for b, e in self.factors),
            indices=tuple(table.get(i, i) for i in self.indices),
            conditions=frozenset(substitute(c, table) for c in self.conditions),
        )


def _apart(mine: tuple[Index, ...], theirs: tuple[Index, ...]) -> dict[Index, Index]:
    taken = {i.name for i in (*mine, *theirs)}
    table = {}
    for index in mine:
        if index in theirs:
            name = next(n for k in itertools.count() if (n := f"{index.name}°{k}") not in taken)
            table[index] = Index(name)
            taken.add(name)
    return table


def normal_form(expression: Expr, ranges=(), definitions: Mapping | None = None) -> dict:
    """The terms of a formula by what they multiply, with their coefficients; {} for 0.

    `ranges` holds the free indices with their extents.
    """
    table = {s: d for s, d in (definitions or {}).items() if not d.has(nodes.FloorQuotient)}
    known = {i: substitute(n, table) for i, n in ranges}
    found: dict[tuple, Expr] = {}
    apart = frozenset(i.name for i in (*known, *free_indices(expression)))
    for term in products(plainly_named(substitute(expression, table), apart)):
        for key, coefficient in _keyed(term, known):
            found[key] = found.get(key, Integer(0)) + coefficient
    found = {key: c.expand() for key, c in found.items() if c.expand() != 0}
    return _merged(found)


def _keyed(term: Product, known: dict) -> Iterator[tuple[tuple, Expr]]:
    term = _solved(term)
    powers: dict[Basic, Expr] = {}
    for base, exponent in term.factors:
        powers[base] = Integer(1) if isinstance(base, _Sign) else powers.get(base, 0) + exponent
    term = replace(term, factors=tuple((b, e) for b, e in powers.items() if e != 0))
    factors, conditions = in_order(term.factors, term.indices, term.conditions, known)
    if conditions is not None:
        yield (factors, conditions), term.coefficient


def _solved(term: Product) -> Product:
    """Without the sums that a condition i = e leaves one term of."""
    equal = [c for c in term.conditions if isinstance(c, Equal)]
    for condition in sorted(equal, key=str) if len(equal) > 1 else equal:
        for index, value in (condition.args, condition.args[::-1]):
            if not isinstance(index, Index):
                continue
            if index in term.indices and index not in free_symbols(value):
                rest = replace(
                    term,
                    indices=tuple(i for i in term.indices if i != index),
                    conditions=term.conditions - {condition},
                )
                return _solved(rest.renamed({index: value}))
    return _read_at_one(term, [c for c in equal if all(isinstance(i, Index) for i in c.args)])


def _read_at_one(term: Product, equal: list[Basic]) -> Product:
    """Indices that are equal and not summed over read as one: [n = j]·p[n, j] = [n = j]·p[j, j]."""
    pairs = [sorted(condition.args, key=str) for condition in sorted(equal, key=str, reverse=True)]
    factors = term.factors
    for first, second in pairs:
        factors = tuple((substitute(b, {second: first}), e) for b, e in factors)
    conditions = term.conditions.difference(equal).union(Equal(*pair) for pair in pairs)
    return replace(term, factors=factors, conditions=conditions) if equal else term


def _merged(found: dict) -> dict:
    """Terms over neighbouring ranges put together: [e ≥ 0]·f + [−e − 1 ≥ 0]·f = f."""
    for one, other in itertools.combinations(found, 2):
        if one[0] != other[0] or found[one] != found[other]:
            continue
        joined = _joined(one[1], other[1])
        if joined is not None:
            rest = {k: v for k, v in found.items() if k not in (one, other)}
            key = (one[0], joined)
            rest[key] = (rest.get(key, Integer(0)) + found[one]).expand()
            return _merged({k: v for k, v in rest.items() if v != 0})
    return found


def _joined(one: frozenset, other: frozenset) -> frozenset | None:
    """The conditions of both ranges together, where one begins as the other ends."""
    for mine, theirs in itertools.product(one - other, other - one):
        both = isinstance(mine, AtLeastZero) and isinstance(theirs, AtLeastZero)
        if not both or (mine.args[0] + theirs.args[0] + 1).expand() != 0:
            continue
        here, there = one - {mine}, other - {theirs}
        if _implied(here - there, theirs) and _implied(there - here, mine):
            return here | there
    return None


def _implied(conditions: frozenset, by: AtLeastZero) -> bool:
    return all(
        isinstance(c, AtLeastZero) and never_negative(c.args[0] - by.args[0]) for c in conditions
    )


class _Sign(nodes.Condition):
    """1 where a real number is above 0, else 0: its square is itself."""

    __slots__ = ()


def products(node: Expr) -> list[Product]:
    """An expression as a sum of products."""
    if node.is_Number or isinstance(node, (Size, Scalar)):
        return [Product(node)] if node != 0 else []
    if isinstance(node, Add):
        return [p for a in node.args for p in products(a)]
    if isinstance(node, Mul):
        return _multiplied([products(a) for a in node.args])
    if isinstance(node, Pow):
        return _power(node)
    if isinstance(node, Sum):
        return [_summed(node, p) for p in products(rename_bound(node, set()).body)]
    if isinstance(node, nodes.LogSumExp):
        return products(log(Sum(exp(node.body), node.ranges, node.conditions)))
    if isinstance(node, nodes.Delta):
        return [Product(conditions=frozenset({Equal(*node.args)}))]
    if isinstance(node, nodes.Choose):
        return _cases(node)
    if isinstance(node, Elementwise):
        return _function(node)
    return [Product(factors=((node, Integer(1)),))]


def _multiplied(lists: list[list[Product]]) -> list[Product]:
    return [reduce(Product.times, combination) for combination in itertools.product(*lists)]


def _power(node: Pow) -> list[Product]:
    base, exponent = node.args
    if exponent.is_Integer and 0 < exponent <= _HIGHEST:
        return _multiplied([products(base)] * int(exponent))
    inside = products(base)
    if len(inside) == 1 and not inside[0].indices and not inside[0].conditions:
        only = inside[0]
        inverted = not exponent.is_positive and _may_vanish(only)
        if (exponent.is_Integer or _positive(only)) and not inverted:
            factors = tuple((b, e * exponent) for b, e in only.factors)
            return [Product(only.coefficient**exponent, factors)]
    return [Product(factors=((_settled(base), exponent),))]


def _positive(product: Product) -> bool:
    """Whether all factors but a first power are above 0: √(a·b) is √a·√b for such alone."""
    open_powers = [e for b, e in product.factors if not (b.is_positive or isinstance(b, exp))]
    return bool(product.coefficient.is_positive) and open_powers in ([], [Integer(1)])


def _may_vanish(product: Product) -> bool:
    """Whether a case makes it 0 on a whole region, where it has no inverse."""
    return any(isinstance(b, _Sign) for b, _ in product.factors)


def _summed(node: Sum, term: Product) -> Product:
    term = term.renamed(_apart(term.indices, node.indices))
    within = set(node.conditions)
    for index, extent in node.ranges:
        within |= {AtLeastZero(index), AtLeastZero((extent - 1 - index).expand())}
    return replace(
        term, indices=term.indices + node.indices, conditions=term.conditions | frozenset(within)
    )


def _cases(node: nodes.Choose) -> list[Product]:
    condition, then, otherwise = node.args
    fails = opposite(condition)
    if fails is not None:
        return _under(condition, then) + _under(fails, otherwise)
    if isinstance(condition, nodes.Positive):
        sign = [Product(factors=((_Sign(_settled(condition.args[0])), Integer(1)),))]
        return _multiplied([sign, products(then - otherwise)]) + products(otherwise)
    return [Product(factors=((node, Integer(1)),))]


def _under(condition: Basic, node: Expr) -> list[Product]:
    return [replace(p, conditions=p.conditions | {condition}) for p in products(node)]


def _function(node: Elementwise) -> list[Product]:
    """exp(a + b) = exp(a)·exp(b); functions other than the leaves are written out."""
    if not node.row.leaf:
        return products(node.formula())
    if not isinstance(node, exp):
        return [Product(factors=((rebuild(node, _settled), Integer(1)),))]
    factors = []
    for term in Add.make_args(node.args[0].expand()):
        coefficient, rest = term.as_coeff_Mul()
        whole = coefficient if coefficient.is_Integer else Integer(1)
        factors.append((exp(_settled(rest if coefficient.is_Integer else term)), whole))
    return [Product(factors=tuple(factors))]


def _settled(node: Expr) -> Expr:
    """The expression inside a function or a denominator, written in one way."""
    return plainly_named(node).expand() if not node.has(Reduction) else plainly_named(node)

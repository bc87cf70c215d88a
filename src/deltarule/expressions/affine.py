"""Affine expressions in indices, with coefficients that may be sizes, and what can be said of them.

Everything here is decided for all sizes at once: a size is an integer of at least 0, and an
index that runs over an extent makes that extent at least 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from sympy import Add, Expr, Integer, Mul, cancel

from deltarule.expressions.nodes import CeilingQuotient, FloorQuotient, Remainder, free_symbols
from deltarule.expressions.polynomials import (
    Polynomial,
    added,
    multiplied,
    negated,
    one_more,
    polynomial,
)
from deltarule.expressions.rewrites import replaced
from deltarule.expressions.symbols import Index, Size


@lru_cache(maxsize=1 << 14)
def affine(expression: Expr, indices: tuple[Index, ...]) -> tuple[dict[Index, Expr], Expr] | None:
    """Coefficients of some indices, and the rest; None if it is not affine in them."""
    coefficients: dict[Index, Expr] = {}
    rest: list[Expr] = []
    wanted = frozenset(indices)
    for term in Add.make_args(expression.expand()):
        present = wanted & free_symbols(term)
        if not present:
            rest.append(term)
            continue
        if len(present) > 1:
            return None
        index = next(iter(present))
        coefficient = term / index
        if index in free_symbols(coefficient):
            return None
        coefficients[index] = coefficients.get(index, Integer(0)) + coefficient
    return {i: c for i, c in coefficients.items() if c != 0}, Add(*rest)


def line(expression: Expr, index: Index) -> tuple[Expr, Expr]:
    """Coefficient and rest of what is known to be affine in an index."""
    split = affine(expression, (index,))
    if split is None or index not in split[0]:
        raise ValueError(f"{expression} is not affine in {index}")
    return split[0][index], split[1]


def never_negative(expression: Expr, ranges: Mapping[Index, Expr] | None = None) -> bool:
    """Whether e ≥ 0 is certain, for indices in their ranges and attributes of at least their least.

    A plain "no" means only that this simple argument does not show it.
    """
    ranges = ranges or {}
    found = _by_coefficients(expression, ranges)
    if found is not None:
        return found
    expression, ranges = _digits_as_indices(expression, ranges)
    low = least(expression, ranges)
    return low is not None and _certain(low, ranges)


def least(expression: Expr, ranges: Mapping[Index, Expr]) -> Expr | None:
    """What an affine expression is at the ends of the ranges where it is least; None if the sign
    of a slope is not certain."""
    inside = tuple(i for i in ranges if i in free_symbols(expression))
    split = affine(expression, inside)
    if split is None:
        return None
    coefficients, low = split
    for index, coefficient in coefficients.items():
        if _certain(coefficient, ranges):
            continue  # least at index = 0
        if not _certain(-coefficient, ranges):
            return None
        low = low + coefficient * (ranges[index] - 1)
    return low


def _by_coefficients(expression: Expr, ranges: Mapping[Index, Expr]) -> bool | None:
    """The same for polynomials with whole coefficients, over such extents; None for others."""
    given = polynomial(expression)
    if given is None:
        return None
    low: Polynomial = {}
    slopes: dict[Index, Polynomial] = {}
    for powers, coefficient in given.items():
        inside = [i for i, _ in powers if isinstance(i, Index) and i in ranges]
        if not inside:
            low[powers] = coefficient
        elif len(inside) > 1 or (inside[0], 1) not in powers:
            return False
        else:
            slopes.setdefault(inside[0], {})[powers - {(inside[0], 1)}] = coefficient
    for index, slope in slopes.items():
        if _sure(slope, ranges):
            continue  # least at index = 0
        if not _sure(negated(slope), ranges):
            return False
        last = polynomial(ranges[index] - 1)
        if last is None:
            return None
        low = added((low, multiplied(slope, last)))
    return _sure(low, ranges)


def _sure(given: Polynomial, ranges: Mapping[Index, Expr]) -> bool:
    """What `_certain` says, of a table of coefficients."""
    symbols = {symbol for powers in given for symbol, _ in powers}
    if not all(isinstance(s, Size | Index) for s in symbols):
        return False
    if any(c < 0 for c in given.values()):
        above = {s for s in symbols if isinstance(s, Size) and _positive(s, ranges)}
        given = one_more(given, above.__contains__)
    return all(c > 0 for c in given.values())


def _digits_as_indices(expression: Expr, ranges: Mapping) -> tuple[Expr, Mapping]:
    """q mod c and ⌊q/c⌋ as indices of their own, from 0 to c − 1 and to their greatest value."""
    if not expression.has(Remainder, FloorQuotient):
        return expression, ranges
    ranges = dict(ranges)
    table = {}
    for node in expression.atoms(Remainder, FloorQuotient):
        extent = _extent_of(node, ranges)
        if extent is not None:
            table[node] = Index(str(node))
            ranges[table[node]] = extent
    return replaced(expression, table), ranges


def _extent_of(node: Expr, ranges: Mapping) -> Expr | None:
    """How many values from 0 on an index, a remainder or a quotient takes; None if unknown."""
    if node in ranges:
        return ranges[node]
    if isinstance(node, Remainder):
        return node.args[1]
    if type(node) is FloorQuotient:
        within = _extent_of(node.args[0], ranges)
        if within is None:
            return None
        extent = whole_ratio(within, node.args[1])
        return CeilingQuotient(within, node.args[1]) if extent is None else extent
    return None


def whole_ratio(value: Expr, divisor: Expr) -> Expr | None:
    """How often a product of sizes goes into a value, exactly; None where it does not."""
    ratio = cancel(value / divisor)
    numbers = ratio.as_coefficients_dict().values()
    return ratio if ratio.is_polynomial() and all(n.is_integer for n in numbers) else None


def _certain(expression: Expr, ranges: Mapping[Index, Expr]) -> bool:
    """Whether a polynomial in sizes and indices is ≥ 0: all its coefficients are, shifted by 1."""
    shifts = {
        s: s + 1 for s in free_symbols(expression) if isinstance(s, Size) and _positive(s, ranges)
    }
    shifted = replaced(expression, shifts).expand() if shifts else expression.expand()
    return all(_never_negative_term(term) for term in Add.make_args(shifted))


def _never_negative_term(term: Expr) -> bool:
    """Whether a term is a product of sizes and indices, all of which are at least 0."""
    coefficient, rest = term.as_coeff_Mul()
    return bool(coefficient >= 0) and all(
        isinstance(f.as_base_exp()[0], (Size, Index)) for f in Mul.make_args(rest) if f != 1
    )


def _positive(size: Size, ranges: Mapping[Index, Expr]) -> bool:
    return bool(size.is_positive) or size in ranges.values()


def implied(expression: Expr, by: Iterable[Expr], ranges: Mapping[Index, Expr]) -> bool:
    """Whether e ≥ 0 follows from the ranges, or from one of the statements f ≥ 0 `by`."""
    if never_negative(expression, ranges):
        return True
    return any(never_negative(expression - other, ranges) for other in by)

"""Polynomials in integer symbols as tables: the coefficient of each product of powers.

What is certain of a sum of products is asked hundreds of times in a derivation. SymPy's `expand`
takes a millisecond for an answer whose arithmetic is a few additions of integers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from sympy import Add, Expr, Integer, Mul, Pow, Symbol

#: Powers of symbols, in no order: N²·k is {(N, 2), (k, 1)}.
Powers = frozenset[tuple[Symbol, int]]
#: The coefficients, none of them 0.
Polynomial = dict[Powers, int]

ONE: Powers = frozenset()

#: Sums are multiplied out up to this power.
_HIGHEST = 6


@lru_cache(maxsize=1 << 14)
def polynomial(node: Expr) -> Polynomial | None:
    """An expression multiplied out; None where it is not a polynomial with whole coefficients.

    The table is shared, and must not be changed.
    """
    if isinstance(node, Symbol):
        return {frozenset(((node, 1),)): 1}
    if isinstance(node, Integer):
        return {ONE: int(node)} if node else {}
    if isinstance(node, Add):
        parts = [p for a in node.args if (p := polynomial(a)) is not None]
        return added(parts) if len(parts) == len(node.args) else None
    if isinstance(node, Mul):
        product: Polynomial = {ONE: 1}
        for factor in node.args:
            part = polynomial(factor)
            if part is None:
                return None
            product = multiplied(product, part)
        return product
    if isinstance(node, Pow) and node.exp in range(2, _HIGHEST + 1):
        base = polynomial(node.base)
        return None if base is None else _power(base, int(node.exp))
    return None


def added(parts: Iterable[Polynomial]) -> Polynomial:
    """The sum."""
    total: Polynomial = {}
    for part in parts:
        for powers, coefficient in part.items():
            total[powers] = total.get(powers, 0) + coefficient
    return {p: c for p, c in total.items() if c}


def multiplied(one: Polynomial, other: Polynomial) -> Polynomial:
    """The product."""
    total: Polynomial = {}
    for mine, a in one.items():
        for theirs, b in other.items():
            both = _times(mine, theirs)
            total[both] = total.get(both, 0) + a * b
    return {p: c for p, c in total.items() if c}


def negated(given: Polynomial) -> Polynomial:
    """The same with the other sign."""
    return {p: -c for p, c in given.items()}


def one_more(given: Polynomial, which: Callable[[Symbol], bool]) -> Polynomial:
    """With some symbols s replaced by s + 1."""
    total: list[Polynomial] = []
    for powers, coefficient in given.items():
        moved = frozenset(p for p in powers if which(p[0]))
        part: Polynomial = {powers - moved: coefficient}
        for symbol, exponent in moved:
            part = multiplied(part, _power({frozenset(((symbol, 1),)): 1, ONE: 1}, exponent))
        total.append(part)
    return added(total)


def _times(one: Powers, other: Powers) -> Powers:
    if not one or not other:
        return one or other
    total = dict(one)
    for symbol, exponent in other:
        total[symbol] = total.get(symbol, 0) + exponent
    return frozenset(total.items())


def _power(base: Polynomial, exponent: int) -> Polynomial:
    total: Polynomial = {ONE: 1}
    for _ in range(exponent):
        total = multiplied(total, base)
    return total

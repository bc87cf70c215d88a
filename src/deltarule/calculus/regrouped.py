"""Sums of which some terms are put together: by a factor that they share, or over one divisor.

g·β·(1 − p) + g·p − p/S = g·(β·(1 − p) + p) − p/S        y/d + r/d − 1 = (y − μ)/d for d = μ + r
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import sympy
from sympy import Add, Expr, Mul, Pow

from deltarule.expressions.nodes import walk
from deltarule.expressions.rewrites import replaced
from deltarule.expressions.symbols import Size


def regrouped(formula: Expr) -> Iterator[Expr]:
    """Other ways to write a formula with a sum in it of which some terms belong together."""
    for total in dict.fromkeys(n for n in walk(formula) if isinstance(n, Add)):
        for other in (*_collected(total), *_over_one_divisor(total)):
            yield replaced(formula, {total: other})


def _collected(total: Expr) -> Iterator[Expr]:
    """The sum with a factor of several terms, but not of all, in front of these."""
    terms = Add.make_args(total)
    if len(terms) < 3:
        return
    factors = [dict.fromkeys(_factors(t)) for t in terms]
    counted = Counter(f for of in factors for f in of)
    for factor, count in counted.items():
        if 2 <= count < len(terms):
            mine = [t / factor for t, of in zip(terms, factors, strict=True) if factor in of]
            rest = [t for t, of in zip(terms, factors, strict=True) if factor not in of]
            yield Add(*rest, factor * Add(*mine))


def _factors(term: Expr) -> Iterator[Expr]:
    return (f for f in Mul.make_args(term) if not all(isinstance(s, Size) for s in f.free_symbols))


def _over_one_divisor(total: Expr) -> Iterator[Expr]:
    """The sum with the terms over one divisor, and the numbers, as one quotient."""
    terms = Add.make_args(total)
    divisors = [
        {f.base for f in Mul.make_args(t) if isinstance(f, Pow) and f.exp == -1} for t in terms
    ]
    for divisor in dict.fromkeys(d for of in divisors for d in of if d.is_Add):
        mine = [t for t, of in zip(terms, divisors, strict=True) if divisor in of or t.is_number]
        if 1 < len(mine) < len(terms):
            rest = [t for t in terms if t not in mine]
            yield Add(*rest, sympy.cancel(sympy.together(Add(*mine))))

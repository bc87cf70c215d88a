"""Products that are as short as factoring makes them, seen without factoring them.

SymPy takes a millisecond to multiply y·(1 − y²) out and to find y and the bracket again; of the
formulas that a derivation looks at, half are of that kind.
"""

from __future__ import annotations

from math import gcd

from sympy import Add, Expr, Integer, Mul

#: A product of powers, and the number before it.
Monomial = tuple[int, dict[Expr, int]]


def is_unfactorable(formula: Expr) -> bool:
    """Whether common factors taken out of it, multiplied out or not, leave it as it is.

    It is a quotient of products of letters and values; or a sum of such products, which share
    neither a factor nor a sign; or one such sum times such a product. False where that is not
    certain.
    """
    if formula.is_Add:
        return _shares_nothing(formula)
    if not any(f.is_Add for f in Mul.make_args(formula)):
        return _monomial(formula, divided=True) is not None
    number, product = formula.as_coeff_Mul()
    factors = Mul.make_args(product)
    totals = [f for f in factors if f.is_Add]
    rest = [f for f in factors if not f.is_Add]
    if len(totals) != 1 or not rest or not number.is_Integer or number < 0:
        return False
    return _monomial(Mul(*rest)) is not None and _shares_nothing(totals[0])


def _shares_nothing(total: Expr) -> bool:
    """Whether the terms of a sum have no number, sign, letter or value in common."""
    terms = [_monomial(term) for term in Add.make_args(total)]
    known = [term for term in terms if term is not None]
    if len(known) < len(terms):
        return False
    numbers = [number for number, _ in known]
    shared = set.intersection(*(set(powers) for _, powers in known))
    return not shared and gcd(*numbers) == 1 and max(numbers) > 0


def _monomial(term: Expr, divided: bool = False) -> Monomial | None:
    """An integer times integer powers of letters and values; None for anything else.

    It may be `divided` by some of them.
    """
    number, product = term.as_coeff_Mul()
    if not isinstance(number, Integer):
        return None
    powers: dict[Expr, int] = {}
    for factor in Mul.make_args(product):
        base, exponent = factor.as_base_exp()
        if base == 1:
            continue
        if not base.is_Atom or base.is_number or not exponent.is_Integer:
            return None
        if exponent < 0 and not divided:
            return None
        powers[base] = int(exponent)
    return int(number), powers

"""What comes first in a formula: the order of terms and factors, the sides of a relation."""

from __future__ import annotations

from functools import lru_cache
from math import gcd

from sympy import Add, Expr, Integer, Mul, Pow, Rational, sqrt
from sympy.core.numbers import Infinity, NegativeInfinity

from deltarule.expressions import nodes
from deltarule.expressions.bounds import spread, tidy
from deltarule.expressions.functions import Elementwise, larger, log, smaller
from deltarule.expressions.rebuild import with_body
from deltarule.expressions.symbols import Index, Scalar, Size
from deltarule.spelling.decimals import as_decimal


def over_under(product: Expr) -> tuple[list[Expr], list[Expr]]:
    """The factors above and below the fraction bar; [c]·1/p is [c] over p, if p is a number anyway.

    For a reduction with indices, which is no product, nothing is below.
    """
    top: list[Expr] = []
    bottom: list[Expr] = []
    for factor in _with_one_root(Mul.make_args(as_factors(product))):
        if isinstance(factor, Rational) and as_decimal(factor):
            top.append(factor)
        elif isinstance(factor, Rational):
            if factor.p != 1:
                top.append(Integer(factor.p))
            if factor.q != 1:
                bottom.append(Integer(factor.q))
        elif isinstance(factor, Pow) and _below(factor):
            root = factor.exp == -Rational(1, 2)  # SymPy would take √(2·π) apart
            bottom.append(Pow(factor.base, -factor.exp, evaluate=not root))
        elif isinstance(factor, nodes.Sum) and by_data(factor):
            above, below = over_under(factor.body)
            top.append(nodes.Sum(Mul(*above), (), factor.conditions))
            bottom += below
        else:
            top.append(factor)
    return top, bottom


def divided_inside(top: list[Expr], bottom: list[Expr]) -> list[Expr] | None:
    """The factors of (Σ_n a/b)/N as those of Σ_n a/(b·N): one bar says what is divided.

    None where no sum of quotients is the last factor.
    """
    total = max(top, key=factor_order, default=None)
    if not isinstance(total, nodes.Sum) or not total.ranges or not bottom:
        return None
    if isinstance(total.body, Add) or not over_under(total.body)[1]:
        return None
    return [*(f for f in top if f is not total), with_body(total, total.body / Mul(*bottom))]


def flat_arguments(function: Elementwise) -> list[Expr]:
    """What a function is taken of; max(max(a, b), c) is max(a, b, c)."""
    if not isinstance(function, larger | smaller):
        return list(function.args)
    found = []
    for part in function.args:
        found += flat_arguments(part) if type(part) is type(function) else [part]
    return found


def _below(power: Pow) -> bool:
    """Whether it is 1/b or 1/b²; or 1/μ^p, where μ is an entry of a tensor."""
    if power.exp.is_number:
        return bool(power.exp < 0)
    return power.base.has(nodes.Read) and bool(power.exp.as_coeff_Mul()[0] < 0)


def by_data(guarded: nodes.Sum) -> bool:
    """Whether it is [a = b]·f, where f can be read for other a and b too."""
    return not guarded.ranges and all(
        isinstance(c, nodes.Equal | nodes.Unequal) for c in guarded.conditions
    )


def _with_one_root(factors: tuple[Expr, ...]) -> list[Expr]:
    """√2/(2·√π) as 1/√(2·π), √2/√π as √(2/π): roots of numbers are put under one."""
    roots = [f for f in factors if isinstance(f, Pow) and f.base.is_number and f.exp in _HALVES]
    if not roots:
        return list(factors)
    numbers = [f for f in factors if isinstance(f, Rational)]
    whole, square = Mul(*numbers, *roots), Mul(*(f**2 for f in (*numbers, *roots)))
    rational, other = square.as_coeff_Mul()
    if not isinstance(rational, Rational):
        return list(factors)
    rest = [f for f in factors if f not in numbers and f not in roots]
    above = sqrt(Integer(rational.p))
    if not above.is_Integer:
        if len(roots) == 1 or other.as_base_exp()[1] != -1:
            return list(factors)
        under = Mul(*(f**2 for f in roots))
        return [*numbers, Pow(under, Rational(1, 2), evaluate=False), *rest]
    if not (rational.q != 1 or len(roots) > 1):
        return list(factors)
    sign = Integer(-1 if whole.is_negative else 1)
    below = Mul(Integer(rational.q), 1 / other, evaluate=False) if rational.q != 1 else 1 / other
    return [sign * above, Pow(below, -Rational(1, 2), evaluate=False), *rest]


def turned(term: Expr) -> Expr:
    """(ε − 1)·a as −(1 − ε)·a, for a parameter such as ε: of those, 1 less it is no less than 0."""
    for factor in Mul.make_args(term):
        number, rest = factor.as_coeff_Add() if factor.is_Add else (Integer(0), factor)
        if number == -1 and isinstance(rest, Scalar):
            return Mul(-1, -factor, term / factor)
    return term


def with_sign_in_front(product: Mul) -> Expr | None:
    """a·(−b − c) as −a·(b + c); None where no sum in it has a minus before each of its terms."""
    for factor in product.args:
        terms = [turned(t) for t in Add.make_args(factor)]
        if len(terms) > 1 and all(t.as_coeff_Mul()[0].is_negative for t in terms):
            rest = (f for f in product.args if f is not factor)
            return Mul(-1, *rest, Add(*(-t for t in terms)), evaluate=False)
    return None


def as_factors(product: Expr) -> Expr:
    """A product with (0 if u > 0 else b) as [u ≤ 0]·b."""
    factors = [f for p in Mul.make_args(product) for f in _where_not(p)]
    return Mul(*factors, evaluate=False) if len(factors) > 1 else product


def _where_not(factor: Expr) -> tuple[Expr, ...]:
    if not isinstance(factor, nodes.Choose) or not isinstance(factor.args[0], nodes.Positive):
        return (factor,)
    condition, then, otherwise = factor.args
    if then != 0 or not nodes.reads(otherwise) or not _finite(otherwise):
        return (factor,)
    holds = nodes.Choose(condition, Integer(0), Integer(1))
    return holds, *Mul.make_args(otherwise)


def _finite(value: Expr) -> bool:
    """Whether a value is finite wherever what it reads is: 0 times it is 0."""
    return not value.has(log, Infinity, NegativeInfinity) and not any(
        isinstance(n, Pow) and not n.exp.is_positive for n in nodes.walk(value)
    )


def common_number(total: Add) -> Expr:
    """2 for 2·a − 2·b, where a and b are no numbers themselves; 1 for none."""
    if not all(t.has(nodes.Read) for t in total.args):
        return Integer(1)
    numbers = [t.as_coeff_Mul()[0] for t in total.args]
    whole = all(n.is_Integer for n in numbers)
    return Integer(gcd(*map(int, numbers))) if whole else Integer(1)


def with_numbers_in_front(product: Mul) -> Expr:
    """2·x·(a − b) for x·(2·a − 2·b)."""
    numbers = [common_number(f) if isinstance(f, Add) else Integer(1) for f in product.args]
    factors = [f / n for f, n in zip(product.args, numbers, strict=True)]
    coefficient = Mul(*numbers, *(f for f in factors if isinstance(f, Rational)))
    rest = [f for f in factors if not isinstance(f, Rational)]
    return Mul(coefficient, *rest, evaluate=False) if coefficient != 1 else Mul(*rest)


def sides(difference: Expr) -> tuple[Expr, Expr]:
    """a − b as the two sides a and b, for a comparison with 0; multiplied out if that cancels."""
    whole = spread if difference.has(nodes.Read) else tidy
    terms, written = Add.make_args(whole(difference)), Add.make_args(difference)
    if difference.has(nodes.Read) and len(written) < len(terms):
        terms = written
    left = [t for t in terms if t.as_coeff_Mul()[0] > 0]
    right = [-t for t in terms if t.as_coeff_Mul()[0] < 0]
    return Add(*left), Add(*right)


def compared(left: Expr, right: Expr) -> tuple[Expr, str, Expr]:
    """left ≥ right of integers as it reads best: 0 ≥ p[t] + 1 is p[t] < 0."""
    number, rest = right.as_coeff_Add()
    if left.is_number:
        return (rest, "<", left) if number == 1 else (rest, "≤", left - number)
    if number == 1 and rest != 0 and rest.has(nodes.Read):
        return rest, "<", left
    if number == 1 and rest != 0 and left.has(nodes.Read):
        return left, ">", rest
    return left, "≥", right


def inequality(difference: Expr) -> tuple[Expr, str, Expr]:
    """difference ≥ 0 of integers as two sides and the sign between them, as it reads best."""
    left, right = sides(difference)
    shift, index = right.as_independent(Index, as_Add=True)
    if isinstance(index, Index) and not left.has(Index):
        # T ≥ t + 2 reads better from the index: t ≤ T − 2.
        return index, "≤", left - shift
    return compared(left, right)


#: The exponents of √a and 1/√a.
_HALVES = (Rational(1, 2), -Rational(1, 2))


class _Spelled:
    """How SymPy spells a node: it is spelled only where nothing before that decides."""

    __slots__ = ("node",)

    def __init__(self, node: Expr):
        self.node = node

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Spelled) and _spelled(self.node) == _spelled(other.node)

    def __lt__(self, other: _Spelled) -> bool:
        return _spelled(self.node) < _spelled(other.node)


_spelled = lru_cache(maxsize=1 << 14)(str)


def term_order(term: Expr):
    coefficient, rest = term.as_coeff_Mul()
    constant = rest == 1
    indices = sorted(n.name for n in nodes.walk(term) if isinstance(n, Index))
    negative = bool(coefficient < 0 and not constant)
    return negative, constant, not indices, -nodes.size_of(rest), indices[:1], _Spelled(rest)


def factor_order(factor: Expr):
    base = factor.base if isinstance(factor, Pow) else factor
    if base.is_number:
        rank = 0
    elif isinstance(base, (Size, Scalar)):
        rank = 1
    elif isinstance(base, nodes.Read):
        rank = 3 if "/" not in nodes.tensor_name(base) else 2
    else:
        rank = 5 if isinstance(base, nodes.Reduction) else 4
    return rank, nodes.size_of(base), _Spelled(base)

"""Common factors taken out and fractions reduced, where that makes a formula shorter."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeGuard

import sympy
from sympy import Add, Dummy, Expr, Integer, Mul, Pow, Rational

from deltarule.calculus.rules.rule import Example, Given, Rewrite, Rule, changed
from deltarule.expressions.functions import sigmoid
from deltarule.expressions.nodes import Sum, free_indices, read, reads, size_of
from deltarule.expressions.rebuild import outermost, rebuild, with_body
from deltarule.expressions.rewrites import replaced
from deltarule.expressions.substitution import plainly_named
from deltarule.expressions.symbols import Index, Size
from deltarule.spelling.decimals import as_decimal
from deltarule.spelling.ordering import by_data

#: So much longer a formula may get by each quotient that cancels.
_A_QUOTIENT = 3


def rearrange(expression: Expr, given: Given) -> Rewrite | None:
    """Common factors taken out and fractions reduced, where that is shorter."""
    return changed(expression, _shortest(expression))


@lru_cache(maxsize=1 << 12)
def _shortest(expression: Expr) -> Expr:
    best = expression
    for candidate in _rearranged(plainly_named(expression)):
        if _cost(candidate) < _cost(best):
            best = candidate
    if best is not expression:
        return _positive(_signed(best))
    return outermost(expression, _within)


def _within(part: Expr) -> Expr | None:
    """A sum with its body rearranged."""
    return with_body(part, _shortest(part.body)) if isinstance(part, Sum) else None


def _cost(formula: Expr) -> int:
    """Its size; (1 − q)^γ·(a/(1 − q) − b) is larger than it is long, for 1 − q cancels."""
    factors = Mul.make_args(formula)
    bases = {f.base for f in factors if isinstance(f, Pow) and not f.exp.is_number}
    if not bases:
        return size_of(formula)
    divided = (
        f
        for bracket in factors
        if bracket.is_Add
        for term in Add.make_args(bracket)
        for f in Mul.make_args(term)
        if isinstance(f, Pow) and f.exp.is_number and f.exp < 0 and f.base in bases
    )
    return size_of(formula) + _A_QUOTIENT * len(list(divided))


def _positive(product: Expr) -> Expr:
    """−(1 − a − b)·c as (a + b − 1)·c."""
    factors = list(Mul.make_args(product))
    if product.as_coeff_Mul()[0] != -1:
        return product
    for k, factor in enumerate(factors):
        if isinstance(factor, Add):
            negative = sum(bool(t.as_coeff_Mul()[0].is_negative) for t in factor.args)
            if 2 * negative > len(factor.args):
                return Mul(-1, *factors[:k], -factor, *factors[k + 1 :])
    return product


def _rearranged(expression: Expr) -> list[Expr]:
    """Other ways to write a formula whose reads and sums are taken as letters."""
    if not expression.has(Add) and not expression.has(Pow):
        return []
    letters: dict[Expr, Dummy] = {}
    scalar = _lettered(expression, letters)
    if not scalar.has(Add) and not scalar.has(Pow):
        return []  # there are sums in subscripts alone
    back = {letter: atom for atom, letter in letters.items()}
    candidates: list[Expr] = [sympy.factor_terms(scalar)]
    if any(isinstance(n, Pow) and n.exp.is_negative for n in sympy.preorder_traversal(scalar)):
        joined = sympy.together(scalar)
        above, below = sympy.fraction(joined)
        reduced = sympy.cancel(joined)
        candidates += [reduced, sympy.factor_terms(reduced)]
        if _cancels_inside(scalar):
            candidates.append(scalar.expand(deep=False))
        if any(
            isinstance(f, Pow) and f.base.is_Add and f.exp.is_Integer for f in Mul.make_args(below)
        ):
            # (t/S − 1)/S is (t − S)/S², and S is not multiplied out.
            candidates.append(above.expand() / below)
    elif isinstance(scalar, Mul) and any(f.is_Add for f in scalar.args) or _turned(letters):
        candidates.append(sympy.factor_terms(scalar.expand()))
    return [_joined(_guarded(replaced(c, back))) for c in candidates]


def _turned(letters: dict[Expr, Dummy]) -> bool:
    """Whether σ(−z) occurs, which is 1 less σ(z)."""
    return any(
        isinstance(node, sigmoid) and node.args[0].could_extract_minus_sign() for node in letters
    )


def _cancels_inside(product: Expr) -> bool:
    """Whether it is p·(a/p + b), which is a + b·p."""
    factors = Mul.make_args(product)
    divisors = {
        f.base
        for total in factors
        if total.is_Add
        for term in Add.make_args(total)
        for f in Mul.make_args(term)
        if isinstance(f, Pow) and f.exp == -1
    }
    return any(f in divisors for f in factors)


def _asks_data(guarded: Sum) -> bool:
    """Whether it is [c = t[n]]·f, where f can be read for other c too."""
    return by_data(guarded) and all(map(reads, guarded.conditions))


def _guarded(node: Expr) -> Expr:
    """v·[c = t] as [c = t] v: what is read stands under the condition, as it did before."""
    node = rebuild(node, _guarded) if isinstance(node, Add | Mul) else node
    factors = Mul.make_args(node)
    guards = [f for f in factors if isinstance(f, Sum) and f.body == 1 and _asks_data(f)]
    if len(guards) != 1 or len(factors) == 1:
        return node
    constant = [f for f in factors if not free_indices(f) and not reads(f)]
    rest = Mul(*(f for f in factors if f not in constant and f is not guards[0]))
    return Mul(*constant, Sum(rest, (), guards[0].conditions))


def _joined(product: Expr) -> Expr:
    """(1 − q)^γ/(q − 1) as −(1 − q)^(γ − 1): powers of one base, but for its sign, put together."""
    factors = Mul.make_args(product)
    exponents = {f.base: f.exp for f in factors if isinstance(f, Pow) and not f.exp.is_number}
    rest: list[Expr] = []
    for factor in factors if exponents else ():
        base, exponent = factor.as_base_exp()
        if exponent.is_Integer and -base in exponents:
            base = -base
            rest.append((-1) ** exponent)
        if base not in exponents:
            rest.append(factor)
        elif exponent.is_Integer:
            exponents[base] += exponent
    powers = (Pow(base, exponent) for base, exponent in exponents.items())
    return Mul(*rest, *powers) if exponents else product


def _signed(fraction: Expr) -> Expr:
    """(y − p)/(p·(p − 1)) as (p − y)/(p·(1 − p)): below the bar, numbers are positive."""
    factors = list(Mul.make_args(fraction))
    negative = [(k, f.base) for k, f in enumerate(factors) if _below(f) and _from_above(f.base)]
    if len(negative) % 2 == 0:
        return fraction
    place, total = negative[0]
    factors[place] = Pow(-total, -1)
    above = next((k for k, f in enumerate(factors) if f.is_Add and len(f.args) == 2), None)
    if above is None:
        return Mul(-1, *factors)
    factors[above] = -factors[above]
    return Mul(*factors)


def _below(factor: Expr) -> TypeGuard[Pow]:
    return isinstance(factor, Pow) and factor.exp == -1 and factor.base.is_Add


def _from_above(total: Expr) -> bool:
    """p − 1, which is negative for a probability."""
    return bool(total.as_coeff_Add()[0].is_negative) and len(total.args) == 2


def _lettered(node: Expr, letters: dict[Expr, Dummy]) -> Expr:
    if isinstance(node, Rational) and as_decimal(node):
        return _letter(node, letters)  # a decimal is given, and no fraction to be cleared
    if node.is_Atom:
        return node
    if isinstance(node, Sum) and node.body != 1 and _asks_data(node):
        # v·p − [c = t]·v is v·(p − [c = t]).
        holds = Sum(Integer(1), (), node.conditions)
        return _lettered(node.body, letters) * _letter(holds, letters)
    if isinstance(node, (Add, Mul)) or (isinstance(node, Pow) and node.exp.is_number):
        return rebuild(node, lambda part: _lettered(part, letters))
    if isinstance(node, Pow):
        # μ^(2 − p) is μ²·μ^(−p), so that μ cancels.
        steps, rest = node.exp.as_coeff_Add()
        if steps.is_Integer and steps != 0:
            return _lettered(node.base, letters) ** steps * _letter(node.base**rest, letters)
    if isinstance(node, sigmoid) and node.args[0].could_extract_minus_sign():
        letters.setdefault(node, Dummy("r", real=True))  # it was there, which `_turned` asks
        return 1 - _letter(sigmoid(-node.args[0]), letters)
    return _letter(node, letters)


def _letter(node: Expr, letters: dict[Expr, Dummy]) -> Dummy:
    return letters.setdefault(node, Dummy("r", real=True))


def _example() -> Example:
    c, k, C = Index("c"), Index("k"), Size("C")
    p, g = read("p", c), read("g", c)
    total = Sum(read("g", k) * read("p", k), [(k, C)])
    return Example(p * g - p * total, p * (g - total))


REARRANGE = Rule(
    "rearrange",
    "both sides are the same by the rules of fractions and common factors",
    "Terms are collected, and common factors cancel.",
    rearrange,
    _example,
    seen="derive batch_norm --steps",
)

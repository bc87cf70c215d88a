"""Common factors taken out and fractions reduced, where that makes a formula shorter."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import sympy
from sympy import Add, Dummy, Expr, Integer, Mul, Pow, Rational

from deltarule.calculus.at_labels import at_labels
from deltarule.calculus.fraction_signs import plain_signs
from deltarule.calculus.length import cost
from deltarule.calculus.regrouped import regrouped
from deltarule.calculus.rules.pull_out import pull_out
from deltarule.calculus.rules.rule import Example, Given, Rewrite, Rule, changed
from deltarule.calculus.unfactorable import is_unfactorable
from deltarule.expressions.functions import exp, sigmoid
from deltarule.expressions.nodes import Choose, Sum, free_indices, read, reads, walk
from deltarule.expressions.rebuild import outermost, rebuild, with_body
from deltarule.expressions.rewrites import replaced
from deltarule.expressions.substitution import plainly_named
from deltarule.expressions.symbols import Index, Size
from deltarule.spelling.decimals import as_decimal
from deltarule.spelling.ordering import by_data


def rearrange(expression: Expr, given: Given) -> Rewrite | None:
    """Common factors taken out and fractions reduced, where that is shorter."""
    return changed(expression, _shortest(expression))


@lru_cache(maxsize=1 << 12)
def _shortest(expression: Expr) -> Expr:
    best = expression
    for candidate in (*_rearranged(plainly_named(expression)), *_divided_inside(expression)):
        if cost(candidate) < cost(best):
            best = candidate
    if best is not expression:
        return plain_signs(best)
    return outermost(expression, _within)


def _divided_inside(product: Expr) -> Iterator[Expr]:
    """Σ x²/(x²/c² + 1)/c³ as Σ x²/(x² + c²)/c: what a sum is divided by, in it and out again."""
    totals = [f for f in Mul.make_args(product) if isinstance(f, Sum) and f.ranges]
    if len(totals) != 1:
        return
    (total,), outside = totals, product / totals[0]
    divisors = {f.base for f in Mul.make_args(outside) if isinstance(f, Pow) and _below_one(f)}
    below = [f.base for f in Mul.make_args(total.body) if isinstance(f, Pow) and _below_one(f)]
    if any(base.is_Add and base.has(d) for base in below for d in divisors if reads(d)):
        whole = with_body(total, _shortest(total.body * outside))
        found = pull_out(whole, Given())
        yield whole if found is None else found.after


def _below_one(power: Pow) -> bool:
    return bool(power.exp.is_negative)


def _within(part: Expr) -> Expr | None:
    """A sum with its body rearranged, or a choice with its cases."""
    if isinstance(part, Sum):
        return with_body(part, _shortest(part.body))
    if type(part) is Choose:
        return Choose(part.args[0], *map(_case, part.args[1:]))
    return None


def _case(value: Expr) -> Expr:
    """A case rearranged; as it was where SymPy would multiply it out again, as 2·(a − b)."""
    after = _shortest(value)
    products = (n for n in walk(after) if isinstance(n, Mul))
    return after if all(Mul(*p.args) == p for p in products) else value


def _rearranged(expression: Expr) -> list[Expr]:
    """Other ways to write a formula whose reads and sums are taken as letters."""
    if not expression.has(Add) and not expression.has(Pow):
        return []
    letters: dict[Expr, Dummy] = {}
    scalar = _lettered(expression, letters)
    if not scalar.has(Add) and not scalar.has(Pow):
        return []  # there are sums in subscripts alone
    turned = _turned(letters)
    short = not turned and is_unfactorable(scalar)
    candidates = [scalar] if short else _factored(scalar, multiplied_out=turned)
    if not expression.has(exp):  # 1 − t·exp(−h)/f − t has a form that is stable at h = 0
        candidates += regrouped(scalar)
    candidates += at_labels(scalar, letters, lambda node: _letter(node, letters))
    back = {letter: atom for atom, letter in letters.items()}
    return [_joined(_guarded(replaced(c, back))) for c in candidates]


def _factored(scalar: Expr, multiplied_out: bool) -> list[Expr]:
    """A formula with common factors taken out, and its fractions reduced; multiplied out before
    that where a product has a sum in it, or in any case.
    """
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
    elif isinstance(scalar, Mul) and any(f.is_Add for f in scalar.args) or multiplied_out:
        candidates.append(sympy.factor_terms(scalar.expand()))
    return candidates


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

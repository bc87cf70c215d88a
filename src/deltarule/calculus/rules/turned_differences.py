"""One difference for both of its signs, where a formula has it in even functions or twice.

exp(−(a − b)²) + exp(−(b − a)²) = 2·exp(−(a − b)²)        (b − a)·(a − b) = −(a − b)²
[i = j] + [j = i] = 2·[i = j]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from sympy import Add, Basic, Expr, Mul, Pow

from deltarule.calculus.rules.rule import Example, Given, Rewrite, Rule, changed
from deltarule.expressions.functions import absolute, cosh, exp
from deltarule.expressions.nodes import Equal, read, walk
from deltarule.expressions.rebuild import rebuild
from deltarule.expressions.rewrites import rewrite
from deltarule.spelling.text import text


def turned_alike(expression: Expr, given: Given) -> Rewrite | None:
    """The formula with differences turned to one side, of those that it has from both."""
    nodes = list(walk(expression))
    even = {base for node in nodes if (base := _base(node)) is not None}
    equal = {n for n in nodes if isinstance(n, Equal)}
    both = {e for e in equal if Equal(*e.args[::-1]) in equal}
    if not any(-base in even for base in even) and not any(map(_has_both, nodes)) and not both:
        return None
    factors = Counter(f for node in nodes if isinstance(node, Mul) for f in node.args)
    plainest = {b: min(b, -b, key=lambda side: (-factors[side], *_order(side))) for b in even}
    table: dict[Basic, Basic] = {b: s for b, s in plainest.items() if -b in even and s != b}
    table |= {e: Equal(*sorted(e.args, key=text)) for e in both}
    return changed(expression, _turned(expression, table))


def _order(base: Expr) -> tuple[bool, str]:
    """What is subtracted from what: that which is written with a minus in front comes last."""
    found = text(base)
    return found.startswith("−"), found


def _has_both(node: Basic) -> bool:
    """Whether a node is a product with a − b and b − a among its factors."""
    bases = [f.as_base_exp()[0] for f in node.args] if isinstance(node, Mul) else []
    return any(-b in bases for b in bases if isinstance(b, Add))


def _base(node: Basic) -> Expr | None:
    """The difference that an even function is of; None for other nodes."""
    even = isinstance(node, Pow) and node.exp.is_even or isinstance(node, absolute | cosh)
    return node.args[0] if even and isinstance(node.args[0], Add) else None


@rewrite
def _turned(node: Basic, table: Mapping[Basic, Basic]) -> Basic:
    if isinstance(node, Equal):
        return table.get(node, node)
    node = rebuild(node, lambda part: _turned(part, table), conditions=True)
    base = _base(node)
    if base is not None and base in table:
        return rebuild(node, lambda part: table[base] if part == base else part)
    return _multiplied(node) if isinstance(node, Mul) else node


def _multiplied(product: Mul) -> Expr:
    """(b − a)^m·(a − b)^n as (−1)^m·(a − b)^(m + n) of a product; itself where it has no such."""
    bases = {f.as_base_exp()[0] for f in product.args}
    for factor in product.args:
        base, exponent = factor.as_base_exp()
        if not isinstance(base, Add) or not exponent.is_Integer or -base not in bases:
            continue
        if _order(-base) < _order(base):
            rest = (f for f in product.args if f != factor)
            return Mul((-1) ** exponent, (-base) ** exponent, *rest)  # at once: −1·(a − b) is b − a
    return product


def _example() -> Example:
    a, b, g = read("a"), read("b"), read("g")
    one, other = exp(-((a - b) ** 2)), exp(-((b - a) ** 2))
    return Example(g * (one + other), 2 * g * one)


TURN_ALIKE = Rule(
    "differences turned alike",
    "(b − a)² = (a − b)², |b − a| = |a − b|, (b − a)·(a − b) = −(a − b)², [j = i] = [i = j]",
    "An even function does not see a sign, and what is equal is so either way round.",
    turned_alike,
    _example,
)

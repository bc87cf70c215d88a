"""A product with a sum in it, as other sums of the same value: to find known values in them.

a[k]·Σ_n f[n, k] = Σ_n a[k]·f[n, k]        Σ_{j,d} g[i, j]·x[i, d]·y[j, d] = Σ_j g[i, j]·Σ_d …
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from sympy import Expr, Mul

from deltarule.expressions.nodes import Read, Sum, free_symbols, reads, walk
from deltarule.expressions.rebuild import with_body
from deltarule.networks.equations import Equation, names_read


def spread(product: Expr, equation: Equation) -> Iterator[tuple[Expr, Expr]]:
    """Sums in whose bodies the equation's value may be a factor, and what each is multiplied by:
    other factors stand in the body, and what the equation adds up is a sum by itself there."""
    factors = Mul.make_args(product)
    totals = [f for f in factors if type(f) is Sum and f.ranges]
    if not totals or isinstance(equation.rhs, Read) or any(t.conditions for t in totals):
        return
    if not equation.read_names() <= names_read(product):
        return
    outside = Mul(*(f for f in factors if f not in totals))
    for total in totals:
        beside = Mul(*(f for f in totals if f is not total))
        if free_symbols(outside) & {*total.indices}:
            continue  # there they would be the sum's own
        if reads(outside):
            yield with_body(total, outside * total.body), beside
        yield from ((split, beside) for split in _split(total, outside, equation))


def _split(total: Sum, outside: Expr, equation: Equation) -> Iterator[Expr]:
    """Σ_{j,d} f as Σ_j g·Σ_d h, where the equation adds up over d what h reads."""
    for part in (n for n in walk(equation.rhs) if isinstance(n, Sum) and not n.conditions):
        if len(part.ranges) >= len(total.ranges):
            continue
        names = names_read(part)
        for chosen in combinations(total.ranges, len(part.ranges)):
            own = {i for i, _ in chosen}
            mine = Mul(*(f for f in Mul.make_args(total.body) if free_symbols(f) & own))
            others = tuple(r for r in total.ranges if r not in chosen)
            alike = [n for _, n in chosen] == [n for _, n in part.ranges]
            if not free_symbols(mine) & {i for i, _ in others}:
                continue  # the sums part, which is a rule of its own
            if alike and names_read(mine) == names:
                yield Sum(outside * total.body / mine * Sum(mine, chosen), others)

"""A sum in which one bracket says c = t[n], with what stands beside it read at t[n] too.

p[c]·(1 + ε·p[t]) − [c = t]·(1 + ε·p[c]) = (1 + ε·p[t])·(p[c] − [c = t])
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import cast

import sympy
from sympy import Add, Expr

from deltarule.expressions.nodes import Equal, Read, Sum, free_symbols, reads
from deltarule.expressions.rewrites import replaced
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index

#: Sums of so many terms are factored.
_FEW = 8


def at_labels(
    formula: Expr, letters: Mapping[Expr, Expr], letter: Callable[[Expr], Expr]
) -> Iterator[Expr]:
    """A formula of letters as a product, by what its brackets say of the others; none if it is not.

    `letters` stand for brackets and values, `letter` makes one for another value.
    """
    for bracket, mark in list(letters.items()):
        tied = _tied(bracket)
        if tied is None or mark not in formula.free_symbols:
            continue
        index, data = tied
        values = [v for v in letters if index in free_symbols(v) and v != bracket]
        there = [r for r in reads(formula) if index in free_symbols(r)]
        moved: dict[Expr, Expr] = {letters[v]: letter(substitute(v, {index: data})) for v in values}
        moved |= {r: substitute(r, {index: data}) for r in there}
        terms = Add.make_args(formula.expand())
        if moved and 1 < len(terms) <= _FEW:
            spread = (replaced(t, moved) if mark in t.free_symbols else t for t in terms)
            yield cast(Expr, sympy.factor(Add(*spread)))


def _tied(bracket: Expr) -> tuple[Index, Read] | None:
    """The index and the data of [c = t[n]]; None for anything else."""
    if not isinstance(bracket, Sum) or bracket.ranges or len(bracket.conditions) != 1:
        return None
    (condition,) = bracket.conditions
    if not isinstance(condition, Equal):
        return None
    for index, data in (condition.args, condition.args[::-1]):
        if isinstance(index, Index) and isinstance(data, Read):
            return index, data
    return None

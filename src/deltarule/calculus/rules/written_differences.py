"""Differences put as the lecture writes them: −(c − x)·f is (x − c)·f, where x − c is written."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import cast

from sympy import Add, Expr, Mul

from deltarule.calculus.rules.rule import EMPTY, Example, Given, Rewrite, Rule, changed
from deltarule.calculus.rules.signs import turned
from deltarule.expressions.nodes import read, reads, tensor_name, walk
from deltarule.expressions.rebuild import rebuild
from deltarule.networks.equations import Equation

#: The tensors in what is added, and those in what is subtracted.
Sides = tuple[tuple[str, ...], tuple[str, ...]]


def as_written(expression: Expr, given: Given) -> Rewrite | None:
    """The formula with each minus that turns a difference round put into it."""
    return changed(expression, _turned_in(expression, given))


def _turned_in(node: Expr, given: Given) -> Expr:
    node = rebuild(node, lambda part: _turned_in(part, given))
    if not isinstance(node, Mul) or not node.as_coeff_Mul()[0].is_negative:
        return node
    less = cast(Expr, -node)
    found = turned(less, lambda f: cast(Expr, -f) if _is_turned(f, given) else None)
    return node if found is None else found


def _is_turned(difference: Expr, given: Given) -> bool:
    """Whether the lecture has b − a, and never a − b."""
    sides = _sides(difference)
    if sides is None or sides[0] == sides[1]:
        return False
    lines = [e.rhs for e in given.network.equations if {*sides[0], *sides[1]} <= e.read_names()]
    there = frozenset().union(*map(_differences, lines))
    return sides[::-1] in there and sides not in there


@lru_cache(maxsize=512)
def _differences(rhs: Expr) -> frozenset[Sides]:
    """The differences that a right side is made of."""
    return frozenset(s for node in walk(rhs) if (s := _sides(node)) is not None)


def _sides(node) -> Sides | None:
    """The tensors of a − b; None for what is no difference of tensors."""
    if not isinstance(node, Add) or len(node.args) != 2:
        return None
    less = [bool(t.as_coeff_Mul()[0].is_negative) for t in node.args]
    names = [tuple(sorted(tensor_name(r) for r in reads(t))) for t in node.args]
    if less[0] == less[1] or not all(names):
        return None
    one, other = (names[1], names[0]) if less[0] else names
    return one, other


def _example() -> Example:
    c, g, x = read("c"), read("g"), read("x")
    line = Equation("y", (), (x - c) ** 2, (), "")
    given = Given(replace(EMPTY, equations=(line,)))
    return Example(-2 * g * (c - x), 2 * g * (x - c), given)


AS_WRITTEN = Rule(
    "difference as written",
    "−(b − a)·f = (a − b)·f, where the formula has a − b",
    "A minus before a difference turns it round.",
    as_written,
    _example,
    seen="derive mixture_density --steps",
)

"""Cases of which some are ±∞: what they hold, and masks, tensors that are −∞ at some places.

    e[i, j] = where(j <= i, s[i, j], -oo)

e is written as 0 where the mask closes, and who reads e[i, j] reads where(j <= i, e[i, j], -oo).
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Basic, Expr, Integer

from deltarule.errors import DeltaruleError
from deltarule.expressions.at_infinity import infinite
from deltarule.expressions.conditions import AtLeastZero, Condition, Positive
from deltarule.expressions.index_facts import IndexFacts
from deltarule.expressions.nodes import Choose, Read
from deltarule.expressions.rebuild import with_parts
from deltarule.expressions.symbols import Index
from deltarule.language.literals import infinite as infinite_stands
from deltarule.networks.equations import Equation


def is_mask(equation: Equation, role: str) -> bool:
    """Whether an equation with infinite cases gives a tensor of its own, whole: a mask."""
    at = equation.subscripts
    whole = all(isinstance(s, Index) for s in at) and len(set(at)) == len(at)
    return role == "intermediate" and whole and isinstance(equation.rhs, Choose)


def no_mask(equation: Equation, role: str) -> DeltaruleError:
    """What is said of an equation that is infinite, or has infinite cases, and gives no mask."""
    name, at = equation.name, equation.place
    if not isinstance(equation.rhs, Choose):
        return infinite_stands(at)
    if role != "intermediate":
        kind = f"{'an' if role[0] in 'aeiou' else 'a'} {role}"
        return DeltaruleError(
            f"{name} is {kind}, and ∞ in some case: only an intermediate tensor may be",
            at,
            f'give that to one, intermediate("…", …), and let {name} read it, in a softmax or '
            "behind exp, say",
        )
    return DeltaruleError(
        f"a part of {name} is ∞ in some case: only a tensor that one line gives whole may be",
        at,
        "write one line for all of it, with an index for each axis",
    )


def finite(equation: Equation) -> Equation:
    """The equation of a mask with 0 where it is infinite."""
    return replace(equation, rhs=_leaves(equation.rhs, None))


def seen(equation: Equation) -> Equation:
    """What readers of a mask see: its own entry where that is finite, ±∞ elsewhere."""
    return replace(equation, rhs=_leaves(equation.rhs, equation.lhs))


def _leaves(node: Expr, own: Read | None) -> Expr:
    if isinstance(node, Choose) and ends(node):
        condition, one, two = node.args
        return with_parts(node, (condition, _leaves(one, own), _leaves(two, own)))
    if own is None:
        return Integer(0) if infinite(node) else node
    return node if infinite(node) else own


def ends(node: Basic, *which: Expr) -> bool:
    """Whether an expression is infinite in some case: it, or a choice's outcome, is ±∞."""
    if isinstance(node, Choose):
        return any(ends(part, *which) for part in node.args[1:])
    return node in which if which else infinite(node)


def counting(body: Expr, nothing: Expr) -> tuple[Condition, Expr] | None:
    """A statement about integers and the value where it holds, if a term is nothing elsewhere."""
    if not isinstance(body, Choose) or isinstance(body.args[0], Positive):
        return None
    condition, one, two = body.args
    if two == nothing:
        return condition, one
    if one == nothing and isinstance(condition, AtLeastZero):
        return AtLeastZero((-1 - condition.args[0]).expand()), two
    return None


def known(node: Expr, facts: IndexFacts) -> Expr:
    """A choice as far as it is not decided."""
    if not isinstance(node, Choose):
        return node
    condition, one, two = node.args
    holds = facts.holds(condition)
    if holds is not None:
        return known(one if holds else two, facts)
    parts = known(one, facts.under(condition)), known(two, facts.under(condition, False))
    return with_parts(node, (condition, *parts))


def decided(node: Expr, by: Condition, holds: bool) -> Expr:
    """An expression whose choices by one statement are made."""
    if not isinstance(node, Choose):
        return node
    condition, one, two = node.args
    if condition == by:
        return decided(one if holds else two, by, holds)
    return with_parts(node, (condition, decided(one, by, holds), decided(two, by, holds)))

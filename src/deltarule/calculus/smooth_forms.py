"""What stands for a formula once its kink is known to cancel."""

from __future__ import annotations

from typing import Any, cast

import sympy
from sympy import Dummy, Expr

from deltarule.calculus.kink_sides import Sides
from deltarule.calculus.kinks import Condition, Surfaces
from deltarule.expressions.bounds import spread
from deltarule.expressions.functions import Elementwise, exp, sigmoid
from deltarule.expressions.nodes import Choose, Positive, Read, Reduction, size_of
from deltarule.expressions.substitution import plainly_named

#: Functions that are rational in exp(z), by which a sigmoid may be written.
_ODDS = {exp.row.name, sigmoid.row.name}


def smooth_form(
    node: Expr, surface: Expr, surfaces: Surfaces, sides: Sides, wanted: bool
) -> Expr | None:
    """One formula for both sides, where they are the same; None where it might overflow.

    exp(−|x|) never does, and exp(−x) does for x far below 0: only functions that were there before
    may be taken from one side, or the sigmoid, which is computed without overflow. Unless it is
    `wanted`, a formula is not changed for the sigmoid's sake.
    """
    alone = surfaces.opened_reads(node, surface)
    if alone == plainly_named(node):
        before = node.atoms(Elementwise)
        safe = [s for s in (sides.above, sides.below) if s.atoms(Elementwise) <= before]
        if safe:
            return min(safe, key=size_of)
    return _by_sigmoid(surfaces.side(alone, surface, 1)) if wanted else None


def put_together(condition: Condition, above: Expr, below: Expr, nearest: int) -> Expr:
    """A formula by its two sides; on the surface itself it is the one that is `nearest`."""
    z = condition.argument * condition.sign
    if nearest > 0:
        return Choose(Positive(spread(-z)), below, above)
    return Choose(Positive(spread(z)), above, below)


def _by_sigmoid(formula: Expr) -> Expr | None:
    """A formula that is rational in one exponential, or sigmoid, as a polynomial in a sigmoid."""
    found = formula.atoms(Elementwise)
    arguments = {_positive(n.args[0]) for n in found}
    if len(arguments) != 1 or formula.has(Reduction) or {n.row.name for n in found} - _ODDS:
        return None
    (z,) = arguments
    share, letters = Dummy("s"), {r: Dummy("r") for r in formula.atoms(Read)}
    odds = share / (1 - share)
    table = {exp(z): odds, exp(-z): 1 / odds, sigmoid(z): share, sigmoid(-z): 1 - share}
    plain = formula.xreplace({n: table[n] for n in found}).xreplace(letters)
    reduced = sympy.cancel(sympy.together(plain))
    # SymPy's annotation is that of the default: a generator may be a symbol as well.
    if share in sympy.denom(reduced).free_symbols or sympy.degree(reduced, cast(Any, share)) > 2:
        return None
    back = {letter: access for access, letter in letters.items()}
    return sympy.collect(reduced.expand(), share).xreplace({**back, share: sigmoid(z)})


def _positive(z: Expr) -> Expr:
    """z or −z, whichever has no minus sign."""
    return -z if z.could_extract_minus_sign() else z

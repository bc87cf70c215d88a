"""Formulas whose readings have not the shape of their quantity, with what would have it."""

from __future__ import annotations

from sympy import Expr

from deltarule.errors import DeltaruleError


class Unsummed(DeltaruleError):
    """A formula that has indices more than its quantity; `summed` holds what it would be summed
    over these, each with the words for them."""

    summed: tuple[tuple[Expr, str], ...] = ()


class Unfitting(Unsummed):
    """No reading of a formula has the shape of its quantity; `turned` those that have it turned."""

    turned: tuple[Expr, ...] = ()

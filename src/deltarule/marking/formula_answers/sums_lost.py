"""Formulas that are right but for a sum: what stands there has indices more than its quantity."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr

from deltarule.errors import DeltaruleError
from deltarule.formulas.shapes_amiss import Unsummed
from deltarule.marking.formula_answers.comparison import Comparison


def sum_lost(error: DeltaruleError | None, compared: Callable[[Expr], Comparison]) -> str:
    """What to say of a formula in which a sum alone is missing; empty for another one."""
    for written, over in error.summed if isinstance(error, Unsummed) else ():
        try:
            if compared(written).right():
                return f"the sum over {over} is missing"
        except (DeltaruleError, ZeroDivisionError, OverflowError):
            continue
    return ""

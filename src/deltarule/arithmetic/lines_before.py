"""A line by the formulas of the lines before it, where its own numbers are infinite or none.

p = σ(1000) is 1 in floats, and log(1 − p) is −∞; by the formula of p it is −1000. So it is for what
is multiplied by a slope that overflowed, or by a share that vanished.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import numpy as np
from sympy import Expr

from deltarule.arithmetic.tensor_values import Values
from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import Read, size_of, tensor_name
from deltarule.expressions.substitution import replace_reads
from deltarule.networks.equations import Equation

#: Whether what has no value as it is written stays without one: programs compute it so.
AS_WRITTEN: ContextVar[bool] = ContextVar("as_written", default=False)

#: Formulas of more nodes are not written out, and lines not through more lines than so many.
LONGEST, DEEPEST = 300, 6


def remember(equation: Equation, found: object, values: Values) -> None:
    """Keep the formula of a line that was computed, with what it gave."""
    tensor = values.tensors.get(equation.name)
    inside = tensor is None or tensor.outside is None and not tensor.integral
    if inside and equation.name not in equation.read_names():
        values.lines[equation.name] = (equation, found)


def _written_out(expression: Expr, values: Values) -> Expr | None:
    """The expression with the formulas of the lines that it reads; None where there are none.

    A line counts as long as its tensor holds what it gave: another value may have been put there.
    """

    def formula(access: Read) -> Expr:
        name = tensor_name(access)
        equation, found = values.lines.get(name, (None, None))
        if equation is None or values.arrays.get(name) is not found:
            return access
        return equation.rhs_at(access)

    found = expression
    for _ in range(DEEPEST):
        written = replace_reads(found, formula)
        if written == found or size_of(written) > LONGEST:
            break
        found = written
    return None if found == expression else found


def by_lines_before(
    found: Any, expression: Expr, values: Values, evaluated: Callable[[Expr], Any]
) -> Any:
    """Floats of which those that are infinite or none are computed from the lines before."""
    floats = isinstance(found, np.ndarray) and found.dtype.kind == "f"
    written = _written_out(expression, values) if floats else None
    if written is None:
        return found
    try:
        other = evaluated(written)
    except DeltaruleError:  # as of a place that a line's formula reads outside
        return found
    return np.where(np.isfinite(found) | ~np.isfinite(other), found, other)

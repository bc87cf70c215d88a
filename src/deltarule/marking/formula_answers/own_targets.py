"""A sheet's own targets, put into a formula: −log ŷ₁ where the sheet's class is 1."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from sympy import Expr

from deltarule.arithmetic.small_sizes import free_sizes
from deltarule.expressions.nodes import reads, tensor_name
from deltarule.marking.formula_answers.comparer import Comparer
from deltarule.marking.formula_answers.comparison import Comparison
from deltarule.marking.formula_answers.own_sizes import agrees
from deltarule.spelling.names import pretty
from deltarule.tracing.computation import Computation


def with_own_targets(
    compare: Comparer, compared: Comparison, properties: Mapping[str, str]
) -> str | None:
    """What is said of a formula that is right with the targets of the sheet, and so with its
    sizes; None of one that is wrong with them too, that reads them, or where there is no sheet."""
    computation = compare.computation
    if computation is None or not agrees(compared, computation):
        return None
    targets = _left_out(compared.written, computation)
    if not targets:
        return None
    sizes = {str(s): int(computation.floats.extent(s)) for s in free_sizes(computation.network)}
    if not compare(compared.written, {**properties, **targets}, sizes).right():
        return None
    names = " and ".join(map(pretty, targets))
    return f"right with this sheet's {names}; in general it is another one"


def _left_out(written: Expr, computation: Computation) -> dict[str, np.ndarray]:
    """The numbers of the targets that a formula does not read."""
    read = {tensor_name(r) for r in reads(written)}
    targets = computation.network.with_role("target")
    return {
        t.name: computation.givens[t.name]
        for t in targets
        if t.name in computation.givens and t.name not in read
    }

"""What a maximum is over, computed once where it has sums in it: y[k] = max_n Σ_d W[k, d]·x[n, d].

Which entry is the largest is found by comparing each with the maximum. A sum that is run again in
another loop may round otherwise, and then none is equal; so both read one array of the bodies.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from deltarule.expressions.matrices import Inverse
from deltarule.expressions.nodes import Max, Read, Reduction, Selection, Sum, free_indices
from deltarule.expressions.rebuild import with_body
from deltarule.kernels.passes.draft import Draft
from deltarule.kernels.passes.working_arrays import WorkingArrays
from deltarule.networks.equations import Equation


def arrays_of_maxima(draft: Draft) -> Draft:
    """Bodies of maxima as working arrays, where reductions stand in them."""
    made = draft.room()
    found: dict[Read, Max] = {}
    selected = _selected(draft.equations)
    for equation in draft.equations:
        rhs = equation.rhs
        if isinstance(rhs, Max) and equation.lhs in selected and rhs.body.has(Reduction, Inverse):
            rhs = found[equation.lhs] = _of_an_array(equation, rhs, made)
        elif isinstance(rhs, Selection) and rhs.args[1] in found:
            rhs = Selection(found[rhs.args[1]], rhs.args[1])
        made.equations.append(equation if rhs is equation.rhs else replace(equation, rhs=rhs))
    return draft.rewritten(made.equations, made)


def _selected(equations: Iterable[Equation]) -> set[Read]:
    return {e.rhs.args[1] for e in equations if isinstance(e.rhs, Selection)}


def _of_an_array(equation: Equation, maximum: Max, made: WorkingArrays) -> Max:
    """The maximum of an array whose equation is added to `made`, 0 where no entry counts."""
    entry = Sum(maximum.body, (), maximum.conditions) if maximum.conditions else maximum.body
    ranges = (*equation.ranges, *maximum.ranges)
    own = tuple((i, n) for i, n in ranges if i in free_indices(entry))
    return with_body(maximum, made.holding(entry, own, equation.place))

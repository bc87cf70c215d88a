"""Compiler passes held against the evaluator: what a pass rewrites gives the numbers it gave.

An equation that a pass changed, or made, is evaluated from arrays that the equations as they were
derived have filled. So each pass is checked by itself, and an error is found where it is made.
"""

from __future__ import annotations

import numpy as np
from once import Step

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.run import run
from deltarule.expressions.nodes import Selection
from deltarule.kernels.passes.collapse_axes import collapsed
from deltarule.kernels.passes.draft import Draft
from deltarule.kernels.passes.program import Program
from deltarule.networks.equations import Equation


def disagreements(made: Program, steps: list[Step], given: Values) -> list[str]:
    """The passes and equations that give other numbers; `given` are those of all tensors."""
    found, arrays, sizes = [], dict(given.arrays), given.sizes
    for name, before, after in steps:
        values = Values(arrays, sizes, dict(made.scalars), after.tensors)
        for tensor, described in after.tensors.items():
            if np.ndim(arrays.get(tensor, 0)) > len(described.axes):
                arrays[tensor] = _as_numbers(arrays[tensor], described.axes, values)
        known = set(before.equations)
        for equation in after.equations:
            if equation not in known and not isinstance(equation.rhs, Selection):
                found += _differs(name, equation, values)
    for draft in [after for name, _, after in steps if name == steps[-1][0]]:
        found += _collapsed(draft, Values(arrays, sizes, dict(made.scalars), draft.tensors))
    return found


def _differs(name: str, equation: Equation, values: Values) -> list[str]:
    """What is wrong with an equation; a working array is new, and is kept."""
    before = values.arrays.get(equation.name)
    own = {} if before is None else {equation.name: np.array(before)}
    now = Values({**values.arrays, **own}, values.sizes, values.scalars, values.tensors)
    with np.errstate(all="ignore"):
        run([equation], now, Float64())
    if before is None:
        values.arrays[equation.name] = now.arrays[equation.name]
    elif not np.allclose(now.arrays[equation.name], before, 1e-9, 1e-11, equal_nan=True):
        return [f"{name}: {equation.name}"]
    return []


def _collapsed(draft: Draft, values: Values) -> list[str]:
    """The pass that loops ask for: tensors become views of fewer axes."""
    found = []
    for equation in draft.equations:
        one = collapsed(equation, draft.tensors)
        if one.equation == equation:
            continue
        tensors = {**draft.tensors, **one.tensors}
        now = Values(dict(values.arrays), values.sizes, values.scalars, tensors)
        for view, tensor in one.views.items():
            shape = [now.extent(a) for a in one.tensors[view].axes]
            now.arrays[view] = np.reshape(values.arrays[tensor], shape)
        found += _differs("collapse_axes", one.equation, now)
    return found


def _as_numbers(selection: np.ndarray, axes: tuple, values: Values) -> np.ndarray:
    """A selection as the number of the entry that it selects, −1 where that is none."""
    flat = np.reshape(selection, [*(values.extent(a) for a in axes), -1])
    if not flat.shape[-1]:
        return np.full(flat.shape[:-1], -1)
    return np.where(flat.any(-1), flat.argmax(-1), -1)

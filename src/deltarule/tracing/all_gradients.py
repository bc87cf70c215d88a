"""All gradients of a computation compared with dual numbers at once.

Every tensor is moved along a direction of its own: with ε·V added to each tensor X, the loss
changes by ε·Σ_X ⟨∂E/∂X, V⟩. One pass forward in dual numbers gives the left side, the gradients'
values the right one (Griewank and Walther, Evaluating Derivatives, 2008, ch. 3: ⟨ȳ, ẏ⟩ = ⟨x̄, ẋ⟩).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from deltarule.arithmetic.base import Undecided
from deltarule.arithmetic.dual import Dual, DualArray
from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.run import run
from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import read
from deltarule.networks.equations import Equation
from deltarule.tracing.computation import Computation

#: The two sides may differ by so much of the sum of all sizes that go into them.
TOLERANCE = 1e-9

#: What is added to a tensor that equations compute.
_NUDGE = "@nudge "


def gradients_agree(computation: Computation) -> bool:
    """Whether all gradients are what dual numbers give, in float64, at the computation's givens.

    False too where that cannot be decided: at NaN and ∞, and at kinks where conventions differ.
    """
    try:
        with np.errstate(all="ignore"):
            ours, theirs = _sides(computation)
    except (DeltaruleError, Undecided, ArithmeticError):
        return False
    size = np.abs(ours).sum() + np.abs(theirs).sum()
    return bool(abs(ours.sum() - theirs.sum()) <= TOLERANCE * size)


def _sides(computation: Computation) -> tuple[np.ndarray, np.ndarray]:
    """The terms of both sides: from the gradients, and from the change of what they are of."""
    gradients = {t: computation.floats.arrays[line] for t, line in _lines(computation)}
    directions = {t: _direction(np.shape(a), k) for k, (t, a) in enumerate(gradients.items(), 1)}
    if not directions:
        return np.zeros(0), np.zeros(0)
    ours = [np.ravel(a * directions[t]) for t, a in gradients.items()]
    return np.concatenate(ours), np.concatenate(_changes(computation, directions))


def _lines(computation: Computation) -> Iterator[tuple[str, str]]:
    """The tensors whose gradients are compared, each with the line of its gradient."""
    derivation = computation.derivation
    for name in derivation.gradients:
        line = derivation.gradient_name(name)
        if name != derivation.of and line in computation.floats.arrays:
            yield name, line


def _direction(shape: tuple[int, ...], number: int) -> np.ndarray:
    """A direction with all entries different and of one size; another for each number."""
    count = np.arange(1, int(np.prod(shape)) + 1)
    return (0.75 + 0.5 * np.modf(count * 0.618033988749895 + number * 0.41421356)[0]).reshape(shape)


def _changes(computation: Computation, directions: dict[str, np.ndarray]) -> list[np.ndarray]:
    """What each root changes by if all tensors move along their directions, times upstream."""
    network, arithmetic = computation.network, Dual(Float64())
    computed = {e.name for e in network.equations}
    values = computation.start(arithmetic.base)
    arrays: dict = {}
    for name, array in values.arrays.items():
        tensor = network.tensors.get(name)
        still = tensor is not None and tensor.integral
        along = directions.get(name, np.zeros(np.shape(array)))
        arrays[name] = array if still else DualArray(array, along)
    tensors = dict(values.tensors)
    for name in directions.keys() & computed:
        array, nudge = directions[name], f"{_NUDGE}{name}"
        arrays[nudge] = DualArray(np.zeros(array.shape), array)
        tensors[nudge] = replace(tensors[name], name=nudge, outside=None)
    moved = Values(arrays, values.sizes, values.scalars, tensors)
    run([_moved(e, directions) for e in network.equations], moved, arithmetic)
    derivation = computation.derivation
    if not derivation.upstream:
        return [np.ravel(moved.arrays[derivation.of].tangent)]
    upstream = {n: values.arrays[derivation.gradient_name(n)] for n in derivation.upstream}
    return [np.ravel(a * moved.arrays[name].tangent) for name, a in upstream.items()]


def _moved(equation: Equation, directions: dict[str, np.ndarray]) -> Equation:
    """An equation with what is added to its tensor."""
    if equation.name not in directions:
        return equation
    nudge = read(f"{_NUDGE}{equation.name}", *equation.subscripts)
    return replace(equation, rhs=equation.rhs + nudge)

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
from deltarule.expressions.gradient_names import GradientName, gradient_name
from deltarule.expressions.nodes import read
from deltarule.networks.equations import Equation
from deltarule.spelling.names import parse_reference
from deltarule.tracing.computation import Computation

#: The two sides may differ by so much of the sum of all sizes that go into them.
TOLERANCE = 1e-9

#: What is added to a tensor that equations compute.
_NUDGE = "@nudge "


def gradients_agree(computation: Computation) -> bool:
    """Whether all gradients are what dual numbers give, in float64, at the computation's givens:
    those of the loss, and those of single entries that are asked for.

    False too where that cannot be decided: at NaN and ∞, and at kinks where conventions differ.
    """
    try:
        with np.errstate(all="ignore"):
            return all(_equal(*sides) for sides in _sides(computation))
    except (DeltaruleError, Undecided, ArithmeticError):
        return False


def _equal(ours: list[np.ndarray], theirs: list[np.ndarray]) -> bool:
    """Whether terms have the same sum, as far as float64 tells."""
    one, two = np.concatenate(ours), np.concatenate(theirs)
    size = np.abs(one).sum() + np.abs(two).sum()
    return bool(abs(one.sum() - two.sum()) <= TOLERANCE * size)


def _sides(computation: Computation) -> Iterator[tuple[list[np.ndarray], list[np.ndarray]]]:
    """The terms of both sides: from the gradients, and from the change of what they are of."""
    arrays = computation.floats.arrays
    gradients = {t: arrays[line] for t, line in _lines(computation)}
    directions = {t: _direction(np.shape(a), k) for k, (t, a) in enumerate(gradients.items(), 1)}
    if not directions:
        return
    moved = _moved_values(computation, directions)
    ours = [np.ravel(a * directions[t]) for t, a in gradients.items()]
    yield ours, _changes(computation, moved)
    for root in other_roots(computation):
        single = parse_reference(root)
        names = {t: gradient_name(root, t) for t in directions}
        ours = [np.ravel(arrays[n] * directions[t]) for t, n in names.items() if n in arrays]
        yield ours, [np.ravel(moved.arrays[single.name].tangent[single.entry])]


def other_roots(computation: Computation) -> list[str]:
    """The entries whose own gradients are among the lines, such as `E_o[0]`."""
    found: dict[str, set[str]] = {}
    for line in computation.lines:
        name = GradientName.parse(line.quantity)
        if name is not None and not name.direct and name.of != computation.derivation.of:
            found.setdefault(name.of, set()).add(name.wrt)
    # The backward pass of an entry starts at the tensor that it is an entry of.
    return [root for root, wrt in found.items() if root.partition("[")[0] in wrt]


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


def _moved_values(computation: Computation, directions: dict[str, np.ndarray]) -> Values:
    """What all tensors are, and change by, if they move along their directions."""
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
    return moved


def _changes(computation: Computation, moved: Values) -> list[np.ndarray]:
    """What each root changes by, times upstream."""
    derivation, values = computation.derivation, computation.floats
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

"""Derivatives found without the derivation: dual numbers sent forward, and finite differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from deltarule.arithmetic.base import Arithmetic
from deltarule.arithmetic.dual import Dual, DualArray
from deltarule.arithmetic.duals import Duals, DualsArray
from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.run import run
from deltarule.notation.equations import Equation
from deltarule.notation.networks import Network
from deltarule.notation.nodes import read

#: Tensors with more entries than this are checked along random directions instead of each entry.
MOST_ENTRIES = 12


def downstream(network: Network, name: str) -> list[Equation]:
    """The equations whose values depend on a tensor, in order; not those that write it."""
    touched, seen = {name}, 0
    while len(touched) > seen:
        # In a recurrence an equation reads what one behind it wrote at an earlier time.
        seen = len(touched)
        touched |= {e.name for e in network.equations if e.read_names() & touched}
    return [e for e in network.equations if e.name in touched and e.name != name]


#: What is added to a state at each time, to see what follows from it.
NUDGE = "@nudge"


@dataclass(frozen=True)
class Displacement:
    """What has to be run again when a tensor moves, and under which name it is moved.

    A tensor that depends on itself at earlier times is not replaced: its equations add a nudge,
    whose change at one time goes on through the later ones.
    """

    equations: tuple[Equation, ...]
    moved: str
    values: Values

    def at(self, array) -> Values:
        """Values in which the moved tensor is `array`; what is to be run again is left out."""
        again = {e.name for e in self.equations}
        arrays = {n: a for n, a in self.values.arrays.items() if n not in again}
        arrays[self.moved] = array
        return replace(self.values, arrays=arrays)


def displacement(
    network: Network, values: Values, arithmetic: Arithmetic, name: str
) -> tuple[Displacement, np.ndarray]:
    """How to move a tensor of a network, and the array that it is moved from."""
    equations = downstream(network, name)
    following = {name, *(e.name for e in equations)}
    own = network.equation_of(name)
    if not any(e.read_names() & following for e in own):
        return Displacement(tuple(equations), name, values), values.arrays[name]
    nudge = replace(network.tensors[name], name=NUDGE, outside=None)
    wider = replace(values, tensors={**values.tensors, NUDGE: nudge})
    again = tuple(
        replace(e, rhs=e.rhs + read(NUDGE, *e.subscripts)) if e.name == name else e
        for e in network.equations
        if e.name in following
    )
    return Displacement(again, NUDGE, wider), arithmetic.zeros(np.shape(values.arrays[name]))


def derivative_along(
    network: Network,
    values: Values,
    arithmetic: Arithmetic,
    name: str,
    direction: np.ndarray,
    roots: Mapping[str, np.ndarray | None],
):
    """Σ over roots of upstream·(change of the root), when a tensor moves along a direction.

    `roots` gives the upstream array of each root, None for a loss (which counts once). By dual
    numbers over `arithmetic`, in which `values` are.
    """
    how, start = displacement(network, values, arithmetic, name)
    moved = how.at(DualArray(start, direction))
    for other, array in moved.arrays.items():
        tensor = values.tensors.get(other)
        if other != how.moved and tensor is not None and not tensor.whole:
            moved.arrays[other] = DualArray(array, arithmetic.zeros(np.shape(array)))
    run(how.equations, moved, Dual(arithmetic))
    total = arithmetic.zeros(())
    for root, upstream in roots.items():
        change = np.asarray(moved.arrays[root].tangent)
        if upstream is not None:
            change = np.asarray(arithmetic.multiply(upstream, change))
        if change.ndim:
            change = arithmetic.total(change, tuple(range(change.ndim)))
        total = arithmetic.add(total, change)
    return total[()] if isinstance(total, np.ndarray) else total


def derivatives_along(
    network: Network,
    values: Values,
    duals: Duals,
    name: str,
    directions: np.ndarray,
    roots: Mapping[str, np.ndarray | None],
) -> np.ndarray:
    """The same along several directions, which are the first axis of `directions`."""
    arithmetic = duals.base
    how, start = displacement(network, values, arithmetic, name)
    moved = how.at(DualsArray(start, directions))
    for other, array in moved.arrays.items():
        tensor = values.tensors.get(other)
        if other != how.moved and tensor is not None and not tensor.whole:
            moved.arrays[other] = duals.constant(array)
    run(how.equations, moved, duals)
    result = arithmetic.zeros((len(directions),))
    for root, upstream in roots.items():
        change = np.asarray(moved.arrays[root].tangent)
        if upstream is not None:
            change = np.asarray(arithmetic.multiply(upstream, change))
        if change.ndim > 1:
            change = arithmetic.total(change, tuple(range(1, change.ndim)))
        result = arithmetic.add(result, change)
    return result


def dual_gradient(
    network: Network,
    values: Values,
    arithmetic: Arithmetic,
    name: str,
    roots: Mapping[str, np.ndarray | None],
) -> np.ndarray:
    """The whole gradient, one dual pass for each entry of the tensor."""
    shape = np.shape(values.arrays[name])
    result = arithmetic.zeros(shape)
    for entry in np.ndindex(*shape):
        direction = arithmetic.zeros(shape)
        direction[entry] = arithmetic.number(Fraction(1))
        result[entry] = derivative_along(network, values, arithmetic, name, direction, roots)
    return result


def central_differences(
    network: Network,
    values: Values,
    arithmetic: Arithmetic,
    name: str,
    roots: Mapping[str, np.ndarray | None],
    entries: Sequence[tuple[int, ...]],
    step: float = 1e-6,
) -> list[tuple[float, float]]:
    """(E(x) − E(x − h))/h and (E(x + h) − E(x))/h in float64, at some entries of a tensor."""
    how, start = displacement(network, values, arithmetic, name)

    def error(array: np.ndarray) -> float:
        moved = how.at(array)
        run(how.equations, moved, arithmetic)
        return sum(
            float(np.sum(moved.arrays[root] if up is None else up * moved.arrays[root]))
            for root, up in roots.items()
        )

    found = []
    here = np.asarray(start, dtype=float)
    middle = error(here)
    for entry in entries:
        width = step * max(0.01, abs(float(here[entry])))
        up, down = here.copy(), here.copy()
        up[entry] += width
        down[entry] -= width
        found.append((
            (middle - error(down)) / (here[entry] - down[entry]),
            (error(up) - middle) / (up[entry] - here[entry]),
        ))
    return found

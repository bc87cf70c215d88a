"""Derivatives found without the derivation: dual numbers sent forward, and finite differences."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from deltarule.arithmetic.base import Arithmetic
from deltarule.arithmetic.duals import Duals, DualsArray
from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.run import run
from deltarule.expressions.nodes import read
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network
from deltarule.networks.reachability import depending_on
from deltarule.tracing.frozen_values import with_frozen_values

#: Tensors with more entries than this are checked along random directions instead of each entry.
MOST_ENTRIES = 12


def downstream(network: Network, name: str) -> list[Equation]:
    """The equations whose values depend on a tensor, in order; not those that write it."""
    touched = depending_on(network.equations, {name})
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


def derivatives_along(
    network: Network,
    values: Values,
    duals: Duals,
    name: str,
    directions: np.ndarray,
    roots: Mapping[str, np.ndarray | None],
) -> np.ndarray:
    """Σ over roots of upstream·(change of the root), when a tensor moves along directions.

    They are the first axis of `directions`. `roots` gives the upstream array of each root, None
    for a loss (which counts once). By dual numbers over the arithmetic in which `values` are.
    """
    arithmetic = duals.base
    result = arithmetic.zeros((len(directions),))
    for change in changes_along(network, values, duals, name, directions, roots):
        result = arithmetic.add(result, arithmetic.total(change, (1,)))
    return result


def changes_along(
    network: Network,
    values: Values,
    duals: Duals,
    name: str,
    directions: np.ndarray,
    roots: Mapping[str, np.ndarray | None],
) -> Iterator[np.ndarray]:
    """For each root upstream·(its change): an axis of directions, and one of all entries."""
    arithmetic = duals.base
    how, start = displacement(network, values, arithmetic, name)
    moved = how.at(DualsArray(start, directions))
    for other, array in moved.arrays.items():
        tensor = values.tensors.get(other)
        if other != how.moved and tensor is not None and not tensor.integral:
            moved.arrays[other] = duals.constant(array)
    run(how.equations, moved, duals)
    for root, upstream in roots.items():
        change = np.asarray(moved.arrays[root].tangent)
        if upstream is not None:
            change = np.asarray(arithmetic.multiply(upstream, change))
        yield np.broadcast_to(change, (len(directions), *change.shape[1:])).reshape(
            len(directions), -1
        )


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
    moved = Moved(network, values, arithmetic, name, roots)
    return [
        (before / left, after / right)
        for before, after, left, right in (moved.around(entry, step) for entry in entries)
    ]


class Moved:
    """The error E, or Σ of upstream times output, in float64 where entries of a tensor move.

    Entries of roots that are infinite and remain so add nothing to how much it changes.
    """

    def __init__(
        self,
        network: Network,
        values: Values,
        arithmetic: Arithmetic,
        name: str,
        roots: Mapping[str, np.ndarray | None],
    ):
        how, start = displacement(network, values, arithmetic, name)
        equations, values = with_frozen_values(how.equations, how.values, arithmetic)
        self._how = replace(how, equations=equations, values=values)
        self._arithmetic, self._roots = arithmetic, roots
        self._here = np.asarray(start, dtype=float)
        self._endless: list[np.ndarray] = []
        self._middle = self._error(self._here)

    def around(self, entry: tuple[int, ...], step: float) -> tuple[float, float, float, float]:
        """E(x) − E(x − h), E(x + h) − E(x), and both h, for h = `step`·|x|."""
        here = self._here
        width = step * max(0.01, abs(float(here[entry])))
        up, down = here.copy(), here.copy()
        up[entry] += width
        down[entry] -= width
        return (
            self._middle - self._error(down),
            self._error(up) - self._middle,
            float(here[entry] - down[entry]),
            float(up[entry] - here[entry]),
        )

    def _error(self, array: np.ndarray) -> float:
        moved = self._how.at(array)
        run(self._how.equations, moved, self._arithmetic)
        found = [np.asarray(moved.arrays[root], dtype=float) for root in self._roots]
        endless = [np.where(np.isfinite(part), 0.0, part) for part in found]
        self._endless = self._endless or endless
        if any(map(np.any, map(np.not_equal, endless, self._endless))):
            return math.nan
        finite = [np.where(e == 0, part, 0.0) for part, e in zip(found, endless, strict=True)]
        parts = zip(finite, self._roots.values(), strict=True)
        return sum(float(np.sum(part if up is None else up * part)) for part, up in parts)

"""Derivatives found without the derivation: dual numbers sent forward, and finite differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from deltarule.arithmetic.base import Arithmetic
from deltarule.arithmetic.dual import Dual, DualArray
from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.run import run
from deltarule.notation.equations import Equation
from deltarule.notation.networks import Network

#: Tensors with more entries than this are checked along random directions instead of each entry.
MOST_ENTRIES = 64


def downstream(network: Network, name: str) -> list[Equation]:
    """The equations whose values depend on a tensor, in order; not those that write it."""
    touched, seen = {name}, 0
    while len(touched) > seen:
        # In a recurrence an equation reads what one behind it wrote at an earlier time.
        seen = len(touched)
        touched |= {e.name for e in network.equations if e.read_names() & touched}
    return [e for e in network.equations if e.name in touched and e.name != name]


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
    dual = Dual(arithmetic)
    arrays: dict[str, object] = {}
    for other, array in values.arrays.items():
        tensor = values.tensors.get(other)
        if tensor is None or tensor.whole:
            arrays[other] = array
        else:
            arrays[other] = DualArray(array, arithmetic.zeros(np.shape(array)))
    arrays[name] = DualArray(values.arrays[name], direction)
    moved = replace(values, arrays=arrays)
    run(downstream(network, name), moved, dual)
    total = arithmetic.zeros(())
    for root, upstream in roots.items():
        change = np.asarray(arrays[root].tangent)
        if upstream is not None:
            change = np.asarray(arithmetic.multiply(upstream, change))
        if change.ndim:
            change = arithmetic.total(change, tuple(range(change.ndim)))
        total = arithmetic.add(total, change)
    return total[()] if isinstance(total, np.ndarray) else total


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
) -> list[float]:
    """(E(x + h) − E(x − h))/2h in float64, at some entries of a tensor."""
    equations = downstream(network, name)

    def error(array: np.ndarray) -> float:
        moved = replace(values, arrays={**values.arrays, name: array})
        run(equations, moved, arithmetic)
        return sum(
            float(np.sum(moved.arrays[root] if up is None else up * moved.arrays[root]))
            for root, up in roots.items()
        )

    found = []
    here = np.asarray(values.arrays[name], dtype=float)
    for entry in entries:
        width = step * max(1.0, abs(float(here[entry])))
        up, down = here.copy(), here.copy()
        up[entry] += width
        down[entry] -= width
        found.append((error(up) - error(down)) / (up[entry] - down[entry]))
    return found

"""Arrays with axes of one entry, for a kernel's module that has no such axes.

The same kernel without them is derived when such arrays come: it has longer loops (see
`passes.unit_axes`). Nothing is copied.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType

import numpy as np

#: With fewer bytes of inputs than this the time of a call is not worth a module of its own.
FEW = 1 << 15
#: The bytes of a register: with fewer in a row its loop is no vector.
ROW = 64


@dataclass(frozen=True)
class Squeezed:
    """A `module`, and by the names of arrays the axes that it does without.

    `alone` gives the one without threads, None where this has none.
    """

    module: ModuleType
    alone: Callable[[], ModuleType] | None = None
    axes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def ready(self, name: str, given: Mapping[str, np.ndarray]) -> tuple:
        """What runs, what it takes and what it fills, which has all its axes.

        Raises the module's Misfit, and ValueError for an array that has not the axes left out.
        """
        run, taken, filled = getattr(self.module, f"ready_{name}")(
            *(np.squeeze(a, self.axes[n]) if n in self.axes else a for n, a in given.items())
        )
        if self.axes:
            filled = {
                n: np.expand_dims(a, self.axes[n]) if n in self.axes else a
                for n, a in filled.items()
            }
        return run, taken, filled


def unit_sizes(module: ModuleType, given: Mapping[str, np.ndarray]) -> tuple[str, ...]:
    """The names of the sizes that are 1 in what is given, and whose axes are best left out."""
    known: Mapping[str, tuple[Mapping[str, int], Sequence[str]]]
    known = getattr(module, "UNIT_AXES", {})
    found: list[str] = []
    for size, (axes, behind) in known.items():
        here = [(given[n], k) for n, k in axes.items() if n in given]
        if {*behind} <= {*found} and all(_one(a, k) for a, k in here):
            found.append(size)
    return tuple(found)


def short_rows_of(module: ModuleType, given: Mapping[str, np.ndarray]) -> tuple[str, ...]:
    """The names of the sizes that make rows of few entries, but of more than one."""
    known: Mapping[tuple[str, ...], Sequence[tuple[str, int]]]
    known = getattr(module, "SHORT_ROWS", {})
    found: list[str] = []
    for names, places in known.items():
        arrays = [(given[n], k) for n, k in places]
        if all(type(a) is np.ndarray and a.ndim > k for a, k in arrays):
            length = math.prod(a.shape[k] for a, k in arrays)
            found += names if 1 < length < ROW // module.REAL.itemsize else ()
    return tuple(dict.fromkeys(found))


def axes_of(module: ModuleType, sizes: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """The axes of these sizes, by the names of arrays."""
    found: dict[str, tuple[int, ...]] = {}
    for size in sizes:
        for name, axis in module.UNIT_AXES[size][0].items():
            found[name] = (*found.get(name, ()), axis)
    return found


def _one(array: np.ndarray, axis: int) -> bool:
    """Whether an array has one entry along an axis."""
    return type(array) is np.ndarray and array.ndim > axis and array.shape[axis] == 1

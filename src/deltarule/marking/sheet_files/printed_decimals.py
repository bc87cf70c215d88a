"""With how many decimals a sheet prints its givens."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from deltarule.marking.sheet_files.arrays import Numbers, entries
from deltarule.spelling.names import canonical
from deltarule.tracing.computation import Computation


def printed_decimals(
    given: Mapping[str, Numbers], computation: Computation
) -> dict[str, np.ndarray]:
    """The decimals of every entry, in the shapes of a computation; 0 for fractions."""
    found = {}
    for name, numbers in given.items():
        decimals = np.array([(p and p.decimals) or 0 for _, p in entries(numbers)], int)
        shape = np.shape(computation.givens.get(canonical(name)))
        if decimals.size == np.prod(shape, dtype=int):
            found[canonical(name)] = decimals.reshape(shape)
    return found

"""Which places hold a value: of an array of positions, lists of the places that point to each."""

from __future__ import annotations

import numpy as np
from numba import njit

compiled = njit(cache=True, error_model="numpy")


# ---- what follows goes into kernels


@compiled
def places_by_value(array, axis):
    """The first place along an axis that holds each position, and the next with the same.

    first[v] is the least k with array[k] = v, and following[k] the next; −1 where there is none.
    """
    count, apart = array.shape[axis], 1
    for k in range(axis + 1, array.ndim):
        apart *= array.shape[k]
    first, following = np.full(array.size, -1, np.int64), np.full(array.size, -1, np.int64)
    entries = array.reshape(array.size)
    for k in range(array.size - 1, -1, -1):
        value, place = entries[k], k // apart % count
        if 0 <= value < count:
            at = k + (value - place) * apart
            following[k], first[at] = first[at], place
    return first.reshape(array.shape), following.reshape(array.shape)

"""Whether an array holds numbers alone, neither NaN nor ∞."""

from __future__ import annotations

import numpy as np
from numba import njit

compiled = njit(cache=True, error_model="numpy", fastmath={"contract", "reassoc", "nsz"})
U = np.uint64


# ---- what follows goes into kernels


@compiled
def all_finite(numbers):
    """Whether all numbers of a row are finite: x·0 is 0 for these alone."""
    total = numbers.dtype.type(0)
    for k in range(U(numbers.size)):
        total += numbers[k] * numbers.dtype.type(0)
    return total == 0

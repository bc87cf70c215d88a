"""Integers between real numbers, these left out."""

from __future__ import annotations

import numpy as np
from numba import njit

compiled = njit(cache=True, error_model="numpy")


# ---- what follows goes into kernels


@compiled
def first_after(z):
    """The least integer above z; for NaN one that stands before all."""
    if z > 1e9:
        return 1 << 30
    return int(np.floor(z)) + 1 if z >= -1e9 else -(1 << 30)


@compiled
def last_before(z):
    """The largest integer below z; for NaN one that stands behind all."""
    if z < -1e9:
        return -(1 << 30)
    return int(np.ceil(z)) - 1 if z <= 1e9 else 1 << 30

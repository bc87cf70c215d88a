"""Integers between real numbers, these among them."""

from __future__ import annotations

import numpy as np
from numba import njit

compiled = njit(cache=True, error_model="numpy")


# ---- what follows goes into kernels


@compiled
def first_from(z):
    """The least integer that is z or above; for NaN one that stands before all."""
    if z > 1e9:
        return 1 << 30
    return int(np.ceil(z)) if z >= -1e9 else -(1 << 30)


@compiled
def last_to(z):
    """The largest integer that is z or below; for NaN one that stands behind all."""
    if z < -1e9:
        return -(1 << 30)
    return int(np.floor(z)) if z <= 1e9 else 1 << 30

"""Inverses and log-determinants of small matrices by elimination, without exchange of pivots.

For positive definite matrices, as covariances are, no pivot has to be exchanged.
"""

from __future__ import annotations

from numba import njit

compiled = njit(cache=True, error_model="numpy", fastmath={"contract", "reassoc", "nsz"})


# ---- what follows goes into kernels


@compiled
def invert(a):
    """Replace a square matrix by its inverse."""
    size = a.shape[0]
    for p in range(size):
        over = a.dtype.type(1) / a[p, p]
        a[p, p] = a.dtype.type(1)
        for c in range(size):
            a[p, c] *= over
        for r in range(size):
            if r != p:
                factor = a[r, p]
                a[r, p] = a.dtype.type(0)
                for c in range(size):
                    a[r, c] -= factor * a[p, c]


@compiled
def eliminate(a):
    """Eliminate below the diagonal: the pivots are then on it, and their product is det a."""
    size = a.shape[0]
    for p in range(size):
        for r in range(p + 1, size):
            factor = a[r, p] / a[p, p]
            for c in range(p, size):
                a[r, c] -= factor * a[p, c]

"""Inverses and log-determinants of small matrices by elimination, rows exchanged for the largest
pivot."""

from __future__ import annotations

import numpy as np
from numba import njit

compiled = njit(cache=True, error_model="numpy", fastmath={"contract", "reassoc", "nsz"})


# ---- what follows goes into kernels


@compiled
def exchanged(a, p):
    """Bring the row with the largest entry in column p to row p; which row that was."""
    best = p
    for r in range(p + 1, a.shape[0]):
        if abs(a[r, p]) > abs(a[best, p]):
            best = r
    if best != p:
        for c in range(a.shape[1]):
            a[p, c], a[best, c] = a[best, c], a[p, c]
    return best


@compiled
def invert(a):
    """Replace a square matrix by its inverse."""
    size = a.shape[0]
    came_from = np.empty(size, np.int64)
    for p in range(size):
        came_from[p] = exchanged(a, p)
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
    for p in range(size - 1, -1, -1):
        if came_from[p] != p:
            for r in range(size):
                a[r, p], a[r, came_from[p]] = a[r, came_from[p]], a[r, p]


@compiled
def log_determinant(a):
    """log det a of a matrix, which is lost: −∞ where det a is 0, NaN where it is below."""
    size, total, negative = a.shape[0], a.dtype.type(0), False
    for p in range(size):
        if exchanged(a, p) != p:
            negative = not negative
        pivot = a[p, p]
        if pivot.real < 0:
            negative, pivot = not negative, -pivot
        if pivot == 0:
            return a.dtype.type(-np.inf)
        total += np.log(pivot)
        for r in range(p + 1, size):
            factor = a[r, p] / a[p, p]
            for c in range(p, size):
                a[r, c] -= factor * a[p, c]
    return a.dtype.type(np.nan) if negative else total

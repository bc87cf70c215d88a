"""Sums of weighted runs over whole arrays, in pieces that stay in the nearest cache."""

from __future__ import annotations

import numpy as np
from numba import njit

compiled = njit(cache=True, error_model="numpy", fastmath={"contract", "reassoc", "nsz"})
U = np.uint64


def spread_over(*_arguments):
    """Written by `blocks`."""


def gather_over(*_arguments):
    """Written by `blocks`."""


# ---- what follows goes into kernels


@compiled
def aligned(count, like):
    """Zeros, at a multiple of 64 bytes: runs then start at the edge of a cache line."""
    wide = np.zeros(count + 64 // like.itemsize, like.dtype)
    start = (-wide.ctypes.data % 64) // like.itemsize
    return wide[start:start + count]


@compiled
def rounded(count):
    """The count as an odd multiple of 16, so that rows do not fall on the same cache lines."""
    return ((count + 15) // 16 | 1) * 16


@compiled
def spread(out, o, pitch, rows, run, at, weights, length, piece):
    """out[o + r·pitch + q] += Σ_t weights[r, t]·run[at[t] + q], for q from 0 to length − 1."""
    taps = at.size
    for q in range(0, length, piece):
        some = min(piece, length - q)
        for t in range(0, taps, 256):
            spread_over(out, o, pitch, run, at, weights, rows, t, min(t + 256, taps), q, some)


@compiled
def gather(totals, a, o, pitch, rows, b, at, length, piece):
    """totals[r, t] += Σ_q a[o + r·pitch + q]·b[at[t] + q], for q from 0 to length − 1."""
    for q in range(0, length, piece):
        some = min(piece, length - q)
        gather_over(totals, rows, 0, at.size, a, o, pitch, b, at, q, some)

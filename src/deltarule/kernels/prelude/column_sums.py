"""Sums of the columns of a matrix: rows are added one after the other to a row of sums."""

from __future__ import annotations

import numpy as np
from numba import njit, prange

from deltarule.kernels.prelude.calls import _NUMBERS, _WHOLE, apart, from_start, outside

real = np.float32
U = np.uint64
compiled = in_threads = njit


# ---- what follows goes into kernels

#: How many columns a thread works on at a time.
COLUMNS_AT_ONCE = 256
#: More than so many rows are added up in blocks of so many, and these in double precision.
FEW_ROWS, ROWS_OF_BLOCK = 1024 if real is np.float32 else 1 << 62, 128


@compiled
def sums_of_few_rows(y, a, rows, columns, start, stop):
    """y[m] = Σ_n a[columns·n + m] for m from `start` to `stop`."""
    for m in range(U(start), U(stop)):
        y[m] = real(0)
    for n in range(rows):
        here = U(n * columns)
        for m in range(U(start), U(stop)):
            y[m] += a[here + m]


@compiled
def sums_of_many_rows(y, a, rows, columns, start, stop):
    """The same by blocks of rows."""
    wide = U(stop - start)
    whole, part, count = np.zeros(wide, np.float64), np.zeros(wide, real), 0
    for n in range(rows):
        here = U(n * columns + start)
        for m in range(wide):
            part[m] += a[here + m]
        count += 1
        if count == ROWS_OF_BLOCK:
            count = 0
            for m in range(wide):
                whole[m] += np.float64(part[m])
                part[m] = real(0)
    for m in range(wide):
        y[U(start) + m] = real(whole[m] + np.float64(part[m]))


@compiled
def sums_of_piece(piece, y, a, rows, columns):
    """The sums of so many columns as are taken at once."""
    start = piece * COLUMNS_AT_ONCE
    stop = min(columns, start + COLUMNS_AT_ONCE)
    if rows <= FEW_ROWS:
        sums_of_few_rows(y, a, rows, columns, start, stop)
    else:
        sums_of_many_rows(y, a, rows, columns, start, stop)


@in_threads
def sums_of_pieces(y, a, rows, columns, alone):
    """y[m] = Σ_n a[columns·n + m]. Where `alone` is not 0, no other thread is woken."""
    apart()
    pieces = (columns + COLUMNS_AT_ONCE - 1) // COLUMNS_AT_ONCE
    if alone:
        for piece in range(pieces):
            sums_of_piece(piece, y, a, rows, columns)
        return
    for piece in prange(pieces):
        sums_of_piece(piece, y, a, rows, columns)


@outside(_NUMBERS, _NUMBERS, _WHOLE, _WHOLE, _WHOLE)
def column_sums(y, a, rows, columns, alone):
    """y[m] = Σ_n a[columns·n + m] for m below `columns`, n below `rows`."""
    sums_of_pieces(from_start(y), from_start(a), rows, columns, alone)

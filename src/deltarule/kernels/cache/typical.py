"""Functions such as kernels have, for a process to compile before it is asked for any.

What Numba reads and compiles for them, as arrays that are made, ranges and maxima, it has then. The
options are those of a kernel's file (`module.source`): Numba keeps what it knows for each apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from numba import njit, types
from numba.core.ccallback import CFunc

from deltarule.kernels.prelude.calls import from_start

_OPTIONS = {"error_model": "numpy", "nogil": True, "fastmath": {"contract", "reassoc", "nsz"}}
_INNER = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
compiled = njit(**_OPTIONS, **_INNER)
kept = njit(**_OPTIONS, no_cfunc_wrapper=True)
U = np.uint64


@compiled
def in_blocks(plan, first):
    """Integers: a table of sizes."""
    table, places = np.empty(plan[0] * plan[1], np.int64), np.zeros(plan[2], np.uint64)
    high = max(min(plan[1 + first], 3), 1)
    for n in range(plan[0]):
        k, left = n % high, (n + high - 1) // high
        for o in range(U(left)):
            table[U(n) + o] = k if k < left and n != first else -(left * k)
            places[o] = U(k)
    cost = 1.5 * plan[1] / high + min(0.5 * plan[0], 2.0)
    return table, np.int64(cost < plan[3])


@compiled
def added(x, y, plan, factor):
    """Numbers: sums, and rows."""
    total, rows = y[0] - y[0], np.empty_like(y)
    for n in range(plan[0]):
        total += x[n] * factor
    for o in range(U(plan[1])):
        rows[o] = max(x[U(plan[2]) + o], total)
        y[o] += rows[o]
    return total


def called_by_name(x, plan, many):
    """What machine code calls by a name."""
    numbers, plan = from_start(x), from_start(plan)
    for n in range(plan[0]):
        numbers[n] = numbers[plan[many]]


@kept
def loops(x, y, N, D):
    """A pass over arrays of several axes."""
    for n in range(N):
        for d in range(D):
            y[n, d] = x[n, d] + y[n, d]


def steps(dtype: str) -> Iterator[Callable[[], object]]:
    """What compiles them for numbers of a type, one after the other."""
    number = types.float32 if dtype == "float32" else types.float64
    row, matrix = types.Array(number, 1, "C"), types.Array(number, 2, "C")
    places = types.Array(types.int64, 1, "C")
    kinds = types.CPointer(number), types.CPointer(types.int64), types.int64
    options = {"error_model": "numpy", "fastmath": {"contract"}, "forceinline": False}
    yield CFunc(called_by_name, (kinds, types.void), {}, options).compile
    yield partial(in_blocks.compile, (places, types.int64))
    yield partial(loops.compile, (matrix, matrix, types.int64, types.int64))
    yield partial(added.compile, (row, row, places, number))

"""Sums over windows, X[n, b, c, S·i + D·k − P, …] with W[b, f, c, k, …] and Y[n, b, f, i, …].

Each of the three is a sum over products of the other two, taken where X's entry exists. Windows
move in up to three directions, of which those that are missing have one place. What stands in
all three, b, are groups: each is summed by itself. Images are laid out flat, or their columns are
unfolded, or whole windows (`flat_sums`, `unfolded_sums`, `im2col_sums`), whichever costs less:
`plan` tells (see `window_layout`).
Arrays come as places in memory; `first` is what the result may begin with.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from deltarule.kernels.prelude.calls import _NUMBERS, _PLACES, _WHOLE, data, from_start, outside
from deltarule.kernels.prelude.flat_sums import flat_to_w, flat_to_x, flat_to_y
from deltarule.kernels.prelude.im2col import im2col_pays
from deltarule.kernels.prelude.im2col_sums import im2col_to_w, im2col_to_x, im2col_to_y
from deltarule.kernels.prelude.pointwise_sums import pointwise_to_w, pointwise_to_x, pointwise_to_y
from deltarule.kernels.prelude.pointwise_windows import pointwise
from deltarule.kernels.prelude.unfolded_rows import PAYS, blocks_of
from deltarule.kernels.prelude.unfolded_sums import unfolded_to_w, unfolded_to_x, unfolded_to_y
from deltarule.kernels.prelude.window_layout import (
    ADDED_TO,
    AT_BEGINS,
    AT_SIZES,
    AT_WIDE,
    FROM_FIRST,
    FROM_ZERO,
    OF_W,
    OF_X,
    OF_Y,
    empty,
)

compiled = njit
U = np.uint64
real = np.float32


# ---- what follows goes into kernels


@outside(_NUMBERS, _NUMBERS, _PLACES, _WHOLE)
def begin_alone(y, first, plan, of):
    """A result, the tensor `of`, is what it begins with: nothing is summed."""
    y, plan, first = from_start(y), from_start(plan), from_start(first)
    N, B, C, F = plan[AT_SIZES], plan[AT_SIZES + 1], plan[AT_SIZES + 2], plan[AT_SIZES + 3]
    if of == OF_W:
        N, B, C = B, F, C
    elif of == OF_Y:
        C = F
    k = AT_WIDE + of // 2
    if plan[AT_BEGINS] == ADDED_TO:
        N = 0
    for n in range(N):
        for b in range(B):
            for c in range(C):
                here, start = n * plan[of] + b * plan[of + 1] + c * plan[of + 2], real(0)
                if plan[AT_BEGINS] == FROM_FIRST:
                    entry = n * plan[AT_BEGINS + 1] + b * plan[AT_BEGINS + 2]
                    start = first[U(entry + c * plan[AT_BEGINS + 3])]
                for o in range(plan[k] * plan[k + 1]):
                    i, g = o % plan[k + 1], o // plan[k + 1]
                    to = here + g * plan[of + 3] + i * plan[of + 4]
                    for j in range(plan[k + 2]):
                        y[U(to + j * plan[of + 5])] = start


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def windows_to_y(x, w, y, first, plan):
    """Y[n, b, f, i, …] = Σ_{c,k,…} W[b, f, c, k, …]·X[n, b, c, s·i + d·k − p, …]."""
    sizes = from_start(plan)
    if empty(sizes):
        begin_alone(y, first, plan, OF_Y)
        return
    if pointwise(sizes):
        pointwise_to_y(x, w, y, first, plan)
        return
    if im2col_pays(plan, OF_Y, y):
        im2col_to_y(x, w, y, first, plan)
        return
    table = blocks_of(sizes, OF_Y)
    if table[PAYS]:
        unfolded_to_y(x, w, y, first, plan, data(table), table.size)
        table[PAYS] = 0  # the table lives until here
    else:
        flat_to_y(x, w, y, first, plan)


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def windows_to_w(x, w, y, first, plan):
    """W[b, f, c, k, …] = Σ_{n,i,…} Y[n, b, f, i, …]·X[n, b, c, s·i + d·k − p, …]."""
    sizes = from_start(plan)
    if empty(sizes):
        begin_alone(w, first, plan, OF_W)
        return
    if pointwise(sizes):
        if sizes[AT_BEGINS] != FROM_ZERO:
            begin_alone(w, first, plan, OF_W)
        pointwise_to_w(x, w, y, plan)
        return
    if im2col_pays(plan, OF_W, y):
        if sizes[AT_BEGINS] != FROM_ZERO:
            begin_alone(w, first, plan, OF_W)
        im2col_to_w(x, w, y, plan)
        return
    table = blocks_of(sizes, OF_W)
    if table[PAYS]:
        unfolded_to_w(x, w, y, first, plan, data(table), table.size)
        table[PAYS] = 0  # the table lives until here
    else:
        flat_to_w(x, w, y, first, plan)


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def windows_to_x(x, w, y, first, plan):
    """X[n, b, c, p, …] = Σ W[b, f, c, k, …]·Y[n, b, f, i, …], where p = s·i + d·k − p0, …"""
    sizes = from_start(plan)
    if empty(sizes):
        begin_alone(x, first, plan, OF_X)
        return
    if pointwise(sizes):
        pointwise_to_x(x, w, y, first, plan)
        return
    if im2col_pays(plan, OF_X, y):
        begin_alone(x, first, plan, OF_X)
        im2col_to_x(x, w, y, plan)
        return
    table = blocks_of(sizes, OF_X)
    if table[PAYS]:
        unfolded_to_x(x, w, y, first, plan, data(table), table.size)
        table[PAYS] = 0  # the table lives until here
    else:
        flat_to_x(x, w, y, first, plan)

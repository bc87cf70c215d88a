"""`window_sums` of groups with few channels and small planes, those of several images at a time.

Rows shorter than vectors fill few of their lanes, and a call for each plane takes longer than what
it computes. So planes of several images are laid out flat, one behind the other with the zeros
between them shared (see `window_layout`), and are one long row.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange

from deltarule.kernels.prelude.calls import (
    _NUMBER,
    _NUMBERS,
    _PLACES,
    _WHOLE,
    apart,
    data,
    from_start,
    outside,
)
from deltarule.kernels.prelude.micro_kernel import aligned
from deltarule.kernels.prelude.tap_sums import multiply_rows, weigh_rows
from deltarule.kernels.prelude.vectors import BYTES, LANES, added, copied
from deltarule.kernels.prelude.window_layout import (
    AT_BEGINS,
    AT_PADS,
    AT_RUN,
    AT_SIZES,
    AT_STRIDES,
    AT_WIDE,
    FROM_FIRST,
    OF_W,
    OF_X,
    OF_Y,
    begun,
    found,
    held,
    place_in,
    rounded,
    volume,
    zeros,
)
from deltarule.kernels.prelude.window_planes import corner, picked, shares
from deltarule.kernels.prelude.window_tap import totals_out

compiled = inlined = in_threads = njit
U = np.uint64
real = np.float32


# ---- what follows goes into kernels

#: So many bytes of planes are laid out together, of planes whose rows are so many vectors at most.
STACKED_BYTES, STACKED_VECTORS = 24576, 10


@inlined
def in_stacks(plan):
    """Whether planes are small, and windows move in steps of one over rows of neighbours."""
    rows = plan[AT_RUN] * plan[AT_RUN + 1] * ((plan[AT_RUN + 2] + LANES - 1) // LANES)
    small = volume(plan, AT_STRIDES) == 1 and rows <= STACKED_VECTORS
    small = small and plan[AT_SIZES] > 1 and plan[OF_X + 5] == 1 and plan[OF_Y + 5] == 1
    return small and (plan[AT_BEGINS] != FROM_FIRST or plan[AT_BEGINS + 1] == 0)


@compiled
def planes_together(plan, plane, parts):
    """How many images' planes are laid out together."""
    channels = plan[AT_SIZES + 2] + plan[AT_SIZES + 3]
    most = max(1, STACKED_BYTES // (BYTES * plane * channels))
    return min((plan[AT_SIZES] + parts - 1) // parts, most)


@outside(
    _NUMBERS, _WHOLE, _NUMBERS, _WHOLE, _WHOLE, _PLACES, _WHOLE, _PLACES, _WHOLE, _NUMBER
)
def move_stack(x, source, flat, start, many, plan, of, grid, into, begin):
    """Planes of so many images from x[source + …] into flat[start + …], or back: `move_image`."""
    plan, grid = from_start(plan), from_start(grid)
    k, to = AT_WIDE + of // 2, start
    T, H, W, further, pitch, wide = (
        plan[k], plan[k + 1], plan[k + 2], volume(grid, 0), plan[of + 4], grid[2],
    )
    if of == OF_X:
        to += place_in(grid, plan[AT_PADS], plan[AT_PADS + 1], plan[AT_PADS + 2])
    for t in range(T):
        here, there = source + t * plan[of + 3], to + place_in(grid, t, 0, 0)
        for _ in range(many):
            if into < 0:
                copied(x, here, pitch, flat, there, wide, H, W)
            else:
                added(flat, there, wide, x, here, pitch, H, W, into, begin)
            here, there = here + plan[of], there + further


@in_threads
def stacks_to_y(x, w, y, first, plan):
    """`windows_to_y` of arrays, stack by stack."""
    apart()
    N, B, C, F = plan[AT_SIZES], plan[AT_SIZES + 1], plan[AT_SIZES + 2], plan[AT_SIZES + 3]
    grid, _, at, entries = found(plan, 1)
    plane, parts = volume(grid, 0), shares(B, N)
    few = planes_together(plan, plane, parts)
    room = rounded(few * plane + grid[3])
    for task in prange(B * parts):
        b, part = task // parts, task % parts
        flat, sums, weights = zeros(C * room), aligned(room), np.empty(at.size, real)
        end = (part + 1) * N // parts
        for n in range(part * N // parts, end, few):
            many = min(few, end - n)
            for c in range(C):
                move_stack(
                    data(x), corner(plan, OF_X, n, b, c), data(flat), c * room, many, data(plan),
                    OF_X, data(grid), -1, real(0),
                )
            length = (many * plane + LANES - 1) // LANES * LANES
            for f in range(F):
                for c in range(C):
                    picked(w, corner(plan, OF_W, b, f, c), entries, weights)
                    weigh_rows(
                        data(sums), 0, 0, data(flat), c * room, 0, data(at), data(weights), at.size,
                        1, length, min(c, 1), real(0),
                    )
                move_stack(
                    data(y), corner(plan, OF_Y, n, b, f), data(sums), 0, many, data(plan), OF_Y,
                    data(grid), held(plan), begun(first, plan, n, b, f),
                )


@in_threads
def stacks_to_x(x, w, y, first, plan):
    """`windows_to_x` of arrays, stack by stack."""
    apart()
    N, B, C, F = plan[AT_SIZES], plan[AT_SIZES + 1], plan[AT_SIZES + 2], plan[AT_SIZES + 3]
    grid, _, ahead, entries = found(plan, 1)
    plane, parts, before = volume(grid, 0), shares(B, N), rounded(grid[3])
    few = planes_together(plan, plane, parts)
    room = before + rounded(few * plane)
    # From the last tap on, so that places follow each other.
    at, entries = -ahead[::-1].copy(), entries[::-1].copy()
    for task in prange(B * parts):
        b, part = task // parts, task % parts
        outer, sums, weights = zeros(F * room), aligned(room), np.empty(at.size, real)
        end = (part + 1) * N // parts
        for n in range(part * N // parts, end, few):
            many = min(few, end - n)
            for f in range(F):
                move_stack(
                    data(y), corner(plan, OF_Y, n, b, f), data(outer), f * room + before, many,
                    data(plan), OF_Y, data(grid), -1, real(0),
                )
            length = (many * plane + LANES - 1) // LANES * LANES
            for c in range(C):
                for f in range(F):
                    picked(w, corner(plan, OF_W, b, f, c), entries, weights)
                    weigh_rows(
                        data(sums), 0, 0, data(outer), f * room + before, 0, data(at),
                        data(weights), at.size, 1, length, min(f, 1), real(0),
                    )
                move_stack(
                    data(x), corner(plan, OF_X, n, b, c), data(sums), 0, many, data(plan), OF_X,
                    data(grid), held(plan), begun(first, plan, n, b, c),
                )


@in_threads
def stacks_to_w(x, w, y, first, plan):
    """`windows_to_w` of arrays, stack by stack."""
    apart()
    N, B, C, F = plan[AT_SIZES], plan[AT_SIZES + 1], plan[AT_SIZES + 2], plan[AT_SIZES + 3]
    grid, _, at, entries = found(plan, 1)
    plane, parts, many_taps = volume(grid, 0), shares(B, N), at.size
    few = planes_together(plan, plane, parts)
    room = rounded(few * plane + grid[3])
    size = F * C * many_taps
    lanes, totals = zeros(B * parts * size * LANES), zeros(B * size)
    for task in prange(B * parts):
        b, part = task // parts, task % parts
        flat, outer = zeros(C * room), zeros(F * room)
        end = (part + 1) * N // parts
        for n in range(part * N // parts, end, few):
            many = min(few, end - n)
            for c in range(C):
                move_stack(
                    data(x), corner(plan, OF_X, n, b, c), data(flat), c * room, many, data(plan),
                    OF_X, data(grid), -1, real(0),
                )
            for f in range(F):
                move_stack(
                    data(y), corner(plan, OF_Y, n, b, f), data(outer), f * room, many, data(plan),
                    OF_Y, data(grid), -1, real(0),
                )
            for o in range(F * C):
                multiply_rows(
                    data(lanes), (task * F * C + o) * many_taps * LANES, data(outer),
                    o // C * room, 0, data(flat), o % C * room, 0, data(at), many_taps, 1,
                    many * plane,
                )
    for o in range(B * size):
        for part in range(parts):
            here = ((o // size * parts + part) * size + o % size) * LANES
            for lane in range(LANES):
                totals[U(o)] += lanes[U(here + lane)]
    totals_out(totals, entries, x, w, y, first, plan)


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def stacked_to_y(x, w, y, first, plan):
    """`stacks_to_y`, where it is what is taken."""
    stacks_to_y(from_start(x), from_start(w), from_start(y), from_start(first), from_start(plan))


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def stacked_to_x(x, w, y, first, plan):
    """`stacks_to_x`, where it is what is taken."""
    stacks_to_x(from_start(x), from_start(w), from_start(y), from_start(first), from_start(plan))


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def stacked_to_w(x, w, y, first, plan):
    """`stacks_to_w`, where it is what is taken."""
    stacks_to_w(from_start(x), from_start(w), from_start(y), from_start(first), from_start(plan))

"""Sums over windows with a block of images laid out at once, so that layouts stay in a near cache.

Sums go straight to where they belong, if rows lie there side by side and fill vectors; else they
are taken out of a layout of their own (see `window_layout`).
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange

from deltarule.kernels.prelude.calls import (
    _NUMBERS,
    _PLACES,
    _WHOLE,
    apart,
    data,
    from_start,
    outside,
)
from deltarule.kernels.prelude.micro_kernel import ONE, aligned, tiles
from deltarule.kernels.prelude.thread_count import threads
from deltarule.kernels.prelude.vectors import BYTES, NR, copied
from deltarule.kernels.prelude.window_layout import (
    ADDED_TO,
    AT_BEGINS,
    AT_PADS,
    AT_SIZES,
    AT_STRIDES,
    AT_WIDE,
    OF_X,
    OF_Y,
    begun,
    held,
    move_image,
    place_in,
    runs_of,
    volume,
    zeros,
)

PARALLEL = False
compiled = inlined = in_threads = njit
U = np.uint64
real = np.float32


# ---- what follows goes into kernels

#: So many bytes are laid out at once, but for single images that take more, up to `NOT_NEAR`.
BLOCK_BYTES, NOT_NEAR = 1 << 18, 1 << 20
#: In so many blocks images are taken at least.
BLOCKS = 4


@inlined
def vectors_of(plan, grid):
    """Over how many panels of columns sums are made, where places of all images follow a run."""
    run, runs, _ = runs_of(plan, grid)
    return runs * ((run + NR - 1) // NR)


@inlined
def of_images(plan, many):
    """A plan for so many images."""
    some = plan[: AT_BEGINS + 4].copy()
    some[AT_SIZES] = many
    return some


@compiled
def images_at_once(plan, grid):
    """How many images are a block; 0 where all had better be laid out at once."""
    N, B, image = plan[AT_SIZES], plan[AT_SIZES + 1], volume(grid, 0)
    channels = plan[AT_SIZES + 2] * volume(plan, AT_STRIDES) + plan[AT_SIZES + 3]
    wide = BYTES * image * channels
    few = max(1, min(BLOCK_BYTES // wide, N * B // BLOCKS))
    blocks = (N + few - 1) // few
    if wide > NOT_NEAR or blocks * B < BLOCKS or N * B * wide <= BLOCK_BYTES:
        return np.int64(0)
    # Runs of few images fill their vectors less.
    if 16 * blocks * vectors_of(of_images(plan, few), grid) > 17 * vectors_of(plan, grid):
        return np.int64(0)
    return few


@compiled
def shared_evenly(items):
    """Whether threads get as many items as one another, or nearly."""
    return not PARALLEL or items % threads() == 0 or items >= 4 * threads()


@compiled
def threads_of(items):
    """In how many parts items are taken, each with a room of its own."""
    return min(items, threads()) if PARALLEL else ONE


@compiled
def straight(plan, of, grid, few):
    """Whether sums go straight into rows of the tensor `of`: that takes no more vectors."""
    k = AT_WIDE + of // 2
    rows = few * plan[k] * plan[k + 1] * ((plan[k + 2] + NR - 1) // NR)
    if plan[of + 5] != 1 or of == OF_X and volume(plan, AT_STRIDES) > 1:
        return False
    return rows <= vectors_of(of_images(plan, few), grid)


@outside(
    _NUMBERS, _PLACES, _WHOLE, _NUMBERS, _WHOLE, _WHOLE, _PLACES, _WHOLE, _WHOLE, _WHOLE, _NUMBERS,
    _WHOLE,
)
def move_block(x, plan, of, flat, start, plane, grid, n, many, b, first, into):
    """So many images from n on of a group of channels, as `move_image` moves each."""
    plan_, grid_ = from_start(plan), from_start(grid)
    C, k = plan_[AT_SIZES + 2 if of == OF_X else AT_SIZES + 3], AT_WIDE + of // 2
    plain = of == OF_Y or volume(plan_, AT_STRIDES) == 1
    plain = plain and into < 0 and plan_[k] * plan_[k + 1] == 1 and plan_[of + 5] == 1
    for m in range(many):
        source = (n + m) * plan_[of] + b * plan_[of + 1]
        to = start + m * volume(grid_, 0)
        if plain:
            # Of images of one row, all channels are moved together.
            if of == OF_X:
                to += place_in(grid_, plan_[AT_PADS], plan_[AT_PADS + 1], plan_[AT_PADS + 2])
            copied(x, source, plan_[of + 2], flat, to, plane, C, plan_[k + 2])
            continue
        for c in range(C):
            begin = begun(from_start(first), plan_, n + m, b, c) if into == 0 else real(0)
            move_image(
                x, source + c * plan_[of + 2], flat, to + c * plane, C * plane, plan, of, grid,
                into, begin,
            )


@compiled
def begin_row(x, to, step, count, width, first, plan, n, b):
    """Rows of all channels, `step` apart, hold what they begin with, if that is not nothing."""
    for c in range(count if plan[AT_BEGINS] > ADDED_TO else 0):
        start = begun(first, plan, n, b, c)
        for w in range(U(width)):
            x[U(to + c * step) + w] = start


@outside(
    _NUMBERS, _NUMBERS, _PLACES, _WHOLE, _NUMBERS, _PLACES, _WHOLE, _WHOLE, _WHOLE, _NUMBERS,
    _WHOLE, _WHOLE, _PLACES, _WHOLE,
)
def sums_to_rows(x, first, plan, of, flat, grid, n, many, b, weights, ar, ak, at, steps):
    """Rows of X or Y are the sums over taps."""
    plan_, grid_ = from_start(plan), from_start(grid)
    C, k = plan_[AT_SIZES + 2 if of == OF_X else AT_SIZES + 3], AT_WIDE + of // 2
    H, W, kept = plan_[k + 1], plan_[k + 2], min(plan_[AT_BEGINS], 1)
    for row in range(many * plan_[k] * H):
        h, t, m = row % H, row // H % plan_[k], row // H // plan_[k]
        to = (n + m) * plan_[of] + b * plan_[of + 1] + t * plan_[of + 3] + h * plan_[of + 4]
        begin_row(from_start(x), to, plan_[of + 2], C, W, from_start(first), plan_, n + m, b)
        here = m * volume(grid_, 0) + place_in(grid_, t, h, 0)
        if of == OF_X:
            here += place_in(grid_, plan_[AT_PADS], plan_[AT_PADS + 1], plan_[AT_PADS + 2])
        for w in range(0, W, NR):
            tiles(
                x, to + w, plan_[of + 2], weights, 0, ar, ak, 0, flat, here + w, at, C, steps,
                min(NR, W - w), kept,
            )


@outside(
    _NUMBERS, _WHOLE, _NUMBERS, _WHOLE, _WHOLE, _NUMBERS, _PLACES, _WHOLE, _WHOLE, _WHOLE, _WHOLE,
    _WHOLE,
)
def sums_to_runs(sums, plane, weights, ar, ak, flat, at, steps, M, run, runs, further):
    """Sums over taps of M channels, for all places of some runs."""
    for r in range(runs):
        for v in range(0, run, NR):
            o = r * further + v
            tiles(
                sums, o, plane, weights, 0, ar, ak, 0, flat, o, at, M, steps, min(NR, run - v), 0
            )


@in_threads
def blocks_to_y(x, weights, y, first, plan, grid, at, plane, few):
    """`windows_to_y` of arrays, block by block."""
    apart()
    N, B, C, F = plan[AT_SIZES], plan[AT_SIZES + 1], plan[AT_SIZES + 2], plan[AT_SIZES + 3]
    items = (N + few - 1) // few * B
    into_rows, parts = straight(plan, OF_Y, grid, few), threads_of(items)
    run, runs, further = runs_of(of_images(plan, few), grid)
    for part in prange(parts):
        flat = zeros(volume(plan, AT_STRIDES) * C * plane)
        sums = aligned(1 if into_rows else F * plane)
        for item in range(part * items // parts, (part + 1) * items // parts):
            n, b = item // B * few, item % B
            many = min(few, N - n)
            move_block(
                data(x), data(plan), OF_X, data(flat), 0, plane, data(grid), n, many, b, data(x), -1
            )
            taken = data(weights[U(b * F * at.size):])
            if into_rows:
                sums_to_rows(
                    data(y), data(first), data(plan), OF_Y, data(flat), data(grid), n, many, b,
                    taken, at.size, 1, data(at), at.size,
                )
                continue
            sums_to_runs(
                data(sums), plane, taken, at.size, 1, data(flat), data(at), at.size, F, run, runs,
                further,
            )
            move_block(
                data(y), data(plan), OF_Y, data(sums), 0, plane, data(grid), n, many, b,
                data(first), held(plan),
            )


@in_threads
def blocks_to_x(x, weights, y, first, plan, grid, at, ends, before, plane, few):
    """`windows_to_x` of arrays, block by block.

    `ends` says of each phase which is the first tap of the next; weights and places of its taps
    stand behind those of the phase before.
    """
    apart()
    N, B, C, F = plan[AT_SIZES], plan[AT_SIZES + 1], plan[AT_SIZES + 2], plan[AT_SIZES + 3]
    items = (N + few - 1) // few * B
    into_rows, parts = straight(plan, OF_X, grid, few), threads_of(items)
    length = few * volume(grid, 0)
    for part in prange(parts):
        outer = zeros(before + F * plane)
        flat = aligned(1 if into_rows else ends.size * C * plane)
        for item in range(part * items // parts, (part + 1) * items // parts):
            n, b = item // B * few, item % B
            many = min(few, N - n)
            move_block(
                data(y), data(plan), OF_Y, data(outer), before, plane, data(grid), n, many, b,
                data(y), -1,
            )
            if into_rows:
                sums_to_rows(
                    data(x), data(first), data(plan), OF_X, data(outer), data(grid), n, many, b,
                    data(weights[U(b * C * at.size):]), 1, C, data(at), at.size,
                )
                continue
            for phase in range(ends.size):
                begin = ends[phase - 1] if phase else 0
                steps = F * (ends[phase] - begin)
                sums_to_runs(
                    data(flat[U(phase * C * plane):]), plane,
                    data(weights[U(C * (B * F * begin + b * steps)):]), 1, C, data(outer),
                    data(at[U(F * begin):]), steps, C, length, ONE, length,
                )
            move_block(
                data(x), data(plan), OF_X, data(flat), 0, plane, data(grid), n, many, b,
                data(first), held(plan),
            )

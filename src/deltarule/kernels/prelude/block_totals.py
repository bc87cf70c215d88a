"""Gradients of weights as products of panels of channels, for a block of images at a time."""

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
from deltarule.kernels.prelude.channel_panels import (
    FILTERS_AT_ONCE,
    PIECES_AT_MOST,
    add_taps,
    columns_of,
    panels_of,
    pitch_of,
    put_totals,
    turn_channels,
)
from deltarule.kernels.prelude.image_blocks import move_block, of_images
from deltarule.kernels.prelude.micro_kernel import aligned, places
from deltarule.kernels.prelude.panel_products import KC
from deltarule.kernels.prelude.vectors import LANES, NR
from deltarule.kernels.prelude.window_layout import (
    AT_SIZES,
    AT_STRIDES,
    OF_X,
    OF_Y,
    runs_of,
    volume,
    zeros,
)

in_threads = njit
U = np.uint64


# ---- what follows goes into kernels


@outside(
    _NUMBERS, _WHOLE, _NUMBERS, _NUMBERS, _PLACES, _PLACES, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES,
    _WHOLE, _PLACES, _WHOLE, _WHOLE, _WHOLE, _WHOLE, _WHOLE, _WHOLE,
)
def add_block(
    sums, s0, x, y, plan, grid, flat, outer, turned, froms, columns, lines, plane, n, many, b, add,
    dense,
):
    """What so many images from n on add to the sums of a group, or with what these begin."""
    sizes = from_start(plan)
    C, F = sizes[AT_SIZES + 2], sizes[AT_SIZES + 3]
    panels, pitch = panels_of(C, dense), pitch_of(C, dense)
    move_block(x, plan, OF_X, flat, 0, plane, grid, n, many, b, x, -1)
    move_block(y, plan, OF_Y, outer, 0, plane, grid, n, many, b, y, -1)
    for task in range(volume(sizes, AT_STRIDES) * panels):
        phase, channel = task // panels, task % panels * NR
        turn_channels(
            flat, (phase * C + channel) * plane, plane, C if dense else min(NR, C - channel), pitch,
            data(from_start(turned)[U(task * plane * pitch):]), plane - LANES,
        )
    run, runs, further = runs_of(of_images(sizes, many), from_start(grid))
    blocks = (run + KC - 1) // KC
    for f in range(0, F, FILTERS_AT_ONCE):
        for block in range(runs * blocks):
            k, end = block % blocks * run // blocks, (block % blocks + 1) * run // blocks
            o = block // blocks * further + k
            add_taps(
                sums, s0 + f * columns * NR, outer, f * plane + o, plane, turned, o * pitch, froms,
                columns, lines, min(FILTERS_AT_ONCE, F - f), end - k, min(add + block, 1),
            )


@in_threads
def totals_of_blocks(totals, x, y, plan, grid, at, phases, plane, few, dense):
    """The totals [b][f][c][tap], of blocks of so many images; planes are a multiple of LANES.

    Threads share the blocks in pieces, by sizes alone, whatever the number of threads is.
    """
    apart()
    N, B, C, F = plan[AT_SIZES], plan[AT_SIZES + 1], plan[AT_SIZES + 2], plan[AT_SIZES + 3]
    panels, pitch, planes = panels_of(C, dense), pitch_of(C, dense), volume(plan, AT_STRIDES)
    table = columns_of(at, phases, C, dense, plane, 1)
    starts, froms = table[1 : 1 + at.size], table[1 + at.size :]
    wide, blocks = table[0] * NR, (N + few - 1) // few
    pieces = min(blocks, PIECES_AT_MOST)
    sums, lines = aligned(pieces * B * F * wide), places(KC, pitch)
    for task in prange(pieces * B):
        piece, b = task // B, task % B
        begin, end = piece * blocks // pieces, (piece + 1) * blocks // pieces
        flat, outer = zeros(planes * C * plane), zeros(F * plane)
        turned = aligned(planes * panels * plane * pitch + NR)
        for block in range(begin, end):
            many = min(few, N - block * few)
            add_block(
                data(sums), task * F * wide, data(x), data(y), data(plan), data(grid), data(flat),
                data(outer), data(turned), data(froms), wide // NR, data(lines), plane, block * few,
                many, b, min(block - begin, 1), dense,
            )
    put_totals(totals, sums, pieces, B * F, C, starts, wide)


@outside(
    _NUMBERS, _NUMBERS, _NUMBERS, _PLACES, _PLACES, _PLACES, _PLACES, _WHOLE, _WHOLE, _WHOLE,
    _WHOLE,
)
def blocks_summed(totals, x, y, plan, grid, at, phases, taps, plane, few, dense):
    """`totals_of_blocks` of places in memory."""
    totals_of_blocks(
        from_start(totals), from_start(x), from_start(y), from_start(plan), from_start(grid),
        from_start(at)[:taps], from_start(phases)[:taps], plane, few, dense,
    )

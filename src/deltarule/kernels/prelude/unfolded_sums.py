"""The three sums over windows of few channels, each a block of rows at a time: `unfolded_rows`."""

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
from deltarule.kernels.prelude.dots import dot_block
from deltarule.kernels.prelude.folded_rows import fold
from deltarule.kernels.prelude.micro_kernel import NIL, ONE, aligned
from deltarule.kernels.prelude.tile_runs import tile_run
from deltarule.kernels.prelude.unfolded_rows import (
    AHEAD,
    ENTRIES,
    HIGH,
    IMAGES,
    PITCH,
    PLANES,
    lay_rows,
    unfold,
    weights_of,
)
from deltarule.kernels.prelude.vectors import LANES
from deltarule.kernels.prelude.window_layout import (
    AT_DILATIONS,
    AT_PADS,
    AT_RUN,
    AT_SIZES,
    AT_TAPS,
    AT_WIDE,
    OF_X,
    OF_Y,
    begun,
    held,
    volume,
    zeros,
)
from deltarule.kernels.prelude.window_tap import totals_out

inlined = in_threads = njit
U = np.uint64
real = np.float32


# ---- what follows goes into kernels

#: In so many parts the images are taken, by however many threads; where a part has many totals, in
#: as many as hold `TOTALS`, but four.
IMAGE_PARTS, TOTALS = 16, 1 << 16


@inlined
def block_of(plan, item, high, slabs, rows):
    """Which image, group, slab, and first row an item is, and how many rows it has."""
    blocks = (rows + high - 1) // high
    top, left = item % blocks * high, item // blocks
    t, left = left % slabs, left // slabs
    B = plan[AT_SIZES + 1]
    return left // B, left % B, t, top, min(high, rows - top)


@outside(
    _NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES, _WHOLE, _PLACES, _PLACES, _WHOLE,
)
def block_to_y(x, weights, starts, y, flat, at, steps, plan, table, item):
    """A block of rows of one image, group and slab of Y."""
    plan_, table = from_start(plan), from_start(table)
    F, J = plan_[AT_SIZES + 3], plan_[AT_RUN + 2]
    n, b, g, top, many = block_of(plan_, item, table[HIGH], plan_[AT_RUN], plan_[AT_RUN + 1])
    source = n * plan_[OF_X] + b * plan_[OF_X + 1]
    unfold(
        x, source, plan, g, top - plan_[AT_PADS + 1], many + table[AHEAD], flat, 0, table[PITCH]
    )
    to = n * plan_[OF_Y] + b * plan_[OF_Y + 1] + g * plan_[OF_Y + 3] + top * J
    tile_run(
        y, to, plan_[OF_Y + 2], starts, b * F, weights, b * F * steps, steps, flat, 0, at, F, steps,
        many * J,
    )


@in_threads
def unfold_to_y(x, w, y, first, plan, table):
    """`windows_to_y` of arrays, with X unfolded."""
    apart()
    N, B, F, high = plan[AT_SIZES], plan[AT_SIZES + 1], plan[AT_SIZES + 3], table[HIGH]
    taps = volume(plan, AT_TAPS)
    entries, at = table[ENTRIES : ENTRIES + taps], table[ENTRIES + taps :]
    weights = weights_of(w, plan, entries, taps, at.size, ONE)
    starts = np.empty(B * F, real)
    for o in range(B * F):
        starts[U(o)] = begun(first, plan, NIL, o // F, o % F)
    items = N * B * plan[AT_RUN] * ((plan[AT_RUN + 1] + high - 1) // high)
    parts = min(items, IMAGE_PARTS)
    for part in prange(parts):
        flat = aligned(table[PLANES] * table[PITCH])
        for item in range(part, items, parts):
            block_to_y(
                data(x), data(weights), data(starts), data(y), data(flat), data(at), at.size,
                data(plan), data(table), item,
            )


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES, _PLACES, _WHOLE)
def unfolded_to_y(x, w, y, first, plan, table, size):
    """`windows_to_y`, by a table of so many numbers."""
    unfold_to_y(
        from_start(x), from_start(w), from_start(y), from_start(first), from_start(plan),
        from_start(table)[:size],
    )


@outside(
    _NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES, _WHOLE, _PLACES,
    _PLACES, _WHOLE,
)
def block_to_x(x, weights, starts, y, first, flat, sums, at, steps, plan, table, item):
    """A block of rows of one image, group and slab of X."""
    plan_, table = from_start(plan), from_start(table)
    C, K, L = plan_[AT_SIZES + 2], plan_[AT_TAPS + 1], plan_[AT_TAPS + 2]
    I, J, d = plan_[AT_RUN + 1], plan_[AT_RUN + 2], plan_[AT_DILATIONS + 1]
    n, b, t, top, many = block_of(plan_, item, table[HIGH], plan_[AT_WIDE], plan_[AT_WIDE + 1])
    begin, pitch = top + plan_[AT_PADS + 1] - table[AHEAD], table[PITCH]
    source = n * plan_[OF_Y] + b * plan_[OF_Y + 1]
    lay_rows(y, source, plan, t, begin, many + table[AHEAD], flat, pitch)
    # Rows near the borders see fewer taps: they are summed by themselves, if that makes vectors.
    half = (table[AHEAD] + 1) // 2
    half = half if half * J >= 3 * LANES else many
    row = 0
    while row < many:
        end = row + half
        if row < -begin:
            end = min(end, -begin)
        elif row < I - table[AHEAD] - begin:
            end = I - table[AHEAD] - begin
        end = min(end, many)
        tap = max(d - begin - end, 0) // d
        last = min(K, (I - 1 - begin - row) // d + 1)
        skip = tap * table[PLANES]
        tile_run(
            sums, row * J, pitch, starts, 0, weights, b * C * L * steps + skip, steps, flat,
            row * J, data(from_start(at)[skip:]), C * L, last * table[PLANES] - skip,
            (end - row) * J,
        )
        row = end
    to = n * plan_[OF_X] + b * plan_[OF_X + 1] + t * plan_[OF_X + 3] + top * plan_[OF_X + 4]
    for c in range(C):
        fold(
            from_start(x), to + c * plan_[OF_X + 2], plan_[OF_X + 4], many, plan_[AT_WIDE + 2],
            from_start(sums), c * L * pitch, pitch, L, J, plan_[AT_PADS + 2],
            plan_[AT_DILATIONS + 2], held(plan_), begun(from_start(first), plan_, n, b, c),
        )


@in_threads
def unfold_to_x(x, w, y, first, plan, table):
    """`windows_to_x` of arrays: X unfolded is what is summed."""
    apart()
    N, B, C, F = plan[AT_SIZES], plan[AT_SIZES + 1], plan[AT_SIZES + 2], plan[AT_SIZES + 3]
    high, sums_ = table[HIGH], C * plan[AT_TAPS + 2]
    taps, starts = volume(plan, AT_TAPS), zeros(sums_)
    entries, steps = table[ENTRIES : ENTRIES + taps], table[PLANES] * plan[AT_TAPS + 1]
    at = table[ENTRIES + taps : ENTRIES + taps + steps]
    weights = weights_of(w, plan, entries, taps * F, ONE, F)
    items = N * B * plan[AT_WIDE] * ((plan[AT_WIDE + 1] + high - 1) // high)
    parts = min(items, IMAGE_PARTS)
    for part in prange(parts):
        flat, sums = aligned(table[PLANES] * table[PITCH]), aligned(sums_ * table[PITCH])
        for item in range(part, items, parts):
            block_to_x(
                data(x), data(weights), data(starts), data(y), data(first), data(flat), data(sums),
                data(at), at.size, data(plan), data(table), item,
            )


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES, _PLACES, _WHOLE)
def unfolded_to_x(x, w, y, first, plan, table, size):
    """`windows_to_x`, by a table of so many numbers."""
    unfold_to_x(
        from_start(x), from_start(w), from_start(y), from_start(first), from_start(plan),
        from_start(table)[:size],
    )


@outside(
    _NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES, _WHOLE, _PLACES, _PLACES, _WHOLE, _WHOLE,
)
def block_to_w(x, y, totals, flat, at, steps, plan, table, item, together):
    """What a block of rows of one group and slab of some images adds to the totals of its part."""
    plan_, table = from_start(plan), from_start(table)
    F, J = plan_[AT_SIZES + 3], plan_[AT_RUN + 2]
    n, b, g, top, many = block_of(plan_, item, table[HIGH], plan_[AT_RUN], plan_[AT_RUN + 1])
    first, further = n * together, table[PLANES] * table[PITCH]
    images = min(together, plan_[AT_SIZES] - first)
    for r in range(images):
        source = (first + r) * plan_[OF_X] + b * plan_[OF_X + 1]
        unfold(
            x, source, plan, g, top - plan_[AT_PADS + 1], many + table[AHEAD], flat, r * further,
            table[PITCH],
        )
    from_ = first * plan_[OF_Y] + b * plan_[OF_Y + 1] + g * plan_[OF_Y + 3] + top * J
    dot_block(
        totals, b * F * steps, steps, y, from_, plan_[OF_Y + 2], plan_[OF_Y], flat, 0, further, at,
        0, steps, F, many * J, images,
    )


@inlined
def items_to_w(plan, table):
    """How many blocks `unfolded_totals` sums up: of rows, slabs, groups, and images together."""
    high, together = table[HIGH], table[IMAGES]
    blocks = (plan[AT_RUN + 1] + high - 1) // high
    images = (plan[AT_SIZES] + together - 1) // together
    return images * plan[AT_SIZES + 1] * plan[AT_RUN] * blocks


@in_threads
def unfolded_totals(totals, x, y, plan, table):
    """The sums [b][f][c, q, k, l] of all parts of the images, in totals[…] of the first part."""
    apart()
    B, F = plan[AT_SIZES + 1], plan[AT_SIZES + 3]
    at = table[ENTRIES + volume(plan, AT_TAPS) :]
    together, size = table[IMAGES], B * F * at.size
    items = items_to_w(plan, table)
    parts = min(items, totals.size // size)
    for part in prange(parts):
        flat = aligned(together * table[PLANES] * table[PITCH])
        for item in range(part, items, parts):
            block_to_w(
                data(x), data(y), data(totals[part * size:]), data(flat), data(at), at.size,
                data(plan), data(table), item, together,
            )
    for part in range(1, parts):
        for i in range(U(size)):
            totals[i] += totals[U(part * size) + i]


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES, _PLACES, _WHOLE)
def unfolded_to_w(x, w, y, first, plan, table, size):
    """`windows_to_w`, by a table of so many numbers."""
    x, w, y, first = from_start(x), from_start(w), from_start(y), from_start(first)
    plan, table = from_start(plan), from_start(table)[:size]
    entries = table[ENTRIES : ENTRIES + volume(plan, AT_TAPS)]
    sums = plan[AT_SIZES + 1] * plan[AT_SIZES + 3] * plan[AT_SIZES + 2] * entries.size
    most = min(IMAGE_PARTS, max(4, TOTALS // sums))
    totals = zeros(min(most, items_to_w(plan, table)) * sums)
    unfolded_totals(totals, x, y, plan, table)
    totals_out(totals, entries, x, w, y, first, plan)

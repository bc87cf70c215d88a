"""X with its columns unfolded, for sums over windows of few channels.

Where few numbers are summed, or few sums made, most of the time of `window_sums` would go into
layouts, into what lies between rows, and into sums of one channel alone. So X goes, a block of rows
at a time and in a room that stays in a near cache, to

    [c, q, l][row][j] = X[c, …, row, j + d·l − p],

a plane for each tap of a row. Rows are then as long as those of Y, nothing lies between them, Y is
read and written where it lies, and a tap k of the rows is an offset. The gradient of X has a sum of
its own for each c and l, of planes [q, f] of Y; `fold` brings them together at last.

`table` says of a block, at `HIGH`, how many rows it has, at `AHEAD`, by how many rows taps reach
ahead, at `PLANES`, how many planes are laid out, at `PITCH`, how far apart, at `IMAGES`, how many
images are summed together for W: several, where each is one block; and at `PAYS`, whether X is
unfolded: it is where rows of Y follow each other, steps are of one, and it costs less. Then, from
`ENTRIES` on, follow the entries of the weights of the taps, and behind them where taps lie in what
is laid out: for sums of Y and W [q, k, l] and [c][q, k, l]; for those of X [l][k, q] and [k, q, f],
from the last k on.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from deltarule.kernels.prelude.calls import _NUMBERS, _PLACES, _WHOLE, data, from_start, outside
from deltarule.kernels.prelude.vectors import BYTES, LANES, copied
from deltarule.kernels.prelude.window_layout import (
    ADDED_TO,
    AT_BEGINS,
    AT_DILATIONS,
    AT_PADS,
    AT_RUN,
    AT_SIZES,
    AT_STRIDES,
    AT_TAPS,
    AT_WIDE,
    FROM_FIRST,
    OF_W,
    OF_X,
    OF_Y,
    volume,
)

compiled = njit
U = np.uint64
real = np.float32


# ---- what follows goes into kernels

#: So many bytes are laid out at once.
NEAR = 1 << 16
HIGH, AHEAD, PLANES, PITCH, IMAGES, PAYS, ENTRIES = 0, 1, 2, 3, 4, 5, 6


@outside(_PLACES, _WHOLE, _PLACES)
def find_blocks(plan, of, table):
    """The table of the blocks in which a sum is made: of Y, W or X."""
    plan, table = from_start(plan), from_start(table)
    C, F, H, W = plan[AT_SIZES + 2], plan[AT_SIZES + 3], plan[AT_WIDE + 1], plan[AT_WIDE + 2]
    I, J, L, pad = plan[AT_RUN + 1], plan[AT_RUN + 2], plan[AT_TAPS + 2], plan[AT_PADS + 2]
    ahead = plan[AT_DILATIONS + 1] * (plan[AT_TAPS + 1] - 1)
    planes, rows = C * plan[AT_TAPS] * L, I
    if of == OF_X:
        planes, rows = F * plan[AT_TAPS], H
    # Where rows would be laid out again and again, as taps reach far ahead, planes may be larger.
    room, line = NEAR // (BYTES * planes * J), 64 // BYTES
    high = max(room - ahead, min(4 * ahead, 4 * room - ahead), 1)
    blocks = (rows + high - 1) // high
    high = (rows + blocks - 1) // blocks
    # An odd multiple of 64 bytes: planes then differ in cache lines.
    pitch = ((high + ahead) * J + 2 * line - 1 & -2 * line) + line
    images = 4 * NEAR // (BYTES * (planes * pitch + F * high * J))
    images = max(1, min(plan[AT_SIZES], images if blocks * plan[AT_RUN] == 1 else 1))
    table[HIGH], table[AHEAD], table[PLANES], table[PITCH] = high, ahead, planes, pitch
    table[IMAGES], table[PAYS] = images, 0
    steps = plan[AT_STRIDES + 1] * plan[AT_STRIDES + 2] * plan[OF_X + 5] * plan[OF_Y + 5]
    begins = plan[AT_BEGINS]
    if steps != 1 or plan[OF_Y + 4] != J or begins == FROM_FIRST and plan[AT_BEGINS + 1] != 0:
        return
    if of == OF_Y and begins == ADDED_TO:
        return
    # Costs are vectors of multiply–adds for as many entries of Y as a vector holds; factors are
    # measured: what a tile costs beside its products, and what a vector that is moved does.
    products, many = 1.0 * C * F * plan[AT_TAPS] * plan[AT_TAPS + 1] * L, high * J
    between = max(J + plan[AT_DILATIONS + 2] * (L - 1), W + pad) / J
    moved, laid = H * W / (I * J), planes * (high + ahead) / high
    run = (many + LANES - 1 & -LANES) / many
    few, sums = (C, C * L) if of == OF_X else (F, F)
    # Few rows of a tile share what is read.
    alone = 2.1 if few == 1 else 1.2 if few == 2 else 1.0
    flat, alone = alone * products * between, 2.1 if sums == 1 else 1.2 if sums == 2 else 1.0
    if of == OF_X:
        flat = (flat + 4 * (C + 8)) * (I + ahead) / I + 8 * F * between + 10 * C * moved
        own = ((alone * products + 2 * sums) * run + 6 * laid + 7 * sums) * H / I
    else:
        laid *= (J + LANES - 1 & -LANES) / J * (6 if pad else 4)
        if of == OF_Y:
            flat += 18 * F + 32 + 3 * C * moved
            own = (min(alone, 1.5) * products + 2 * F) * run + laid
        else:
            # Lanes are added up at the end of a block.
            flat += 12 * (C * moved + F * between)
            own = alone * products * run * (1 + 4 * LANES / (images * many)) + 1.5 * laid
    table[PAYS] = np.int64(own < flat)
    if own >= flat:
        return
    Q, K = plan[AT_TAPS], plan[AT_TAPS + 1]
    taps, step, many = Q * K * L, plan[AT_DILATIONS + 1] * J, F if of == OF_X else C
    for tap in range(taps):
        q, k, l = tap // (K * L), tap // L % K, tap % L
        t, place, every, further = tap, (q * L + l) * pitch + k * step, taps, Q * L * pitch
        entry = tap
        if of == OF_X:
            t = (K - 1 - k) * Q + q
            place, every, further = q * many * pitch + (K - 1 - k) * step, 1, pitch
            entry = l * K * Q + t
            t *= many
        table[ENTRIES + entry] = (
            q * plan[OF_W + 3] + k * plan[OF_W + 4] + l * plan[OF_W + 5]
        )
        for m in range(many):
            table[ENTRIES + taps + t + m * every] = place + m * further


@compiled
def blocks_of(plan, of):
    """`find_blocks` as a table."""
    many = volume(plan, AT_TAPS)
    seen = plan[AT_SIZES + 3] if of == OF_X else plan[AT_SIZES + 2]
    table = np.empty(ENTRIES + many + many * seen, np.int64)
    find_blocks(data(plan), of, data(table))
    return table


@compiled
def clear_places(a, first, count):
    """Zeros."""
    for i in range(U(count)):
        a[U(first) + i] = real(0)


@outside(_NUMBERS, _WHOLE, _PLACES, _WHOLE, _WHOLE, _WHOLE, _NUMBERS, _WHOLE, _WHOLE)
def unfold(x, source, plan, slab, top, rows, flat, to, pitch):
    """X from x[source + …] to flat[to + …]: rows from `top` on of what slab g of Y sees.

    Planes [c, q, l] lie `pitch` apart.
    """
    x, plan, flat = from_start(x), from_start(plan), from_start(flat)
    J, Q = plan[AT_RUN + 2], plan[AT_TAPS]
    above = min(max(-top, 0), rows)
    many = max(min(rows, plan[AT_WIDE + 1] - top) - above, 0)
    for p in range(plan[AT_SIZES + 2] * Q):
        t = plan[AT_STRIDES] * slab + plan[AT_DILATIONS] * (p % Q) - plan[AT_PADS]
        there = many if 0 <= t < plan[AT_WIDE] else 0
        here = source + p // Q * plan[OF_X + 2] + t * plan[OF_X + 3]
        here += (top + above) * plan[OF_X + 4]
        for l in range(plan[AT_TAPS + 2]):
            left = plan[AT_DILATIONS + 2] * l - plan[AT_PADS + 2]
            first = min(max(-left, 0), J)
            wide = max(min(J, plan[AT_WIDE + 2] - left) - first, 0)
            if there < rows or wide < J:
                clear_places(flat, to, rows * J)
            copied(
                x, here + left + first, plan[OF_X + 4], flat, to + above * J + first, J, there, wide
            )
            to += pitch


@outside(_NUMBERS, _WHOLE, _PLACES, _WHOLE, _WHOLE, _WHOLE, _NUMBERS, _WHOLE)
def lay_rows(y, source, plan, slab, top, rows, flat, pitch):
    """Y from y[source + …] to planes [q, f] of flat: rows from `top` on, for slab t of X."""
    y, plan, flat = from_start(y), from_start(plan), from_start(flat)
    J, F = plan[AT_RUN + 2], plan[AT_SIZES + 3]
    above = min(max(-top, 0), rows)
    many = max(min(rows, plan[AT_RUN + 1] - top) - above, 0)
    for p in range(plan[AT_TAPS] * F):
        t = slab + plan[AT_PADS] - plan[AT_DILATIONS] * (p // F)
        g, to = t // plan[AT_STRIDES], p * pitch
        there = many if g * plan[AT_STRIDES] == t and 0 <= g < plan[AT_RUN] else 0
        here = source + p % F * plan[OF_Y + 2] + g * plan[OF_Y + 3] + (top + above) * J
        clear_places(flat, to, above * J)
        to += above * J
        for i in range(U(there * J)):
            flat[U(to) + i] = y[U(here) + i]
        clear_places(flat, to + there * J, (rows - above - there) * J)


@outside(
    _NUMBERS, _PLACES, _PLACES, _WHOLE, _WHOLE, _WHOLE, _WHOLE, _NUMBERS,
)
def find_weights(w, plan, entries, many, cs, fs, ts, weights):
    """`weights_of`, of so `many` taps."""
    w, plan = from_start(w), from_start(plan)
    entries, weights = from_start(entries), from_start(weights)
    C, F = plan[AT_SIZES + 2], plan[AT_SIZES + 3]
    for o in range(plan[AT_SIZES + 1] * F * C):
        b, f, c = o // (F * C), o // C % F, o % C
        here = b * plan[OF_W] + f * plan[OF_W + 1] + c * plan[OF_W + 2]
        to = b * C * F * many + cs * c + fs * f
        for t in range(many):
            weights[U(to + ts * t)] = w[U(here + entries[t])]


@compiled
def weights_of(w, plan, entries, cs, fs, ts):
    """The weights of some taps, at [b][cs·c + fs·f + ts·t]."""
    channels = plan[AT_SIZES + 1] * plan[AT_SIZES + 2] * plan[AT_SIZES + 3]
    weights = np.empty(channels * entries.size, real)
    find_weights(data(w), data(plan), data(entries), entries.size, cs, fs, ts, data(weights))
    return weights

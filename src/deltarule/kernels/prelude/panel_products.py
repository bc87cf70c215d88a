"""Products of matrices panel by panel: NR columns, whose totals stay in registers.

A panel is copied so that it lies in one piece and stays in the nearest cache; see `tiles`.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange

from deltarule.kernels.prelude.calls import (
    _NUMBER,
    _NUMBERS,
    _WHOLE,
    apart,
    data,
    from_start,
    outside,
)
from deltarule.kernels.prelude.micro_kernel import MR, aligned, of_most_rows, places, tiles
from deltarule.kernels.prelude.thread_count import threads
from deltarule.kernels.prelude.vectors import BYTES, LANES, NR, copied, take, turn

real = np.float32
U = np.uint64
PARALLEL = False
compiled = in_threads = njit


# ---- what follows goes into kernels

#: How deep a panel is: it should fill most of the nearest cache (32 KiB).
KC = 24576 // (NR * BYTES)
#: How many rows share a panel before the next panel is taken, and how many are a tile's at most.
MC, TILE_ROWS = 240, MR[0]
#: More tasks than so many a thread are shared evenly enough.
TASKS = 8
#: Rows that lie side by side are copied into tiles where so many products are added up, for so many
#: columns, or where what is multiplied one after the other lies so many bytes apart: it would share
#: few sets of the nearest cache.
TURNED_DEPTH, TURNED_WIDTH, TURNED_APART = 16, 8 * NR, 2048
#: Of few rows so many products are added up before they go into what is there.
PART = 512


@outside(_NUMBERS, _NUMBERS, _WHOLE, _WHOLE, _WHOLE, _WHOLE, _WHOLE, _NUMBER)
def pack(panel, b, b0, bk, bc, deep, count, scale):
    """panel[NR·k + n] = scale·b[b0 + bk·k + bc·n] for n below `count`; the rest stays finite."""
    if bc == 1:
        take(b, b0, bk, panel, deep, count, scale)
        return
    if bk == 1:
        for n in range(0, count, LANES):
            for k in range(0, deep, LANES):
                turn(b, b0 + bc * n + k, bc, panel, NR * k + n, NR, count - n, deep - k)
    else:
        for k in range(deep):
            for n in range(count):
                panel[U(NR * k + n)] = b[U(b0 + bk * k + bc * n)]
    if scale != real(1):
        take(panel, 0, NR, panel, deep, NR, scale)


@compiled
def row_blocks(rows, panels, alone):
    """In how many even blocks the rows are taken, so that threads get as much as one another."""
    blocks = (rows + MC - 1) // MC
    if PARALLEL and not alone:
        many, tasks = threads(), blocks * panels
        more = (blocks + many - 1) // many * many
        if tasks % many and tasks < TASKS * many and rows >= 2 * TILE_ROWS * more:
            blocks = more
    return blocks


@compiled
def block_of_rows(block, blocks, rows):
    """The first row of a block and the one behind its last: tiles are filled, but for the end."""
    high = (rows + TILE_ROWS - 1) // TILE_ROWS
    return block * high // blocks * TILE_ROWS, min((block + 1) * high // blocks * TILE_ROWS, rows)


@compiled
def whole_tiles(rows):
    """How many tiles of TILE_ROWS `tiles` begins with."""
    left = rows
    while of_most_rows(left):
        left -= TILE_ROWS
    return (rows - left) // TILE_ROWS


@compiled
def tile_by_tile(room, a, a0, ak, full, rest, deep, step):
    """room[step·q + TILE_ROWS·k + r] = a[a0 + ak·k + TILE_ROWS·q + r]: the rows of each full tile.

    Those of the rest lie behind in one block, as wide as they are many.
    """
    for k in range(deep):
        o = a0 + ak * k
        copied(data(a), o, TILE_ROWS, data(room), TILE_ROWS * k, step, full, TILE_ROWS)
        o += TILE_ROWS * full
        copied(data(a), o, 0, data(room), step * full + rest * k, 0, min(rest, 1), rest)


@compiled
def of_panels(
    task, parts, blocks, c, c0, cr, a, a0, ar, ak, b, b0, at, bk, bc, M, N, K, scale, add, turned
):
    """A part of the panels of columns, and one block of rows, of a product.

    Where a is `turned`, its rows are copied tile by tile, once for all of these panels.
    """
    apart()
    panels, part, block = (N + NR - 1) // NR, task % parts, task // parts
    first, last = block_of_rows(block, blocks, M)
    many, step = last - first, TILE_ROWS * at.size
    full = whole_tiles(many)
    rest = many - TILE_ROWS * full
    tiled = aligned((step * full + rest * at.size) * turned)
    panel = aligned((at.size + LANES) * NR)
    for k in range(0, K, KC):
        deep, start, plus = min(KC, K - k), a0 + ar * first + ak * k, max(add, min(k, 1))
        if turned:
            tile_by_tile(tiled, a, start, ak, full, rest, deep, step)
        for p in range(part * panels // parts, (part + 1) * panels // parts):
            count, here = min(NR, N - p * NR), c0 + cr * first + p * NR
            if count < NR:
                for i in range(U(panel.size)):
                    panel[i] = real(0)
            pack(data(panel), data(b), b0 + bk * k + bc * p * NR, bk, bc, deep, count, scale)
            if turned:
                tiles(
                    data(c), here, cr, data(tiled), 0, 1, TILE_ROWS, step - TILE_ROWS, data(panel),
                    0, data(at), TILE_ROWS * full, deep, count, plus,
                )
                tiles(
                    data(c), here + cr * TILE_ROWS * full, cr, data(tiled), step * full, 1, rest, 0,
                    data(panel), 0, data(at), rest, deep, count, plus,
                )
            else:
                tiles(
                    data(c), here, cr, data(a), start, ar, ak, 0, data(panel), 0, data(at), many,
                    deep, count, plus,
                )


@in_threads
def product(c, c0, cr, a, a0, ar, ak, b, b0, bk, bc, M, N, K, scale, add, turned, alone):
    """c[c0 + cr·m + n] (+)= scale·Σ_k a[a0 + ar·m + ak·k]·b[b0 + bk·k + bc·n].

    Where `turned` is not 0, ar is 1. Where `alone` is not 0, no other thread is woken.
    """
    apart()
    at = places(min(K, KC), NR)
    panels, parts = (N + NR - 1) // NR, 1
    blocks = row_blocks(M, panels, alone)
    if alone:
        for task in range(blocks):
            of_panels(
                task, parts, blocks, c, c0, cr, a, a0, ar, ak, b, b0, at, bk, bc, M, N, K, scale,
                add, turned,
            )
        return
    if PARALLEL and blocks % threads() and blocks < TASKS * threads():
        parts = min(panels, threads())
    for task in prange(parts * blocks):
        of_panels(
            task, parts, blocks, c, c0, cr, a, a0, ar, ak, b, b0, at, bk, bc, M, N, K, scale, add,
            turned,
        )


@compiled
def of_columns(p, c, c0, cr, a, a0, ar, ak, b, b0, at, M, N, add):
    """NR columns of `spread`."""
    apart()
    tiles(
        data(c), c0 + p * NR, cr, data(a), a0, ar, ak, 0, data(b), b0 + p * NR, data(at), M,
        at.size, min(NR, N - p * NR), add,
    )


@in_threads
def spread(c, c0, cr, a, a0, ar, ak, b, b0, at, M, N, add, alone):
    """c[c0 + cr·m + n] (+)= Σ_t a[a0 + ar·m + ak·t]·b[b0 + at[t] + n], n below N.

    b is read up to the next multiple of NR. Where `alone` is not 0, no other thread is woken.
    """
    apart()
    if alone:
        for p in range((N + NR - 1) // NR):
            of_columns(p, c, c0, cr, a, a0, ar, ak, b, b0, at, M, N, add)
        return
    for p in prange((N + NR - 1) // NR):
        of_columns(p, c, c0, cr, a, a0, ar, ak, b, b0, at, M, N, add)


@outside(
    _NUMBERS, _WHOLE, _WHOLE, _NUMBERS, _WHOLE, _WHOLE, _WHOLE, _NUMBERS, _WHOLE, _WHOLE, _WHOLE,
    _WHOLE, _WHOLE, _WHOLE, _NUMBER, _WHOLE, _WHOLE,
)
def in_panels(c, c0, cr, a, a0, ar, ak, b, b0, bk, bc, M, N, K, scale, add, alone):
    """`multiply`, where columns of c lie side by side."""
    wide = N >= TURNED_WIDTH or N > NR and ak * BYTES >= TURNED_APART
    turned = wide and ar == 1 and K >= TURNED_DEPTH
    product(
        from_start(c), c0, cr, from_start(a), a0, ar, ak, from_start(b), b0, bk, bc, M, N, K, scale,
        add, turned, alone,
    )


@outside(
    _NUMBERS, _WHOLE, _WHOLE, _NUMBERS, _WHOLE, _WHOLE, _WHOLE, _NUMBERS, _WHOLE, _WHOLE, _WHOLE,
    _WHOLE, _WHOLE, _WHOLE, _WHOLE,
)
def of_few_rows(c, c0, cr, a, a0, ar, ak, b, b0, bk, M, N, K, add, alone):
    """`multiply` by whole panels of b, which is read where it lies."""
    for k in range(0, K, PART):
        at = places(min(PART, K - k), bk)
        plus = max(add, min(k, 1))
        start, first = a0 + ak * k, b0 + bk * k
        spread(
            from_start(c), c0, cr, from_start(a), start, ar, ak, from_start(b), first, at, M, N,
            plus, alone,
        )


@outside(_NUMBERS, _NUMBERS, _WHOLE, _WHOLE, _WHOLE, _WHOLE, _WHOLE, _NUMBER)
def pack_all(panels, b, b0, bk, bc, N, K, scale):
    """panels[K·n + NR·k + i] = scale·b[b0 + bk·k + bc·(n + i)] for n = 0, NR, 2·NR …"""
    panels = from_start(panels)
    for n in range(0, N, NR):
        count = min(NR, N - n)
        panel = panels[K * n:]
        if count < NR:
            panel[:K * NR] = real(0)
        for k in range(0, K, KC):
            deep = min(KC, K - k)
            pack(data(panel[k * NR:]), b, b0 + bk * k + bc * n, bk, bc, deep, count, scale)


@compiled
def of_packed(p, first, last, c, c0, cr, a, a0, ar, ak, panels, depth, at, N, K, add):
    """Some rows of a panel of columns of `packed_product`."""
    apart()
    count, here, start = min(NR, N - p * NR), c0 + cr * first + p * NR, a0 + ar * first
    # Where nothing is summed, c is overwritten all the same.
    for k in range(0, max(K, 1), KC):
        tiles(
            data(c), here, cr, data(a), start + ak * k, ar, ak, 0, data(panels),
            (p * depth + k) * NR, data(at), last - first, min(KC, K - k), count,
            max(add, min(k, 1)),
        )


@in_threads
def packed_product(c, c0, cr, a, a0, ar, ak, panels, depth, M, N, K, add, alone):
    """`multiply_packed` of arrays, where columns of c lie side by side."""
    apart()
    at, many = places(min(K, KC), NR), (N + NR - 1) // NR
    if alone:
        for p in range(many):
            of_packed(p, 0, M, c, c0, cr, a, a0, ar, ak, panels, depth, at, N, K, add)
        return
    blocks = row_blocks(M, many, alone)
    for task in prange(many * blocks):
        p, block = task // blocks, task % blocks
        first, last = block_of_rows(block, blocks, M)
        of_packed(p, first, last, c, c0, cr, a, a0, ar, ak, panels, depth, at, N, K, add)

"""Dot products of long runs, several at once with their totals in registers.

    c[c0 + cr·r + t] += Σ_q a[a0 + ar·r + q]·b[b0 + at[t0 + t] + q]

What `tiles` are to sums over few terms, these are to sums over many that have few results. Each
step reads a vector of every run and does rows × columns fused multiply-adds; at the end the lanes
are added up.
"""

from __future__ import annotations

import numba
import numpy as np
from llvmlite import ir
from numba import njit, prange, types
from numba.extending import intrinsic

from deltarule.kernels.prelude.calls import (
    _NUMBERS,
    _PLACES,
    _WHOLE,
    _WORD,
    apart,
    cgutils,
    data,
    outside,
)
from deltarule.kernels.prelude.vectors import _KIND, _VECTOR, LANES, _called, _loaded, _pointers

real = np.float32
compiled = in_threads = njit
U = np.uint64


# ---- what follows goes into kernels


def _dots(height, width):
    """Dot products of so many runs of a with so many of b."""
    cells = [(r, t) for r in range(height) for t in range(width)]

    def write(context, builder, signature, arguments):
        c, c0, cr, a, a0, ar, b, b0, at, t0, steps, runs, further = _pointers(
            context, builder, signature, arguments
        )
        c, a, b = builder.gep(c, [c0]), builder.gep(a, [a0]), builder.gep(b, [b0])
        at = builder.gep(at, [t0])
        left = [builder.gep(a, [builder.mul(ar, _WORD(r))]) for r in range(height)]
        right = [
            builder.gep(b, [builder.load(builder.gep(at, [_WORD(t)]))]) for t in range(width)
        ]
        nothing = ir.Constant(_VECTOR, None)
        totals = [cgutils.alloca_once_value(builder, nothing) for _ in cells]
        for total in totals:
            builder.store(nothing, total)
        with cgutils.for_range(builder, runs) as run:
            first = builder.mul(run.index, further)
            ones_at, others_at = ([builder.gep(p, [first]) for p in side] for side in (left, right))
            with cgutils.for_range(builder, steps) as loop:
                q = builder.mul(loop.index, _WORD(LANES))
                ones = [_loaded(builder, builder.gep(place, [q])) for place in ones_at]
                others = [_loaded(builder, builder.gep(place, [q])) for place in others_at]
                for total, (r, t) in zip(totals, cells):
                    sum_ = [ones[r], others[t], builder.load(total)]
                    builder.store(_called(builder, "fma", _VECTOR, sum_), total)
        number = _KIND[1]
        kind = ir.FunctionType(number, [number, _VECTOR])
        name = f"llvm.vector.reduce.fadd.v{LANES}{_KIND[0]}"
        added_up = cgutils.get_or_insert_function(builder.module, kind, name)
        for total, (r, t) in zip(totals, cells):
            place = builder.gep(c, [builder.add(builder.mul(cr, _WORD(r)), _WORD(t))])
            start = builder.load(place)
            result = builder.call(
                added_up, [start, builder.load(total)], fastmath=("reassoc", "contract")
            )
            builder.store(result, place)
        return context.get_dummy_value()

    @intrinsic
    def dots(_typing, c, c0, cr, a, a0, ar, b, b0, at, t0, steps, runs, further):
        whole = types.int64
        given = (c, whole, whole, a, whole, whole, b, whole, at, *[whole] * 4)
        return types.void(*given), write

    return dots


dots_4x6, dots_4x1, dots_1x6, dots_1x1 = (_dots(r, t) for r in (4, 1) for t in (6, 1))
if numba.config.DISABLE_JIT:  # pyright: ignore

    def _plain_dots(height, width):
        """Dot products where nothing is compiled."""

        def dots(c, c0, cr, a, a0, ar, b, b0, at, t0, steps, runs, further):
            for run, r in np.ndindex(int(runs), height):
                first = a0 + ar * r + run * further
                for t in range(width):
                    start = b0 + at[t0 + t] + run * further
                    one, other = (v[o:o + steps * LANES] for v, o in ((a, first), (b, start)))
                    c[c0 + cr * r + t] += np.dot(one, other)

        return dots

    dots_4x6, dots_4x1, dots_1x6, dots_1x1 = (_plain_dots(r, t) for r in (4, 1) for t in (6, 1))

#: How many steps are done with so many rows before the next: they should stay in a near cache.
STEPS_AT_ONCE, ROWS_AT_ONCE = 256, 32


@outside(
    _NUMBERS, _WHOLE, _WHOLE, _NUMBERS, _WHOLE, _WHOLE, _NUMBERS, _WHOLE, _PLACES, _WHOLE, _WHOLE,
    _WHOLE, _WHOLE, _WHOLE, _WHOLE,
)
def dot_block(c, c0, cr, a, a0, ar, b, b0, at, first, last, M, steps, runs, further):
    """c[c0 + cr·m + t] += Σ_q a[a0 + ar·m + q]·b[b0 + at[t] + q], t from first to last − 1."""
    m = 0
    while m < M:
        high = 4 if M - m >= 4 else 1
        o, one = c0 + cr * m, a0 + ar * m
        t = first
        while t < last:
            if high == 4 and last - t == 6:
                dots_4x6(c, o + t, cr, a, one, ar, b, b0, at, t, steps, runs, further)
                t += 6
            elif high == 4:
                dots_4x1(c, o + t, cr, a, one, ar, b, b0, at, t, steps, runs, further)
                t += 1
            elif last - t == 6:
                dots_1x6(c, o + t, cr, a, one, ar, b, b0, at, t, steps, runs, further)
                t += 6
            else:
                dots_1x1(c, o + t, cr, a, one, ar, b, b0, at, t, steps, runs, further)
                t += 1
        m += high


@in_threads
def dot_products(c, cr, cb, a, ar, ab, b, bb, at, M, K, runs, further, B):
    """c[cb·g + cr·m + t] += Σ_q a[ab·g + ar·m + q]·b[bb·g + at[t] + q], g below B.

    q runs below K from 0, further, 2·further … on, so many `runs`. Behind each, a is 0 up to the
    next multiple of LANES, and b is read so far. Where there are few results, threads share the
    sums: these are taken in pieces, by sizes alone, whatever the number of threads is.
    """
    apart()
    blocks, parts = (at.size + 5) // 6, (M + ROWS_AT_ONCE - 1) // ROWS_AT_ONCE
    results, vectors = B * M * at.size, (K + LANES - 1) // LANES
    together = max(1, STEPS_AT_ONCE * LANES // K)
    rounds = runs if runs > 1 else (vectors + STEPS_AT_ONCE - 1) // STEPS_AT_ONCE
    # A piece has sums that are longer than it takes to add up the totals of all.
    pieces = min(8, rounds, runs * vectors // STEPS_AT_ONCE) if blocks * parts * B < 32 else 1
    pieces = max(1, pieces)
    totals = np.zeros(pieces * results, real)
    for task in prange(pieces * blocks * parts * B):
        piece, left = task // (blocks * parts * B), task % (blocks * parts * B)
        g, part, block = left // (blocks * parts), left // blocks % parts, left % blocks
        first, last = 6 * block, min(6 * block + 6, at.size)
        m, high = ROWS_AT_ONCE * part, min(ROWS_AT_ONCE, M - ROWS_AT_ONCE * part)
        to = piece * results + (g * M + m) * at.size
        k, end = 0, vectors
        run, behind = piece * runs // pieces, (piece + 1) * runs // pieces
        if runs == 1:
            run, behind = 0, 1
            k, end = piece * vectors // pieces, (piece + 1) * vectors // pieces
        for r in range(run, behind, together):
            many = min(together, behind - r)
            for q in range(k, end, STEPS_AT_ONCE):
                steps, o = min(STEPS_AT_ONCE, end - q), r * further + q * LANES
                dot_block(
                    data(totals), to, at.size, data(a), ab * g + ar * m + o, ar, data(b),
                    bb * g + o, data(at), first, last, high, steps, many, further,
                )
    for o in range(results):
        g, m, t = o // at.size // M, o // at.size % M, o % at.size
        for piece in range(pieces):
            c[U(cb * g + cr * m + t)] += totals[U(piece * results + o)]

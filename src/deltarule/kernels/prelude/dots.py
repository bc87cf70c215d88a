"""Dot products of runs, several at once with their totals in registers.

    c[c0 + cr·r + t] += Σ_{n,q} a[a0 + ar·r + an·n + q]·b[b0 + at[t0 + t] + bn·n + q]

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
from deltarule.kernels.prelude.micro_kernel import _opaque
from deltarule.kernels.prelude.vectors import (
    _KIND,
    _VECTOR,
    LANES,
    _called,
    _loaded,
    _loaded_part,
    _masks,
    _pointers,
)

real = np.float32
compiled = in_threads = njit
U = np.uint64


# ---- what follows goes into kernels


def _dots(height, width):
    """Dot products of so many runs of a with so many of b."""
    cells = [(r, t) for r in range(height) for t in range(width)]

    def write(context, builder, signature, arguments):
        c, c0, cr, a, a0, ar, an, b, b0, bn, at, t0, count, runs = _pointers(
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
        some = builder.srem(count, _WORD(LANES))
        whole = builder.sub(count, some)
        [mask] = _masks(builder, some, 1)

        def step(ones_at, others_at, q, read):
            ones = [read(builder.gep(place, [q])) for place in ones_at]
            others = [read(builder.gep(place, [q])) for place in others_at]
            for total, (r, t) in zip(totals, cells):
                sum_ = [ones[r], others[t], builder.load(total)]
                builder.store(_called(builder, "fma", _VECTOR, sum_), total)

        with cgutils.for_range(builder, runs) as run:
            ones_at = [builder.gep(p, [builder.mul(run.index, an)]) for p in left]
            others_at = [builder.gep(p, [builder.mul(run.index, bn)]) for p in right]
            with cgutils.for_range_slice(builder, _WORD(0), whole, _WORD(LANES)) as (q, _):
                step(ones_at, others_at, q, lambda place: _loaded(builder, place))
            with builder.if_then(builder.icmp_signed(">", some, _WORD(0))):
                step(ones_at, others_at, whole, lambda place: _loaded_part(builder, place, mask))
        number = _KIND[1]
        kind = ir.FunctionType(number, [number, _VECTOR])
        name = f"llvm.vector.reduce.fadd.v{LANES}{_KIND[0]}"
        added_up = cgutils.get_or_insert_function(builder.module, kind, name)
        # Lanes are added up in a loop: written out, this would be most of the code.
        room = cgutils.alloca_once(builder, _VECTOR, len(cells))
        for cell, total in enumerate(totals):
            builder.store(builder.load(total), builder.gep(room, [_WORD(cell)]))
        rows, columns = (_opaque(builder, _WORD(n)) for n in (height, width))
        with (
            cgutils.for_range(builder, rows) as row,
            cgutils.for_range(builder, columns) as column,
        ):
            cell = builder.add(builder.mul(row.index, _WORD(width)), column.index)
            place = builder.gep(c, [builder.add(builder.mul(cr, row.index), column.index)])
            lanes = builder.load(builder.gep(room, [cell]))
            given = [builder.load(place), lanes]
            result = builder.call(added_up, given, fastmath=("reassoc", "contract"))
            builder.store(result, place)
        return context.get_dummy_value()

    @intrinsic
    def dots(_typing, c, c0, cr, a, a0, ar, an, b, b0, bn, at, t0, count, runs):
        whole = types.int64
        given = (c, whole, whole, a, *[whole] * 3, b, whole, whole, at, *[whole] * 3)
        return types.void(*given), write

    return dots


dots_4x6, dots_3x6, dots_1x6 = (_dots(r, 6) for r in (4, 3, 1))
dots_3x1, dots_1x1 = (_dots(r, 1) for r in (3, 1))
if numba.config.DISABLE_JIT:  # pyright: ignore

    def _plain_dots(height, width):
        """Dot products where nothing is compiled."""

        def dots(c, c0, cr, a, a0, ar, an, b, b0, bn, at, t0, count, runs):
            for run, r in np.ndindex(int(runs), height):
                first = a0 + ar * r + run * an
                for t in range(width):
                    start = b0 + at[t0 + t] + run * bn
                    c[c0 + cr * r + t] += np.dot(a[first:first + count], b[start:start + count])

        return dots

    dots_4x6, dots_3x6, dots_1x6 = (_plain_dots(r, 6) for r in (4, 3, 1))
    dots_3x1, dots_1x1 = (_plain_dots(r, 1) for r in (3, 1))

#: How many steps are done with so many rows before the next: they should stay in a near cache.
STEPS_AT_ONCE, ROWS_AT_ONCE = 256, 32


@outside(
    _NUMBERS, _WHOLE, _WHOLE, _NUMBERS, _WHOLE, _WHOLE, _WHOLE, _NUMBERS, _WHOLE, _WHOLE, _PLACES,
    _WHOLE, _WHOLE, _WHOLE, _WHOLE, _WHOLE,
)
def dot_block(c, c0, cr, a, a0, ar, an, b, b0, bn, at, first, last, M, count, runs):
    """c[c0 + cr·m + t] += Σ_{n,q} a[a0 + ar·m + an·n + q]·b[b0 + at[t] + bn·n + q].

    t runs from first to last − 1, q below count, n below runs.
    """
    m = 0
    while m < M:
        # 6 are 3 and 3, not 4 and 1 and 1.
        left = M - m
        high = 1 if left < 3 else 3 if left == 3 or left == 6 or left == 9 else 4
        o, one, t = c0 + cr * m, a0 + ar * m, first
        while t < last:
            if last - t < 6:
                # What is left of the taps is little.
                alone = 0
                if high >= 3:
                    dots_3x1(c, o + t, cr, a, one, ar, an, b, b0, bn, at, t, count, runs)
                    alone = 3
                for r in range(alone, high):
                    to, row = o + cr * r + t, one + ar * r
                    dots_1x1(c, to, cr, a, row, ar, an, b, b0, bn, at, t, count, runs)
                t += 1
                continue
            if high == 4:
                dots_4x6(c, o + t, cr, a, one, ar, an, b, b0, bn, at, t, count, runs)
            elif high == 3:
                dots_3x6(c, o + t, cr, a, one, ar, an, b, b0, bn, at, t, count, runs)
            else:
                dots_1x6(c, o + t, cr, a, one, ar, an, b, b0, bn, at, t, count, runs)
            t += 6
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
                    data(totals), to, at.size, data(a), ab * g + ar * m + o, ar, further, data(b),
                    bb * g + o, further, data(at), first, last, high, steps * LANES, many,
                )
    for row in range(B * M):
        to, o = cb * (row // M) + cr * (row % M), row * at.size
        for piece in range(pieces):
            for t in range(U(at.size)):
                c[U(to) + t] += totals[U(piece * results + o) + t]

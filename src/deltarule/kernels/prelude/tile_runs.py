"""Tiles along a run of columns: sums of few rows, of which a tile of its own would be soon done.

    c[c0 + cr·r + v] = s[s0 + r] + Σ_t a[a0 + ar·r + t]·b[b0 + at[t] + v]

Tiles (see `tiles`) of a few rows by several vectors follow each other without a call between them;
what is left at the end is done vector by vector, and nothing behind the last column is read.
"""

from __future__ import annotations

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from deltarule.kernels.prelude.calls import _NUMBERS, _PLACES, _WHOLE, _WORD, cgutils, outside
from deltarule.kernels.prelude.micro_kernel import _opaque
from deltarule.kernels.prelude.vectors import (
    _VECTOR,
    LANES,
    _called,
    _loaded,
    _loaded_part,
    _masks,
    _pointers,
    _splat,
    _stored,
    _stored_part,
    _vector_bytes,
)

real = np.float32


# ---- what follows goes into kernels

#: So many vectors are side by side in a tile of up to six rows.
BROAD = 4 if _vector_bytes() == 64 else 2


def _run(height):
    """Tiles of so many rows, as many as there are columns for."""

    def write(context, builder, signature, arguments):
        c, c0, cr, s, s0, a, a0, ar, b, b0, at, steps, count = _pointers(
            context, builder, signature, arguments
        )
        c, a, b = builder.gep(c, [c0]), builder.gep(a, [a0]), builder.gep(b, [b0])
        begins = [builder.gep(s, [builder.add(s0, _WORD(r))]) for r in range(height)]
        starts = [_splat(builder, builder.load(place)) for place in begins]
        sources = [builder.gep(a, [builder.mul(ar, _WORD(r))]) for r in range(height)]
        results = [builder.gep(c, [builder.mul(cr, _WORD(r))]) for r in range(height)]
        many = builder.icmp_signed(">", steps, _WORD(0))
        nothing = ir.Constant(_VECTOR, None)

        def tile(first, vectors, read, written):
            """The sums of some vectors of columns from the `first` on."""
            cells = [(r, v) for r in range(height) for v in range(vectors)]
            totals = [cgutils.alloca_once_value(builder, nothing) for _ in cells]
            step = cgutils.alloca_once_value(builder, _WORD(0))
            builder.store(_WORD(0), step)
            for total, (r, _) in zip(totals, cells):
                builder.store(starts[r], total)
            with builder.if_then(many):
                here, loop = builder.gep(b, [first]), builder.append_basic_block("steps")
                builder.branch(loop)
                builder.position_at_end(loop)
                t = builder.load(step)
                column = builder.gep(here, [builder.load(builder.gep(at, [t]))])
                columns = [read(builder.gep(column, [_WORD(v * LANES)])) for v in range(vectors)]
                left = [_splat(builder, builder.load(builder.gep(o, [t]))) for o in sources]
                for total, (r, v) in zip(totals, cells):
                    factors = left[r], columns[v], builder.load(total)
                    builder.store(_called(builder, "fma", _VECTOR, factors), total)
                following = _opaque(builder, builder.add(t, _WORD(1)))
                builder.store(following, step)
                end = builder.append_basic_block("end")
                builder.cbranch(builder.icmp_signed("<", following, steps), loop, end)
                builder.position_at_end(end)
            places = [
                builder.gep(results[r], [builder.add(first, _WORD(v * LANES))]) for r, v in cells
            ]
            for place, total in zip(places, totals):
                written(builder.load(total), place)

        def whole_read(place):
            return _loaded(builder, place)

        def whole_written(vector, place):
            _stored(builder, vector, place)

        wide = _WORD(BROAD * LANES)
        last = builder.sub(count, builder.srem(count, wide))
        with cgutils.for_range_slice(builder, _WORD(0), last, wide) as (first, _):
            tile(first, BROAD, whole_read, whole_written)
        with cgutils.for_range_slice(builder, last, count, _WORD(LANES)) as (first, _):
            [mask] = _masks(builder, builder.sub(count, first), 1)
            tile(
                first, 1, lambda place: _loaded_part(builder, place, mask),
                lambda vector, place: _stored_part(builder, vector, place, mask),
            )
        return context.get_dummy_value()

    @intrinsic
    def run(_typing, c, c0, cr, s, s0, a, a0, ar, b, b0, at, steps, count):
        n = types.int64
        return types.void(c, n, n, s, n, a, n, n, b, n, at, n, n), write

    return run


run_6, run_5, run_4, run_3, run_2, run_1 = (_run(height) for height in (6, 5, 4, 3, 2, 1))
if numba.config.DISABLE_JIT:  # pyright: ignore

    def _plain_run(height):
        """Tiles along a run, where nothing is compiled."""

        def run(c, c0, cr, s, s0, a, a0, ar, b, b0, at, steps, count):
            for r in range(height):
                to = c[c0 + cr * r : c0 + cr * r + count]
                to[:] = s[s0 + r]
                for t in range(steps):
                    to += a[a0 + ar * r + t] * b[b0 + at[t] : b0 + at[t] + count]

        return run

    run_6, run_5, run_4, run_3, run_2, run_1 = (_plain_run(h) for h in (6, 5, 4, 3, 2, 1))


@outside(
    _NUMBERS, _WHOLE, _WHOLE, _NUMBERS, _WHOLE, _NUMBERS, _WHOLE, _WHOLE, _NUMBERS, _WHOLE, _PLACES,
    _WHOLE, _WHOLE, _WHOLE,
)
def tile_run(c, c0, cr, s, s0, a, a0, ar, b, b0, at, M, steps, count):
    """c[c0 + cr·m + v] = s[s0 + m] + Σ_t a[a0 + ar·m + t]·b[b0 + at[t] + v].

    m runs below M, t below `steps`, v below `count`.
    """
    m = 0
    while m < M:
        blocks = (M - m + 5) // 6
        high = (M - m + blocks - 1) // blocks
        o, one = c0 + cr * m, a0 + ar * m
        if high == 6:
            run_6(c, o, cr, s, s0 + m, a, one, ar, b, b0, at, steps, count)
        elif high == 5:
            run_5(c, o, cr, s, s0 + m, a, one, ar, b, b0, at, steps, count)
        elif high == 4:
            run_4(c, o, cr, s, s0 + m, a, one, ar, b, b0, at, steps, count)
        elif high == 3:
            run_3(c, o, cr, s, s0 + m, a, one, ar, b, b0, at, steps, count)
        elif high == 2:
            run_2(c, o, cr, s, s0 + m, a, one, ar, b, b0, at, steps, count)
        else:
            run_1(c, o, cr, s, s0 + m, a, one, ar, b, b0, at, steps, count)
        m += high

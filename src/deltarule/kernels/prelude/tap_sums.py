"""Sums of taps along rows: nine that make a square are taken at once, others nine, three or one.

Where nine taps stand in three rows that follow each other, as those of a 3 × 3 window do, each row
is read for three sums, which stay in registers while the strip is gone through from above.
"""

from __future__ import annotations

import numba
import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from deltarule.kernels.prelude.calls import (
    _NUMBER,
    _NUMBERS,
    _PLACES,
    _WHOLE,
    _WORD,
    apart,
    cgutils,
    from_start,
    outside,
)
from deltarule.kernels.prelude.tap_rows import (
    _each_strip,
    _fma,
    _kept,
    _numbers,
    multiplied_1,
    multiplied_3,
    multiplied_9,
    weighted_1,
    weighted_2,
    weighted_3,
    weighted_4,
    weighted_9,
)
from deltarule.kernels.prelude.vectors import (
    _VECTOR,
    LANES,
    _held,
    _loaded,
    _pointers,
    _splat,
    _stored,
)

real = np.float32
U = np.uint64
compiled = njit


# ---- what follows goes into kernels


@intrinsic
def weighted_square(_typing, c, c0, cp, b, b0, bp, at, w, t0, rows, count, add, first):  # pyright: ignore
    """`weighted` of 3 × 3 taps in rows that follow each other: each is read for three sums."""

    def write(context, builder, signature, arguments):
        c, c0, cp, b, b0, bp, at, w, t0, rows, count, add, first = _pointers(
            context, builder, signature, arguments
        )
        c, b = builder.gep(c, [c0]), builder.gep(b, [b0])
        starts = [builder.gep(b, [o]) for o in _numbers(builder, at, t0, 3)]
        weights = [_splat(builder, w) for w in _numbers(builder, w, t0, 9)]
        start, kept = _splat(builder, first), builder.icmp_signed("!=", add, _WORD(0))
        nothing = ir.Constant(_VECTOR, None)

        def plus(k, seen, total):
            for weight, vector in zip(weights[3 * k : 3 * k + 3], seen):
                total = _fma(builder, weight, vector, total)
            return total

        def sums(strip):
            moved = strip.along(None, bp)

            def seen():
                return [strip.read(moved(source)) for source in starts]

            above = seen()
            strip.next_row()
            here = seen()
            strip.next_row()
            last, middle = _kept(
                builder, [plus(1, here, plus(0, above, nothing)), plus(0, here, nothing)]
            )
            to = strip.along(c, cp)
            with cgutils.for_range(builder, rows):
                below = seen()
                total = plus(2, below, builder.load(last))
                builder.store(plus(1, below, builder.load(middle)), last)
                builder.store(plus(0, below, nothing), middle)
                held = _held(builder, kept, start, lambda: strip.read(to()))
                strip.written(builder.fadd(total, held), to())
                strip.next_row()

        _each_strip(builder, count, sums)
        return context.get_dummy_value()

    whole = types.int64
    given = (c, whole, whole, b, whole, whole, at, w, whole, whole, whole, whole, first)
    return types.void(*given), write


@intrinsic
def multiplied_square(_typing, c, c0, a, a0, ap, b, b0, bp, at, t0, rows, count):  # pyright: ignore
    """`multiplied` of 3 × 3 taps in rows that follow each other; there are two rows or more."""

    def write(context, builder, signature, arguments):
        c, c0, a, a0, ap, b, b0, bp, at, t0, rows, count = _pointers(
            context, builder, signature, arguments
        )
        c = builder.gep(c, [builder.add(c0, builder.mul(t0, _WORD(LANES)))])
        a, b = builder.gep(a, [a0]), builder.gep(b, [b0])
        starts = [builder.gep(b, [o]) for o in _numbers(builder, at, t0, 3)]
        places = [builder.gep(c, [_WORD(LANES * t)]) for t in range(9)]
        totals = _kept(builder, [_loaded(builder, place) for place in places])

        def products(strip):
            one, moved = strip.along(a, ap), strip.along(None, bp)

            def step(*factors):
                """The products of a row of b with the rows of a, by the taps that lie there."""
                seen = [strip.read(moved(source)) for source in starts]
                for k, factor in enumerate(factors):
                    for vector, total in zip(seen, totals[3 * k : 3 * k + 3]):
                        if factor is not None:
                            builder.store(_fma(builder, factor, vector, builder.load(total)), total)
                strip.next_row()

            above = strip.read(one())
            step(above)
            here = strip.read(one())
            step(here, above)
            before, last = _kept(builder, [above, here])
            with cgutils.for_range(builder, builder.sub(rows, _WORD(2))):
                below = strip.read(one())
                step(below, builder.load(last), builder.load(before))
                builder.store(builder.load(last), before)
                builder.store(below, last)
            step(None, builder.load(last), builder.load(before))
            step(None, None, builder.load(last))

        _each_strip(builder, count, products)
        for total, place in zip(totals, places):
            _stored(builder, builder.load(total), place)
        return context.get_dummy_value()

    whole = types.int64
    given = (c, whole, a, whole, whole, b, whole, whole, at, whole, whole, whole)
    return types.void(*given), write


if numba.config.DISABLE_JIT:  # pyright: ignore
    weighted_square, multiplied_square = weighted_9, multiplied_9  # noqa: F811


#: From so many rows on it pays to read each for three sums.
TALL = 4


@compiled
def square(at, many, pitch, rows):
    """Whether nine taps are three in each of three rows that follow each other."""
    alike = many == 9 and rows >= TALL
    for t in range(6 if alike else 0):
        alike = alike and at[t + 3] == at[t] + pitch
    return alike


@compiled
def weighted_part(c, c0, cp, b, b0, bp, at, w, many, rows, count, add, first):
    """`weigh_rows`, whatever the rows are."""
    apart()
    t = 0
    while t < many:
        add = min(1, add + t)
        if square(at, many, bp, rows):
            weighted_square(c, c0, cp, b, b0, bp, at, w, t, rows, count, add, first)
            t += 9
        elif many - t >= 9:
            weighted_9(c, c0, cp, b, b0, bp, at, w, t, rows, count, add, first)
            t += 9
        elif many - t == 4:
            weighted_4(c, c0, cp, b, b0, bp, at, w, t, rows, count, add, first)
            t += 4
        elif many - t >= 3:
            weighted_3(c, c0, cp, b, b0, bp, at, w, t, rows, count, add, first)
            t += 3
        elif many - t == 2:
            weighted_2(c, c0, cp, b, b0, bp, at, w, t, rows, count, add, first)
            t += 2
        else:
            weighted_1(c, c0, cp, b, b0, bp, at, w, t, rows, count, add, first)
            t += 1


@outside(
    _NUMBERS, _WHOLE, _WHOLE, _NUMBERS, _WHOLE, _WHOLE, _PLACES, _NUMBERS, _WHOLE, _WHOLE, _WHOLE,
    _WHOLE, _NUMBER,
)
def weigh_rows(c, c0, cp, b, b0, bp, at, w, many, rows, count, add, first):
    """c[c0 + cp·r + v] = Σ_t w[t]·b[b0 + at[t] + bp·r + v] + (c[…] if add else first).

    r runs below rows, v below count, t below many.
    """
    if many < 1 and not add:
        sums = from_start(c)
        for r in range(rows):
            for v in range(count):
                sums[U(c0 + cp * r + v)] = first
    whole = count // LANES * LANES if rows == 1 else 0
    if whole:
        # One long row is as many short ones.
        weighted_part(c, c0, LANES, b, b0, LANES, at, w, many, count // LANES, LANES, add, first)
    if whole < count:
        c0, b0 = c0 + whole, b0 + whole
        weighted_part(c, c0, cp, b, b0, bp, at, w, many, rows, count - whole, add, first)


@compiled
def multiplied_part(c, c0, a, a0, ap, b, b0, bp, at, many, rows, count):
    """`multiply_rows`, whatever the rows are."""
    apart()
    t = 0
    while t < many:
        if square(at, many, bp, rows):
            multiplied_square(c, c0, a, a0, ap, b, b0, bp, at, t, rows, count)
            t += 9
        elif many - t >= 9:
            multiplied_9(c, c0, a, a0, ap, b, b0, bp, at, t, rows, count)
            t += 9
        elif many - t >= 3:
            multiplied_3(c, c0, a, a0, ap, b, b0, bp, at, t, rows, count)
            t += 3
        else:
            multiplied_1(c, c0, a, a0, ap, b, b0, bp, at, t, rows, count)
            t += 1


@outside(
    _NUMBERS, _WHOLE, _NUMBERS, _WHOLE, _WHOLE, _NUMBERS, _WHOLE, _WHOLE, _PLACES, _WHOLE, _WHOLE,
    _WHOLE,
)
def multiply_rows(c, c0, a, a0, ap, b, b0, bp, at, many, rows, count):
    """Σ_lane c[c0 + LANES·t + lane] += Σ_{r,v} a[a0 + ap·r + v]·b[b0 + at[t] + bp·r + v].

    r runs below rows, v below count, t below many.
    """
    whole = count // LANES * LANES if rows == 1 else 0
    if whole:
        multiplied_part(c, c0, a, a0, LANES, b, b0, LANES, at, many, count // LANES, LANES)
    if whole < count:
        a0, b0 = a0 + whole, b0 + whole
        multiplied_part(c, c0, a, a0, ap, b, b0, bp, at, many, rows, count - whole)

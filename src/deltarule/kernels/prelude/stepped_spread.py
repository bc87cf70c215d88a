"""Nine taps that make a square, in steps of two, spread: the sums of X in `stepped_squares`.

    X[h, w] = Σ W[k, l]·Y[i, j] over all that have h = 2·i + k − up and w = 2·j + l − left

Rows of X are made in pairs, each of whole vectors: of its two phases one sees two numbers of a row
of Y, the other one.
"""

from __future__ import annotations

import numba
from numba import types
from numba.extending import intrinsic

from deltarule.kernels.prelude.calls import _WORD, cgutils
from deltarule.kernels.prelude.paired_rows import _IN_TURN, _picked
from deltarule.kernels.prelude.stepped_squares import _between, _Rows, _weighted_sum, _windows_of
from deltarule.kernels.prelude.tap_rows import _kept, _numbers
from deltarule.kernels.prelude.vectors import (
    LANES,
    _held,
    _loaded_part,
    _pointers,
    _splat,
    _stored_part,
)

# ---- what follows goes into kernels


def _spread(odd):
    """Sums of X[h, w], where `left` is odd or even: of the columns of X, as windows count them,
    even ones see two columns of Y, odd ones one."""

    def write(context, builder, signature, arguments):
        x, x0, xp, high, wide, up, left, y, y0, yp, rows, count, w, nothing, add, first = _pointers(
            context, builder, signature, arguments
        )
        y, x = builder.gep(y, [y0]), builder.gep(x, [x0])
        image = _Rows(builder, y, yp, rows, count, nothing)
        weights = [_splat(builder, one) for one in _numbers(builder, w, _WORD(0), 9)]
        start, kept = _splat(builder, first), builder.icmp_signed("!=", add, _WORD(0))
        half = builder.sdiv(up, _WORD(2))
        steps = builder.sdiv(builder.add(builder.add(high, up), _WORD(1)), _WORD(2))
        with cgutils.for_range_slice(builder, _WORD(0), wide, _WORD(2 * LANES)) as (to, _):
            masks = [_between(builder, _WORD(v), builder.sub(wide, to)) for v in (0, LANES)]
            j = builder.sdiv(builder.add(to, left), _WORD(2))
            near, far = (image.vector(builder.add(j, _WORD(odd - back))) for back in (0, 1))
            # A masked access far outside would be slow: no lanes lie where the first do.
            more = builder.icmp_signed(">", builder.sub(wide, to), _WORD(LANES))
            aheads = (_WORD(0), builder.select(more, _WORD(LANES), _WORD(0)))

            def seen(row):
                place = image.at(row)
                return [near(place), far(place)]

            def written(row, even, single):
                """A row of X, if there is one."""
                with builder.if_then(builder.icmp_unsigned("<", row, high)):
                    pair = (single, even) if odd else (even, single)
                    begin = builder.gep(x, [builder.add(builder.mul(row, xp), to)])
                    picks = (_IN_TURN[:LANES], _IN_TURN[LANES:])
                    for pick, mask, ahead in zip(picks, masks, aheads):
                        place = builder.gep(begin, [ahead])

                        def read(place=place, mask=mask):
                            return _loaded_part(builder, place, mask)

                        held = _held(builder, kept, start, read)
                        total = builder.fadd(_picked(builder, *pair, pick), held)
                        _stored_part(builder, total, place, mask)

            above = _kept(builder, seen(builder.sub(half, _WORD(1))))
            with cgutils.for_range_slice(builder, half, steps, _WORD(1)) as (i, _):
                before, here = [builder.load(vector) for vector in above], seen(i)
                row = builder.sub(builder.mul(i, _WORD(2)), up)
                even = _weighted_sum(builder, [weights[0], weights[2]], here)
                even = _weighted_sum(builder, [weights[6], weights[8]], before, even)
                single = _weighted_sum(builder, [weights[1]], here[odd:])
                written(row, even, _weighted_sum(builder, [weights[7]], before[odd:], single))
                even = _weighted_sum(builder, [weights[3], weights[5]], here)
                single = _weighted_sum(builder, [weights[4]], here[odd:])
                written(builder.add(row, _WORD(1)), even, single)
                for vector, place in zip(here, above):
                    builder.store(vector, place)
        return context.get_dummy_value()

    @intrinsic
    def spread(
        _typing, x, x0, xp, high, wide, up, left, y, y0, yp, rows, count, w, nothing, add, first
    ):
        n = types.int64
        return types.void(x, n, n, n, n, n, n, y, n, n, n, n, w, nothing, n, first), write

    return spread


stepped_spread_even, stepped_spread_odd = _spread(0), _spread(1)
if numba.config.DISABLE_JIT:  # pyright: ignore

    def _spread_plainly(
        x, x0, xp, high, wide, up, left, y, y0, yp, rows, count, w, nothing, add, first
    ):
        """Nine taps spread, where nothing is compiled."""
        padded, seen = _windows_of(x, x0, xp, 0, wide, up + high, left, rows, count)
        for t in range(9):
            for i in range(rows):
                seen[t][i] += w[t] * y[y0 + yp * i : y0 + yp * i + count]
        for h in range(high):
            to = x[x0 + xp * h : x0 + xp * h + wide]
            to[:] = padded[up + h, left : left + wide] + (to if add else first)

    stepped_spread_even = stepped_spread_odd = _spread_plainly

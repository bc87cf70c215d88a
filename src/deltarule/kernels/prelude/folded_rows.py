"""Rows folded: numbers that stand once for each tap of a row come together where the taps meet.

    x[x0 + xp·r + w] (+)= Σ_l p[p0 + pl·l + J·r + j],  where j = w + pad − step·l lies in 0 … J − 1

It is what an unfolded row (`unfolded_rows`) is the transpose of.
"""

from __future__ import annotations

import numba
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from deltarule.kernels.prelude.calls import _INT, _WORD, cgutils
from deltarule.kernels.prelude.tap_rows import _kept
from deltarule.kernels.prelude.vectors import (
    LANES,
    _held,
    _loaded_part,
    _masks,
    _pointers,
    _splat,
    _stored_part,
)

# ---- what follows goes into kernels


@intrinsic
def fold(_typing, x, x0, xp, high, wide, p, p0, pl, taps, J, pad, step, add, first):  # pyright: ignore
    """`high` rows of `wide` numbers; where `add` is 0, they begin with `first`."""

    def write(context, builder, signature, arguments):
        x, x0, xp, high, wide, p, p0, pl, taps, J, pad, step, add, first = _pointers(
            context, builder, signature, arguments
        )
        x, p = builder.gep(x, [x0]), builder.gep(p, [p0])
        start, kept = _splat(builder, first), builder.icmp_signed("!=", add, _WORD(0))
        lanes = ir.Constant(ir.VectorType(_INT, LANES), list(range(LANES)))
        end = _splat(builder, builder.trunc(J, _INT))
        with cgutils.for_range_slice(builder, _WORD(0), wide, _WORD(LANES)) as (w, _):
            [mask] = _masks(builder, builder.sub(wide, w), 1)
            with cgutils.for_range(builder, high) as row:
                to = builder.gep(x, [builder.add(builder.mul(xp, row.index), w)])
                here = builder.gep(p, [builder.mul(J, row.index)])
                held = _held(builder, kept, start, lambda: _loaded_part(builder, to, mask))
                [total] = _kept(builder, [held])
                with cgutils.for_range(builder, taps) as tap:
                    j = builder.sub(builder.add(w, pad), builder.mul(step, tap.index))
                    columns = builder.add(lanes, _splat(builder, builder.trunc(j, _INT)))
                    # A masked access far outside would be slow: none begins behind the row.
                    off = builder.select(builder.icmp_signed("<", j, J), j, _WORD(0))
                    place = builder.gep(here, [builder.add(builder.mul(pl, tap.index), off)])
                    seen = _loaded_part(builder, place, builder.icmp_unsigned("<", columns, end))
                    builder.store(builder.fadd(builder.load(total), seen), total)
                _stored_part(builder, builder.load(total), to, mask)
        return context.get_dummy_value()

    n = types.int64
    return types.void(x, n, n, n, n, p, n, n, n, n, n, n, n, first), write


if numba.config.DISABLE_JIT:  # pyright: ignore

    def fold(x, x0, xp, high, wide, p, p0, pl, taps, J, pad, step, add, first):  # noqa: F811
        """Rows folded, where nothing is compiled."""
        for r in range(high):
            to = x[x0 + xp * r : x0 + xp * r + wide]
            if not add:
                to[:] = first
            for t in range(taps):
                left = step * t - pad
                begin, end = max(0, left), min(wide, J + left)
                o = p0 + pl * t + J * r - left
                if begin < end:
                    to[begin:end] += p[o + begin : o + end]

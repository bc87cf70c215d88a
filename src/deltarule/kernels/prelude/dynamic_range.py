"""The dynamic range of what is transformed, tile by tile.

All outputs of a tile are rounded as much as its largest number asks for, those too whose windows
hold small numbers only: where one pixel is 10000 times as large as the others, outputs that do not
see it lose four digits. So a sum is taken directly where a tile holds more than SPREAD times what
one of its windows holds at most. NaN and ∞, which would spread to the whole tile, are such. So it
is with filters, whose largest tap counts where an output sees the others alone, too.
"""

from __future__ import annotations

import numba
import numpy as np
from llvmlite import ir
from numba import njit, prange, types
from numba.extending import intrinsic

from deltarule.kernels.prelude.micro_kernel import NIL, places

real = np.float32
compiled = kept_in_threads = njit
U = np.uint64
TILE, TAPS, POINTS = 4, 3, 6


# ---- what follows goes into kernels

#: Numbers as integers: without its sign, a larger number has larger bits, NaN the largest.
BITS = np.uint32 if real is np.float32 else np.uint64
MANTISSA = BITS(np.finfo(real).nmant)
UNSIGNED = BITS(np.iinfo(BITS).max >> 1)
INFINITE = np.array([np.inf], real).view(BITS)[0]
#: 16 times as large, in bits; normal numbers differ by less than half of that.
SPREAD = BITS(4) << MANTISSA


@intrinsic
def bits_of(_typing, array):  # pyright: ignore
    """A row of numbers as integers, the same memory."""
    kind = types.Array(types.uint32 if BITS is np.uint32 else types.uint64, 1, "C")

    def write(context, builder, _signature, arguments):
        from numba.core.imputils import impl_ret_borrowed

        model = context.data_model_manager[kind]
        made = ir.Constant(model.get_value_type(), None)
        for at, wanted in enumerate(model.get_value_type().elements):
            field = builder.extract_value(arguments[0], at)
            field = field if field.type == wanted else builder.bitcast(field, wanted)
            made = builder.insert_value(made, field, at)
        return impl_ret_borrowed(context, builder, kind, made)

    return kind(array), write


@compiled
def largest_bits(bits, start, xs, C, H, W, most):
    """most[W·h + w] = the largest bits of X[c, h, w] over all channels."""
    for i in range(U(H * W)):
        most[i] = BITS(0)
    c = 0
    while c < C:
        # Four channels at a time, so that `most` is read and written more seldom.
        a, step = U(start + c * xs[1]), U(xs[1]) if c + 4 <= C else U(0)
        b, d, e = a + step, a + step + step, a + step + step + step
        if xs[3] == 1 and xs[2] == W:
            for i in range(U(H * W)):
                one = max(bits[a + i] & UNSIGNED, bits[b + i] & UNSIGNED)
                other = max(bits[d + i] & UNSIGNED, bits[e + i] & UNSIGNED)
                most[i] = max(most[i], max(one, other))
        else:
            for h in range(U(H)):
                for w in range(U(W)):
                    i, o = h * U(W) + w, h * U(xs[2]) + w * U(xs[3])
                    one = max(bits[a + o] & UNSIGNED, bits[b + o] & UNSIGNED)
                    other = max(bits[d + o] & UNSIGNED, bits[e + o] & UNSIGNED)
                    most[i] = max(most[i], max(one, other))
        c += 4 if c + 4 <= C else 1


@compiled
def is_narrow(most, H, W, top, shape, pads, rows):
    """Whether a row of tiles, whose outputs are those from `top` on, keeps within the range.

    `most` holds the largest bits of every pixel, `shape` is that of Y; windows wholly outside X do
    not count. `rows` is room for three rows: along each, X begins at the pad.
    """
    I, J = shape
    high, low, least = rows[0], rows[1], rows[2]
    begin, end = U(max(0, -pads[1])), U(max(0, min(W, J + TAPS - 1 - pads[1])))
    there = U(max(0, pads[1]))
    for q in range(U(high.size)):
        high[q] = low[q] = BITS(0)
        least[q] = UNSIGNED
    for h in range(max(0, top - pads[0]), min(H, top - pads[0] + POINTS)):
        at = U(h * W) + begin
        for w in range(end - begin):
            high[there + w] = max(high[there + w], most[at + w])
    for i in range(top, min(I, top + TILE)):
        up, down = max(0, i - pads[0]), min(H, i - pads[0] + TAPS)
        if up >= down:
            continue
        for h in range(up, down):
            at, before = U(h * W) + begin, UNSIGNED if h > up else BITS(0)
            for w in range(end - begin):
                low[there + w] = max(low[there + w] & before, most[at + w])
        first = max(0, pads[1] - TAPS + 1)
        for j in range(U(max(0, min(J, W + pads[1]) - first))):
            k = U(first) + j
            seen = max(low[k], max(low[k + U(1)], low[k + U(2)]))
            least[k] = min(least[k], seen)
    for j in range(0, J, TILE):
        largest, smallest = BITS(0), UNSIGNED
        for k in range(U(j), U(j + POINTS)):
            largest = max(largest, high[k])
        for k in range(U(j), U(j + TILE)):
            smallest = min(smallest, least[k])
        if largest >= INFINITE or largest > SPREAD and smallest < largest - SPREAD:
            return False
    return True


@kept_in_threads
def narrow_range(x, xs, shape, pads):
    """Whether all tiles of X, for Y of I × J entries, have a range that the transforms can take."""
    N, C, H, W, I, J = shape
    bits = bits_of(x)
    wide = places(N, NIL)
    for n in prange(N):
        most = np.empty(H * W, BITS)
        rows = np.empty((3, (J + TILE - 1) // TILE * TILE + TAPS - 1), BITS)
        largest_bits(bits, n * xs[0], xs, C, H, W, most)
        for top in range(0, I, TILE):
            if not is_narrow(most, H, W, top, (I, J), pads, rows):
                wide[n] = 1
                break
    total = NIL
    for n in range(N):
        total += wide[n]
    return total == 0


if numba.config.DISABLE_JIT:  # pyright: ignore

    def bits_of(array):  # noqa: F811
        """The row as integers, where nothing is compiled."""
        return array.view(BITS)

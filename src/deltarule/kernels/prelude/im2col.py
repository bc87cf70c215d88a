"""Windows as the rows of a matrix (im2col), and whether sums over them are products of it.

    Y[f, r] = Σ_t W[f, t]·U[r, t]    U[r, t] = Σ_f Y[f, r]·W[f, t]    W[f, t] = Σ_r Y[f, r]·U[r, t]

r is the place (n, g, i, j) of a window, t its tap (c, q, k, l), and U[r, t] what lies there of X,
or 0. Where there are many channels and few places, nearly all numbers are those of W: each is read,
or written, where it lies, and once.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from deltarule.kernels.prelude.calls import _NUMBERS, _PLACES, _WHOLE, data, from_start, outside
from deltarule.kernels.prelude.micro_kernel import NIL, aligned
from deltarule.kernels.prelude.vectors import BYTES, LANES, NR
from deltarule.kernels.prelude.window_layout import (
    AT_DILATIONS,
    AT_PADS,
    AT_RUN,
    AT_SIZES,
    AT_STRIDES,
    AT_TAPS,
    AT_WIDE,
    OF_W,
    OF_X,
    OF_Y,
    volume,
)
from deltarule.kernels.prelude.window_tap import entry_at

compiled = inlined = njit
U = np.uint64
real = np.float32


# ---- what follows goes into kernels

#: How deep a panel of weights is: the fewer, the longer are the runs in which they are read.
DEEP = 65536 // (NR * BYTES)
#: What is unfolded of X has so many bytes at most.
UNFOLDED = 1 << 23


@inlined
def places_of(plan):
    """How many places of windows there are, in all images."""
    return plan[AT_SIZES] * volume(plan, AT_RUN)


@compiled
def side_by_side(plan):
    """Whether all taps (c, q, k, l) of a filter lie side by side in W."""
    step = np.int64(1)
    for k in range(2, -1, -1):
        if plan[AT_TAPS + k] > 1 and plan[OF_W + 3 + k] != step:
            return False
        step *= plan[AT_TAPS + k]
    return plan[AT_SIZES + 2] == 1 or plan[OF_W + 2] == step


@compiled
def costs_less(plan, of):
    """Whether the sum into the tensor `of` takes less time as a product of windows in rows.

    Costs are vectors of multiply–adds, fitted to the times of 130 shapes: a number that is
    unfolded or folded, or laid out flat, costs some, and a weight that is copied, or whose lanes
    are added up, more than one that is read where it lies.
    """
    C, F, R, taps = plan[AT_SIZES + 2], plan[AT_SIZES + 3], places_of(plan), volume(plan, AT_TAPS)
    steps = C * taps
    if not side_by_side(plan):
        return False
    run = plan[AT_SIZES]
    for k in range(3):
        s, p = plan[AT_STRIDES + k], plan[AT_PADS + k]
        reach = plan[AT_DILATIONS + k] * (plan[AT_TAPS + k] - 1) // s
        end = (p + plan[AT_WIDE + k] + s - 1) // s
        run *= max(plan[AT_RUN + k], end, plan[AT_RUN + k] + reach - p // s)
    laid, weights = run * volume(plan, AT_STRIDES) * C, F * steps
    whole = steps * ((F + NR - 1) // NR * NR)
    if of != OF_Y:
        whole = F * ((steps + NR - 1) // NR * NR)
    moved, plain, copied_ = 2.0, 1.0, 5.0
    if of == OF_X:
        moved, plain, copied_ = 3.0, 3.0, 8.0
    elif of == OF_W:
        moved, plain, copied_ = 1.5, 2.0, 12.0
    own = 1.15 * R * whole / LANES + moved * R * steps + 0.4 * weights + 11000.0
    flat = 1.1 * run * weights / LANES + plain * laid + 0.35 * run * F + copied_ * weights
    return own < 0.8 * flat


@compiled
def taps_at(plan, r, taps, offsets):
    """Which of the taps [q, k, l] at place r lie in X, and where from the start of a channel.

    Returns the image, and how many they are.
    """
    j, left = r % plan[AT_RUN + 2], r // plan[AT_RUN + 2]
    i, left = left % plan[AT_RUN + 1], left // plan[AT_RUN + 1]
    g, n = left % plan[AT_RUN], left // plan[AT_RUN]
    tap, count = 0, 0
    for q in range(plan[AT_TAPS]):
        t = plan[AT_STRIDES] * g + plan[AT_DILATIONS] * q - plan[AT_PADS]
        for k in range(plan[AT_TAPS + 1]):
            h = plan[AT_STRIDES + 1] * i + plan[AT_DILATIONS + 1] * k - plan[AT_PADS + 1]
            here = 0 <= t < plan[AT_WIDE] and 0 <= h < plan[AT_WIDE + 1]
            for l in range(plan[AT_TAPS + 2]):
                v = plan[AT_STRIDES + 2] * j + plan[AT_DILATIONS + 2] * l - plan[AT_PADS + 2]
                if here and 0 <= v < plan[AT_WIDE + 2]:
                    taps[count] = tap
                    offsets[count] = t * plan[OF_X + 3] + h * plan[OF_X + 4] + v * plan[OF_X + 5]
                    count += 1
                tap += 1
    return n, count


@outside(_NUMBERS, _PLACES, _WHOLE, _WHOLE, _WHOLE, _NUMBERS, _WHOLE, _WHOLE)
def windows_in_rows(x, plan, b, c, many, rows, pitch, back):
    """rows[r·pitch + …] = U[r, …] for so many channels from c on; if `back`, X += U."""
    x, plan, rows = from_start(x), from_start(plan), from_start(rows)
    every, step = volume(plan, AT_TAPS), U(plan[OF_X + 2])
    taps, offsets = np.empty(every, np.uint64), np.empty(every, np.uint64)
    for r in range(places_of(plan)):
        n, count = taps_at(plan, r, taps, offsets)
        here, to = U(n * plan[OF_X] + b * plan[OF_X + 1] + c * plan[OF_X + 2]), U(r * pitch)
        if back:
            for m in range(U(many)):
                for o in range(U(count)):
                    x[here + m * step + offsets[o]] += rows[to + m * U(every) + taps[o]]
            continue
        for o in range(U(many * every if count < every else 0)):
            rows[to + o] = real(0)
        for m in range(U(many)):
            for o in range(U(count)):
                rows[to + m * U(every) + taps[o]] = x[here + m * step + offsets[o]]


@compiled
def outer_rows(y, plan):
    """Y as [b][f][r]."""
    N, B, F = plan[AT_SIZES], plan[AT_SIZES + 1], plan[AT_SIZES + 3]
    R, along = places_of(plan), volume(plan, AT_RUN)
    rows = aligned(B * F * R)
    for channel in range(B * F):
        for n in range(N):
            to, o = channel * R + n * along, 0
            for g in range(plan[AT_RUN]):
                for i in range(plan[AT_RUN + 1]):
                    here = entry_at(plan, OF_Y, n, channel // F, channel % F, g, i, NIL)
                    for j in range(plan[AT_RUN + 2]):
                        rows[U(to + o)] = y[U(here + j * plan[OF_Y + 5])]
                        o += 1
    return rows


@compiled
def finite(y, plan):
    """Whether all numbers of Y are finite."""
    total, F = real(0), plan[AT_SIZES + 3]
    for o in range(plan[AT_SIZES] * plan[AT_SIZES + 1] * F * plan[AT_RUN] * plan[AT_RUN + 1]):
        i, left = o % plan[AT_RUN + 1], o // plan[AT_RUN + 1]
        g, left = left % plan[AT_RUN], left // plan[AT_RUN]
        f, left = left % F, left // F
        b, n = left % plan[AT_SIZES + 1], left // plan[AT_SIZES + 1]
        here = U(entry_at(plan, OF_Y, n, b, f, g, i, NIL))
        for j in range(U(plan[AT_RUN + 2])):
            total += real(0) * y[here + j * U(plan[OF_Y + 5])]
    return total == real(0)


@compiled
def without_gaps(y, plan):
    """Whether a sum over all places is that over the taps that lie in X: 0 beyond its borders
    counts where it meets NaN or an infinity of Y."""
    inside = True
    for k in range(3):
        reach = plan[AT_STRIDES + k] * (plan[AT_RUN + k] - 1)
        reach += plan[AT_DILATIONS + k] * (plan[AT_TAPS + k] - 1)
        inside = inside and plan[AT_PADS + k] == 0 and reach < plan[AT_WIDE + k]
    return inside or finite(y, plan)


@outside(_PLACES, _WHOLE, _NUMBERS, _PLACES)
def choose_im2col(plan, of, y, answer):
    """answer[0] = whether the sum into the tensor `of` is made of windows in rows."""
    plan, y, answer = from_start(plan), from_start(y), from_start(answer)
    answer[0] = np.int64(costs_less(plan, of))
    if answer[0] and of == OF_W and not without_gaps(y, plan):
        answer[0] = 0


@compiled
def im2col_pays(plan, of, y):
    """`choose_im2col` as a condition, which is asked where there are more weights than places."""
    R, steps = places_of(plan), plan[AT_SIZES + 2] * volume(plan, AT_TAPS)
    if plan[AT_SIZES + 3] * steps < R or R * steps * BYTES > UNFOLDED:
        return False
    answer = np.zeros(1, np.int64)
    choose_im2col(plan, of, y, data(answer))
    return answer[0] != 0

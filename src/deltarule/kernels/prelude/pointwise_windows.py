"""Windows of one tap: which places they see, and those places as the columns of matrices.

    Y[f, r] = Σ_c W[f, c]·X[c, r]    X[c, r] = Σ_f W[f, c]·Y[f, r]    W[f, c] = Σ_r Y[f, r]·X[c, r]

r is a place (n, g, i, j). Where places of an image, or of all images, lie evenly apart, matrices
are read and written where they lie. Else those of a few images are brought together: windows in
steps see some of the rows, and short rows of places fill few vectors.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from deltarule.kernels.prelude.calls import _NUMBERS, _PLACES, _WHOLE, data, from_start, outside
from deltarule.kernels.prelude.vectors import BYTES, NR, added, copied
from deltarule.kernels.prelude.window_layout import (
    AT_PADS,
    AT_RUN,
    AT_SIZES,
    AT_STRIDES,
    AT_TAPS,
    AT_WIDE,
    OF_X,
    begun,
    volume,
)

compiled = inlined = njit
U = np.uint64
real = np.float32


# ---- what follows goes into kernels

#: Places of several images have so many bytes together at most.
TOGETHER = 1 << 20


@inlined
def pointwise(plan):
    """Whether windows have one tap, and all of them lie in X."""
    inside = volume(plan, AT_TAPS) == 1
    for k in range(3):
        last = plan[AT_STRIDES + k] * (plan[AT_RUN + k] - 1)
        inside = inside and plan[AT_PADS + k] == 0 and last < plan[AT_WIDE + k]
    return inside


@inlined
def channels_of(plan, of):
    """How many channels a group of X or Y has."""
    return plan[AT_SIZES + 2 if of == OF_X else AT_SIZES + 3]


@inlined
def step_of(plan, of, k):
    """How far apart the places of windows lie that follow each other in a direction."""
    return plan[of + 3 + k] * (plan[AT_STRIDES + k] if of == OF_X else 1)


@compiled
def evenly_apart(plan, of, images):
    """How far apart places of so many images lie one after the other; 0 where that differs."""
    step, count = np.int64(1), np.int64(1)
    for k in range(2, -2, -1):
        many = plan[AT_RUN + k] if k >= 0 else images
        each = step_of(plan, of, k) if k >= 0 else plan[of]
        if count == 1 and many > 1:
            step = each
        elif many > 1 and each != step * count:
            return np.int64(0)
        count *= many
    return step


@compiled
def channels_last(plan, of):
    """Whether the channels of a place lie side by side, and its neighbours do not."""
    return plan[of + 2] == 1 and step_of(plan, of, 2) != 1


@compiled
def seen_everywhere(plan, of):
    """Whether each entry of X, or Y, is at a window's place."""
    return of != OF_X or volume(plan, AT_RUN) == volume(plan, AT_WIDE)


@inlined
def filled(places):
    """The part of their vectors that so many places fill, as a number above 1."""
    return float((places + NR - 1) // NR * NR) / places


@compiled
def images_together(plan, source, to):
    """Of how many images the places are multiplied at once.

    All, if they lie evenly apart; else one, if its places do; or so many that vectors are filled,
    where that saves more than bringing them together takes.
    """
    N, C, F = plan[AT_SIZES], plan[AT_SIZES + 2], plan[AT_SIZES + 3]
    places = volume(plan, AT_RUN)
    if evenly_apart(plan, source, N) and evenly_apart(plan, to, N):
        return N
    most = max(1, min(N, TOGETHER // (BYTES * (C + F) * places)))
    if channels_last(plan, source):
        return most
    few = np.int64(1)
    for many in range(2, most + 1):
        if filled(many * places) + 0.01 < filled(few * places):
            few = np.int64(many)
    direct = evenly_apart(plan, source, 1) and evenly_apart(plan, to, 1)
    if direct and filled(places) < filled(few * places) + 4.0 / C + 4.0 / F:
        return np.int64(1)
    return few


@outside(_NUMBERS, _PLACES, _WHOLE, _WHOLE, _WHOLE, _WHOLE, _NUMBERS)
def begin_images(x, plan, of, n, many, b, first):
    """All entries of a group of X or Y, of so many images, are what they begin with."""
    x_, plan_, first = from_start(x), from_start(plan), from_start(first)
    C, k = channels_of(plan_, of), AT_WIDE + of // 2
    G, I, J = plan_[k], plan_[k + 1], plan_[k + 2]
    y3, y4, y5, last = plan_[of + 3], plan_[of + 4], plan_[of + 5], channels_last(plan_, of)
    if y4 == J * y5:
        I, J = np.int64(1), I * J
    starts = np.empty(C, real)
    for m in range(n, n + many):
        for c in range(C):
            starts[U(c)] = begun(first, plan_, m, b, c)
        for row in range(G * I if last else C * G * I):
            i, g, c = row % I, row // I % G, row // (I * G)
            here = m * plan_[of] + b * plan_[of + 1] + c * plan_[of + 2] + g * y3 + i * y4
            if last:
                copied(data(starts), 0, 0, x, here, y5, J, C)
            elif y5 == 1:
                for j in range(U(J)):
                    x_[U(here) + j] = starts[U(c)]
            else:
                for j in range(U(J)):
                    x_[U(here) + j * U(y5)] = starts[U(c)]
    starts[0] = real(0)  # they live until here


@compiled
def move_steps(x, here, down, across, room, to, rows, count, into):
    """`move_places` of one channel whose places lie apart."""
    for i in range(rows):
        o, r = U(here + i * down), U(to + i * count)
        if into < 0:
            for j in range(U(count)):
                room[r + j] = x[o + j * U(across)]
        elif into:
            for j in range(U(count)):
                x[o + j * U(across)] += room[r + j]
        else:
            for j in range(U(count)):
                x[o + j * U(across)] = room[r + j]


@outside(
    _NUMBERS, _PLACES, _WHOLE, _WHOLE, _WHOLE, _WHOLE, _NUMBERS, _WHOLE, _WHOLE, _WHOLE,
)
def move_places(x, plan, of, n, many, b, room, apart_, step, into):
    """The places of so many images, [c, r], from x to room[apart·c + step·r], or back.

    Where `into` is −1 they are copied into the room; else x is what the room holds, or 1, that is
    added to it.
    """
    plan_ = from_start(plan)
    C, G, I, J = channels_of(plan_, of), plan_[AT_RUN], plan_[AT_RUN + 1], plan_[AT_RUN + 2]
    down, across = step_of(plan_, of, 1), step_of(plan_, of, 2)
    rows, count = I, J
    if across == 1 and (down == J or I == 1):
        rows, count = np.int64(1), I * J
    for slab in range(many * G):
        m, g = slab // G, slab % G
        source = (n + m) * plan_[of] + b * plan_[of + 1] + g * step_of(plan_, of, 0)
        to = slab * I * J * step
        for k in range(I if step != 1 else C):
            if step != 1:
                here, there = source + k * down, to + k * J * step
                if into < 0:
                    copied(x, here, across, room, there, step, J, C)
                else:
                    added(room, there, step, x, here, across, J, C, into, real(0))
                continue
            here, there = source + k * plan_[of + 2], to + k * apart_
            if across != 1:
                move_steps(
                    from_start(x), here, down, across, from_start(room), there, I, J, into
                )
            elif into < 0:
                copied(x, here, down, room, there, count, rows, count)
            else:
                added(room, there, count, x, here, down, rows, count, into, real(0))

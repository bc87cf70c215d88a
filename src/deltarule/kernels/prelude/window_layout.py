"""Images laid out flat, so that every tap of a window is a constant offset.

An image with channels X[n, b, c, t, h, w] goes to [phase][b, c][n][slab][row][column]: a stride of
S makes S phases, and the zeros between rows and slabs are shared by both neighbours. The loop over
all images, slabs, rows and columns is then one long run. What it computes between rows is never
copied out.

`plan` is a table of integers: from `OF_X`, `OF_W` and `OF_Y` on the strides of X[n, b, c, t, h, w],
W[b, f, c, q, k, l] and Y[n, b, f, g, i, j]; from `AT_SIZES` on N, B, C, F; from `AT_WIDE`,
`AT_TAPS` and `AT_RUN` on T, H, W, then Q, K, L and G, I, J; from `AT_STRIDES`, `AT_DILATIONS` and
`AT_PADS` on those of the three directions; at `AT_BEGINS` what the result begins with, and then the
strides of the tensor that it may begin with, for the first three axes of the result. `grid` holds
the slabs, rows and columns that an image needs, and by how many places the taps reach ahead.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange

from deltarule.kernels.prelude.calls import (
    _NUMBER,
    _NUMBERS,
    _PLACES,
    _WHOLE,
    apart,
    data,
    from_start,
    outside,
)
from deltarule.kernels.prelude.micro_kernel import aligned
from deltarule.kernels.prelude.paired_rows import put_together, taken_apart
from deltarule.kernels.prelude.vectors import NR, added, copied

compiled = inlined = in_threads = njit
U = np.uint64
real = np.float32


# ---- what follows goes into kernels

#: Where in a plan strides, sizes, and what belongs to directions begin.
OF_X, OF_W, OF_Y = 0, 6, 12
AT_SIZES, AT_WIDE, AT_TAPS, AT_RUN = 18, 22, 25, 28
AT_STRIDES, AT_DILATIONS, AT_PADS, AT_BEGINS = 31, 34, 37, 40
#: What a result begins with: 0, what it holds, or numbers of another tensor.
FROM_ZERO = 0
ADDED_TO = 1
FROM_FIRST = 2


@inlined
def volume(plan, start):
    """How many places three directions have together."""
    return plan[start] * plan[start + 1] * plan[start + 2]


@inlined
def empty(plan):
    """Whether nothing is summed."""
    sizes = plan[AT_SIZES] * plan[AT_SIZES + 1] * plan[AT_SIZES + 2] * plan[AT_SIZES + 3]
    return sizes * volume(plan, AT_WIDE) * volume(plan, AT_TAPS) * volume(plan, AT_RUN) == 0


@inlined
def begun(first, plan, n, b, c):
    """What entries of [n, b, c] begin with, if not with what they hold."""
    if plan[AT_BEGINS] != FROM_FIRST:
        return real(0)
    return first[U(n * plan[AT_BEGINS + 1] + b * plan[AT_BEGINS + 2] + c * plan[AT_BEGINS + 3])]


@inlined
def held(plan):
    """Whether results are added to what they hold, as 0 or 1."""
    return np.int64(plan[AT_BEGINS] == ADDED_TO)


@compiled
def zeros(count):
    """Zeros, at a multiple of 64 bytes."""
    room = aligned(count)
    for n in range(U(count)):
        room[n] = real(0)
    return room


@compiled
def rounded(count):
    """The count up to whole panels, as an odd multiple of 16: planes then differ in cache lines."""
    return ((count + NR + 15) // 16 | 1) * 16


@inlined
def place_in(grid, slab, row, column):
    """How far a place lies from the start of its image."""
    return (slab * grid[1] + row) * grid[2] + column


@inlined
def runs_of(plan, grid):
    """How long a run is that holds all places of Y, how many there are, and how far apart.

    It is an image up to the last place, or all images at once if that takes no more vectors.
    """
    image, N = volume(grid, 0), plan[AT_SIZES]
    used = place_in(grid, plan[AT_RUN] - 1, plan[AT_RUN + 1] - 1, plan[AT_RUN + 2])
    if (used + NR - 1) // NR * NR < image:
        return used, N, image
    return N * image, np.int64(1), np.int64(0)


@outside(_PLACES, _WHOLE, _PLACES)
def find_layout(plan, unit, table):
    """The grid, with columns a multiple of `unit`; of each tap phase, place, and entry in W."""
    plan, table = from_start(plan), from_start(table)
    ahead, many = 0, volume(plan, AT_TAPS)
    for t in range(3 * many):
        table[4 + t] = 0
    for k in range(3):
        s, d, p = plan[AT_STRIDES + k], plan[AT_DILATIONS + k], plan[AT_PADS + k]
        reach = d * (plan[AT_TAPS + k] - 1) // s
        end = (p + plan[AT_WIDE + k] + s - 1) // s
        places = max(plan[AT_RUN + k], end, plan[AT_RUN + k] + reach - p // s)
        if k == 2:
            places = (places + unit - 1) // unit * unit
        table[k] = places
        ahead = ahead * places + reach
        inner = 1
        for after in range(k + 1, 3):
            inner *= plan[AT_TAPS + after]
        for t in range(many):
            tap = t // inner % plan[AT_TAPS + k]
            table[4 + t] = table[4 + t] * s + d * tap % s
            table[4 + many + t] = table[4 + many + t] * places + d * tap // s
            table[4 + 2 * many + t] += tap * plan[OF_W + 3 + k]
    table[3] = ahead


# What calls a function from outside must not be inlined: Numba would want to inline that too.
@compiled
def found(plan, unit):
    """The grid of a plan; of its taps the phases, how far they reach ahead, and their entries."""
    many = volume(plan, AT_TAPS)
    table = np.empty(4 + 3 * many, np.int64)
    find_layout(data(plan), unit, data(table))
    return table[:4], table[4 : 4 + many], table[4 + many : 4 + 2 * many], table[4 + 2 * many :]


@inlined
def of_phase(length, s, p, phase):
    """Of places 0 … length − 1 in steps of s behind a pad p: the first of a phase, where it lies
    among those of the phase, and how many there are."""
    first = (phase - p) % s
    return first, (first + p) // s, (length - first + s - 1) // s


@inlined
def move_row(x, here, step, flat, to, count, into, begin):
    """One row of a phase, as `move_image` moves it: every `step`-th number of x."""
    here, step, to = U(here), U(step), U(to)
    if into < 0:
        for w in range(U(count)):
            flat[to + w] = x[here + w * step]
    elif into:
        for w in range(U(count)):
            x[here + w * step] += flat[to + w]
    else:
        for w in range(U(count)):
            x[here + w * step] = flat[to + w] + begin


@outside(_NUMBERS, _WHOLE, _NUMBERS, _WHOLE, _WHOLE, _PLACES, _WHOLE, _PLACES, _WHOLE, _NUMBER)
def move_image(x, source, flat, start, phases, plan, of, grid, into, begin):
    """One image of the tensor `of` from x[source + …] into flat[start + …], or back.

    A phase lies every `phases` numbers; only X has several. Where `into` is −1 the image is copied
    into `flat`; else x[source + …] is flat[start + …] plus `begin` (0), or what x holds (1).
    """
    x, flat, plan, grid = from_start(x), from_start(flat), from_start(plan), from_start(grid)
    T, H, W = plan[AT_WIDE + of // 2], plan[AT_WIDE + of // 2 + 1], plan[AT_WIDE + of // 2 + 2]
    x3, x4, x5 = plan[of + 3], plan[of + 4], plan[of + 5]
    s0 = s1 = s2 = 1
    p0 = p1 = p2 = 0
    if of == OF_X:
        s0, s1, s2 = plan[AT_STRIDES], plan[AT_STRIDES + 1], plan[AT_STRIDES + 2]
        p0, p1, p2 = plan[AT_PADS], plan[AT_PADS + 1], plan[AT_PADS + 2]
    for t in range(T):
        slab = (t + p0) // s0
        if s0 * s1 * s2 == 1 and x5 == 1:
            place, here = start + place_in(grid, slab, p1, p2), source + t * x3
            if into < 0:
                copied(x, here, x4, flat, place, grid[2], H, W)
            else:
                added(flat, place, grid[2], x, here, x4, H, W, into, begin)
            continue
        # Rows of one phase follow each other: all are moved at once.
        for r in range(s1):
            first, row, rows = of_phase(H, s1, p1, r)
            phase = ((t + p0 - slab * s0) * s1 + r) * s2
            here, place = source + t * x3 + first * x4, start + place_in(grid, slab, row, 0)
            if s2 == 2 and x5 == 1:
                even = place + (phase + p2 % 2) * phases + p2 // 2
                odd = place + (phase + 1 - p2 % 2) * phases + (1 + p2) // 2
                if into < 0:
                    taken_apart(x, here, s1 * x4, flat, even, odd, grid[2], rows, W)
                else:
                    put_together(
                        flat, even, odd, grid[2], x, here, s1 * x4, rows, W, into, begin
                    )
                continue
            for q in range(s2):
                left, column, columns = of_phase(W, s2, p2, q)
                to = place + (phase + q) * phases + column
                for h in range(rows):
                    move_row(
                        x, here + h * s1 * x4 + left * x5, s2 * x5, flat, to + h * grid[2],
                        columns, into, begin,
                    )


@inlined
def in_rows(plan, of, grid):
    """Whether images are single rows, which all begin with the same."""
    k = AT_WIDE + of // 2
    single = volume(plan, k) == plan[k + 2] and grid[0] == 1 and grid[1] == 1
    if of == OF_X:
        single = single and plan[AT_STRIDES + 1] == 1 and plan[AT_PADS + 1] == 0
        single = single and plan[AT_STRIDES] == 1 and plan[AT_PADS] == 0
    return single and (plan[AT_BEGINS] != FROM_FIRST or plan[AT_BEGINS + 1] == 0)


@compiled
def clear(flat, first, last):
    """Zeros from `first` to `last` − 1."""
    for i in range(U(first), U(last)):
        flat[i] = real(0)


@in_threads
def move_all(x, plan, of, flat, o, plane, grid, into, first):
    """`move_image` of all images of all channels; what lies around them in `flat` becomes 0.

    Threads share channels, and a few pieces of the images, so that few channels are shared too.
    """
    apart()
    N, B, C = plan[AT_SIZES], plan[AT_SIZES + 1], plan[AT_SIZES + 2 if of == OF_X else AT_SIZES + 3]
    image, phases = place_in(grid, grid[0], 0, 0), volume(plan, AT_STRIDES) if of == OF_X else 1
    if in_rows(plan, of, grid):
        # Images of one row each are rows of one image.
        plan = plan[: AT_BEGINS + 4].copy()
        plan[AT_WIDE + of // 2 + 1], plan[of + 4], N = N, plan[of], 1
    pieces = min(N, 8)
    for task in prange(pieces * B * C):
        piece, channel = task // (B * C), task % (B * C)
        b, c = channel // C, channel % C
        begin, end = piece * N // pieces, (piece + 1) * N // pieces
        for phase in range(phases if into < 0 else 0):
            here = o + (phase * B * C + channel) * plane
            clear(
                flat, here + begin * image if piece else here - o * (phase + channel == 0),
                here + end * image if piece + 1 < pieces else here + plane,
            )
        for n in range(begin, end):
            source = n * plan[of] + b * plan[of + 1] + c * plan[of + 2]
            start = begun(first, plan, n, b, c) if into == 0 else real(0)
            move_image(
                data(x), source, data(flat), o + channel * plane + n * image, B * C * plane,
                data(plan), of, data(grid), into, start,
            )


@outside(_NUMBERS, _PLACES, _WHOLE, _NUMBERS, _WHOLE, _WHOLE, _PLACES, _WHOLE, _NUMBERS)
def move_images(x, plan, of, flat, o, plane, grid, into, first):
    """X[n, b, c, t, h, w], or Y, into flat[phase, b, c][n, slab, row, column], or back.

    See `move_image`; the plan says what X begins with, where it is not added to.
    """
    move_all(
        from_start(x), from_start(plan), of, from_start(flat), o, plane, from_start(grid), into,
        from_start(first),
    )


@compiled
def lay_out(x, plan, of, flat, o, plane, grid):
    """Images into the flat layout, behind o places, where all else becomes 0."""
    move_images(data(x), data(plan), of, data(flat), o, plane, data(grid), -1, data(x))


@compiled
def take_back(x, plan, of, flat, o, plane, grid, first):
    """Images out of the flat layout, and what they begin with."""
    move_images(data(x), data(plan), of, data(flat), o, plane, data(grid), held(plan), data(first))

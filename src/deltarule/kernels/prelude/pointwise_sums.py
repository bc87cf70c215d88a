"""The three sums over windows of one tap, as products of matrices: see `pointwise_windows`."""

from __future__ import annotations

import numpy as np
from numba import njit, prange

from deltarule.kernels.prelude.calls import (
    _NUMBERS,
    _PLACES,
    _WHOLE,
    apart,
    data,
    from_start,
    outside,
)
from deltarule.kernels.prelude.image_blocks import shared_evenly
from deltarule.kernels.prelude.micro_kernel import NIL, ONE, aligned
from deltarule.kernels.prelude.pointwise_windows import (
    begin_images,
    channels_last,
    channels_of,
    evenly_apart,
    images_together,
    move_places,
    seen_everywhere,
)
from deltarule.kernels.prelude.strided_products import multiply_outside
from deltarule.kernels.prelude.window_layout import (
    ADDED_TO,
    AT_BEGINS,
    AT_RUN,
    AT_SIZES,
    FROM_ZERO,
    OF_W,
    OF_X,
    OF_Y,
    rounded,
    volume,
)

compiled = in_threads = njit
U = np.uint64
real = np.float32


# ---- what follows goes into kernels


@compiled
def room_of(plan, of, many):
    """How many numbers the places of so many images take together; none where they stay."""
    if evenly_apart(plan, of, many):
        return np.int64(1)
    return channels_of(plan, of) * rounded(many * volume(plan, AT_RUN))


@compiled
def matrix_of(plan, of, n, many, b):
    """Where [c, r] of so many images begins, and how far apart channels and places are: in the
    tensor, or in a room."""
    step = evenly_apart(plan, of, many)
    if step:
        return n * plan[of] + b * plan[of + 1], plan[of + 2], step
    if channels_last(plan, of):
        return NIL, ONE, channels_of(plan, of)
    return NIL, rounded(many * volume(plan, AT_RUN)), ONE


@outside(
    _NUMBERS, _WHOLE, _NUMBERS, _WHOLE, _NUMBERS, _NUMBERS, _PLACES, _WHOLE, _WHOLE, _WHOLE, _WHOLE,
)
def product_of_images(x, of, y, to, w, first, plan, n, many, b, alone):
    """The sums over channels of the tensor `of` into the tensor `to`, for so many images."""
    plan_ = from_start(plan)
    C, F, R = channels_of(plan_, of), channels_of(plan_, to), many * volume(plan_, AT_RUN)
    wf, wc = OF_W + 1, OF_W + 2
    if to == OF_X:
        wf, wc = wc, wf
    begins, whole = plan_[AT_BEGINS], seen_everywhere(plan_, to)
    if begins != ADDED_TO and not (begins == FROM_ZERO and whole):
        begin_images(y, plan, to, n, many, b, first)
        begins = ADDED_TO
    here, xc, xr = matrix_of(plan_, of, n, many, b)
    there, yf, yr = matrix_of(plan_, to, n, many, b)
    read, written, held_ = x, y, min(begins, 1)
    seen, sums = aligned(room_of(plan_, of, many)), aligned(room_of(plan_, to, many))
    if not evenly_apart(plan_, of, many):
        read = data(seen)
        move_places(x, plan, of, n, many, b, read, xc, xr, -1)
    moved = not evenly_apart(plan_, to, many)
    if moved:
        written = data(sums)
    multiply_outside(
        written, there, yf, yr, w, b * plan_[OF_W], plan_[wf], plan_[wc], read, here, xc, xr, F, R,
        C, real(1), NIL if moved else held_, alone,
    )
    if moved:
        move_places(y, plan, to, n, many, b, written, yf, yr, held_)
    seen[0] = sums[0] = real(0)  # they live until here


@in_threads
def products_of_images(x, of, y, to, w, first, plan):
    """`product_of_images` for all images and groups."""
    apart()
    N, B, few = plan[AT_SIZES], plan[AT_SIZES + 1], images_together(plan, of, to)
    items = (N + few - 1) // few * B
    if items == 1 or not shared_evenly(items):
        # Threads share each product.
        for item in range(items):
            n, b = item // B * few, item % B
            product_of_images(
                data(x), of, data(y), to, data(w), data(first), data(plan), n, min(few, N - n), b,
                NIL,
            )
        return
    for item in prange(items):
        n, b = item // B * few, item % B
        product_of_images(
            data(x), of, data(y), to, data(w), data(first), data(plan), n, min(few, N - n), b, ONE
        )


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def pointwise_to_y(x, w, y, first, plan):
    """`windows_to_y`, of one tap."""
    products_of_images(
        from_start(x), OF_X, from_start(y), OF_Y, from_start(w), from_start(first), from_start(plan)
    )


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def pointwise_to_x(x, w, y, first, plan):
    """`windows_to_x`, of one tap."""
    products_of_images(
        from_start(y), OF_Y, from_start(x), OF_X, from_start(w), from_start(first), from_start(plan)
    )


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def pointwise_to_w(x, w, y, plan):
    """`windows_to_w`, of one tap; W holds what it begins with, if not 0."""
    plan_ = from_start(plan)
    N, B, C, F = plan_[AT_SIZES], plan_[AT_SIZES + 1], plan_[AT_SIZES + 2], plan_[AT_SIZES + 3]
    few = images_together(plan_, OF_X, OF_Y)
    seen, outer = aligned(room_of(plan_, OF_X, few)), aligned(room_of(plan_, OF_Y, few))
    for item in range((N + few - 1) // few * B):
        n, b = item // B * few, item % B
        many = min(few, N - n)
        x0, xc, xr = matrix_of(plan_, OF_X, n, many, b)
        y0, yf, yr = matrix_of(plan_, OF_Y, n, many, b)
        left, right = y, x
        if not evenly_apart(plan_, OF_X, many):
            right = data(seen)
            move_places(x, plan, OF_X, n, many, b, right, xc, xr, -1)
        if not evenly_apart(plan_, OF_Y, many):
            left = data(outer)
            move_places(y, plan, OF_Y, n, many, b, left, yf, yr, -1)
        added_ = NIL if plan_[AT_BEGINS] == FROM_ZERO and n == 0 else ONE
        multiply_outside(
            w, b * plan_[OF_W], plan_[OF_W + 1], plan_[OF_W + 2], left, y0, yf, yr, right, x0, xr,
            xc, F, C, many * volume(plan_, AT_RUN), real(1), added_, NIL,
        )
    seen[0] = outer[0] = real(0)  # they live until here

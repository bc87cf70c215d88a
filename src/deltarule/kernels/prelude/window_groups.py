"""`window_sums` of groups: plane by plane where they have few channels."""

from __future__ import annotations

from numba import njit

from deltarule.kernels.prelude.calls import _NUMBERS, _PLACES, from_start, outside
from deltarule.kernels.prelude.stacked_planes import (
    in_stacks,
    stacked_to_w,
    stacked_to_x,
    stacked_to_y,
)
from deltarule.kernels.prelude.stepped_planes import (
    in_steps,
    stepped_to_w,
    stepped_to_x,
    stepped_to_y,
)
from deltarule.kernels.prelude.window_layout import AT_SIZES, empty
from deltarule.kernels.prelude.window_planes import planes_to_w, planes_to_x, planes_to_y
from deltarule.kernels.prelude.window_sums import windows_to_w, windows_to_x, windows_to_y

inlined = njit


# ---- what follows goes into kernels

#: Of so many pairs of channels at most a group is summed plane by plane.
FEW_FILTERS = 2


@inlined
def by_planes(plan):
    """Whether groups have few channels, of which something is summed."""
    return plan[AT_SIZES + 2] * plan[AT_SIZES + 3] <= FEW_FILTERS and not empty(plan)


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def stepped_outside_to_y(x, w, y, first, plan):
    """`stepped_to_y`, where it is what is taken."""
    stepped_to_y(from_start(x), from_start(w), from_start(y), from_start(first), from_start(plan))


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def planes_outside_to_y(x, w, y, first, plan):
    """`planes_to_y`, where it is what is taken."""
    planes_to_y(from_start(x), from_start(w), from_start(y), from_start(first), from_start(plan))


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def stepped_outside_to_x(x, w, y, first, plan):
    """`stepped_to_x`, where it is what is taken."""
    stepped_to_x(from_start(x), from_start(w), from_start(y), from_start(first), from_start(plan))


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def planes_outside_to_x(x, w, y, first, plan):
    """`planes_to_x`, where it is what is taken."""
    planes_to_x(from_start(x), from_start(w), from_start(y), from_start(first), from_start(plan))


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def stepped_outside_to_w(x, w, y, first, plan):
    """`stepped_to_w`, where it is what is taken."""
    stepped_to_w(from_start(x), from_start(w), from_start(y), from_start(first), from_start(plan))


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def planes_outside_to_w(x, w, y, first, plan):
    """`planes_to_w`, where it is what is taken."""
    planes_to_w(from_start(x), from_start(w), from_start(y), from_start(first), from_start(plan))


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def groups_to_y(x, w, y, first, plan):
    """`windows_to_y`, plane by plane where groups have few channels."""
    sizes = from_start(plan)
    if not by_planes(sizes):
        windows_to_y(x, w, y, first, plan)
    elif in_steps(sizes):
        stepped_outside_to_y(x, w, y, first, plan)
    elif in_stacks(sizes):
        stacked_to_y(x, w, y, first, plan)
    else:
        planes_outside_to_y(x, w, y, first, plan)


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def groups_to_x(x, w, y, first, plan):
    """`windows_to_x`, plane by plane where groups have few channels."""
    sizes = from_start(plan)
    if not by_planes(sizes):
        windows_to_x(x, w, y, first, plan)
    elif in_steps(sizes):
        stepped_outside_to_x(x, w, y, first, plan)
    elif in_stacks(sizes):
        stacked_to_x(x, w, y, first, plan)
    else:
        planes_outside_to_x(x, w, y, first, plan)


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def groups_to_w(x, w, y, first, plan):
    """`windows_to_w`, plane by plane where groups have few channels."""
    sizes = from_start(plan)
    if not by_planes(sizes):
        windows_to_w(x, w, y, first, plan)
    elif in_steps(sizes):
        stepped_outside_to_w(x, w, y, first, plan)
    elif in_stacks(sizes):
        stacked_to_w(x, w, y, first, plan)
    else:
        planes_outside_to_w(x, w, y, first, plan)

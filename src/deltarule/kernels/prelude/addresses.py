"""Arrays by their addresses: a call takes one number, however many arrays there are.

And new arrays at addresses where vectors do not cross cache lines, and where others were before.
"""

from __future__ import annotations

import math

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

# ---- what follows goes into kernels

#: Arrays of so many entries begin a cache line of LINE bytes: NumPy's own begin somewhere in one,
#: and then each vector that is read or written crosses into the next.
LARGE, LINE = 1 << 12, 64


def on_line(make, shape, kind):
    """What `make` (np.empty or np.zeros) makes; a large array starts at a multiple of LINE."""
    entries = math.prod(shape)
    if entries < LARGE:
        return make(shape, kind)
    step = np.dtype(kind).itemsize
    wide = make(entries + LINE // step, kind)
    start = -wide.ctypes.data % LINE // step
    return wide[start : start + entries].reshape(shape)


#: Where arrays that share memory begin, and what all of them take, by their lengths and steps.
ROOM_STARTS = {}


def rooms(kind, *wanted):
    """Arrays of real numbers in one piece of memory, each from one step of a pass to another.

    `wanted` are their shapes, first and last steps: those whose steps meet lie apart.
    """
    key = tuple((math.prod(shape), first, last) for shape, first, last in wanted)
    found = ROOM_STARTS.get(key)
    if found is None:
        found = room_starts(key, LINE // np.dtype(kind).itemsize)
        if len(ROOM_STARTS) == 64:  # one may call with ever other sizes
            ROOM_STARTS.clear()
        ROOM_STARTS[key] = found
    starts, total = found
    piece = on_line(np.empty, (total,), kind)
    return [
        piece[start : start + entries].reshape(shape)
        for start, (entries, _, _), (shape, _, _) in zip(starts, key, wanted)
    ]


def room_starts(wanted, step):
    """Where arrays of so many entries begin, at multiples of `step`, and where the last ends.

    The largest come first, each as far ahead as what lies there already allows.
    """
    starts, total, laid = [0] * len(wanted), 0, []
    for k in sorted(range(len(wanted)), key=lambda k: -wanted[k][0]):
        entries, first, last = wanted[k]
        start = 0
        for begin, end, others_first, others_last in sorted(laid):
            if others_first <= last and first <= others_last:
                if start + entries <= begin:
                    break
                start = max(start, end)
        starts[k] = start
        end = start - (-entries // step) * step
        laid.append((start, end, first, last))
        total = max(total, end)
    return starts, total


@intrinsic
def number_at(_typing, place, k):
    """The k-th integer of a table at an address."""

    def write(_context, builder, _signature, arguments):
        table = builder.inttoptr(arguments[0], ir.IntType(64).as_pointer())
        return builder.load(builder.gep(table, [arguments[1]]))

    return types.int64(types.int64, types.int64), write


@intrinsic
def address_at(_typing, place, k, kind):
    """The k-th number of a table as the address of numbers of a kind."""
    pointer = types.CPointer(kind.dtype)

    def write(context, builder, _signature, arguments):
        table = builder.inttoptr(arguments[0], ir.IntType(64).as_pointer())
        address = builder.load(builder.gep(table, [arguments[1]]))
        return builder.inttoptr(address, context.get_value_type(pointer))

    return pointer(types.int64, types.int64, kind), write


@intrinsic
def unaliased(_typing):  # pyright: ignore
    """Says that the arrays which the function around is given lie apart in memory.

    Loops over many of them are vectors then: nothing has to be compared first.
    """

    def write(context, builder, _signature, _arguments):
        for argument in builder.function.args:
            if isinstance(argument.type, ir.PointerType):
                argument.add_attribute("noalias")
        return context.get_dummy_value()

    return types.void(), write


@intrinsic
def hand_over(_typing, array):  # pyright: ignore
    """Ends all that is done with an array's memory before what follows: others may lie there."""

    def write(context, builder, _signature, arguments):
        place = context.make_array(array)(context, builder, arguments[0]).data
        kind = ir.FunctionType(ir.VoidType(), [place.type])
        builder.asm(kind, "", "r,~{memory}", [place], True)
        return context.get_dummy_value()

    return types.void(array), write


if numba.config.DISABLE_JIT:  # pyright: ignore

    def hand_over(array):  # noqa: F811
        """Nothing, where nothing is compiled."""

    def unaliased():  # noqa: F811 # pyright: ignore
        """Nothing, where nothing is compiled."""

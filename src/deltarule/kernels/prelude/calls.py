"""Calls by name: functions that are compiled once, and not again in each that calls them.

Compiled code hands over where its numbers lie (`data`) and integers in a row (`numbers`).
"""

from __future__ import annotations

import llvmlite.binding
import numba
import numpy as np
from llvmlite import ir
from numba import carray, njit, types  # pyright: ignore
from numba.core import cgutils
from numba.core.ccallback import CFunc
from numba.extending import intrinsic

real = np.float32
inlined = njit


# ---- what follows goes into kernels

_WORD, _INT = ir.IntType(64), ir.IntType(32)


@intrinsic
def apart(_typing):  # pyright: ignore
    """Keeps the function around it from being copied into its callers: they compile faster."""

    def write(context, builder, _signature, _arguments):
        builder.function.attributes.add("noinline")
        return context.get_dummy_value()

    return types.void(), write


@intrinsic
def data(_typing, array):  # pyright: ignore
    """Where a contiguous array's numbers lie."""

    def write(context, builder, _signature, arguments):
        return context.make_array(array)(context, builder, arguments[0]).data

    return types.CPointer(array.dtype)(array), write


@intrinsic
def numbers(_typing, values):  # pyright: ignore
    """Integers one after the other in memory, for a function from outside."""

    def write(context, builder, _signature, arguments):
        place = cgutils.alloca_once(builder, _WORD, len(values))
        for k in range(len(values)):
            value = builder.extract_value(arguments[0], k)
            builder.store(value, builder.gep(place, [_WORD(k)]))
        return place

    return types.CPointer(types.int64)(values), write


#: Tells this text from others, as the names of functions that are called from outside must.
VERSION = "plain"
_PLACES, _WHOLE = types.CPointer(types.int64), types.int64
_NUMBER = types.float32 if real is np.float32 else types.float64
_NUMBERS = types.CPointer(_NUMBER)
_CPU = CFunc._targetdescr.target_context
#: By name, what makes a function ready to be called by machine code.
OUTSIDE = {}


@inlined
def from_start(pointer):  # pyright: ignore
    """An array that starts somewhere, of a length that nobody asks for."""
    return carray(pointer, 1 << 40)


def outside(*kinds):
    """A function that is called by its name, not copied into those that call it.

    It is compiled when the first is that calls it. If it was compiled before, it is loaded at
    once: what calls it may be loaded without being compiled.
    """

    def made(function):
        if numba.config.DISABLE_JIT:  # pyright: ignore
            return function
        # Not copied in: else it would take that from the first function that calls it.
        options = {"error_model": "numpy", "fastmath": {"contract"}, "forceinline": False}
        ready = CFunc(function, (kinds, types.void), {}, options)
        ready.enable_caching()
        name = f"{function.__name__}_{np.dtype(real).name}_{VERSION}"
        found = types.ExternalFunction(name, types.void(*kinds))
        typed = found.get_call_type

        def link():
            if ready.address is None:
                ready.compile()
                llvmlite.binding.add_symbol(name, ready.address)

        def met(context, args, kws):
            OUTSIDE[name]()
            return typed(context, args, kws)

        found.get_call_type = met
        OUTSIDE[name] = link
        try:
            key = ready._cache._index_key(ready._sig, _CPU.codegen())
            compiled_before = key in ready._cache._cache_file._load_index()
        except Exception:
            compiled_before = True  # a damaged file: what calls the function may still be whole
        if compiled_before:
            link()
        return found

    return made


if numba.config.DISABLE_JIT:  # pyright: ignore

    def data(array):  # noqa: F811 # pyright: ignore
        """The array with one axis, where nothing is compiled."""
        return array.reshape(array.size)

    def from_start(pointer):  # noqa: F811
        """The array itself, where nothing is compiled."""
        return pointer

    def numbers(values):  # noqa: F811 # pyright: ignore
        """The numbers as an array, where nothing is compiled."""
        return np.array(values)

    def apart():  # noqa: F811 # pyright: ignore
        """Nothing, where nothing is compiled."""

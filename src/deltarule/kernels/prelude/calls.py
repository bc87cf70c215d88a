"""Calls by name: functions that are compiled once, and not again in each that calls them.

Compiled code hands over where its numbers lie (`data`) and integers in a row (`numbers`).
"""

from __future__ import annotations

import ctypes
import inspect
import os
import sys
import threading
import traceback

import llvmlite.binding
import numba
import numpy as np
from llvmlite import ir
from numba import types  # pyright: ignore
from numba.core import cgutils
from numba.core.ccallback import CFunc
from numba.extending import intrinsic

real = np.float32


# ---- what follows goes into kernels

_WORD, _INT = ir.IntType(64), ir.IntType(32)
_TWO_WORDS, _MAKER = ir.ArrayType(_WORD, 2), ir.FunctionType(ir.VoidType(), [])


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
        return lies_at(context, builder, array, arguments[0])

    return types.CPointer(array.dtype)(array), write


def lies_at(context, builder, kind, array):
    """Where the numbers of an array of this kind lie, for what writes machine code."""
    return builder.extract_value(array, context.data_model_manager[kind].get_field_position("data"))


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
#: By name, what makes a function ready to be called by machine code.
OUTSIDE = {}
#: What machine code knows by its place in memory.
_FOR_GOOD = []
_ONE_AT_A_TIME = threading.Lock()
_CALLBACK = ctypes.CFUNCTYPE(None)


@intrinsic
def from_start(_typing, pointer):  # pyright: ignore
    """An array that starts somewhere, of a length that nobody asks for."""
    kind = types.Array(pointer.dtype, 1, "C")

    def write(context, builder, _signature, arguments):
        model, [place] = context.data_model_manager[kind], arguments
        made = ir.Constant(model.get_value_type(), None)
        length = _WORD(1 << 40)
        wide = _WORD(context.get_abi_sizeof(context.get_data_type(kind.dtype)))
        fields = {"data": place, "nitems": length, "itemsize": wide}
        for name, value in fields.items():
            made = builder.insert_value(made, value, model.get_field_position(name))
        for name, value in {"shape": length, "strides": wide}.items():
            made = builder.insert_value(made, value, [model.get_field_position(name), 0])
        return made

    return kind(pointer), write


def outside(*kinds):
    """A function that is called by its name, not copied into those that call it.

    It is compiled, or loaded, when it is first called: of several ways only the one that is taken.
    """

    def made(function):
        if numba.config.DISABLE_JIT:  # pyright: ignore
            return function
        # Not copied in: else it would take that from the first function that calls it.
        options = {"error_model": "numpy", "fastmath": {"contract"}, "forceinline": False}
        ready = CFunc(function, (kinds, types.void), {}, options)
        ready.enable_caching()
        name = f"{function.__name__}_{np.dtype(real).name}_{VERSION}"
        # Where the function lies, if it is ready, and what makes it so.
        place = (ctypes.c_void_p * 2)()

        def link(elsewhere=None):
            with _ONE_AT_A_TIME:
                if elsewhere is None and ready.address is None:
                    ready.compile()
                place[0] = elsewhere or ready.address
            return place[0]

        first = _CALLBACK(lambda: _first_call(name))
        place[1] = ctypes.cast(first, ctypes.c_void_p)
        _FOR_GOOD.append((place, first))
        llvmlite.binding.add_symbol(name, ctypes.addressof(place))
        OUTSIDE[name] = link
        return _call(name, function, kinds)

    return made


def _first_call(name):
    """Have a function made ready in a thread of its own, where no signal interrupts that.

    The machine code that waits for it asks again until it is there.
    """
    try:
        made = threading.Thread(target=_made_ready, args=(name,))
        try:
            made.start()
        except RuntimeError:  # Python is about to end
            _made_ready(name)
        else:
            made.join()
    except BaseException as error:  # of a signal; it is raised when Python goes on
        raised = ctypes.c_ulong(threading.get_ident()), ctypes.py_object(type(error))
        again = ctypes.pythonapi.PyThreadState_SetAsyncExc
        threading.Timer(0.05, again, raised).start()


def _made_ready(name):
    try:
        OUTSIDE[name]()
    except BaseException:  # machine code cannot go on without it, or back
        traceback.print_exc()
        sys.stderr.flush()
        os.abort()


def _call(name, function, kinds):
    """The call of the function at the place of this name."""

    def called(_typing, *_arguments):
        def write(context, builder, _signature, arguments):
            module = builder.module
            place = module.globals.get(name) or ir.GlobalVariable(module, _TWO_WORDS, name)
            entry, maker = (builder.gep(place, [_INT(0), _INT(k)]) for k in range(2))
            here, known = builder.load(entry), builder.block
            missing, ready = (builder.append_basic_block(name) for _ in range(2))
            unknown = builder.icmp_unsigned("==", here, _WORD(0))
            builder.cbranch(unknown, missing, ready).set_weights([1, 1 << 20])
            with builder.goto_block(missing):
                make = builder.inttoptr(builder.load(maker), _MAKER.as_pointer())
                builder.call(make, [])
                made = builder.load(entry)
                builder.cbranch(builder.icmp_unsigned("==", made, _WORD(0)), missing, ready)
            builder.position_at_end(ready)
            found = builder.phi(_WORD)
            found.add_incoming(here, known)
            found.add_incoming(made, missing)
            kind = ir.FunctionType(ir.VoidType(), [a.type for a in arguments])
            builder.call(builder.inttoptr(found, kind.as_pointer()), arguments)
            return context.get_dummy_value()

        return types.void(*kinds), write

    taken = [inspect.Parameter("_typing", inspect.Parameter.POSITIONAL_OR_KEYWORD)]
    taken += inspect.signature(function).parameters.values()
    called.__name__, called.__signature__ = function.__name__, inspect.Signature(taken)
    return intrinsic(called)


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

"""Calls by name: functions that are compiled once, and not again in each that calls them.

Compiled code hands over where its numbers lie (`data`) and integers in a row (`numbers`).
"""

from __future__ import annotations

import ctypes
import inspect

import llvmlite.binding
import numba
import numpy as np
from llvmlite import ir
from numba import types  # pyright: ignore
from numba.core import cgutils
from numba.core.ccallback import CFunc
from numba.extending import intrinsic

from deltarule.kernels.prelude.first_calls import _ONE_AT_A_TIME, OUTSIDE, _first_call

real = np.float32


# ---- what follows goes into kernels

_WORD, _INT = ir.IntType(64), ir.IntType(32)
_TWO_WORDS, _MAKER = ir.ArrayType(_WORD, 2), ir.FunctionType(ir.VoidType(), [_WORD])


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
#: What machine code knows by its place in memory.
_FOR_GOOD = []
_CALLBACK = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


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

        first = _CALLBACK(_first_call.__get__(name))
        place[1] = ctypes.cast(first, ctypes.c_void_p)
        _FOR_GOOD.append((place, first))
        llvmlite.binding.add_symbol(name, ctypes.addressof(place))
        OUTSIDE[name] = link
        return _call(name, function, kinds)

    return made


def _raise(builder, place):
    """Have Python raise, in the thread that stands at a place, what stands behind it."""

    def call(name, returned, *arguments):
        kind = ir.FunctionType(returned, [a.type for a in arguments])
        called = cgutils.get_or_insert_function(builder.module, kind, name)
        return builder.call(called, arguments)

    words = builder.inttoptr(place, _WORD.as_pointer())
    thread, raised = (builder.load(builder.gep(words, [_INT(k)])) for k in range(2))
    held = call("PyGILState_Ensure", _INT)
    call("PyThreadState_SetAsyncExc", _INT, thread, raised)
    call("PyGILState_Release", ir.VoidType(), held)


def _call(name, function, kinds):
    """The call of the function at the place of this name."""

    def called(_typing, *_arguments):
        def write(context, builder, _signature, arguments):
            module = builder.module
            place = module.globals.get(name) or ir.GlobalVariable(module, _TWO_WORDS, name)
            entry, maker = (builder.gep(place, [_INT(0), _INT(k)]) for k in range(2))
            said = cgutils.alloca_once(builder, _WORD)
            here, known = builder.load(entry), builder.block
            missing, there, failed, ready, after = (
                builder.append_basic_block(name) for _ in range(5)
            )
            unknown = builder.icmp_unsigned("==", here, _WORD(0))
            builder.cbranch(unknown, missing, ready).set_weights([1, 1 << 20])
            with builder.goto_block(missing):
                lost = builder.phi(_WORD)
                make = builder.inttoptr(builder.load(maker), _MAKER.as_pointer())
                builder.store(lost, said)
                builder.call(make, [builder.ptrtoint(said, _WORD)])
                raised, made = builder.load(said), builder.load(entry)
                nothing = builder.icmp_unsigned("<=", raised, _WORD(1))
                builder.cbranch(nothing, there, failed)
            with builder.goto_block(there):
                builder.cbranch(builder.icmp_unsigned("==", made, _WORD(0)), missing, ready)
            with builder.goto_block(failed):
                _raise(builder, raised)
                builder.cbranch(builder.icmp_unsigned("==", made, _WORD(0)), after, ready)
            lost.add_incoming(_WORD(0), known)
            lost.add_incoming(_WORD(1), there)
            builder.position_at_end(ready)
            found = builder.phi(_WORD)
            found.add_incoming(here, known)
            found.add_incoming(made, there)
            found.add_incoming(made, failed)
            kind = ir.FunctionType(ir.VoidType(), [a.type for a in arguments])
            builder.call(builder.inttoptr(found, kind.as_pointer()), arguments)
            builder.branch(after)
            builder.position_at_end(after)
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

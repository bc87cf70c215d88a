"""Loops whose turns threads share: a function is called for each, by Numba's threads.

Numba's own parallel loops take longest of all to be compiled: each is looked at by a dozen passes,
made a function anew, and wrapped twice.
"""

from __future__ import annotations

import numba
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

PARALLEL = False

# ---- what follows goes into kernels


@intrinsic
def copied_in(_typing):  # pyright: ignore
    """Has the function around it copied into the loop that calls it, which becomes vectors."""

    def write(context, builder, _signature, _arguments):
        builder.function.attributes.add("alwaysinline")
        return context.get_dummy_value()

    return types.void(), write


@intrinsic
def in_turns(typing, body, count, arguments, alone):  # pyright: ignore
    """body(turn, *arguments) for each turn below a count, in threads unless `alone` is not 0.

    Raises MemoryError where a turn has no room for its arrays.
    """
    call = typing.resolve_function_type(body, (types.uint64, *arguments.types), {})
    made = body.dispatcher.overloads[call.args]

    def write(context, builder, _signature, given):
        _, total, held, alone = given
        word, place = total.type, ir.IntType(8).as_pointer()
        context.active_code_library.add_linking_library(made.library)
        # What all threads know: the arguments, how many turns and pieces there are, and failures.
        known = cgutils.alloca_once(builder, ir.LiteralStructType([held.type, word, word, word]))
        many = word(1)
        if PARALLEL:
            most = builder.call(
                cgutils.get_or_insert_function(
                    builder.module, ir.FunctionType(word, []), "get_num_threads"
                ),
                [],
            )
            fewer = builder.icmp_signed("<", total, most)
            many = builder.select(fewer, total, most)
            single = builder.or_(
                builder.icmp_signed("!=", alone, word(0)), builder.icmp_signed("<=", many, word(1))
            )
            many = builder.select(single, word(1), many)
        for k, value in enumerate((held, total, many, word(0))):
            builder.store(value, cgutils.gep_inbounds(builder, known, 0, k))
        task = _task(context, builder.module, known.type, call, made.fndesc)
        first = cgutils.alloca_once_value(builder, place(None))
        pieces, steps = (cgutils.alloca_once_value(builder, word(1)) for _ in range(2))
        shared = [first, pieces, steps, builder.bitcast(known, place)]
        in_threads = builder.icmp_signed(">", many, word(1)) if PARALLEL else None
        if in_threads is None:
            builder.call(task, shared)
        else:
            with builder.if_else(in_threads) as (threads, one):
                with threads:
                    builder.store(many, pieces)
                    _share(context, builder, task, shared, most)
                with one:
                    builder.store(word(1), pieces)
                    builder.call(task, shared)
        failures = builder.load(cgutils.gep_inbounds(builder, known, 0, 3))
        with cgutils.if_unlikely(builder, builder.icmp_signed("!=", failures, word(0))):
            context.call_conv.return_user_exc(builder, MemoryError, ("no room in a thread",))
        return context.get_dummy_value()

    return types.void(body, types.int64, arguments, types.int64), write


def _task(context, module, known, call, described):
    """What a thread does, as Numba's threads call it: its pieces of all turns.

    `args` holds the first of its pieces, as an address, and `dimensions` how many they are.
    """
    word, place = ir.IntType(64), ir.IntType(8).as_pointer()
    kind = ir.FunctionType(
        ir.VoidType(), [place.as_pointer(), word.as_pointer(), word.as_pointer(), place]
    )
    task = ir.Function(module, kind, module.get_unique_name("turns"))
    task.linkage = "internal"
    builder = ir.IRBuilder(task.append_basic_block())
    args, dimensions, _, data = task.args
    data = builder.bitcast(data, known)
    held, total, many = (
        builder.load(cgutils.gep_inbounds(builder, data, 0, k)) for k in range(3)
    )
    first = builder.ptrtoint(builder.load(args), word)
    behind = builder.add(first, builder.load(dimensions))
    start, stop = (builder.sdiv(builder.mul(n, total), many) for n in (first, behind))
    body = context.declare_function(module, described)
    taken = [builder.extract_value(held, k) for k in range(len(call.args) - 1)]
    with cgutils.for_range_slice(builder, start, stop, word(1), word) as (turn, _):
        status, _ = context.call_conv.call_function(
            builder, body, described.restype, described.argtypes, [turn, *taken]
        )
        with cgutils.if_unlikely(builder, status.is_error):
            builder.store(word(1), cgutils.gep_inbounds(builder, data, 0, 3))
    builder.ret_void()
    return task


def _share(context, builder, task, shared, most):
    """Have Numba's threads do a task. Meanwhile others may run Python, which one of them may need
    to have a function compiled.
    """
    word, place = most.type, ir.IntType(8).as_pointer()
    kind = ir.FunctionType(ir.VoidType(), [place] * 5 + [word] * 3)
    share = cgutils.get_or_insert_function(builder.module, kind, "numba_parallel_for")
    python = context.get_python_api(builder)
    held = python.gil_ensure()
    before = python.save_thread()
    places = [builder.bitcast(p, place) for p in (task, *shared)]
    builder.call(share, [*places, word(0), word(1), most])
    python.restore_thread(before)
    python.gil_release(held)


if numba.config.DISABLE_JIT:  # pyright: ignore

    def in_turns(body, count, arguments, alone):  # noqa: F811 # pyright: ignore
        """The turns one after the other, where nothing is compiled."""
        for turn in range(count):
            body(turn, *arguments)

    def copied_in():  # noqa: F811 # pyright: ignore
        """Nothing, where nothing is compiled."""

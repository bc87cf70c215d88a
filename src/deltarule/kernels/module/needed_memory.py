"""What must be in memory at the worst moment of both passes, from the equations alone.

Given arrays, outputs and the gradients that are asked for are there all the time. Everything else
is there from the step that writes it to the last that reads it, in whichever pass that is: the
activations that the backward pass reads, each once, and the gradients that one equation hands to
the next. What is computed again where it is read, or written over another array entry by entry,
takes nothing; nor do copies that a product or a sum over windows packs for itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

import numpy as np
from sympy import Expr, Symbol

from deltarule.errors import DeltaruleError
from deltarule.expressions.quotients import IfSmall
from deltarule.kernels.lowering.shared_rooms import spans
from deltarule.kernels.lowering.strip_loop import STORED
from deltarule.kernels.module.source import Module
from deltarule.kernels.passes.program import known_sizes
from deltarule.kernels.read_sizes import sizes_of
from deltarule.networks.tensors import Tensor


def must_live(module: Module, shapes: Mapping[str, tuple[int, ...]]) -> int:
    """The bytes that must be there at once for given arrays of these shapes, by name; what a
    recurrence keeps to itself is known when the module's text is written.

    Raises DeltaruleError where a given array is missing.
    """
    program, numbers = module.program, _sizes(module, shapes)
    tensors = {**program.network.tensors, **program.backward.tensors, **program.forward.tensors}
    always = {t.name for t in program.network.tensors.values() if t.given}
    always |= {*program.forward.results, *program.gradients.values(), *program.upstream.values()}
    needed: dict[str, tuple[int, int]] = {}
    start = 0
    for name, one in (("forward", program.forward), ("backward", program.backward)):
        found = spans(module.parts(name, one), module.matcher, module.spelling.array)
        for tensor, (first, last) in found.items():
            first, last = first + start, last + start
            if tensor in {*one.reads, *one.writes}:
                needed[tensor] = needed.get(tensor, (first, last))[0], last
        start += max((last for _, last in found.values()), default=-1) + 1
    lengths = {n: _bytes(tensors[n], module, numbers) for n in {*always, *needed}}
    passing = {n: step for n, step in needed.items() if n not in always}
    moments = (
        sum(lengths[n] for n, (first, last) in passing.items() if first <= k <= last)
        for k in range(start)
    )
    return sum(lengths[n] for n in always) + max(moments, default=0)


def _sizes(module: Module, shapes: Mapping[str, tuple[int, ...]]) -> dict[Symbol, int]:
    """The sizes that the shapes of given arrays tell, and those that follow from them."""
    network = module.program.network
    for tensor, *_ in known_sizes(network)[0].values():
        if tensor not in shapes:
            raise DeltaruleError(
                f"the shape of {tensor} is missing", network.name, f"give one for {tensor}"
            )
    return sizes_of(network, {n: np.broadcast_to(0.0, shape) for n, shape in shapes.items()})


def _bytes(tensor: Tensor, module: Module, numbers: Mapping[Symbol, int]) -> int:
    kind = {"np.int8": 1, "np.int64": 8}.get(module.code.kind(tensor))
    each = kind or {"float32": 4, "float64": 8, "complex128": 16}[module.dtype]
    return each * prod(_number(axis, numbers) for axis in tensor.axes)


def _number(axis: Expr, numbers: Mapping[Symbol, int]) -> int:
    if isinstance(axis, IfSmall):
        extent, entries = (_number(a, numbers) for a in axis.args)
        return extent if entries <= STORED else 0
    return int(axis.subs(numbers))

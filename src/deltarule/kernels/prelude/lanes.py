"""Transforms of LANES numbers at once: sums of multiples, written as a function, become vectors.

The function is run once, while code is generated, with registers in the place of numbers.
"""

from __future__ import annotations

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

LANES = 16
_WORD, _VECTOR = ir.IntType(64), ir.VectorType(ir.FloatType(), LANES)


def _loaded(_builder, _pointer):
    """From `tiles`."""


def _stored(_builder, _vector, _pointer):
    """From `tiles`."""


def _pointers(*_arguments):
    """From `tiles`."""
    return _arguments


# ---- what follows goes into kernels


class Lanes:
    """Numbers side by side in a register: what is done to them writes instructions."""

    def __init__(self, builder, vector):
        self.builder, self.vector = builder, vector

    def _made(self, instruction, other):
        vector = other.vector if isinstance(other, Lanes) else ir.Constant(_VECTOR, [other] * LANES)
        write = getattr(self.builder, instruction)
        return Lanes(self.builder, write(self.vector, vector, flags=("contract",)))

    def __add__(self, other):
        return self._made("fadd", other)

    def __sub__(self, other):
        return self._made("fsub", other)

    def __rmul__(self, number):
        return self._made("fmul", number)

    def __neg__(self):
        return self._made("fmul", -1.0)


def both_axes(one, size):  # pyright: ignore
    """The transform of both axes of size × size numbers, for LANES such tiles side by side.

    It takes a[a0 + ar·i + ac·j + lane] and gives b[b0 + br·i + bc·j + lane].
    """

    def write(context, builder, signature, arguments):
        a, a0, ar, ac, b, b0, br, bc = _pointers(context, builder, signature, arguments)

        def place(array, start, row, i, column, j):
            moved = builder.add(builder.mul(row, _WORD(i)), builder.mul(column, _WORD(j)))
            return builder.gep(array, [builder.add(start, moved)])

        def given(i, j):
            return Lanes(builder, _loaded(builder, place(a, a0, ar, i, ac, j)))

        rows = [one(*(given(i, j) for j in range(size))) for i in range(size)]
        for j, column in enumerate(zip(*rows)):
            for i, value in enumerate(one(*column)):
                _stored(builder, value.vector, place(b, b0, br, i, bc, j))
        return context.get_dummy_value()

    @intrinsic
    def transformed(_typing, a, a0, ar, ac, b, b0, br, bc):
        whole = types.int64
        return types.void(a, whole, whole, whole, b, whole, whole, whole), write

    return transformed


if numba.config.DISABLE_JIT:  # pyright: ignore

    def both_axes(one, size):  # noqa: F811
        """The transform of both axes, where nothing is compiled."""

        def transformed(a, a0, ar, ac, b, b0, br, bc):
            def given(i, j):
                return a[a0 + ar * i + ac * j:][:LANES]

            # Lanes that no channel fills hold anything.
            with np.errstate(over="ignore", invalid="ignore"):
                rows = [one(*(given(i, j) for j in range(size))) for i in range(size)]
                for j, column in enumerate(zip(*rows)):
                    for i, value in enumerate(one(*column)):
                        b[b0 + br * i + bc * j:][:LANES] = value

        return transformed

"""The text of a kernel's file: functions, loops, and drivers that check shapes and make room."""

from __future__ import annotations

from sympy import Expr
from sympy.core.symbol import Symbol

from deltarule.kernels import docstrings
from deltarule.kernels.chosen import selections
from deltarule.kernels.code import Code
from deltarule.kernels.leaves import write_function
from deltarule.kernels.lines import Lines
from deltarule.kernels.prelude import texts
from deltarule.kernels.program import Pass, Program, sizes_told
from deltarule.kernels.schedule import Schedule
from deltarule.kernels.smoothness import steps
from deltarule.kernels.spelling import Spelling
from deltarule.notation.nodes import free_symbols, walk
from deltarule.notation.recurrences import blocks
from deltarule.notation.symbols import Size
from deltarule.notation.text import text

_HEAD = '''\
import math

import llvmlite.binding
import numba
import numpy as np
from llvmlite import ir
from numba import njit, prange, types
from numba.core import cgutils
from numba.core.imputils import impl_ret_borrowed
from numba.extending import intrinsic
from numba.np.arrayobj import populate_array

real = np.{dtype}
U = np.uint64
GIVEN = {given}
KEPT = {kept}
UPSTREAM = {upstream}
OUTPUTS = {outputs}
STEPS = {steps}
compiled = njit(
    cache=True, error_model="numpy", nogil=True, fastmath={{"contract", "reassoc", "nsz"}}
)
inlined = njit(
    cache=True, error_model="numpy", nogil=True, fastmath={{"contract", "reassoc", "nsz"}},
    forceinline=True,
)
in_threads = njit(
    cache=True, error_model="numpy", nogil=True, fastmath={{"contract", "reassoc", "nsz"}},
    parallel={parallel},
)


class Misfit(ValueError):
    """An array of the wrong type or shape."""


def fitting(name, array, dtype, shape=None):
    """The array, contiguous; shape is what it must have."""
    array = np.asarray(array)
    if array.dtype != dtype:
        raise Misfit(f"{{name}} is an array of {{array.dtype}}", f"give it as {{np.dtype(dtype)}}")
    if shape is not None and array.shape != shape:
        raise Misfit(
            f"{{name}} has the shape {{list(array.shape)}}", f"it should be {{list(shape)}}"
        )
    if array.flags.c_contiguous and array.flags.writeable:
        return array
    return np.array(array, order="C")
'''


class Module:
    """Writes the file of one program."""

    def __init__(self, program: Program, dtype: str, parallel: bool = False):
        self.program, self.dtype, self.parallel = program, dtype, parallel
        tensors = {**program.backward.tensors, **program.forward.tensors}
        self.spelling = Spelling()
        for tensor in program.backward.tensors:
            self.spelling.tensor(tensor)
        self.code = Code(self.spelling, tensors, program.scalars, dtype == "complex128")
        self.code.numbers = selections(program.forward.equations)
        self.sizes = _sizes(program)
        self.prelude: set[str] = set()
        for symbol in self.sizes:
            self.spelling.symbol(symbol)

    def text(self) -> str:
        """The whole file."""
        passes = Lines()
        self._loops("forward", self.program.forward, passes)
        self._loops("backward", self.program.backward, passes)
        functions = Lines()
        done: set[str] = set()
        while waiting := [f for n, f in self.code.functions.items() if n not in done]:
            for function in waiting:
                write_function(function, self.code, functions, self.prelude)
                done.add(function.row.name)
        drivers = Lines()
        self._sizes_of(drivers)
        self._driver("forward", self.program.forward, (), drivers)
        self._driver("backward", self.program.backward, self.program.kept, drivers)
        head = _HEAD.format(dtype=self.dtype, parallel=self.parallel, **self._contents())
        parts = [docstrings.of_file(self.program, self.dtype), head.rstrip()]
        if self.prelude:
            parts += ["\n", texts.text(self.prelude)]
        parts.append(str(functions))
        return "\n".join(p for p in (*parts, str(passes), str(drivers)) if p) + "\n"

    def _contents(self) -> dict:
        """The names that a caller uses: the gradient of an output y is called dy."""
        program = self.program
        return {
            "given": tuple(self.given()), "kept": program.kept,
            "upstream": tuple(f"d{t}" for t in program.upstream),
            "outputs": program.forward.results, "steps": steps(program),
        }

    # ---- loops ------------------------------------------------------------------------------
    def _loops(self, name: str, one: Pass, lines: Lines) -> None:
        """A pass as one compiled function."""
        arguments = [self.spelling.tensor(t) for t in (*one.reads, *one.writes)]
        arguments += [self.spelling.symbol(s) for s in self.sizes]
        body = Lines(1)
        self.code.flattened = {}
        schedule = Schedule(self.code, body, self.parallel)
        for block in blocks(one.equations):
            schedule.block(block)
        self.prelude |= schedule.prelude
        lines.add("", "", "@in_threads" if self.parallel else "@compiled")
        with lines.block(f"def {name}_loops({', '.join(arguments)}):"):
            if self.code.flattened:
                # A literal as an argument would make Numba compile a version of its own.
                lines.add("zero, one = np.int64(0), np.int64(1)")
            for tensor, flat in self.code.flattened.items():
                lines.add(f"{flat} = flat({self.spelling.tensor(tensor)})")
        lines.add(*str(body).splitlines(), "    return")

    # ---- drivers ----------------------------------------------------------------------------
    def given(self) -> list[str]:
        """The tensors whose values come from outside."""
        return [t.name for t in self.program.network.tensors.values() if t.given]

    def _sizes_of(self, lines: Lines) -> None:
        """The function that reads all sizes off the shapes, and checks them."""
        tensors = self.program.network.tensors
        names = [self.spelling.tensor(t) for t in self.given()]
        lines.add("", "", f"def sizes_of({', '.join(names)}):")
        with lines.block('    """The sizes that the shapes of the given arrays tell."""'):
            lines.add(*self._sizes_told(tensors))
            lines.add(f"return {_row(map(self.spelling.symbol, self.sizes))}")

    def _sizes_told(self, tensors) -> list[str]:
        told: list[str] = []
        for name in self.given():
            array = self.spelling.tensor(name)
            axes = tensors[name].axes
            told += [f"if np.ndim({array}) != {len(axes)}:",
                     f"    raise Misfit(f\"{name} has {{np.ndim({array})}} axes\", "
                     f"\"it has {len(axes)}: [{', '.join(map(str, axes))}]\")"]
        for size, (name, k, rest, coefficient) in sizes_told(self.program.network)[0].items():
            value = f"np.shape({self.spelling.tensor(name)})[{k}]"
            if rest != 0:
                value = f"({value} - {self.code.whole(rest, 2)})"
            if coefficient != 1:
                value += f" // {self.code.whole(coefficient, 3)}"
            told.append(f"{self.spelling.symbol(size)} = {value}")
        for symbol, definition in self.program.network.definitions.items():
            size = self.spelling.symbol(symbol)
            told += [f"{size} = {self.code.whole(definition)}", f"if {size} < 0:",
                     f"    raise Misfit(f\"the sizes do not fit: {symbol} = {{{size}}}\", "
                     f"\"{symbol} is {text(definition)}\")"]
        return told

    def _driver(self, name: str, one: Pass, kept: tuple[str, ...], lines: Lines) -> None:
        spell = self.spelling.tensor
        given = self.given()
        upstream = list(self.program.upstream.values()) if name == "backward" else []
        arguments = ", ".join(spell(t) for t in (*given, *kept, *upstream))
        lines.add("", "", f"def ready_{name}({arguments}):")
        with lines.block('    """What runs, what it takes, and what it fills, by name."""'):
            sizes = _row(map(self.spelling.symbol, self.sizes))
            told = f"sizes_of({', '.join(map(spell, given))})"
            lines.add(f"{sizes} = {told}" if self.sizes else told)
            for tensor in (*given, *kept, *upstream):
                lines.add(f"{spell(tensor)} = {self._fitting(tensor, one)}")
            for tensor in one.writes:
                lines.add(f"{spell(tensor)} = {self._room(tensor, one)}")
            called = [spell(t) for t in (*one.reads, *one.writes)]
            called += [self.spelling.symbol(s) for s in self.sizes]
            lines.add("filled = {")
            for key, tensor in self._returned(name, one):
                flat = "" if one.tensors[tensor].axes else ".reshape(())"
                lines.add(f'    "{key}": {spell(tensor)}{flat},')
            lines.add("}", f"return {name}_loops, {_row(called)}, filled")
        lines.add("", "", f"def {name}({arguments}):")
        lines.add(*self._docstring(name, (*given, *kept, *upstream)))
        lines.add(f"    run, taken, filled = ready_{name}({arguments})", "    run(*taken)")
        lines.add("    return filled")

    def _docstring(self, name: str, taken: tuple[str, ...]) -> list[str]:
        """The docstring of a pass, as lines."""
        names = {t: self.spelling.tensor(t) for t in taken}
        write = docstrings.of_backward if name == "backward" else docstrings.of_forward
        first, *rest = write(self.program, names)
        return [f'    """{first}', *("    " + r if r else "" for r in rest), '    """']

    def _returned(self, name: str, one: Pass) -> list[tuple[str, str]]:
        if name == "backward":
            return [(t, g) for t, g in self.program.gradients.items()]
        return [(t, t) for t in dict.fromkeys((*one.results, *self.program.kept))]

    def _fitting(self, name: str, one: Pass) -> str:
        tensor = one.tensors[name] if name in one.tensors else self.program.network.tensors[name]
        kind = self.code.kind(tensor)
        array = self.spelling.tensor(name)
        if not tensor.axes:
            array = f"np.reshape({array}, 1)"
        return f'fitting("{name}", {array}, {kind}, {self._shape(tensor.axes)})'

    def _room(self, name: str, one: Pass) -> str:
        whole = all(e.subscripts == e.indices for e in one.equations if e.name == name)
        tensor = one.tensors[name]
        room = "empty" if whole else "zeros"
        return f"np.{room}({self._shape(tensor.axes)}, {self.code.kind(tensor)})"

    def _shape(self, axes: tuple[Expr, ...]) -> str:
        return _row(self.code.whole(a) for a in axes) if axes else "(1,)"


def _row(parts) -> str:
    parts = list(parts)
    return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"


def _sizes(program: Program) -> list[Symbol]:
    """Every size that the kernel needs: those told by shapes, then those that follow."""
    found: dict[Symbol, None] = {}
    for tensor in program.network.tensors.values():
        for axis in tensor.axes:
            found.update(dict.fromkeys(sorted(free_symbols(axis), key=str)))
    for one in (program.forward, program.backward):
        for equation in one.equations:
            parts = (equation.rhs, *(n for _, n in equation.ranges), *equation.subscripts)
            for part in parts:
                for node in walk(part):
                    if isinstance(node, Size):
                        found[node] = None
    derived = program.network.definitions
    free = [s for s in found if s not in derived]
    return free + list(derived)

"""The text of a kernel as a student reads it: two functions of plain loops.

It is made of the same equations, by the same schedule, as the tuned kernel; each equation becomes
loops, with itself as the comment above them. Conditions are bounds of loops where they can be.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import wrap

from sympy import Symbol

from deltarule.kernels.lowering.lowerings import LOWERINGS
from deltarule.kernels.lowering.matcher import Matcher
from deltarule.kernels.lowering.schedule import Schedule
from deltarule.kernels.module import docstrings
from deltarule.kernels.module.needed_sizes import NeededSizes
from deltarule.kernels.passes.argmax_indices import selections
from deltarule.kernels.passes.program import Pass, Program
from deltarule.kernels.prelude import texts
from deltarule.kernels.python_text.identifiers import PlainSpelling
from deltarule.kernels.python_text.indented import Lines, wrapped
from deltarule.kernels.python_text.plain_text import PlainCode
from deltarule.networks.recurrences import blocks
from deltarule.spelling.names import pretty

#: The lowerings that write nothing but loops.
PLAIN = tuple(row for row in LOWERINGS if row.name in ("loop_nest", "argmax", "added_in_place"))

_HEAD = '''\
"""{title}

{arrays}
"""
{imports}
import numpy as np
from numba import njit

compiled = njit(error_model="numpy")  # without this line and its uses it is plain Python
'''


@dataclass(frozen=True)
class PlainPass:
    """What a function of the text takes and returns, as names of tensors."""

    takes: tuple[str, ...]
    returns: tuple[str, ...]


class PlainModule:
    """Writes one program as plain loops."""

    def __init__(self, program: Program):
        self.program = program
        tensors = {**program.backward.tensors, **program.forward.tensors}
        self.spelling = PlainSpelling()
        for tensor in tensors:
            self.spelling.tensor(tensor)
        self.code = PlainCode(self.spelling, tensors, program.scalars)
        self.code.numbers = selections(program.forward.equations)
        self.sizes = NeededSizes(program)
        self.matcher = Matcher(self.code, PLAIN)
        self._prelude: set[str] = set()
        self.passes: dict[str, PlainPass] = {}

    def text(self) -> str:
        """The whole text, which needs NumPy and Numba alone."""
        program, lines = self.program, Lines()
        kept = tuple(dict.fromkeys((*program.forward.results, *program.kept)))
        self._pass("forward", program.forward, kept, lines)
        gradients = tuple(
            program.gradients[t] for t in program.network.tensors if t in program.gradients
        )
        if gradients:
            self._pass("backward", program.backward, gradients, lines)
        functions, done = Lines(), set()
        while waiting := [f for n, f in self.code.functions.items() if n not in done]:
            for function in waiting:
                self.code.write_function(function, functions)
                done.add(function.row.name)
        body = f"{functions}\n{lines}" if done else str(lines)
        tensors = program.network.tensors.values()
        arrays = [f"    {docstrings.shaped(t.name, t)}  {t.role}" for t in tensors]
        title = "\n".join(wrap(f"{program.network.title}: both passes as plain loops.", 94))
        head = _HEAD.format(
            title=title.replace("\\", "\\\\").replace('"""', "'''"),
            arrays="\n".join(arrays),
            imports="import math\n" if "math." in body else "",
        )
        return f"{head}{texts.plain(self._prelude)}{body.rstrip()}\n"

    def _pass(self, name: str, one: Pass, returned: tuple[str, ...], lines: Lines) -> None:
        """One function: sizes, room for what it writes, the loops, what it gives."""
        takes = self.sizes.takes(one)
        self.passes[name] = PlainPass(takes, returned)
        body = Lines(1)
        self.code.forget()
        schedule = Schedule(self.matcher, body)
        for block in blocks(one.equations):
            schedule.block(block)
        self._prelude |= schedule.prelude
        spell = self.spelling.tensor
        lines.add("", "", "@compiled")
        with lines.block(f"def {name}({', '.join(map(spell, takes))}):"):
            first, *more = wrapped(self._promise(name, returned), "", 90)
            lines.add(*_quoted(first, more))
            self._sizes(one, takes, lines)
            kind = next((spell(t) for t in takes if not one.tensors[t].integral), None)
            for tensor in one.writes:
                self._room(tensor, one, f"{kind}.dtype" if kind else "np.float64", lines)
            lines.add(*self.code.said_before())
            lines.add(*(line.removeprefix("    ") for line in str(body).splitlines()))
            lines.add(*_returned([*map(spell, returned)]))

    def _sizes(self, one: Pass, takes: Iterable[str], lines: Lines) -> None:
        """Lines that read the sizes off the shapes, whole shapes where these tell all of theirs."""
        needed, whole = self.sizes.of(one), set()
        for name in takes:
            own = [s for s, (tensor, *_) in self.sizes.shapes.items() if tensor == name]
            if (
                len(own) > 1
                and needed & {*own}
                and [*self.program.network.tensors[name].axes] == own
            ):
                names = ", ".join(map(self._size, own))
                lines.add(f"{names} = {self.spelling.tensor(name)}.shape")
                whole.update(own)
        for size, (name, axis, rest, coefficient) in self.sizes.shapes.items():
            if size in needed - whole:
                value = f"{self.spelling.tensor(name)}.shape[{axis}]"
                value = f"({value} - {self.code.integer(rest, 2)})" if rest != 0 else value
                value += f" // {self.code.integer(coefficient, 3)}" if coefficient != 1 else ""
                lines.add(f"{self._size(size)} = {value}")
        for symbol, definition in self.program.network.definitions.items():
            if symbol in needed:
                lines.add(f"{self._size(symbol)} = {self.code.integer(definition)}")

    def _room(self, name: str, one: Pass, kind: str, lines: Lines) -> None:
        """The line that makes an array to write into; none for a number."""
        tensor = one.tensors[name]
        whole = all(e.subscripts == e.indices for e in one.equations if e.name == name)
        if not tensor.axes:
            return
        axes = ", ".join(self.code.integer(a) for a in tensor.axes)
        shape = f"({axes})" if len(tensor.axes) > 1 else axes
        kind = "np.int64" if tensor.integral else kind
        room = "empty" if whole else "zeros"
        lines.add(f"{self.spelling.tensor(name)} = np.{room}({shape}, {kind})")

    def _promise(self, name: str, returned: Iterable[str]) -> str:
        """What a function gives, in the order in which it gives it."""
        what = ", ".join(map(pretty, returned))
        return f"The gradients {what}." if name == "backward" else f"The values of {what}."

    def _size(self, symbol: Symbol) -> str:
        return self.spelling.symbol(symbol)


def _quoted(first: str, more: Sequence[str]) -> list[str]:
    """A docstring as lines."""
    return [f'"""{first}"""'] if not more else [f'"""{first}', *more, '"""']


def _returned(names: Sequence[str]) -> list[str]:
    """The line that returns arrays; several where it would be long."""
    line = f"return {', '.join(names)}"
    if len(line) < 92:
        return [line]
    return ["return (", *wrapped(f"{', '.join(names)},", "    ", 92), ")"]

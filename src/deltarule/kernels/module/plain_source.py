"""The text of a kernel as a student reads it: two functions of plain loops.

It is made of the same equations, by the same schedule, as the tuned kernel; each equation becomes
loops, with itself as the comment above them. Conditions are bounds of loops where they can be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from deltarule.kernels.lowering.fused_loops import neighbours
from deltarule.kernels.lowering.lowerings import LOWERINGS
from deltarule.kernels.lowering.matcher import Matcher
from deltarule.kernels.lowering.schedule import Schedule
from deltarule.kernels.module import docstrings, plain_integers
from deltarule.kernels.module.needed_sizes import NeededSizes
from deltarule.kernels.passes.argmax_indices import selections
from deltarule.kernels.passes.idle_bounds import without_idle_bounds
from deltarule.kernels.passes.program import Pass, Program
from deltarule.kernels.prelude import texts
from deltarule.kernels.python_text.identifiers import PlainSpelling
from deltarule.kernels.python_text.indented import Lines, wrapped
from deltarule.kernels.python_text.long_lines import folded
from deltarule.kernels.python_text.plain_text import PlainCode
from deltarule.networks.recurrences import blocks

_LOOPS = (
    "loop_nest",
    "argmax",
    "added_in_place",
    "compact_support",
    "sorted_ranks",
    "running_sums",
    "products_of_others",
)
#: The lowerings that write nothing but loops, and a sort where places in order are counted.
PLAIN = tuple(row for row in LOWERINGS if row.name in _LOOPS)

_HEAD = """\
{said}
{imports}
import numpy as np
from numba import njit

compiled = njit(error_model="numpy")  # without this line and its uses it is plain Python
"""


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
        definitions = program.network.definitions
        forward, backward = (
            without_idle_bounds(one, definitions) for one in (program.forward, program.backward)
        )
        self._pass("forward", forward, program.values, lines)
        if program.gradients:
            self._pass("backward", backward, program.gradient_names, lines)
        functions = self.code.written_functions(self.code.write_function)
        body = f"{functions}\n{lines}" if str(functions) else str(lines)
        head = _HEAD.format(
            said=docstrings.of_plain_file(program.network, "both passes as plain loops"),
            imports="import math\n" if "math." in body else "",
        )
        return folded(
            f"{head}{texts.plain(self._prelude)}{plain_integers.functions(body)}{body.rstrip()}\n"
        )

    def _pass(self, name: str, one: Pass, returned: tuple[str, ...], lines: Lines) -> None:
        """One function: sizes, room for what it writes, the loops, what it gives."""
        takes = self.sizes.takes(one)
        self.passes[name] = PlainPass(takes, returned)
        body = Lines(1)
        self.code.forget()
        schedule = Schedule(self.matcher, body)
        schedule.blocks(neighbours(blocks(one.equations)))
        self._prelude |= schedule.prelude
        spell = self.spelling.tensor
        lines.add("", "", "@compiled")
        with lines.block(f"def {name}({', '.join(map(spell, takes))}):"):
            lines.add(*docstrings.of_plain_pass(name, returned))
            lines.add(*self.sizes.lines(one, self.code))
            lines.add(*plain_integers.lines(one, self.sizes, self.code))
            arrays = (t for t in takes if one.tensors[t].axes and not one.tensors[t].integral)
            kind = next(map(spell, arrays), None)  # a number has no dtype where it is compiled
            lines.add(*self._rooms(one, f"{kind}.dtype" if kind else "np.float64"))
            lines.add(*self.code.said_before())
            lines.add(*(line.removeprefix("    ") for line in str(body).splitlines()))
            lines.add(*_returned([*map(spell, returned)]))

    def _rooms(self, one: Pass, kind: str) -> list[str]:
        """The lines that make arrays to write into, two of one shape in a line where it holds them;
        none for a number.
        """
        rooms: list[tuple[list[str], str]] = []
        for name in (n for n in one.writes if one.tensors[n].axes):
            spelled, made = self.spelling.tensor(name), self._room(name, one, kind)
            open_ = (n for n, m in rooms if m == made and len(n) == 1)
            other = next((n for n in open_ if 2 * len(made) + len(n[0] + spelled) < 82), None)
            if other is None:
                rooms.append(([spelled], made))
            else:
                other.append(spelled)
        return [f"{', '.join(names)} = {', '.join([made] * len(names))}" for names, made in rooms]

    def _room(self, name: str, one: Pass, kind: str) -> str:
        """An array to write into."""
        tensor = one.tensors[name]
        axes = ", ".join(self.code.integer(a) for a in tensor.axes)
        shape = f"({axes})" if len(tensor.axes) > 1 else axes
        kind = "np.int64" if tensor.integral else kind
        return f"np.{'empty' if one.fills(name) else 'zeros'}({shape}, {kind})"


def _returned(names: Sequence[str]) -> list[str]:
    """The line that returns arrays; several where it would be long."""
    line = f"return {', '.join(names)}"
    if len(line) < 92:
        return [line]
    return ["return (", *wrapped(f"{', '.join(names)},", "    ", 92), ")"]

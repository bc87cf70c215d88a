"""The text of a kernel as a student reads it: two functions of plain loops.

It is made of the same equations, by the same schedule, as the tuned kernel; each equation becomes
loops, with itself as the comment above them. Conditions are bounds of loops where they can be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from deltarule.kernels.lowering.lowerings import LOWERINGS
from deltarule.kernels.lowering.matcher import Matcher
from deltarule.kernels.lowering.schedule import Schedule
from deltarule.kernels.module import docstrings, plain_integers
from deltarule.kernels.module.needed_sizes import NeededSizes
from deltarule.kernels.module.new_arrays import NewArrays
from deltarule.kernels.passes.argmax_indices import selections
from deltarule.kernels.passes.idle_bounds import without_idle_bounds
from deltarule.kernels.passes.program import Pass, Program
from deltarule.kernels.plain_loops.loop_tree import BodyLines, write
from deltarule.kernels.plain_loops.shortened import Shortened
from deltarule.kernels.prelude import texts
from deltarule.kernels.python_text.identifiers import LoopSpelling
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
        self.spelling = LoopSpelling()
        for tensor in tensors:
            self.spelling.tensor(tensor)
        self.code = PlainCode(self.spelling, tensors, program.scalars)
        self.code.numbers = selections(program.forward.equations)
        self.sizes = NeededSizes(program)
        self.matcher = Matcher(self.code, PLAIN)
        self._prelude: set[str] = set()
        self.passes: dict[str, PlainPass] = {}
        self._gradients = {gradient: tensor for tensor, gradient in program.gradients.items()}

    def text(self) -> str:
        """The whole text, which needs NumPy and Numba alone."""
        program = self.program
        body = self._body()
        self.code.inlined = self._inlined(body)
        if self.code.inlined:
            self.code.functions.clear()
            body = self._body()
        functions = self.code.written_functions(self.code.write_function)
        body = f"{functions}\n{body}" if str(functions) else body
        what = "both passes as plain loops"
        head = _HEAD.format(
            said=docstrings.of_plain_file(program.network, what, always=False),
            imports="import math\n" if "math." in body else "",
        )
        helpers = f"{texts.plain(self._prelude)}{plain_integers.functions(body)}"
        return folded(f"{head}{helpers}{body.rstrip()}\n")

    def _body(self) -> str:
        """Both functions."""
        program, lines = self.program, Lines()
        definitions = program.network.definitions
        forward, backward = (
            without_idle_bounds(one, definitions) for one in (program.forward, program.backward)
        )
        self._pass("forward", forward, program.values, lines)
        if program.gradients:
            self._pass("backward", backward, program.gradient_names, lines)
        return str(lines)

    def _pass(self, name: str, one: Pass, returned: tuple[str, ...], lines: Lines) -> None:
        """One function: sizes, room for what it writes, the loops, what it gives."""
        takes = self.sizes.takes(one)
        self.passes[name] = PlainPass(takes, returned)
        body = BodyLines()
        self.code.forget()
        self.spelling.stems.clear()
        schedule = Schedule(self.matcher, body)
        schedule.blocks(blocks(one.equations))
        self._prelude |= schedule.prelude
        axes = {n: [*map(self.code.integer, one.tensors[n].axes)] for n in one.writes}
        once = [n for n in axes if sum(e.name == n for e in one.equations) == 1 and one.fills(n)]
        short = Shortened(body.nodes(), axes, returned, once, self.spelling)
        spell = self.spelling.tensor
        lines.add("", "", "@compiled")
        with lines.block(f"def {name}({', '.join(map(spell, takes))}):"):
            lines.add(*docstrings.of_plain_pass(name, returned))
            lines.add(*self.sizes.lines(one, self.code))
            lines.add(*plain_integers.lines(one, self.sizes, self.code))
            new = [n for n in axes if one.tensors[n].axes and spell(n) not in short.numbers]
            arrays = NewArrays(one, takes, self._gradients, self.code)
            zeros = {n for n in new if spell(n) in short.zeros}
            new.sort(key=[*returned, *axes].index)  # what is returned comes first
            lines.add(*arrays.lines(new, zeros))
            lines.add(*self.code.said_before())
            write(short.nodes, lines)
            lines.add(*_returned([*map(spell, returned)]))

    def _inlined(self, text: str) -> set[str]:
        """The functions that are called once or twice, and stand better where they are called."""
        names = {n: self.code.function_name(f) for n, f in self.code.functions.items()}
        few = (n for n, own in names.items() if text.count(f"{own}(") <= 2)
        return {n for n in few if self.code.may_stand_inside(self.code.functions[n])}


def _returned(names: Sequence[str]) -> list[str]:
    """The line that returns arrays; several where it would be long."""
    line = f"return {', '.join(names)}"
    if len(line) < 92:
        return [line]
    return ["return (", *wrapped(f"{', '.join(names)},", "    ", 92), ")"]

"""One pass as a function of arrays: equations in order, recurrences time after time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from sympy import Add, Expr

from deltarule.expressions.nodes import free_symbols
from deltarule.expressions.symbols import Index
from deltarule.frameworks.dialect import Dialect
from deltarule.frameworks.formula_text import FormulaText
from deltarule.frameworks.labelled import tupled
from deltarule.kernels.lowering.time_loop import time_span
from deltarule.kernels.module.needed_sizes import NeededSizes
from deltarule.kernels.passes.program import Pass, Program
from deltarule.kernels.python_text.identifiers import Spelling
from deltarule.kernels.python_text.indented import Lines
from deltarule.networks.equations import Equation
from deltarule.networks.recurrences import (
    Block,
    Recurrence,
    blocks,
    equations_of,
    no_times,
    sequence_lengths,
)
from deltarule.networks.tensors import Tensor
from deltarule.spelling.text import text


class PassText:
    """Writes the passes of one program for one framework."""

    def __init__(self, program: Program, dialect: Dialect, spelling: Spelling):
        tensors = {**program.backward.tensors, **program.forward.tensors}
        self.program, self.dialect = program, dialect
        self.tensors: dict[str, Tensor] = tensors
        self.arrays = FormulaText(dialect, spelling, tensors, program.scalars)
        self.sizes = NeededSizes(program)
        self._spell = spelling.tensor
        self._lines = Lines()
        self._begun: set[str] = set()
        self._loops: frozenset[str] = frozenset()

    def write(self, one: Pass, lines: Lines) -> None:
        """The lines of a pass, at the present depth."""
        self._lines, self._begun = lines, set()
        takes = self.sizes.takes(one)
        real = [n for n in takes if not self.tensors[n].integral]
        self.arrays.like = self._spell((real or list(takes))[0])
        lines.add(*self.sizes.lines(one, self.arrays.integers))
        for extent in sequence_lengths(one.equations):  # a first time is read whatever its length
            with lines.block(f"if {self.arrays.integers.integer(extent)} < 1:"):
                refusal = no_times(extent, "")
                lines.add(f'raise ValueError("{refusal.fact}; {refusal.remedy}")')
        limited = [n for n in takes if self.sizes.limited(n, one) is not None]
        lines.add(*map(self._integers, limited))
        for block in blocks(one.equations):
            self._block(block, {})

    def _integers(self, name: str) -> str:
        """The line that makes integers of labels of any type, and refuses those out of range."""
        tensor, own = self.tensors[name], self._spell(name)
        limit = self.arrays.integers.integer(cast(Expr, tensor.integers_below))
        if tensor.points is None:
            return f'{own} = whole_numbers({own}, "{own}", {limit})'
        axis, way = tensor.points
        return f'{own} = pointers({own}, "{own}", {axis}, {way})'

    # ---- equations ----------------------------------------------------------------------------
    def _block(self, block: Block, times: Mapping[Index, str]) -> None:
        if isinstance(block, Recurrence):
            self._scan(block, times)
        else:
            self._equation(block, times)

    def _equation(self, equation: Equation, times: Mapping[Index, str]) -> None:
        arrays, lines = self.arrays, self._lines
        lines.comment(f"{text(equation.lhs)} = {text(equation.rhs)}")
        arrays.begin(lines, _as_written(equation), times, self._loops)
        arrays.counting = self.tensors[equation.name].integral
        name, free = self._spell(equation.name), arrays.order
        found = arrays.array(equation.rhs)
        value = arrays.along(found, free)
        if not times and self._is_whole(equation):
            if len(found.labels) != len(free) or found.number:
                value = self._wide(value, free)
            elif value.isidentifier():
                value = self.dialect.copied.format(array=value)
            lines.add(f"{name} = {self._stored(equation.name, value)}")
            return
        self._room(equation.name)
        value = self._stored(equation.name, value)
        at = [self._place(s, axis) for s, axis in self._sides(equation)]
        cut = [p for p in at if p is not None]
        if len(cut) == len(at):
            lines.add(self.dialect.assigned.format(name=name, at=self._cut(cut), value=value))
            return
        arrays.grid(free)
        places = ", ".join(arrays.integers.integer(s) for s in equation.subscripts)
        lines.add(self.dialect.assigned.format(name=name, at=places, value=value))

    def _sides(self, equation: Equation):
        axes = self.tensors[equation.name].axes
        return zip(equation.subscripts, axes, strict=True)

    def _is_whole(self, equation: Equation) -> bool:
        extents = dict(equation.ranges)
        return equation.subscripts == equation.indices and all(
            (extents[i] - axis).expand() == 0
            for i, (_, axis) in zip(equation.indices, self._sides(equation), strict=True)
        )

    def _place(self, subscript: Expr, axis: Expr) -> str | None:
        """A whole axis, a part of one or one place on it; None for other places."""
        arrays = self.arrays
        own = [i for i in arrays.order if i in free_symbols(subscript)]
        if not own:
            return arrays.integers.integer(subscript)
        first = cast(Expr, Add(subscript, -own[0]).expand())
        if len(own) > 1 or free_symbols(first) & set(own):
            return None
        extent = arrays.extents[own[0]]
        if first == 0 and (extent - axis).expand() == 0:
            return ":"
        start, end = arrays.integers.integer(first), arrays.integers.integer(Add(first, extent))
        return f"{start}:{end}"

    def _cut(self, at: list[str]) -> str:
        """Places in brackets; PyTorch's are handed to a function, which takes slices by name."""
        while at and at[-1] == ":":
            at = at[:-1]
        if self.dialect.name != "torch":
            return ", ".join(at) or "..."
        bounds = [p.split(":") if p != ":" else ["None"] for p in at]
        named = [f"slice({', '.join(b)})" if ":" in p else p for p, b in zip(at, bounds)]
        return ", ".join(named) or "..."

    def _wide(self, value: str, labels: tuple[Index, ...]) -> str:
        """A value that is the same along some axes, at its full shape."""
        arrays = self.arrays
        sizes = tupled([arrays.integers.integer(arrays.extents[i]) for i in labels])
        value = f"as_real({value}, {arrays.like})"
        if not labels:
            return value
        return f"{self.dialect.module}.broadcast_to({value}, {sizes})"

    def _room(self, name: str) -> None:
        if name in self._begun:
            return
        self._begun.add(name)
        axes = [self.arrays.integers.integer(a) for a in self.tensors[name].axes]
        line = self.dialect.zeros.format(shape=tupled(axes), like=self.arrays.like)
        self._lines.add(f"{self._spell(name)} = {self._stored(name, line)}")

    def _stored(self, name: str, value: str) -> str:
        """What an array holds: integers are of an integer type, as others are read at them."""
        return f"as_integers({value})" if self.tensors[name].integral else value

    # ---- recurrences --------------------------------------------------------------------------
    def _scan(self, recurrence: Recurrence, times: Mapping[Index, str]) -> None:
        """A loop over the times, in which every equation has its own."""
        for equation in recurrence.equations:
            self._room(equation.name)
        head, timing = time_span(recurrence, self.arrays.integers)
        around = self._loops
        self._loops = around | {self._spelled(i) for _, i, _ in recurrence.times if i}
        with self._lines.block(head):
            for part in recurrence.parts:
                members = equations_of(part)
                now = {i: self._spelled(i) for e, i, _ in recurrence.times if i and e in members}
                if timing.alike:
                    self._part(part, timing.settings(members), {**times, **now})
                    continue
                with self._lines.block(timing.test(members)):
                    self._part(part, timing.settings(members), {**times, **now})
        self._loops = around

    def _spelled(self, index: Index) -> str:
        return self.arrays.spelling.symbol(index)

    def _part(self, part: Block, settings: list[str], times: Mapping[Index, str]) -> None:
        self._lines.add(*(line for line in settings if not self._lines.ends_with(line)))
        self._block(part, times)


def _as_written(equation: Equation) -> list[tuple[Index, Expr]]:
    """The ranges of an equation in the order in which the axes of its tensor have them."""
    places = {i: k for k, s in enumerate(equation.subscripts) for i in free_symbols(s)}
    return sorted(equation.ranges, key=lambda pair: places.get(pair[0], -1))

"""Blocks of equations as loops; a recurrence is one loop over its times around the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sympy import Expr

from deltarule.kernels.code import Code
from deltarule.kernels.lines import Lines
from deltarule.kernels.loops import Loops
from deltarule.notation.equations import Equation
from deltarule.notation.recurrences import Block, Recurrence, equations_of
from deltarule.notation.symbols import Index
from deltarule.notation.text import text


@dataclass(frozen=True)
class Times:
    """When the equations of a recurrence are written: `time` is the loop's variable."""

    time: str
    spans: dict[int, tuple[str, str]]
    indices: dict[int, str | None]
    alike: bool

    def test(self, members: Sequence[Equation]) -> str:
        """The test that a time is one that all of some equations write."""
        spans = dict.fromkeys(self.spans[id(e)] for e in members)
        return "if " + " and ".join(f"{a} <= {self.time} < {b}" for a, b in spans) + ":"

    def settings(self, members: Sequence[Equation]) -> list[str]:
        """Lines that give each equation its own index of time."""
        lines = []
        for e in members:
            index, first = self.indices[id(e)], self.spans[id(e)][0]
            if index is not None:
                shift = "" if first == "0" else f" - {first}"
                lines.append(f"{index} = {self.time}{shift}")
        return list(dict.fromkeys(lines))


def time_span(block: Recurrence, code: Code) -> tuple[str, Times]:
    """The head of the loop over the times of a recurrence, and when each equation is written."""
    spans = {id(e): _span(e, i, offset, code) for e, i, offset in block.times}
    firsts = list(dict.fromkeys(first for first, _ in spans.values()))
    ends = list(dict.fromkeys(end for _, end in spans.values()))
    start = firsts[0] if len(firsts) == 1 else f"min({', '.join(firsts)})"
    end = ends[0] if len(ends) == 1 else f"max({', '.join(ends)})"
    bounds = f"{start}, {end}" if block.direction > 0 else f"{end} - 1, {start} - 1, -1"
    time = code.spelling.fresh("time")
    names = {id(e): None if i is None else code.spelling.symbol(i) for e, i, _ in block.times}
    times = Times(time, spans, names, len(firsts) == len(ends) == 1)
    return f"for {time} in range({bounds}):", times


def _span(equation: Equation, index: Index | None, offset: Expr, code: Code) -> tuple[str, str]:
    """The first time that an equation writes, and the one behind the last."""
    count = 1 if index is None else dict(equation.ranges)[index]
    return code.whole(offset), code.whole(offset + count)


class Scans:
    """Writes blocks: the equation above its loops."""

    def __init__(self, code: Code, lines: Lines, parallel: bool = False):
        self.code, self.lines = code, lines
        self._whole = Loops(code, lines, parallel)
        self._inner = Loops(code, lines)

    @property
    def prelude(self) -> set[str]:
        """The parts of the prelude that are called."""
        return self._whole.prelude | self._inner.prelude

    def block(self, block: Block, held: Mapping[int, tuple[Index, ...]] | None = None) -> None:
        """One equation, or one recurrence, with the indices in `held` known already."""
        held = held or {}
        if isinstance(block, Recurrence):
            self._scan(block, held)
            return
        self.lines.comment(f"{text(block.lhs)} = {text(block.rhs)}")
        (self._inner if held else self._whole).equation(block, held.get(id(block), ()))

    def _scan(self, block: Recurrence, held: Mapping[int, tuple[Index, ...]]) -> None:
        head, times = time_span(block, self.code)
        with self.lines.block(head):
            if times.alike:
                self.lines.add(*times.settings(block.equations))
            for part in block.parts:
                self._at(part, block, times, held)

    def _at(self, part: Block, block: Recurrence, times: Times, held) -> None:
        """A part at one time, if all its equations are written there."""
        members = equations_of(part)
        index_of = {id(e): i for e, i, _ in block.times}
        now = dict(held)
        for equation in members:
            index = index_of[id(equation)]
            now[id(equation)] = (*held.get(id(equation), ()), *([index] if index else []))
        if times.alike:
            self.block(part, now)
            return
        with self.lines.block(times.test(members)):
            self.lines.add(*times.settings(members))
            self.block(part, now)

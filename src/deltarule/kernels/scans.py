"""Blocks of equations as loops; a recurrence is one loop over its times around the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sympy import Expr

from deltarule.kernels.code import Code
from deltarule.kernels.lines import Lines
from deltarule.kernels.loops import Loops
from deltarule.kernels.patterns import product_of, windows_of
from deltarule.kernels.windowed import fits, write_windows
from deltarule.notation.equations import Equation
from deltarule.notation.recurrences import Block, Recurrence, equations_of
from deltarule.notation.symbols import Index
from deltarule.notation.text import text


class Scans:
    """Writes blocks: the equation above its loops."""

    def __init__(self, code: Code, lines: Lines, parallel: bool = False):
        self.code, self.lines = code, lines
        self._whole = Loops(code, lines, parallel)
        self._inner = Loops(code, lines)
        self._fast_parts: set[str] = set()

    @property
    def prelude(self) -> set[str]:
        """The parts of the prelude that are called."""
        return self._fast_parts | self._whole.prelude | self._inner.prelude

    def block(self, block: Block, held: Mapping[int, tuple[Index, ...]] | None = None) -> None:
        """One equation, or one recurrence, with the indices in `held` known already."""
        held = held or {}
        if isinstance(block, Recurrence):
            self._scan(block, held)
            return
        self.lines.comment(f"{text(block.lhs)} = {text(block.rhs)}")
        known = held.get(id(block), ())
        if not known and self._fast(block):
            return
        (self._inner if held else self._whole).equation(block, known)

    def _fast(self, equation: Equation) -> bool:
        """Write the equation by its pattern, if it has one: what is added first, then the sum."""
        pattern = windows_of(equation, self.code.tensors)
        if pattern is None or not fits(pattern) or self.code.complex:
            return False
        self._fast_parts.add("windows")
        _, rest, _ = product_of(equation)
        self._whole.equation(replace(equation, rhs=rest))
        write_windows(pattern, self.code, self.lines)
        return True

    def _scan(self, block: Recurrence, held: Mapping[int, tuple[Index, ...]]) -> None:
        spans = {id(e): self._span(e, i, offset) for e, i, offset in block.times}
        firsts = list(dict.fromkeys(first for first, _ in spans.values()))
        ends = list(dict.fromkeys(end for _, end in spans.values()))
        start = firsts[0] if len(firsts) == 1 else f"min({', '.join(firsts)})"
        end = ends[0] if len(ends) == 1 else f"max({', '.join(ends)})"
        alike = len(firsts) == len(ends) == 1
        time = self.code.spelling.fresh("time")
        bounds = f"{start}, {end}" if block.direction > 0 else f"{end} - 1, {start} - 1, -1"
        with self.lines.block(f"for {time} in range({bounds}):"):
            if alike:
                self._set_times({(i, spans[id(e)][0]) for e, i, _ in block.times}, time)
            for part in block.parts:
                self._at(part, block, spans, time, held, alike)

    def _at(self, part: Block, block: Recurrence, spans, time: str, held, alike: bool) -> None:
        """A part at one time, if all its equations are written there."""
        members = equations_of(part)
        times = {id(e): i for e, i, _ in block.times}
        now = dict(held)
        for equation in members:
            index = times[id(equation)]
            now[id(equation)] = (*held.get(id(equation), ()), *([index] if index else []))
        tests = list(dict.fromkeys(
            f"{spans[id(e)][0]} <= {time} < {spans[id(e)][1]}" for e in members
        ))
        if alike:
            self.block(part, now)
            return
        with self.lines.block(f"if {' and '.join(tests)}:"):
            self._set_times({(times[id(e)], spans[id(e)][0]) for e in members}, time)
            self.block(part, now)

    def _set_times(self, firsts: set, time: str) -> None:
        """Each equation's index of time, counted from the first time that it writes."""
        for index, first in sorted(firsts, key=str):
            if index is not None:
                shift = "" if first == "0" else f" - {first}"
                self.lines.add(f"{self.code.spelling.symbol(index)} = {time}{shift}")

    def _span(self, equation: Equation, index: Index | None, offset: Expr) -> tuple[str, str]:
        """The first time that an equation writes, and the one behind the last."""
        count = 1 if index is None else dict(equation.ranges)[index]
        return self.code.whole(offset), self.code.whole(offset + count)
